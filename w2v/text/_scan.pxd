"""What other compiled modules need to read blocks in their own way."""

from libc.stdint cimport int64_t


cdef class BlockReader:
    cdef char *text
    cdef int64_t room

    cdef int make_room(self, int64_t size) except -1
    cdef object scan(self, int64_t at, int64_t size, str name, int64_t offset)
    cdef int refuse_nul(self, int64_t at, int64_t size, str name, int64_t offset) except -1
    cdef int64_t last_word_end(
        self, int fd, str name, int64_t origin, int64_t begin, int64_t inner, int64_t size
    ) except -1
    cdef int64_t load(self, int fd, str name, int64_t origin, int64_t have, int64_t want) except -1
