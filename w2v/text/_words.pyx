"""Joining what several scanners counted, and choosing the words that stay."""

from libc.stdint cimport int32_t, int64_t, uint64_t

import numpy as np

from w2v.text._scan cimport Scanner, Table, table_free, table_init

from w2v.text.vocab import falling_order

cdef extern from "merge.h" nogil:
    enum: INLINE_BYTES
    enum: OUT_OF_VOCABULARY_VALUE "OUT_OF_VOCABULARY"
    enum: SENTENCE_END_VALUE "SENTENCE_END"
    ctypedef struct Lowered:
        const char *next
        const char *end
    size_t foreign_words(const Table *table, char *to)
    int merge_tables(
        Table *into, Table *source, int32_t *numbers, const int64_t *seen, int64_t *first,
        Lowered *lowered
    )
    void mark_known(
        const Table *table, const char *text, const char *end, unsigned char *known
    )
    int64_t frequent_words(
        const Table *table, uint64_t min_count, const unsigned char *known, const int64_t *first,
        int64_t *chosen, int64_t *counts, int64_t *firsts
    )
    int64_t number_in_slot(const Table *table, int64_t slot)
    size_t chosen_words(
        const Table *table, const int64_t *chosen, int64_t n, char *to, int32_t *numbers
    )

OUT_OF_VOCABULARY = OUT_OF_VOCABULARY_VALUE
SENTENCE_END = SENTENCE_END_VALUE


cdef class Words:
    """The words of several scanners, joined.

    Parameters
    ----------
    scanners : sequence of Scanner
        Emptied: their words move here.
    seen : sequence of ndarray of int64, each shape (scanner.words,)
        When each word of each scanner first appeared; smaller is earlier in the text.
    lowercase : bool
        Lower-case the words, by Python's rules for Unicode.
    """

    cdef Table table
    cdef list numbers
    cdef object first
    cdef object chosen
    cdef object known

    def __cinit__(self, scanners, seen, bint lowercase):
        cdef Scanner scanner
        if table_init(&self.table) != 0:
            raise MemoryError
        self.known = None
        self.first = np.empty(sum([scanner.words for scanner in scanners]), np.int64)
        self.numbers = []
        for scanner, ranks in zip(scanners, seen, strict=True):
            if self.table.used == 0 and not lowercase:
                self.take(scanner, ranks)
            else:
                self.merge(scanner, ranks, lowercase)
            table_free(&scanner.table)

    def __dealloc__(self):
        table_free(&self.table)

    cdef int take(self, Scanner scanner, ranks) except -1:
        """Begin with the table of the first scanner as it is."""
        self.numbers.append(np.arange(scanner.table.used, dtype=np.int32))
        self.first[: scanner.table.used] = ranks
        self.table, scanner.table = scanner.table, self.table
        return 0

    cdef int merge(self, Scanner scanner, ranks, bint lowercase) except -1:
        cdef int32_t[::1] numbers
        cdef int64_t[::1] first = self.first
        cdef const int64_t[::1] seen = ranks
        cdef const unsigned char[::1] words
        cdef Lowered lowered
        cdef Lowered *how = NULL
        cdef int failed
        array = np.empty(scanner.table.used, np.int32)
        self.numbers.append(array)
        if scanner.table.used == 0:
            return 0
        numbers = array
        first = self.first
        if lowercase:
            words = lowered_words(scanner)
            lowered.next = <const char *>&words[0]
            lowered.end = lowered.next + words.shape[0] - INLINE_BYTES
            how = &lowered
        with nogil:
            failed = merge_tables(
                &self.table, &scanner.table, &numbers[0], &seen[0], &first[0], how
            )
        if failed:
            raise MemoryError
        return 0

    @property
    def distinct(self):
        return self.table.used

    def keep(self, bytes text):
        """Let words stay however rare they are.

        Parameters
        ----------
        text : bytes
            The words, each followed by a newline, and without NUL.
        """
        cdef unsigned char[::1] known
        padded = text + bytes(INLINE_BYTES)
        cdef const char *start = padded
        cdef const char *end = start + len(text)
        if not text.endswith(b"\n") or self.table.used == 0:
            return
        self.known = np.zeros(self.table.used, np.uint8)
        known = self.known
        with nogil:
            mark_known(&self.table, start, end, &known[0])

    def vocabulary(self, int64_t min_count, max_vocab):
        """Choose and sort the words that stay: falling count, then first appearance.

        Parameters
        ----------
        min_count : int
        max_vocab : int or None
            Keep at most so many, those of `keep` not counted.

        Returns
        -------
        text : bytes
            The words, each followed by a newline.
        counts : ndarray of int64, shape (n,)
        """
        cdef int64_t n
        cdef size_t size
        cdef const int64_t[::1] first = self.first
        cdef const unsigned char[::1] known
        cdef const unsigned char *kept = NULL
        cdef int64_t[::1] slots_view, counts_view, firsts_view
        cdef int32_t[::1] numbers
        cdef unsigned char[::1] text_view
        if self.table.used == 0:
            self.chosen = np.empty(0, np.int32)
            return b"", np.empty(0, np.int64)
        slots, counts, firsts = (np.empty(self.table.used, np.int64) for _ in range(3))
        slots_view, counts_view, firsts_view = slots, counts, firsts
        if self.known is not None:
            known = self.known
            kept = &known[0]
        with nogil:
            n = frequent_words(
                &self.table, min_count, kept, &first[0], &slots_view[0], &counts_view[0],
                &firsts_view[0]
            )
        order = falling_order(counts[:n], firsts[:n])
        order = self.limited(order, slots, max_vocab)
        n = len(order)
        self.chosen = np.empty(n, np.int32)
        if n == 0:
            return b"", np.empty(0, np.int64)
        counts = counts[order]
        slots_view = slots[order]
        numbers = self.chosen
        size = chosen_words(&self.table, &slots_view[0], n, NULL, NULL)
        text = bytearray(size)
        text_view = text
        with nogil:
            chosen_words(&self.table, &slots_view[0], n, <char *>&text_view[0], &numbers[0])
        del text_view
        return bytes(memoryview(text)[: size - INLINE_BYTES]), counts

    cdef object limited(self, order, slots, max_vocab):
        """Leave out what `max_vocab` is too small for."""
        if self.known is None or max_vocab is None:
            return order[:max_vocab]
        cdef int64_t k, n = len(order)
        cdef int64_t[::1] slots_view = slots
        numbers = np.empty(n, np.int64)
        cdef int64_t[::1] numbers_view = numbers
        for k in range(n):
            numbers_view[k] = number_in_slot(&self.table, slots_view[k])
        fresh = self.known[numbers[order]] == 0
        return order[~fresh | (np.cumsum(fresh) <= max_vocab)]

    def row_maps(self):
        """Return, for each scanner, what `renumber` needs to turn its numbers into rows.

        Returns
        -------
        list of ndarray of int32, each shape (scanner.words,)
            The row of each number, or `OUT_OF_VOCABULARY`.
        """
        rows = np.full(self.table.used, OUT_OF_VOCABULARY, np.int32)
        rows[self.chosen] = np.arange(len(self.chosen), dtype=np.int32)
        return [rows[numbers] for numbers in self.numbers]


cdef bytes lowered_words(Scanner scanner):
    """Lower-case the words that are not ASCII, one a line; INLINE_BYTES follow them."""
    cdef size_t size = foreign_words(&scanner.table, NULL)
    cdef unsigned char[::1] view
    text = bytearray(size)
    view = text
    foreign_words(&scanner.table, <char *>&view[0])
    del view
    words = text[: size - INLINE_BYTES].decode("utf-8", "surrogateescape")
    return words.lower().encode("utf-8", "surrogateescape") + bytes(INLINE_BYTES)
