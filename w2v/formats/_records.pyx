"""The walk over the records of a word2vec binary file, without the GIL.

It only moves bytes. What a stop means is for ``binary.py`` to say.
"""

from libc.string cimport memchr, memcpy


def copy_records(
    const unsigned char[::1] data,
    Py_ssize_t start,
    float[:, ::1] matrix,
    unsigned char[::1] words,
):
    """Copy the records of `data` from byte `start` on into a matrix and a list of words.

    Parameters
    ----------
    data : buffer of uint8, shape (bytes,)
        The whole file. IN.
    start : int
        Where the first record begins, in bytes.
    matrix : buffer of float32, shape (n, dim)
        Row i receives the numbers of record i, in the byte order of the file. OUT.
    words : buffer of uint8
        Receives the words, each followed by a newline. OUT. A record that does not
        fit in it stops the walk; ``data`` minus all numbers, plus n, is always enough.

    Returns
    -------
    row : int
        Records copied: n, or fewer when the record at `pos` is broken.
    pos : int
        The byte after the last record copied and its newline.
    used : int
        Bytes written to `words`.
    """
    cdef Py_ssize_t n = matrix.shape[0]
    cdef Py_ssize_t numbers = matrix.shape[1] * <Py_ssize_t> sizeof(float)
    cdef Py_ssize_t size = data.shape[0]
    cdef Py_ssize_t room = words.shape[0]
    cdef Py_ssize_t row = 0
    cdef Py_ssize_t pos = start
    cdef Py_ssize_t used = 0
    cdef Py_ssize_t length
    cdef const unsigned char* found
    with nogil:
        while row < n and pos < size:
            found = <const unsigned char*> memchr(&data[pos], c" ", size - pos)
            if found == NULL:
                break
            length = found - &data[pos]
            # A newline inside a word means that the walk has lost its step.
            if length == 0 or length >= room - used or size - pos - length - 1 < numbers:
                break
            if memchr(&data[pos], c"\n", length) != NULL:
                break
            memcpy(&words[used], &data[pos], length)
            used += length
            words[used] = c"\n"
            used += 1
            memcpy(&matrix[row, 0], found + 1, numbers)
            pos += length + 1 + numbers
            row += 1
            # The original writes a newline after each record, gensim does not.
            if pos < size and data[pos] == c"\n":
                pos += 1
    return row, pos, used
