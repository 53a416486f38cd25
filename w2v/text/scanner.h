/* Cuts text into words, counts them in a Table and writes their numbers.
 *
 * Words are separated by space, tab and newline; every other byte is part of a
 * word. Eight bytes are examined at a time in a plain 64-bit register: no
 * instruction set is assumed.
 */
#ifndef W2V_TEXT_SCANNER_H
#define W2V_TEXT_SCANNER_H

#include "table.h"

/* Words whose slots are asked for before the first of them is looked up. */
enum { SCAN_AHEAD = 64 };

/* A longer run of bytes without a separator is no word, and its text no text. */
enum { MAX_WORD = 1 << 20 };

/* What scan_text() returns. */
enum { SCAN_DONE = 0, SCAN_NO_MEMORY = -1, SCAN_LONG_WORD = -2 };

/* What a newline contributes to the fingerprint, and the base of its polynomial. */
static const uint64_t LINE_HASH = 0xD6E8FEB86659FD93ULL;
static const uint64_t PRINT_BASE = 0xA0761D6478BD642FULL;

typedef struct {
    int64_t numbers;       /* written to the stream, -1 for line ends included */
    int64_t tokens, lines;
    int64_t stopped_at;    /* bytes into the text */
    uint64_t fingerprint;  /* sum of hash[i] * PRINT_BASE ** (n - 1 - i), tokens and line ends */
} Scanned;

/* 0x80 in every byte of the result whose byte of x is space, tab or newline. Exact:
 * no sum carries into the next byte. */
static inline uint64_t separators(uint64_t x) {
    const uint64_t ones = 0x0101010101010101ULL;
    uint64_t low = x & (0x7F * ones);
    uint64_t not_space = (low ^ (0x20 * ones)) + 0x7F * ones;
    uint64_t from_tab = low + (0x80 - '\t') * ones;
    uint64_t past_newline = low + (0x80 - '\n' - 1) * ones;
    return ~x & (~not_space | (from_tab & ~past_newline)) & (0x80 * ones);
}

/* The bytes below the lowest mark of a nonzero result of separators(). */
static inline uint64_t below(uint64_t marks) { return (marks ^ (marks - 1)) >> 8; }

static inline size_t first_mark(uint64_t marks) { return (size_t)__builtin_ctzll(marks) >> 3; }

/* The length of the word at `p`: SCAN_PADDING bytes after the text hold a space. */
static __attribute__((noinline)) size_t long_length(const char *p) {
    size_t length = INLINE_BYTES;
    for (;; length += 8) {
        uint64_t marks = separators(load8(p + length));
        if (marks) return length + first_mark(marks);
    }
}

static inline int is_separator(char c) { return c == ' ' || c == '\t' || c == '\n'; }

/* The place of the first separator in text[from:to], or `to`. */
static size_t find_separator(const char *text, size_t from, size_t to) {
    while (from < to && !is_separator(text[from])) from++;
    return from;
}

/* Removes carriage returns; returns the bytes left. */
static size_t drop_returns(char *text, size_t size) {
    char *at = (char *)memchr(text, '\r', size), *end = text + size, *to = at;
    while (at != NULL) {
        char *from = at + 1;
        at = (char *)memchr(from, '\r', (size_t)(end - from));
        size_t run = (size_t)((at ? at : end) - from);
        memmove(to, from, run);
        to += run;
    }
    return to ? (size_t)(to - text) : size;
}

typedef struct {
    uint64_t lo, hi, hash;
    const char *word;  /* NULL for a line end */
} Found;

/* Finds words and line ends from *at on until SCAN_AHEAD are found or the text ends.
 * Returns how many, or SCAN_LONG_WORD with *at where that word begins. */
static inline int find_words(const char **at, const char *end, Found *found) {
    const char *p = *at;
    int n = 0;
    while (p < end && n < SCAN_AHEAD - 1) {
        uint64_t x0 = load8(p), x1 = load8(p + 8);
        uint64_t z0 = separators(x0), z1 = separators(x1);
        Found *next = &found[n];
        size_t length;
        if (LIKELY((z0 | z1) != 0)) {
            next->lo = z0 ? x0 & below(z0) : x0;
            next->hi = z0 ? 0 : x1 & below(z1);
            length = z0 ? first_mark(z0) : 8 + first_mark(z1);
        } else {
            length = long_length(p);
            if (length > MAX_WORD) {
                *at = p;
                return SCAN_LONG_WORD;
            }
            word_key(p, length, &next->lo, &next->hi);
        }
        next->word = p;
        next->hash = mix(next->lo, next->hi);
        n += length != 0;
        p += length;
        if (*p == '\n' && p < end) found[n++].word = NULL;
        p++;
    }
    *at = p;
    return n;
}

/* Scans [p, end), which begins and ends between words. Writes the number of every
 * word and -1 for the end of every sentence that has a word, at most one per byte,
 * to `out`. Overwrites SCAN_PADDING bytes after `end`. result->stopped_at is where a too long word
 * begins. */
static inline int scan_text(Table *table, char *text, size_t size, int32_t *out, Scanned *result) {
    const char *p = text, *end = text + size;
    Found found[SCAN_AHEAD];
    int32_t *next = out;
    uint64_t print = 0;
    int64_t tokens = 0, lines = 0;
    memset(text + size, ' ', SCAN_PADDING);
    while (p < end) {
        int n = find_words(&p, end, found);
        if (UNLIKELY(n < 0)) {
            result->stopped_at = p - text;
            return n;
        }
        for (int i = 0; i < n; i++)
            if (found[i].word) __builtin_prefetch(&table->slots[slot_of(table, found[i].hash)], 1);
        for (int i = 0; i < n; i++) {
            const Found *one = &found[i];
            if (UNLIKELY(one->word == NULL)) {
                lines++;
                print = print * PRINT_BASE + LINE_HASH;
                /* A leading -1 is kept: the sentence may have begun in the block before. */
                if (next == out || next[-1] != -1) *next++ = -1;
                continue;
            }
            print = print * PRINT_BASE + one->hash;
            int32_t number = table_add(table, one->hash, one->lo, one->hi, one->word, 1);
            if (UNLIKELY(number < 0)) return SCAN_NO_MEMORY;
            *next++ = number;
            tokens++;
        }
    }
    result->numbers = next - out;
    result->tokens = tokens;
    result->lines = lines;
    result->fingerprint = print;
    return SCAN_DONE;
}

#endif
