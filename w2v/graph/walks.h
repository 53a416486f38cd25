/* Random walks, several at a time in one thread, so that one waits for memory while the
 * others go on.
 *
 * A walk is known by the seed, its round and its start alone: it is the same whichever thread
 * makes it, and in whatever company.
 */
#ifndef W2V_GRAPH_WALKS_H
#define W2V_GRAPH_WALKS_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "links.h"

#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

/* Walks that are made together. */
enum { LANES = 16 };

enum { WALK_END = -1 };

/* A step tries so many times, and once more for each neighbor, before it looks at all of them. */
enum { PATIENCE = 16 };

typedef struct {
    const int64_t *offsets;   /* (nodes * types + 1,): a node's links to nodes of one type */
    const int32_t *neighbors; /* (links,) rising, if there is one type */
    const float *weights;     /* (links,) or NULL */
    const uint64_t *alias;    /* (links,) or NULL: low half a threshold, high half another link,
                                 counted from the first of those it is drawn from */
    const double *totals;     /* (nodes,) sums of weights, or NULL */
    const int32_t *starts;    /* (start_count,) or NULL: all nodes */
    const int32_t *path;      /* (period,) the type of step k is path[k % period]; or NULL */
    int64_t start_count, types, period, path_end;
    int64_t length;           /* nodes of a walk */
    int directed;
    int second_order;
    double back, near, far;   /* 1 / p, 1, 1 / q: what the weight of a link is multiplied by */
    uint64_t seed;
} w2v_walks;

/* wyrand (Wang Yi): one multiplication for 64 random bits. */
static inline uint64_t mix_walk(uint64_t a, uint64_t b) {
    __uint128_t r = (__uint128_t)a * b;
    return (uint64_t)r ^ (uint64_t)(r >> 64);
}

static inline uint64_t next_random(uint64_t *state) {
    *state += 0xA0761D6478BD642FULL;
    return mix_walk(*state, *state ^ 0xE7037ED1A0B428DBULL);
}

static inline double next_uniform(uint64_t *state) {
    return (double)(next_random(state) >> 11) * 0x1p-53;
}

/* Scrambles x well (splitmix64's last step, by Steele, Lea and Flood). */
static inline uint64_t scramble(uint64_t x) {
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
    return x ^ (x >> 31);
}

static inline uint64_t key_of(uint64_t seed, uint64_t a, uint64_t b) {
    return scramble(scramble(scramble(seed + 0x9E3779B97F4A7C15ULL) ^ a) + b);
}

/* The k-th of 0 .. n - 1 in the order of a round: a Feistel network (Luby and Rackoff) on the
 * next power of four, walked until it falls below n. */
static inline uint64_t shuffled(uint64_t k, uint64_t n, uint64_t key) {
    int half = 1;
    while (n > 1ULL << (2 * half)) half++;
    const uint64_t mask = (1ULL << half) - 1;
    do {
        uint64_t left = k >> half, right = k & mask;
        for (int i = 0; i < 4; i++) {
            const uint64_t turned = left ^ (scramble(key + right * 4 + (uint64_t)i) & mask);
            left = right;
            right = turned;
        }
        k = left << half | right;
    } while (k >= n);
    return k;
}

typedef struct {
    uint64_t random;
    int32_t *start, *out, *stop; /* of its rows: the first, the next, the end of its room */
    int64_t first, degree;       /* links that it draws from */
    int64_t at;                  /* the link drawn */
    int64_t tries;
    uint32_t coin;
    int32_t here, before;        /* before: -1 at the start */
    float back_weight;           /* of the link back, 0 if there is none */
} Lane;

static inline int64_t slot_at(const w2v_walks *w, const Lane *lane, int32_t node) {
    if (w->path == NULL) return node;
    const int64_t step = lane->out - lane->start;
    return node * w->types + w->path[step % w->period];
}

/* Begins walk number `walk` of all rounds. */
static inline void begin(const w2v_walks *w, Lane *lane, int64_t walk, int32_t *out) {
    const uint64_t n = (uint64_t)w->start_count, round = (uint64_t)walk / n;
    const uint64_t k = shuffled((uint64_t)walk % n, n, key_of(w->seed, round, 1));
    const int32_t node = w->starts == NULL ? (int32_t)k : w->starts[k];
    lane->random = key_of(w->seed, round, 2 + (uint64_t)node);
    lane->start = out;
    lane->stop = out + w->length;
    lane->before = -1;
    lane->here = node;
    lane->tries = 0;
    *out = node;
    lane->out = out + 1;
    __builtin_prefetch(&w->offsets[slot_at(w, lane, node)]);
}

/* Draws one of the links from here, uniformly or the slot of an alias table. */
static inline void propose(const w2v_walks *w, Lane *lane) {
    const uint64_t random = next_random(&lane->random);
    lane->coin = (uint32_t)random;
    lane->at = lane->first + (int64_t)(((random >> 32) * (uint64_t)lane->degree) >> 32);
    __builtin_prefetch(&w->neighbors[lane->at]);
    if (w->alias != NULL) __builtin_prefetch(&w->alias[lane->at]);
}

static inline int linked(const w2v_walks *w, int32_t from, int32_t to) {
    const int64_t first = w->offsets[from], degree = w->offsets[from + 1] - first;
    if (!w->directed) {
        /* the same either way round: search the shorter list */
        const int64_t other = w->offsets[to], fewer = w->offsets[to + 1] - other;
        if (fewer < degree) return find_neighbor(w->neighbors + other, fewer, from) >= 0;
    }
    return find_neighbor(w->neighbors + first, degree, to) >= 0;
}

static inline double factor_of(const w2v_walks *w, const Lane *lane, int32_t node) {
    if (node == lane->before) return w->back;
    return linked(w, lane->before, node) ? w->near : w->far;
}

/* Draws from all links by their weights for a walk that came from `before`: exact and slow. */
static __attribute__((noinline)) int64_t draw_exactly(const w2v_walks *w, Lane *lane) {
    double total = 0, sum = 0;
    const int64_t end = lane->first + lane->degree;
    int64_t k, last = lane->first;
    for (k = lane->first; k < end; k++)
        total += factor_of(w, lane, w->neighbors[k]) * (w->weights ? w->weights[k] : 1);
    total *= next_uniform(&lane->random);
    for (k = lane->first; k < end && sum <= total; k++) {
        sum += factor_of(w, lane, w->neighbors[k]) * (w->weights ? w->weights[k] : 1);
        last = k;
    }
    return last;
}

/* What rejection needs to know, once per call: the acceptance of each kind of neighbor. */
typedef struct {
    double most;                  /* the larger of near and far: what acceptances are shares of */
    double excess;                /* what back exceeds that by, or 0 */
    uint64_t back, near, far;     /* in units of 2^-32 */
    uint64_t surely, never;       /* below, above: whatever the neighbor, unless it is `before` */
} Odds;

static inline Odds odds_of(const w2v_walks *w) {
    Odds odds;
    odds.most = w->near > w->far ? w->near : w->far;
    odds.excess = w->back > odds.most ? w->back - odds.most : 0;
    const double back = w->back > odds.most ? odds.most : w->back;
    odds.back = (uint64_t)(back / odds.most * 0x1p32);
    odds.near = (uint64_t)(w->near / odds.most * 0x1p32);
    odds.far = (uint64_t)(w->far / odds.most * 0x1p32);
    odds.surely = odds.near < odds.far ? odds.near : odds.far;
    odds.never = odds.near < odds.far ? odds.far : odds.near;
    return odds;
}

/* Whether the walk takes the link drawn: node2vec's bias by rejection (as KnightKing, Yang et
 * al., SOSP 2019). Where the way back weighs more than all others may, only the excess is drawn
 * apart, with its share of the whole: else nearly all draws would be rejected. */
static inline int accept(const w2v_walks *w, const Odds *odds, Lane *lane) {
    if (lane->before < 0) return 1;
    if (UNLIKELY(lane->tries++ > lane->degree + PATIENCE)) {
        lane->at = draw_exactly(w, lane);
        return 1;
    }
    if (odds->excess > 0 && lane->back_weight > 0) {
        const double excess = odds->excess * lane->back_weight;
        const double total = w->totals ? w->totals[lane->here] : (double)lane->degree;
        if (next_uniform(&lane->random) * (odds->most * total + excess) < excess) {
            lane->at = lane->first +
                find_neighbor(w->neighbors + lane->first, lane->degree, lane->before);
            return 1;
        }
    }
    const int32_t node = w->neighbors[lane->at];
    const uint64_t coin = next_random(&lane->random) >> 32;
    if (node == lane->before) return coin < odds->back;
    if (coin < odds->surely) return 1;
    if (coin >= odds->never) return 0;
    return coin < (linked(w, lane->before, node) ? odds->near : odds->far);
}

/* The weight of the link by which a walk could go back from `node` to where it is now. */
static inline float weight_back(const w2v_walks *w, const Lane *lane, int32_t node) {
    if (!w->directed) return w->weights ? w->weights[lane->at] : 1;
    const int64_t first = w->offsets[node];
    const int64_t found =
        find_neighbor(w->neighbors + first, w->offsets[node + 1] - first, lane->here);
    if (found < 0) return 0;
    return w->weights ? w->weights[first + found] : 1;
}

/* Looks at the links from here; 0 if the walk ends. */
static inline int arrive(const w2v_walks *w, Lane *lane) {
    const int64_t step = lane->out - lane->start;
    if (lane->out == lane->stop || step == w->path_end) return 0;
    const int64_t slot = slot_at(w, lane, lane->here);
    lane->first = w->offsets[slot];
    lane->degree = w->offsets[slot + 1] - lane->first;
    return lane->degree > 0;
}

static inline void step_to(const w2v_walks *w, const Odds *odds, Lane *lane) {
    const int32_t node = w->neighbors[lane->at];
    if (w->second_order && odds->excess > 0) lane->back_weight = weight_back(w, lane, node);
    lane->before = lane->here;
    lane->here = node;
    lane->tries = 0;
    *lane->out++ = node;
    __builtin_prefetch(&w->offsets[slot_at(w, lane, node)]);
}

/* Moves walks that ended early together; returns the rows of all. */
static inline int64_t close_gaps(int32_t *out, int64_t count, int64_t length) {
    int32_t *to = out;
    for (int64_t k = 0; k < count; k++) {
        const int32_t *from = out + k * (length + 1);
        while (*from != WALK_END) *to++ = *from++;
        *to++ = WALK_END;
    }
    return to - out;
}

/* Makes walks first .. first + count - 1 of all rounds, WALK_END after each.
 *
 * out (count * (length + 1),) OUT
 * Returns how many rows were written. */
static inline int64_t make_walks(const w2v_walks *w, int64_t first, int64_t count, int32_t *out) {
    const Odds odds = odds_of(w);
    Lane lanes[LANES];
    int64_t begun = 0;
    int active = 0, early = 0;
    while (active < LANES && begun < count) {
        begin(w, &lanes[active++], first + begun, out + begun * (w->length + 1));
        begun++;
    }
    while (active > 0) {
        for (int i = 0; i < active; i++) {
            Lane *lane = &lanes[i];
            /* with a rejected draw the walk is where it was */
            while (lane->tries == 0 && !arrive(w, lane)) {
                early |= lane->out != lane->stop;
                *lane->out = WALK_END;
                if (begun < count) {
                    begin(w, lane, first + begun, out + begun * (w->length + 1));
                    begun++;
                } else if (--active > i) {
                    *lane = lanes[active];
                } else {
                    break;
                }
            }
            if (i < active) propose(w, lane);
        }
        if (w->alias != NULL) {
            for (int i = 0; i < active; i++) {
                Lane *lane = &lanes[i];
                const uint64_t slot = w->alias[lane->at];
                if (lane->coin > (uint32_t)slot) {
                    lane->at = lane->first + (int64_t)(slot >> 32);
                    __builtin_prefetch(&w->neighbors[lane->at]);
                }
            }
        }
        for (int i = 0; i < active; i++)
            if (!w->second_order || accept(w, &odds, &lanes[i])) step_to(w, &odds, &lanes[i]);
    }
    return early ? close_gaps(out, count, w->length) : count * (w->length + 1);
}

/* Adds how often each node is visited, not counting the starts of walks. */
static inline void count_visits(const int32_t *rows, int64_t n, int64_t *visits) {
    for (int64_t k = 1; k < n; k++)
        if (rows[k] != WALK_END && rows[k - 1] != WALK_END) visits[rows[k]]++;
}

/* Fills alias tables (Walker, in Vose's linear-time form) for nodes from .. to - 1: the slot of
 * a link has in its low half the threshold up to which a random uint32 draws the link itself, in
 * its high half the link drawn otherwise, counted from the first.
 *
 * totals      (nodes,) OUT: sums of the weights
 * share, todo (the most links of a node,) room to work in */
static inline void fill_alias(const int64_t *offsets, const float *weights, int64_t from,
                              int64_t to, uint64_t *alias, double *totals, double *share,
                              int64_t *todo) {
    const uint64_t always = 0xFFFFFFFF;
    for (int64_t node = from; node < to; node++) {
        const int64_t first = offsets[node], n = offsets[node + 1] - first;
        int64_t small = 0, large = n;
        double total = 0;
        for (int64_t k = 0; k < n; k++) total += weights[first + k];
        totals[node] = total;
        for (int64_t k = 0; k < n; k++) {
            share[k] = weights[first + k] / total * (double)n;
            todo[share[k] < 1 ? small++ : --large] = k;
        }
        while (small > 0 && large < n) {
            const int64_t less = todo[--small], more = todo[large];
            alias[first + less] = (uint64_t)(share[less] * 4294967295.0) | (uint64_t)more << 32;
            share[more] -= 1 - share[less];
            if (share[more] < 1) {
                large++;
                todo[small++] = more;
            }
        }
        /* what is left is 1 but for rounding */
        while (small > 0) {
            small--;
            alias[first + todo[small]] = always | (uint64_t)todo[small] << 32;
        }
        for (; large < n; large++) alias[first + todo[large]] = always | (uint64_t)todo[large] << 32;
    }
}

/* Writes rows as names, a space between two and a newline instead of WALK_END.
 *
 * text, ends (bytes,), (nodes + 1,): names one after the other, and where each begins
 * Returns how many bytes were written. */
static inline int64_t write_names(const int32_t *rows, int64_t n, const char *text,
                                  const int64_t *starts, char *out) {
    char *to = out;
    for (int64_t k = 0; k < n; k++) {
        if (rows[k] == WALK_END) {
            to[-1] = '\n';
            continue;
        }
        const int64_t start = starts[rows[k]], size = starts[rows[k] + 1] - start;
        memcpy(to, text + start, (size_t)size);
        to += size;
        *to++ = ' ';
    }
    return to - out;
}

#endif
