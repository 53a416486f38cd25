"""The compiled part of phrases: pairs counted in rows, phrases joined in rows and in text.

Whatever takes time runs without the GIL.
"""

from libc.stdint cimport int32_t, int64_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport free, realloc
from libc.string cimport memcpy, memset

from w2v.text._scan cimport BlockReader

import numpy as np

from w2v.text._scan import too_long

cdef extern from "rewrite.h" nogil:
    enum: SCAN_LONG_WORD
    enum: SCAN_NO_MEMORY
    enum: INLINE_BYTES
    enum: CONNECTOR_BITS_VALUE "CONNECTOR_BITS"
    enum: MAX_CONNECTORS_VALUE "MAX_CONNECTORS"
    enum: MAX_BETWEEN_VALUE "MAX_BETWEEN"
    enum: MAX_PASSES_VALUE "MAX_PASSES"
    const char *NO_WORD
    ctypedef struct Table:
        unsigned used
    ctypedef struct Pair:
        uint64_t lo
        uint64_t hi
    ctypedef struct Walk:
        int32_t first
        int32_t n
        uint64_t between
    ctypedef struct Joins:
        Table table
        const int32_t *results
        const uint16_t *connectors
    ctypedef struct Phrasing:
        const Table *words
        const Joins *joins
        int passes
        const char *delimiter
        size_t delimiter_length
    ctypedef struct Run:
        pass
    ctypedef struct Rewritten:
        int64_t head
        int64_t tail
        int64_t written
        int64_t stopped_at
    uint64_t mix(uint64_t lo, uint64_t hi)
    void word_key(const char *word, size_t length, uint64_t *lo, uint64_t *hi)
    size_t drop_returns(char *text, size_t size)
    int table_init(Table *table)
    int table_init_for(Table *table, uint32_t words)
    void table_free(Table *table)
    int32_t table_add(
        Table *table, uint64_t hash, uint64_t lo, uint64_t hi, const char *word, uint64_t count
    )
    Pair make_pair(int32_t first, uint64_t between, int32_t last, unsigned number)
    int count_pairs_in "count_pairs"(
        Table *table, Walk *walk, const int32_t *rows, int64_t n, const uint16_t *connectors,
        const int32_t *floors, uint32_t start, uint32_t width, uint32_t limit
    )
    int64_t frequent_pairs(
        const Table *table, uint64_t min_count, int32_t *firsts, uint32_t *betweens,
        int32_t *lasts, int64_t *counts
    )
    int64_t join_ids(const Joins *joins, unsigned number, int32_t *ids, int32_t *words, int64_t n)
    void run_free(Run *run)
    int rewrite_text(
        const Phrasing *how, Run *run, char *text, size_t size, int whole, char *out,
        Rewritten *result
    )

CONNECTOR_BITS = CONNECTOR_BITS_VALUE
MAX_CONNECTORS = MAX_CONNECTORS_VALUE
MAX_BETWEEN = MAX_BETWEEN_VALUE
MAX_PASSES = MAX_PASSES_VALUE


cdef class PairCounter:
    """Counts the pairs of successive words whose hash lies in a range.

    Parameters
    ----------
    connectors : ndarray of uint16, shape (words,), or None
        The code, from 1, of each row that is a connector; 0 for others. None: there is none.
    floors : ndarray of int32, shape (words,), or None
        The first row that each row is counted with, if it is itself the later of the two.
        None: all pairs count.
    start, width : int
        Hashes, 32 bits wide, from `start` to ``start + width`` count.
    limit : int
        The most pairs to hold.
    expected : int
        How many pairs to have memory for from the beginning.
    """

    cdef Table table
    cdef Walk walk
    cdef object connectors, kept_floors
    cdef const uint16_t *codes
    cdef const int32_t *floors
    cdef uint32_t start, width, limit

    def __cinit__(
        self, connectors, floors, uint32_t start, uint32_t width, uint32_t limit,
        uint32_t expected
    ):
        cdef const uint16_t[::1] view
        cdef const int32_t[::1] floors_view
        self.floors = NULL
        self.kept_floors = floors
        if floors is not None and len(floors):
            floors_view = floors
            self.floors = &floors_view[0]
        self.connectors = connectors
        self.codes = NULL
        if connectors is not None and len(connectors):
            view = connectors
            self.codes = &view[0]
        self.walk.first = -1
        self.walk.n = 0
        self.walk.between = 0
        self.start = start
        self.width = width
        self.limit = limit
        if table_init_for(&self.table, expected) != 0:
            raise MemoryError

    def __dealloc__(self):
        table_free(&self.table)

    def count(self, const int32_t[::1] rows):
        """Count the pairs of the next rows; return False once there are more than `limit`.

        Parameters
        ----------
        rows : ndarray of int32, shape (n,)
            Goes on where the rows before ended; a negative row separates.
        """
        cdef int failed
        if rows.shape[0] == 0:
            return True
        with nogil:
            failed = count_pairs_in(
                &self.table, &self.walk, &rows[0], rows.shape[0], self.codes, self.floors,
                self.start, self.width, self.limit
            )
        if failed < 0:
            raise MemoryError
        return failed == 0

    def frequent(self, uint64_t min_count):
        """Return the pairs that occur at least `min_count` times.

        Returns
        -------
        firsts : ndarray of int32, shape (n,)
        betweens : ndarray of uint32, shape (n,)
            Codes of the connectors between, `CONNECTOR_BITS` each, the last one lowest.
        lasts : ndarray of int32, shape (n,)
        counts : ndarray of int64, shape (n,)
        """
        cdef int64_t n
        cdef int32_t[::1] firsts_view, lasts_view
        cdef uint32_t[::1] betweens_view
        cdef int64_t[::1] counts_view
        with nogil:
            n = frequent_pairs(&self.table, min_count, NULL, NULL, NULL, NULL)
        firsts, lasts = np.empty(n, np.int32), np.empty(n, np.int32)
        betweens, counts = np.empty(n, np.uint32), np.empty(n, np.int64)
        if n:
            firsts_view, lasts_view, betweens_view, counts_view = firsts, lasts, betweens, counts
            with nogil:
                frequent_pairs(
                    &self.table, min_count, &firsts_view[0], &betweens_view[0], &lasts_view[0],
                    &counts_view[0]
                )
        return firsts, betweens, lasts, counts


cdef class Joiner:
    """The pairs that are phrases, and what each becomes.

    Parameters
    ----------
    passes : ndarray of uint8, shape (n,)
        From 1: the pass in which a pair is joined.
    firsts, lasts : ndarray of int32, shape (n,)
    betweens : ndarray of uint32, shape (n,)
        As from `PairCounter.frequent`; pairs of the same pass are distinct.
    results : ndarray of int32, shape (n,)
        The id of each joined pair.
    connectors : ndarray of uint16, shape (ids,), or None
        As for `PairCounter`, of every id.
    """

    cdef Joins joins
    cdef object results, connectors

    def __cinit__(
        self, const unsigned char[::1] passes, const int32_t[::1] firsts,
        const uint32_t[::1] betweens, const int32_t[::1] lasts, results, connectors
    ):
        cdef int64_t i
        cdef Pair pair
        cdef const int32_t[::1] results_view = results
        cdef const uint16_t[::1] connectors_view
        self.results = results
        self.connectors = connectors
        memset(&self.joins, 0, sizeof(self.joins))
        if table_init(&self.joins.table) != 0:
            raise MemoryError
        if results_view.shape[0]:
            self.joins.results = &results_view[0]
        if connectors is not None and len(connectors):
            connectors_view = connectors
            self.joins.connectors = &connectors_view[0]
        for i in range(results_view.shape[0]):
            pair = make_pair(firsts[i], betweens[i], lasts[i], passes[i])
            if i != table_add(
                &self.joins.table, mix(pair.lo, pair.hi), pair.lo, pair.hi, NO_WORD, 1
            ):
                raise MemoryError

    def __dealloc__(self):
        table_free(&self.joins.table)

    def join(self, int number, int32_t[::1] ids):
        """Join the phrases of a pass in place; return how many ids are left.

        Parameters
        ----------
        number : int
            The pass.
        ids : ndarray of int32, shape (n,)
            A negative one separates.
        """
        cdef int64_t n = ids.shape[0]
        if n:
            with nogil:
                n = join_ids(&self.joins, number, &ids[0], NULL, n)
        return n


cdef class PhraseTable:
    """Everything that rewriting text needs to know; many threads may share it.

    Parameters
    ----------
    words : list of bytes
        Distinct: every word that is part of a phrase. Their places are the ids of `joiner`.
    joiner : Joiner
    passes : int
    delimiter : bytes
        Goes between the joined words.
    """

    cdef Table words
    cdef Phrasing how
    cdef Joiner joiner
    cdef bytes delimiter

    def __cinit__(self, list words, Joiner joiner, int passes, bytes delimiter):
        cdef bytes word, padded
        cdef uint64_t lo, hi
        cdef int32_t number = 0
        self.joiner = joiner
        self.delimiter = delimiter
        if table_init(&self.words) != 0:
            raise MemoryError
        for word in words:
            padded = word + bytes(INLINE_BYTES)
            word_key(padded, len(word), &lo, &hi)
            if table_add(&self.words, mix(lo, hi), lo, hi, padded, 1) != number:
                raise MemoryError
            number += 1
        self.how.words = &self.words
        self.how.joins = &joiner.joins
        self.how.passes = passes
        self.how.delimiter = self.delimiter
        self.how.delimiter_length = len(delimiter)

    def __dealloc__(self):
        table_free(&self.words)


cdef class Rewriter(BlockReader):
    """One thread's buffers for joining phrases in blocks of text.

    A block's scan is ``(head, body, tail)``: bytes that come before the first place
    where a phrase surely ends, as they are; what follows, rewritten, up to the last such place;
    the bytes after it, as they are. Where there is no such place, `head` is all of the block.

    Parameters
    ----------
    block : int
        Bytes of text in a usual block; longer ones are taken too.
    table : PhraseTable
    """

    cdef PhraseTable table
    cdef Run run
    cdef char *out
    cdef int64_t out_room

    def __cinit__(self, int64_t block, PhraseTable table not None):
        self.table = table
        self.out = NULL
        self.out_room = 0
        memset(&self.run, 0, sizeof(self.run))

    def __dealloc__(self):
        run_free(&self.run)
        free(self.out)

    cdef int rewrite(
        self, char *text, int64_t *size, bint whole, str name, int64_t offset, Rewritten *result
    ) except -1:
        cdef int failed
        cdef int64_t room = size[0] + (size[0] // 2 + 1) * <int64_t>len(self.table.delimiter)
        cdef char *out
        if room > self.out_room:
            out = <char *>realloc(self.out, room)
            if out == NULL:
                raise MemoryError
            self.out = out
            self.out_room = room
        with nogil:
            size[0] = drop_returns(text, size[0])
            failed = rewrite_text(
                &self.table.how, &self.run, text, size[0], whole, self.out, result
            )
        if failed == SCAN_LONG_WORD:
            raise too_long(name, offset + result.stopped_at)
        if failed == SCAN_NO_MEMORY:
            raise MemoryError
        return 0

    cdef object scan(self, int64_t at, int64_t size, str name, int64_t offset):
        cdef Rewritten result
        cdef char *text = self.text + at
        self.rewrite(text, &size, False, name, offset, &result)
        return (
            text[: result.head],
            self.out[: result.written],
            text[result.tail : size],
        )

    def rewrite_whole(self, bytes text not None, str name):
        """Return text (bytes) rewritten, at whose beginning and end no phrase goes on."""
        cdef Rewritten result
        cdef int64_t size = len(text)
        self.make_room(size)
        memcpy(self.text, <const char *>text, size)
        self.rewrite(self.text, &size, True, name, 0, &result)
        return self.out[: result.written]
