/* Pairs of words that may become phrases: counted in rows, and joined in sequences of ids.
 *
 * A pair is a first word, a last word and up to MAX_BETWEEN connectors between them. It lives in
 * the same Table as words do: its key has a pass, 1 to 255, where a word has its first byte, so
 * it never looks like a long word.
 */
#ifndef W2V_TEXT_PAIRS_H
#define W2V_TEXT_PAIRS_H

#include "scanner.h"

enum {
    CONNECTOR_BITS = 10,                          /* of a connector's code, 1, 2, ... */
    MAX_CONNECTORS = (1 << CONNECTOR_BITS) - 1,
    MAX_BETWEEN = 3,                              /* 3 * 10 bits fit below the last word */
    MAX_PASSES = 255
};

/* What the table is given for the bytes of a key that is no long word: never read. */
static const char *const NO_WORD = "";

typedef struct {
    uint64_t lo, hi;
} Pair;

static inline Pair make_pair(int32_t first, uint64_t between, int32_t last, unsigned pass) {
    Pair pair = {(uint64_t)first << 8 | pass, (uint64_t)last << 32 | between};
    return pair;
}

/* How far a walk over words has got in what may become a pair. */
typedef struct {
    int32_t first;     /* -1: no word that could begin a pair */
    int32_t n;         /* connectors since `first` */
    uint64_t between;  /* their codes */
} Walk;

/* Takes one connector into the walk; too many in a row end what it was in. */
static inline void walk_connector(Walk *walk, uint16_t code) {
    if (walk->n++ == MAX_BETWEEN) walk->first = -1;
    walk->between = walk->between << CONNECTOR_BITS | code;
}

static inline int add_pairs(Table *table, const Pair *pairs, const uint64_t *hashes, int n) {
    for (int i = 0; i < n; i++)
        __builtin_prefetch(&table->slots[slot_of(table, hashes[i])], 1);
    for (int i = 0; i < n; i++)
        if (table_add(table, hashes[i], pairs[i].lo, pairs[i].hi, NO_WORD, 1) < 0) return -1;
    return 0;
}

/* Counts those pairs of rows[0:n] whose hash has its lower half in [from, from + width].
 *
 * carried    IN/OUT: the walk, from one piece of the rows to the next
 * connectors (words,): the code of each row that is a connector, else 0; NULL when none is
 * floors     (words,): the first row that each row may be paired with if it is the later of the
 *            two; NULL: all may
 * Returns -1 when memory is full, 1 once there are more than `limit` pairs, else 0. */
static int count_pairs(Table *table, Walk *carried, const int32_t *rows, int64_t n,
                       const uint16_t *connectors, const int32_t *floors, uint32_t from,
                       uint32_t width, uint32_t limit) {
    Pair pairs[SCAN_AHEAD];
    uint64_t hashes[SCAN_AHEAD];
    Walk walk = *carried;  /* a copy stays in registers */
    int waiting = 0;
    for (int64_t i = 0; i < n; i++) {
        int32_t row = rows[i];
        if (row >= 0 && connectors != NULL && connectors[row]) {
            if (walk.first >= 0) walk_connector(&walk, connectors[row]);
            continue;
        }
        pairs[waiting] = make_pair(walk.first, walk.between, row, 1);
        hashes[waiting] = mix(pairs[waiting].lo, pairs[waiting].hi);
        /* No branch: neither ranges of hashes nor rare words can be predicted. */
        int counts = ((walk.first | row) >= 0) & ((uint32_t)hashes[waiting] - from <= width);
        if (floors != NULL) {
            int32_t later = walk.first > row ? walk.first : row;
            int32_t other = walk.first > row ? row : walk.first;
            counts &= other >= floors[later < 0 ? 0 : later];
        }
        waiting += counts;
        walk.first = row;
        walk.n = 0;
        walk.between = 0;
        if (waiting == SCAN_AHEAD) {
            if (add_pairs(table, pairs, hashes, waiting) != 0) return -1;
            if (table->used > limit) return 1;
            waiting = 0;
        }
    }
    *carried = walk;
    if (add_pairs(table, pairs, hashes, waiting) != 0) return -1;
    return table->used > limit;
}

/* The pairs that occur at least min_count times. Returns how many; writes when `counts` is not
 * NULL. Arrays have one element a pair. */
static int64_t frequent_pairs(const Table *table, uint64_t min_count, int32_t *firsts,
                              uint32_t *betweens, int32_t *lasts, int64_t *counts) {
    int64_t n = 0;
    for (size_t i = 0; i < (size_t)1 << table->bits; i++) {
        const Slot *slot = &table->slots[i];
        if (slot->count < min_count || slot->count == 0) continue;
        if (counts != NULL) {
            firsts[n] = (int32_t)(slot->lo >> 8);
            betweens[n] = (uint32_t)slot->hi;
            lasts[n] = (int32_t)(slot->hi >> 32);
            counts[n] = (int64_t)slot->count;
        }
        n++;
    }
    return n;
}

/* The pairs that are phrases. */
typedef struct {
    Table table;
    const int32_t *results;      /* the id that stands for each pair when joined, by number */
    const uint16_t *connectors;  /* as for count_pairs(), by id; NULL when there is none */
} Joins;

/* What ids[0] and its successors join to: the id, and in *taken how many; or -1. */
static inline int32_t join_here(const Joins *joins, unsigned pass, const int32_t *ids, int64_t n,
                                int64_t *taken) {
    const uint16_t *connectors = joins->connectors;
    if (connectors != NULL && connectors[ids[0]]) return -1;
    Walk walk = {ids[0], 0, 0};
    int64_t i = 1;
    if (connectors != NULL)
        for (; i < n && walk.first >= 0 && ids[i] >= 0 && connectors[ids[i]]; i++)
            walk_connector(&walk, connectors[ids[i]]);
    if (i >= n || walk.first < 0 || ids[i] < 0) return -1;
    Pair pair = make_pair(walk.first, walk.between, ids[i], pass);
    int32_t number = table_find(&joins->table, mix(pair.lo, pair.hi), pair.lo, pair.hi, NO_WORD);
    if (number < 0) return -1;
    *taken = i + 1;
    return joins->results[number];
}

/* Joins the phrases of one pass, from left to right, in place. A negative id separates.
 *
 * words IN/OUT: the place of the first word of each id, moved along with it; NULL: none
 * Returns how many ids are left. */
static int64_t join_ids(const Joins *joins, unsigned pass, int32_t *ids, int32_t *words,
                        int64_t n) {
    int64_t k = 0;
    for (int64_t i = 0; i < n; k++) {
        int64_t taken = 1;
        int32_t id = ids[i] < 0 ? -1 : join_here(joins, pass, ids + i, n - i, &taken);
        ids[k] = id < 0 ? ids[i] : id;
        if (words != NULL) words[k] = words[i];
        i += taken;
    }
    return k;
}

#endif
