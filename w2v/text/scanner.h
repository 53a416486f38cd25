/* Cuts text into words, counts them in a Table and writes their numbers.
 *
 * Words are separated by space, tab and newline; every other byte is part of a
 * word. 64 bytes are examined at a time: separators.h.
 */
#ifndef W2V_TEXT_SCANNER_H
#define W2V_TEXT_SCANNER_H

#include "../kernels/separators.h"
#include "table.h"

/* Words and line ends whose slots are asked for before the first of them is looked up, and how
 * many can be found until there are so many: each of the last 64 bytes may be a newline. */
enum { SCAN_AHEAD = 64, MOST_FOUND = SCAN_AHEAD + 64 };

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

/* The length of the word at `p`, whose first 64 bytes hold no separator: those after the text do. */
static __attribute__((noinline)) size_t long_length(const char *p) {
    for (size_t length = 64;; length += 64) {
        uint64_t marks = separators(p + length);
        if (marks) return length + (size_t)__builtin_ctzll(marks);
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

/* The key of a word, which is no word if its length is zero. 16 bytes are readable at it. */
static inline void find_word(const char *word, size_t length, Found *found) {
    /* From 16 - length on, `length` bytes of ones. */
    static const uint64_t ones[] = {~0ULL, ~0ULL, 0, 0};
    if (LIKELY(length <= INLINE_BYTES)) {
        const char *mask = (const char *)ones + INLINE_BYTES - length;
        found->lo = load8(word) & load8(mask);
        found->hi = load8(word + 8) & load8(mask + 8);
    } else {
        word_key(word, length, &found->lo, &found->hi);
    }
    found->word = word;
    found->hash = mix(found->lo, found->hi);
}

/* Finds words and line ends from *at on until SCAN_AHEAD are found or the text ends.
 * Returns how many, at most MOST_FOUND, or SCAN_LONG_WORD with *at where that word begins. */
static inline int find_words(const char **at, const char *end, Found *found) {
    const char *p = *at;
    int n = 0;
    while (p < end && n < SCAN_AHEAD) {
        const char *from = p;
        uint64_t marks = separators(from);
        do { /* a word, which may be empty, and the separator after it */
            size_t length;
            if (LIKELY(marks != 0)) {
                length = (size_t)(from - p) + (size_t)__builtin_ctzll(marks);
                marks &= marks - 1;
            } else {
                length = long_length(p);
                if (length > MAX_WORD) {
                    *at = p;
                    return SCAN_LONG_WORD;
                }
            }
            find_word(p, length, &found[n]);
            n += length != 0;
            p += length;
            if (*p == '\n' && p < end) found[n++].word = NULL;
            p++;
        } while (marks != 0);
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
    Found found[MOST_FOUND];
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
