"""The compiled part of reading text: cut blocks at words, count and number the words.

Whatever takes time runs without the GIL, so that plain Python threads can each
drive a `Scanner` of their own.
"""

from libc.errno cimport EINTR, errno
from libc.stdint cimport int32_t, int64_t, uint64_t
from libc.stdlib cimport free, realloc
from libc.string cimport memchr, memcpy
from posix.unistd cimport pread

import os

import numpy as np

from w2v.errors import DataError, FileError

cdef extern from "scanner.h" nogil:
    enum: SCAN_PADDING
    enum: SCAN_NO_MEMORY
    enum: SCAN_LONG_WORD
    enum: MAX_WORD_VALUE "MAX_WORD"
    uint64_t PRINT_BASE_VALUE "PRINT_BASE"
    ctypedef struct Scanned:
        int64_t numbers
        int64_t tokens
        int64_t lines
        int64_t stopped_at
        uint64_t fingerprint
    int scan_text(Table *table, char *text, size_t size, int32_t *out, Scanned *result)
    size_t find_separator(const char *text, size_t start, size_t stop)
    size_t drop_returns(char *text, size_t size)

PRINT_BASE = PRINT_BASE_VALUE

MAX_WORD = MAX_WORD_VALUE

# Read beyond the end of a block at first, to see its last word to its end.
cdef enum:
    SLACK = 256


cdef int64_t read_at(int fd, char *to, int64_t size, int64_t offset) noexcept nogil:
    """Read until `size` bytes or the end of the file; -1 on an error (errno says which)."""
    cdef int64_t got, done = 0
    while done < size:
        got = pread(fd, to + done, size - done, offset + done)
        if got < 0:
            if errno == EINTR:
                continue
            return -1
        if got == 0:
            break
        done += got
    return done


cdef class BlockReader:
    """One thread's buffer, and how blocks of files and streams come into it whole words at a time.

    What is done with a block's text is up to `scan`, which a subclass gives.

    Parameters
    ----------
    block : int
        Bytes of text in a usual block; longer ones are taken too.
    """

    def __cinit__(self, int64_t block=1 << 16, *_rest):
        self.text = NULL
        self.room = 0
        self.by_line = False
        self.make_room(block + 1 + SLACK)

    def __dealloc__(self):
        free(self.text)

    cdef int make_room(self, int64_t size) except -1:
        """Make `text` fit for a block of `size` bytes, keeping what is in it."""
        cdef char *text
        # One byte more: a file's missing last newline is added.
        size += 1
        if size <= self.room:
            return 0
        text = <char *>realloc(self.text, size + SCAN_PADDING)
        if text == NULL:
            raise MemoryError
        self.text = text
        self.room = size
        return 0

    cdef int64_t find_cut(self, int64_t start, int64_t stop) noexcept nogil:
        """Find the first place in text[start:stop] where a block may be cut, or `stop`."""
        cdef char *newline
        if not self.by_line:
            return <int64_t>find_separator(self.text, start, stop)
        newline = <char *>memchr(self.text + start, c"\n", stop - start)
        return stop if newline == NULL else newline - self.text

    cdef object too_long(self, str name, int64_t offset):
        """Return the error for a run of bytes in which no block can be cut."""
        return line_too_long(name, offset) if self.by_line else too_long(name, offset)

    cdef object scan(self, int64_t at, int64_t size, str name, int64_t offset):
        """Scan text[at : at + size], which begins and ends between words, or lines.

        `offset` is its place in the file `name`. SCAN_PADDING bytes after it may be written to.
        """
        raise NotImplementedError

    cdef int refuse_nul(self, int64_t at, int64_t size, str name, int64_t offset) except -1:
        cdef char *nul
        with nogil:
            nul = <char *>memchr(self.text + at, 0, size)
        if nul != NULL:
            raise DataError(
                f"{name}: NUL byte at byte {offset + (nul - self.text - at)}: "
                "this is not plain text; convert it, or remove such bytes: tr -d '\\000'"
            )
        return 0

    def scan_bytes(self, text, str name, int64_t offset):
        """Scan a block of a stream that was cut between words.

        Parameters
        ----------
        text : bytes-like
        name : str
            The stream, for messages.
        offset : int
            Where the block begins in the stream, in bytes.

        Returns
        -------
        object
            What `scan` of the subclass makes of it.

        Raises
        ------
        DataError
            The block holds a NUL byte.
        """
        cdef const unsigned char[::1] view = text
        cdef int64_t size = view.shape[0]
        self.make_room(size)
        if size:
            memcpy(self.text, &view[0], size)
        self.refuse_nul(0, size, name, offset)
        return self.scan(0, size, name, offset)

    def scan_file(self, int fd, str name, int64_t first, int64_t start, int64_t stop, int64_t size):
        """Scan the words that begin in bytes [start, stop) of a file, and its line ends there.

        Parameters
        ----------
        fd : int
            Of an ordinary file.
        name : str
            The file, for messages.
        first : int
            Where the file's text begins: after a byte order mark.
        start, stop : int
        size : int
            Of the whole file.

        Returns
        -------
        object
            As of `scan_bytes`.

        Raises
        ------
        DataError
            The block holds a NUL byte, or a word longer than `MAX_WORD` begins in it.
        FileError
            The file cannot be read, or is shorter than `size`.
        """
        # The byte before the block tells whether a word runs into it.
        cdef int64_t lead = 1 if start > first else 0
        cdef int64_t origin = start - lead, inner = stop - origin, begin = 0, end = inner
        self.load(fd, name, origin, 0, min(inner + SLACK, size - origin))
        self.refuse_nul(lead, inner - lead, name, start)
        if lead:
            begin = max(lead, self.find_cut(0, inner))
        if begin < inner:
            end = self.last_word_end(fd, name, origin, begin, inner, size)
        if stop == size and self.text[inner - 1] != b"\n":
            # A file's end is the end of a sentence.
            self.text[end] = b"\n"
            end += 1
        return self.scan(begin, end - begin, name, origin + begin)

    cdef int64_t last_word_end(
        self, int fd, str name, int64_t origin, int64_t begin, int64_t inner, int64_t size
    ) except -1:
        """Read on until the word that runs over the end of the block ends."""
        cdef int64_t start = inner, end = inner, slack = SLACK, have
        while start > begin and self.find_cut(start - 1, start) == start:
            start -= 1
        if start == inner:
            return inner
        while True:
            have = min(inner + slack, size - origin)
            end = self.find_cut(end, have)
            if end - start > 2 * MAX_WORD_VALUE:  # scan_text() finds the shorter ones
                raise self.too_long(name, origin + start)
            if end < have or origin + have == size:
                return end
            slack *= 8
            self.load(fd, name, origin, have, min(inner + slack, size - origin))

    cdef int64_t load(self, int fd, str name, int64_t origin, int64_t have, int64_t want) except -1:
        cdef int64_t got
        self.make_room(want)
        with nogil:
            got = read_at(fd, self.text + have, want - have, origin + have)
        if got < 0:
            raise FileError(f"{name}: cannot be read at byte {origin + have}: {os.strerror(errno)}")
        if got < want - have:
            raise FileError(
                f"{name}: became shorter while it was read (ends at byte {origin + have + got}): "
                "run again when nothing writes to it"
            )
        return want


cdef class Scanner(BlockReader):
    """One thread's word table: counts and numbers the words of blocks.

    A block's scan is a tuple: the number of every word, and -1 where a sentence ends (int32,
    valid until the next block); tokens; lines; a fingerprint, the polynomial in `PRINT_BASE`
    over the hashes of tokens and line ends, modulo 2**64.

    Parameters
    ----------
    block : int
        Bytes of text in a usual block; longer ones are taken too.

    Attributes
    ----------
    words : int
        Distinct words met so far. They are numbered 0, 1, ... as they appear.
    """

    def __cinit__(self, *_rest):
        self.numbers = None
        if table_init(&self.table) != 0:
            raise MemoryError

    def __dealloc__(self):
        table_free(&self.table)

    @property
    def words(self):
        return self.table.used

    cdef object scan(self, int64_t at, int64_t size, str name, int64_t offset):
        cdef Scanned result
        cdef char *text = self.text + at
        cdef int failed
        # At most one number per byte: every word but the last is followed by a separator.
        if self.numbers is None or self.numbers_view.shape[0] < self.room:
            self.numbers = np.empty(self.room, np.int32)
            self.numbers_view = self.numbers
        with nogil:
            size = drop_returns(text, size)
            failed = scan_text(&self.table, text, size, &self.numbers_view[0], &result)
        if failed == SCAN_LONG_WORD:
            raise too_long(name, offset + result.stopped_at)
        if failed == SCAN_NO_MEMORY:
            raise MemoryError
        return self.numbers[: result.numbers], result.tokens, result.lines, result.fingerprint


def too_long(str name, int64_t offset):
    """Return the error for a word longer than `MAX_WORD` that begins at a byte of a file."""
    return DataError(
        f"{name}: more than {MAX_WORD} bytes without a space, tab or newline near byte {offset}: "
        "this is not plain text"
    )


def line_too_long(str name, int64_t offset):
    """Return the error for a line longer than `MAX_WORD` that begins at a byte of a file."""
    return DataError(
        f"{name}: more than {MAX_WORD} bytes without a newline near byte {offset}: "
        "this is not a file of short lines"
    )
