"""Rows in memory: numbers of words turned into rows of the vocabulary, without the GIL."""

from libc.stdint cimport int32_t, int64_t
from libc.stdlib cimport free, realloc
from libc.string cimport memcpy

import numpy as np


cdef extern from "merge.h" nogil:
    void advise_huge(void *start, size_t bytes)
    int64_t final_rows(const int32_t *source, int64_t n, const int32_t *rows, int32_t *out)


def renumber(const int32_t[::1] source, const int32_t[::1] row_map, int32_t[::1] out):
    """Turn one scanner's numbers into final rows.

    Words outside the vocabulary are dropped, and sentence ends that follow one
    another become one. A leading sentence end is kept: the sentence may have
    begun in the block before.

    Parameters
    ----------
    source : array of int32, shape (n,)
    row_map : array of int32, shape (words,)
        From `Words.row_maps`.
    out : array of int32, shape (at least n,)

    Returns
    -------
    int
        How many rows were written.
    """
    cdef int64_t n = source.shape[0], written
    if n == 0:
        return 0
    if out.shape[0] < n:
        raise ValueError(f"out holds {out.shape[0]} rows, source {n}")
    # A scanner may have met line ends and no word.
    cdef const int32_t *rows = &row_map[0] if row_map.shape[0] else NULL
    with nogil:
        written = final_rows(&source[0], n, rows, &out[0])
    return written


cdef class RowBuffer:
    """A growing array of int32 in memory, that grows without being copied where the system can.

    Pages that were never written take no memory, so room can be asked for generously.
    """

    cdef int32_t *data
    cdef int64_t used, room
    cdef Py_ssize_t exports
    cdef Py_ssize_t shape[1]
    cdef Py_ssize_t strides[1]

    def __cinit__(self, int64_t room=1 << 16):
        self.data = NULL
        self.used = self.room = self.exports = 0
        self.resize(max(room, 1))

    def __dealloc__(self):
        free(self.data)

    def __len__(self):
        return self.used

    cdef int resize(self, int64_t room) except -1:
        cdef int32_t *data
        if self.exports:
            raise BufferError("the rows are in use")
        data = <int32_t *>realloc(self.data, room * sizeof(int32_t))
        if data == NULL:
            raise MemoryError
        self.data = data
        self.room = room
        advise_huge(data, room * sizeof(int32_t))
        return 0

    def append(self, const int32_t[::1] rows):
        """Write `rows` (shape (n,)) after those already here."""
        cdef int64_t n = rows.shape[0]
        if n == 0:
            return
        if self.used + n > self.room:
            self.resize(max(self.used + n, self.room + self.room // 2))
        with nogil:
            memcpy(self.data + self.used, &rows[0], n * sizeof(int32_t))
        self.used += n

    def rewind(self):
        """Write from the start again; the rows stay readable until they are overwritten."""
        self.used = 0

    def array(self):
        """Return all the room as an array that shares it; while it lives there is no more room."""
        return np.frombuffer(self, np.int32)

    def trim(self):
        """Give back the room that is not used."""
        self.resize(max(self.used, 1))

    def __getbuffer__(self, Py_buffer *buffer, int flags):
        self.shape[0] = self.room
        self.strides[0] = sizeof(int32_t)
        buffer.buf = <char *>self.data
        buffer.obj = self
        buffer.len = self.room * sizeof(int32_t)
        buffer.itemsize = sizeof(int32_t)
        buffer.format = "i"
        buffer.ndim = 1
        buffer.shape = self.shape
        buffer.strides = self.strides
        buffer.suboffsets = NULL
        buffer.readonly = 0
        buffer.internal = NULL
        self.exports += 1

    def __releasebuffer__(self, Py_buffer *buffer):
        self.exports -= 1
