/* Joins the tables of several threads into one, lower-casing words on the way if
 * asked to, and picks out the words that stay.
 *
 * Lower-casing happens here, once per distinct word, and not in the text, once per
 * token. ASCII words are lowered in registers; the others are handed to Python's
 * str.lower(), which knows Unicode, in one piece: foreign_words() lists them, one a
 * line, and merge_tables() takes their lower-cased forms in the same order.
 */
#ifndef W2V_TEXT_MERGE_H
#define W2V_TEXT_MERGE_H

#include "table.h"

enum { OUT_OF_VOCABULARY = -2, SENTENCE_END = -1 };

static inline size_t table_slots_count(const Table *table) { return (size_t)1 << table->bits; }

static inline size_t slot_length(const Slot *slot) {
    if (is_long(slot->lo)) return (size_t)slot->hi;
    if (slot->hi) return 16 - ((size_t)__builtin_clzll(slot->hi) >> 3);
    return 8 - ((size_t)__builtin_clzll(slot->lo) >> 3);
}

/* Copies a word to `to`, which has room for at least INLINE_BYTES; returns its length. */
static inline size_t slot_word(const Table *table, const Slot *slot, char *to) {
    size_t length = slot_length(slot);
    if (is_long(slot->lo)) {
        memcpy(to, long_word(table, slot), length);
    } else {
        store8(to, slot->lo);
        store8(to + 8, slot->hi);
    }
    return length;
}

static inline int slot_is_ascii(const Table *table, const Slot *slot) {
    const uint64_t high = 0x8080808080808080ULL;
    if (!is_long(slot->lo)) return ((slot->lo | slot->hi) & high) == 0;
    const char *word = long_word(table, slot);
    for (uint64_t i = 0; i < slot->hi; i++)
        if (word[i] & 0x80) return 0;
    return 1;
}

/* Writes the words that have a byte beyond ASCII, each followed by a newline. Returns the
 * bytes needed with INLINE_BYTES to spare; writes nothing when `to` is NULL. */
static inline size_t foreign_words(const Table *table, char *to) {
    size_t at = 0;
    for (size_t i = 0; i < table_slots_count(table); i++) {
        const Slot *slot = &table->slots[i];
        if (slot->count == 0 || slot_is_ascii(table, slot)) continue;
        size_t length = slot_length(slot);
        if (to != NULL) {
            slot_word(table, slot, to + at);
            to[at + length] = '\n';
        }
        at += length + 1;
    }
    return at + INLINE_BYTES;
}

/* Lower-cases eight ASCII bytes. */
static inline uint64_t lower8(uint64_t x) {
    const uint64_t ones = 0x0101010101010101ULL;
    uint64_t from_a = x + (0x80 - 'A') * ones, past_z = x + (0x80 - 'Z' - 1) * ones;
    return x | ((from_a & ~past_z & (0x80 * ones)) >> 2);
}

typedef struct {
    const char *next, *end;  /* lower-cased foreign words; INLINE_BYTES readable after `end` */
} Lowered;

/* Finds the lower-cased key of a slot and the bytes of its word. A long word is lowered
 * where it lies: `from` is not used any more after it was merged. */
static inline void lowered_key(Table *from, const Slot *slot, Lowered *lowered, uint64_t *lo,
                        uint64_t *hi, const char **word) {
    if (!slot_is_ascii(from, slot)) {
        const char *newline = (const char *)memchr(lowered->next, '\n', lowered->end - lowered->next);
        *word = lowered->next;
        word_key(lowered->next, (size_t)(newline - lowered->next), lo, hi);
        lowered->next = newline + 1;
    } else if (is_long(slot->lo)) {
        char *bytes = from->arena + from->offsets[slot->tail];
        for (uint64_t i = 0; i < slot->hi; i++)
            if (bytes[i] >= 'A' && bytes[i] <= 'Z') bytes[i] += 'a' - 'A';
        *word = bytes;
        word_key(bytes, (size_t)slot->hi, lo, hi);
    } else {
        *lo = lower8(slot->lo);
        *hi = lower8(slot->hi);
        *word = NULL;
    }
}

/* Adds every word of `from` to `into`.
 *
 * numbers (from->used,)  OUT: the number in `into` of each of from's numbers
 * seen    (from->used,)  IN:  a rank in the whole text of each word's first appearance
 * first   (as many as `into` can come to hold,) IN/OUT: the same for `into`
 * lowered IN: NULL to take words as they are
 * Returns -1 when memory is full. */
static inline int merge_tables(Table *into, Table *from, int32_t *numbers, const int64_t *seen,
                        int64_t *first, Lowered *lowered) {
    /* Words come in order of hash and fill `into` from its front: unless there is room for
     * all before the first, its front is crowded long before the table counts as full, and
     * every probe walks through the crowd. */
    while (((uint64_t)into->used + from->used) * 8 > (uint64_t)7 << into->bits)
        if (table_grow(into) != 0) return -1;
    for (size_t i = 0; i < table_slots_count(from); i++) {
        const Slot *slot = &from->slots[i];
        if (slot->count == 0) continue;
        uint64_t lo = slot->lo, hi = slot->hi;
        const char *word = is_long(lo) ? long_word(from, slot) : NULL;
        if (lowered != NULL) lowered_key(from, slot, lowered, &lo, &hi, &word);
        uint32_t known = into->used;
        int32_t number = table_add(into, mix(lo, hi), lo, hi, word, slot->count);
        if (number < 0) return -1;
        int64_t here = seen[slot->number];
        if ((uint32_t)number >= known || here < first[number]) first[number] = here;
        numbers[slot->number] = number;
    }
    return 0;
}

/* Sets known[number] to 1 for each word of a text that is in the table. Each word of the text
 * ends with a newline; INLINE_BYTES are readable behind the last. */
static inline void mark_known(const Table *table, const char *text, const char *end,
                              unsigned char *known) {
    for (const char *stop; text < end; text = stop + 1) {
        stop = (const char *)memchr(text, '\n', (size_t)(end - text));
        uint64_t lo, hi;
        word_key(text, (size_t)(stop - text), &lo, &hi);
        int32_t number = stop > text ? table_find(table, mix(lo, hi), lo, hi, text) : -1;
        if (number >= 0) known[number] = 1;
    }
}

/* Finds the words that occur at least min_count times, and those that are known (by number; or
 * NULL): chosen[k] the slot, counts[k], firsts[k] its first appearance, each with room for
 * table->used. Returns how many. */
static inline int64_t frequent_words(const Table *table, uint64_t min_count,
                                     const unsigned char *known, const int64_t *first,
                                     int64_t *chosen, int64_t *counts, int64_t *firsts) {
    int64_t n = 0;
    for (size_t i = 0; i < table_slots_count(table); i++) {
        const Slot *slot = &table->slots[i];
        if (slot->count == 0) continue;
        if (slot->count < min_count && !(known && known[slot->number])) continue;
        chosen[n] = (int64_t)i;
        counts[n] = (int64_t)slot->count;
        firsts[n] = first[slot->number];
        n++;
    }
    return n;
}

static inline int64_t number_in_slot(const Table *table, int64_t slot) {
    return table->slots[slot].number;
}

/* Writes the chosen words, each followed by a newline, and their numbers in the table.
 * Returns the bytes needed with INLINE_BYTES to spare; `to` NULL: writes nothing. */
static inline size_t chosen_words(const Table *table, const int64_t *chosen, int64_t n, char *to,
                           int32_t *numbers) {
    size_t at = 0;
    for (int64_t k = 0; k < n; k++) {
        const Slot *slot = &table->slots[chosen[k]];
        size_t length = slot_length(slot);
        if (to != NULL) {
            slot_word(table, slot, to + at);
            to[at + length] = '\n';
            numbers[k] = (int32_t)slot->number;
        }
        at += length + 1;
    }
    return at + INLINE_BYTES;
}

/* Turns numbers of a table into rows: rows[number]. Drops words that are OUT_OF_VOCABULARY, and
 * sentence ends that follow one another; a leading one is kept.
 * Returns how many were written. `out` may be `source`. */
static inline int64_t final_rows(const int32_t *source, int64_t n, const int32_t *rows,
                                 int32_t *out) {
    int64_t k = 0;
    for (int64_t i = 0; i < n; i++) {
        int32_t number = source[i];
        /* a word whose row is SENTENCE_END parts its neighbors as a sentence end does */
        if (UNLIKELY(number == SENTENCE_END || rows[number] == SENTENCE_END)) {
            if (k == 0 || out[k - 1] != SENTENCE_END) out[k++] = SENTENCE_END;
            continue;
        }
        int32_t row = rows[number];
        out[k] = row;
        /* No branch: which words are dropped cannot be predicted. */
        k += row >= 0;
    }
    return k;
}

#endif
