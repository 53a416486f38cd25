"""What other compiled modules need to know of the readers of blocks."""

from libc.stdint cimport int32_t, int64_t


cdef extern from "table.h" nogil:
    ctypedef struct Table:
        unsigned used
    int table_init(Table *table)
    void table_free(Table *table)


cdef class BlockReader:
    cdef char *text          # `room` bytes and SCAN_PADDING: the block being scanned
    cdef int64_t room
    cdef bint by_line        # blocks are cut between lines, not words

    cdef int make_room(self, int64_t size) except -1
    cdef int64_t find_cut(self, int64_t start, int64_t stop) noexcept nogil
    cdef object too_long(self, str name, int64_t offset)
    cdef object scan(self, int64_t at, int64_t size, str name, int64_t offset)
    cdef int refuse_nul(self, int64_t at, int64_t size, str name, int64_t offset) except -1
    cdef int64_t last_word_end(
        self, int fd, str name, int64_t origin, int64_t begin, int64_t inner, int64_t size
    ) except -1
    cdef int64_t load(self, int fd, str name, int64_t origin, int64_t have, int64_t want) except -1


cdef class Scanner(BlockReader):
    cdef Table table
    cdef object numbers      # ndarray of int32, shape (room,): what scanning a block wrote
    cdef int32_t[::1] numbers_view
