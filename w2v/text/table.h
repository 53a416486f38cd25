/* A hash table of words that counts them and numbers them in order of appearance.
 *
 * Open addressing with linear probing; the top bits of the hash choose the slot,
 * so that a walk over the slots meets the words in (nearly) rising order of hash
 * in a table of any size. Growing a table, and merging one into another, are
 * therefore sequential walks over both instead of a cache miss per word.
 *
 * A word of at most 16 bytes is its own key (lo, hi): its bytes, zero-padded, read
 * as two little-endian numbers. No word contains a zero byte, so the padding
 * needs no length beside it. A longer word has a key whose first byte is zero,
 * which no short word has: lo = hash << 8, hi = length; its bytes lie in the
 * table's arena. The hash of a slot can always be computed again from its key.
 */
#ifndef W2V_TEXT_TABLE_H
#define W2V_TEXT_TABLE_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#if defined(__linux__)
#include <sys/mman.h>
#endif

#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

enum { INLINE_BYTES = 16, FIRST_BITS = 14 };

/* Readable (and writable) bytes that scanners need after the end of a text: they look at 64 bytes
 * at a time, and take INLINE_BYTES where a word may begin. */
enum { SCAN_PADDING = 64 + INLINE_BYTES };

/* Both multipliers hold a zero byte with other bytes above it, which no key can
 * equal: so neither factor of mix() is ever zero. */
static const uint64_t MIX_LO = 0x9E3779B9007F4A7DULL;
static const uint64_t MIX_HI = 0xE7037ED100B428DBULL;

typedef struct {
    uint64_t lo, hi;  /* the key; both zero in an empty slot */
    uint64_t count;
    uint32_t number;  /* 0, 1, ... in order of first appearance */
    uint32_t tail;    /* a long word's place in Table.offsets */
} Slot;

typedef struct {
    Slot *slots;       /* 1 << bits of them, aligned to a cache line, in `memory` */
    void *memory;
    unsigned bits;
    uint32_t used;     /* words in the table */
    char *arena;       /* the bytes of the long words, one after the other */
    size_t arena_used, arena_size;
    size_t *offsets;   /* where each long word starts in `arena` */
    uint32_t tails, tails_size;
} Table;

static inline uint64_t load8(const void *p) {
    uint64_t x;
    memcpy(&x, p, 8);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    x = __builtin_bswap64(x);
#endif
    return x;
}

static inline void store8(void *p, uint64_t x) {
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    x = __builtin_bswap64(x);
#endif
    memcpy(p, &x, 8);
}

/* The two halves of a 128-bit product, folded. */
static inline uint64_t mix(uint64_t lo, uint64_t hi) {
    __uint128_t r = (__uint128_t)(lo ^ MIX_LO) * (hi ^ MIX_HI);
    return (uint64_t)r ^ (uint64_t)(r >> 64);
}

/* The lowest n bytes of x, n from 0 to 8. */
static inline uint64_t low_bytes(uint64_t x, size_t n) {
    return n >= 8 ? x : x & ((1ULL << (8 * n)) - 1);
}

static inline int is_long(uint64_t lo) { return (lo & 0xFF) == 0; }

/* The key of a word of `length` bytes; 16 bytes are readable at `word`. */
static inline void word_key(const char *word, size_t length, uint64_t *lo, uint64_t *hi) {
    if (length <= INLINE_BYTES) {
        *lo = low_bytes(load8(word), length);
        *hi = length <= 8 ? 0 : low_bytes(load8(word + 8), length - 8);
        return;
    }
    uint64_t hash = length;
    size_t at = 0;
    for (; at + 8 <= length; at += 8) hash = mix(hash ^ load8(word + at), hash);
    /* The last eight bytes overlap those before them: no partial load. */
    hash = mix(hash ^ load8(word + length - 8), hash);
    *lo = hash << 8;
    *hi = length;
}

/* Asks for huge pages where the system has them; a refusal is harmless. */
static inline void advise_huge(void *start, size_t bytes) {
#if defined(__linux__) && defined(MADV_HUGEPAGE)
    const uintptr_t page = 1u << 16; /* a multiple of every common page size */
    uintptr_t from = ((uintptr_t)start + page - 1) & ~(page - 1);
    uintptr_t to = ((uintptr_t)start + bytes) & ~(page - 1);
    if (from + (2u << 20) <= to) madvise((void *)from, to - from, MADV_HUGEPAGE);
#else
    (void)start, (void)bytes;
#endif
}

/* Zeroed slots, on huge pages if possible: the table is read at random. */
static inline Slot *table_slots(unsigned bits, void **memory) {
    size_t bytes = sizeof(Slot) << bits;
    size_t align = bytes >= (2u << 20) ? (2u << 20) : 64;
    *memory = calloc(1, bytes + align);
    if (*memory == NULL) return NULL;
    uintptr_t start = ((uintptr_t)*memory + align - 1) & ~(uintptr_t)(align - 1);
    advise_huge((void *)start, bytes);
    return (Slot *)start;
}

/* At most 5/8 full: probes stay short. */
static inline int table_is_full(const Table *table) {
    return (uint64_t)table->used * 8 > ((uint64_t)5 << table->bits);
}

/* An empty table that takes `words` words before it grows. */
static inline int table_init_for(Table *table, uint32_t words) {
    memset(table, 0, sizeof *table);
    table->used = words;
    for (table->bits = FIRST_BITS; table_is_full(table);) table->bits++;
    table->used = 0;
    table->slots = table_slots(table->bits, &table->memory);
    return table->slots == NULL ? -1 : 0;
}

static inline int table_init(Table *table) { return table_init_for(table, 0); }

static inline void table_free(Table *table) {
    free(table->memory);
    free(table->arena);
    free(table->offsets);
    memset(table, 0, sizeof *table);
}

static inline size_t slot_of(const Table *table, uint64_t hash) {
    return (size_t)(hash >> (64 - table->bits));
}

static int table_grow(Table *table) {
    Table bigger = *table;
    bigger.bits++;
    bigger.slots = table_slots(bigger.bits, &bigger.memory);
    if (bigger.slots == NULL) return -1;
    size_t old = (size_t)1 << table->bits, mask = ((size_t)1 << bigger.bits) - 1;
    for (size_t i = 0; i < old; i++) {
        const Slot *slot = &table->slots[i];
        if (slot->count == 0) continue;
        size_t at = slot_of(&bigger, mix(slot->lo, slot->hi));
        while (bigger.slots[at].count != 0) at = (at + 1) & mask;
        bigger.slots[at] = *slot;
    }
    free(table->memory);
    *table = bigger;
    return 0;
}

static inline const char *long_word(const Table *table, const Slot *slot) {
    return table->arena + table->offsets[slot->tail];
}

/* Copies a long word into the arena. */
static int table_keep(Table *table, Slot *slot, const char *word, size_t length) {
    if (table->tails == table->tails_size) {
        uint32_t size = table->tails_size ? table->tails_size * 2 : 256;
        size_t *offsets = (size_t *)realloc(table->offsets, size * sizeof(size_t));
        if (offsets == NULL) return -1;
        table->offsets = offsets;
        table->tails_size = size;
    }
    if (table->arena_used + length > table->arena_size) {
        size_t size = table->arena_size ? table->arena_size : 1u << 14;
        while (size < table->arena_used + length) size *= 2;
        char *arena = (char *)realloc(table->arena, size);
        if (arena == NULL) return -1;
        table->arena = arena;
        table->arena_size = size;
    }
    memcpy(table->arena + table->arena_used, word, length);
    slot->tail = table->tails;
    table->offsets[table->tails++] = table->arena_used;
    table->arena_used += length;
    return 0;
}

/* A word that is not in the table yet, into the empty slot `at`. Returns its
 * number, or -1 when memory is full. `word` is only read for a long word. */
static __attribute__((noinline)) int32_t table_insert(Table *table, size_t at, uint64_t lo,
                                                      uint64_t hi, const char *word,
                                                      uint64_t count) {
    if (table->used == INT32_MAX) return -1;
    Slot *slot = &table->slots[at];
    if (is_long(lo) && table_keep(table, slot, word, (size_t)hi) != 0) return -1;
    slot->lo = lo;
    slot->hi = hi;
    slot->count = count;
    slot->number = table->used++;
    int32_t number = (int32_t)slot->number;
    return table_is_full(table) && table_grow(table) != 0 ? -1 : number;
}

/* Adds `count` occurrences of a word and returns its number, or -1 when memory is full. */
static inline int32_t table_add(Table *table, uint64_t hash, uint64_t lo, uint64_t hi,
                                const char *word, uint64_t count) {
    size_t mask = ((size_t)1 << table->bits) - 1;
    for (size_t at = slot_of(table, hash);; at = (at + 1) & mask) {
        Slot *slot = &table->slots[at];
        if (LIKELY(slot->lo == lo && slot->hi == hi) &&
            (!is_long(lo) || memcmp(long_word(table, slot), word, (size_t)hi) == 0)) {
            slot->count += count;
            return (int32_t)slot->number;
        }
        if (slot->count == 0) return table_insert(table, at, lo, hi, word, count);
    }
}

/* The number of a word, or -1 if it is not in the table. `word` as for table_insert(). */
static inline int32_t table_find(const Table *table, uint64_t hash, uint64_t lo, uint64_t hi,
                                 const char *word) {
    size_t mask = ((size_t)1 << table->bits) - 1;
    for (size_t at = slot_of(table, hash);; at = (at + 1) & mask) {
        const Slot *slot = &table->slots[at];
        if (slot->count == 0) return -1;
        if (slot->lo == lo && slot->hi == hi &&
            (!is_long(lo) || memcmp(long_word(table, slot), word, (size_t)hi) == 0))
            return (int32_t)slot->number;
    }
}

#endif
