/* The products of the band, as band_float.h lists them, in bf16: see pairs.h. Rows are converted as
 * they enter, and no float32 copy of them is kept. Logits, in long vectors, are sums over columns, lanes
 * contexts:
 *
 *   x_columns    (pair_width, x_columns_step)
 *   y_pairs      (STEP, pair_width)
 *
 * In short ones, of which a row has many, lanes are columns, and both sides rows (band_rows.h). That
 * leaves no lane to contexts that are none of the center's own.
 */
#define CONTEXT_LANES (LANES == 16)

/* Numbers one after another go to the lanes whose bits are set; the others become 0. */
INLINE vf load_lanes(const float *from, uint32_t lanes) {
#if LANES == 16
    return (vf)_mm512_maskz_expand_ps((__mmask16)lanes, (__m512)load_unaligned(from));
#else
    /* which bytes each lane gets, by `lanes`; those out of range are 0 */
#define BYTES(lanes, l)                                                              \
    ((lanes) >> (l) & 1                                                              \
         ? 0x03020100u + 0x04040404u * __builtin_popcount((lanes) & ((1u << (l)) - 1)) \
         : 0xffffffffu)
#define SHUFFLE_OF(lanes) {EACH_LANE(BYTES, lanes)}
#define FOUR_SHUFFLES(k)                                                             \
    SHUFFLE_OF(k), SHUFFLE_OF(k + 1), SHUFFLE_OF(k + 2), SHUFFLE_OF(k + 3)
    static const vu shuffles[16] = {FOUR_SHUFFLES(0), FOUR_SHUFFLES(4), FOUR_SHUFFLES(8),
                                    FOUR_SHUFFLES(12)};
    return (vf)vqtbl1q_u8((uint8x16_t)load_unaligned(from), (uint8x16_t)shuffles[lanes]);
#endif
}

/* Which of the places first .. first + LANES - 1 are contexts of a center whose first is at
 * place `left`: a bit each. */
INLINE uint32_t own_places(ptrdiff_t window, ptrdiff_t left, ptrdiff_t first) {
    uint32_t lanes = 0;
    for (ptrdiff_t l = 0; l < LANES; l++) {
        const ptrdiff_t k = first + l - left;
        lanes |= (uint32_t)(k >= 0 && k <= 2 * window && k != window) << l;
    }
    return lanes;
}

/* Convert two rows, which enter at neighboring places. */
INLINE void enter_rows(const w2v_worker *w, const float *low, const float *high,
                       int32_t *low_pairs, int32_t *high_pairs, int32_t *mixed) {
    for (ptrdiff_t c = 0; c < w->width; c += 2 * LANES) {
        const vf a = load(low + c), b = load(high + c);
        vf next_a = splat(0.0f), next_b = next_a; /* past an odd number of vectors */
        if (c + LANES < w->width) {
            next_a = load(low + c + LANES);
            next_b = load(high + c + LANES);
            store_pairs(mixed + c + LANES, mix(next_a, next_b));
        }
        store_pairs(mixed + c, mix(a, b));
        store_pairs(low_pairs + c / 2, pack_two(a, next_a));
        store_pairs(high_pairs + c / 2, pack_two(b, next_b));
    }
}

#if CONTEXT_LANES

/* Places in memory before position 0, so that those that enter begin a vector. */
INLINE ptrdiff_t places_before(const w2v_worker *w) { return -2 * w->window & (LANES - 1); }

/* What stays of x_columns after a step of n positions. Done as soon as its logits are made, while it is in
 * the first cache. */
static void slide_columns(w2v_worker *w, ptrdiff_t n) {
    for (ptrdiff_t c = 0; c < dim_pairs(w); c++) {
        float *column = w->x_columns + c * w->x_columns_step;
        for (ptrdiff_t i = -places_before(w); i < 2 * w->window; i += LANES)
            store(column + i, load_unaligned(column + n + i));
    }
}

/* Up to `count` pairs of columns, from pair c on, of LANES rows of x_pairs from position i on. */
INLINE void enter_square(const w2v_worker *w, ptrdiff_t i, ptrdiff_t c, const int count) {
    vf r[LANES];
    UNROLL for (int k = 0; k < LANES; k++)
        r[k] = (vf)load_pairs(w->x_pairs + (i + k) * w->pair_width + c);
    transpose(r);
    UNROLL for (int k = 0; k < count; k++)
        store(w->x_columns + (c + k) * w->x_columns_step + i, r[k]);
}

/* The columns of n rows of x_pairs, from position 2 window on; more may be written. Nobody
 * looks at columns past `dim`: a square with few others takes less than one with all. */
static void enter_columns(w2v_worker *w, ptrdiff_t n) {
    const ptrdiff_t first = 2 * w->window, pairs = dim_pairs(w);
    for (ptrdiff_t i = first; i < first + n; i += LANES) {
        ptrdiff_t c = 0;
        for (; c + LANES / 4 < pairs; c += LANES) enter_square(w, i, c, LANES);
        if (c < pairs) enter_square(w, i, c, LANES / 4);
    }
}

#endif

static void enter_contexts(w2v_worker *w, ptrdiff_t n, const int32_t *rows) {
    for (ptrdiff_t i = 2 * w->window, end = i + n; i < end; i += 2) {
        int32_t *mixed = w->ring_mixed + i / 2 * w->width;
        /* a row without a partner gets itself, with coefficients of 0 */
        const float *low = input_row(w, rows[i]), *high = input_row(w, rows[i + (i + 1 < end)]);
        if (w->y_pairs) {
            int32_t *pairs = w->x_pairs + i * w->pair_width;
            enter_rows(w, low, high, pairs, pairs + w->pair_width, mixed);
        } else { /* CBOW: x_pairs is of hidden vectors, and has no place for contexts */
            mix_rows(mixed, low, high, w->width);
        }
    }
#if CONTEXT_LANES
    if (w->y_pairs) enter_columns(w, n);
#endif
}

static void enter_outputs(w2v_worker *w, ptrdiff_t n, const int32_t *centers) {
    for (ptrdiff_t q = 0; q < n; q += 2) {
        int32_t *pairs = w->y_pairs + q * w->pair_width;
        enter_rows(w, output_row(w, centers[q]), output_row(w, centers[q + (q + 1 < n)]), pairs,
                   pairs + w->pair_width, w->y_mixed + (w->window + q / 2) * w->width);
    }
}

INLINE void keep_errors(const w2v_worker *w, const int rows, const int cols, ptrdiff_t q,
                        ptrdiff_t col, vf (*errors)[TILE_COLS]) {
    int32_t *to = w->y_mixed + (w->window + q / 2) * w->width + col;
    UNROLL for (int c = 0; c < cols; c++)
        store_pairs(to + c * LANES, mix(errors[0][c], errors[rows - 1][c]));
}

INLINE const source_t *ring_sources(const w2v_worker *w, ptrdiff_t i) {
    return w->x_pairs + i * w->pair_width;
}

INLINE const mixed_t *ring_mixed(const w2v_worker *w) { return w->ring_mixed; }

static void slide_rows(w2v_worker *w, ptrdiff_t n) {
    const ptrdiff_t stay = 2 * w->window;
    slide_mixed(w, w->ring_mixed, n);
    slide_mixed(w, w->y_mixed, n);
    if (!w->y_pairs) return;
    memmove(w->x_pairs, w->x_pairs + n * w->pair_width,
            (size_t)(stay * w->pair_width) * sizeof *w->x_pairs);
}

#ifndef AMX /* band_amx.h has its own */

static void enter_errors(w2v_worker *w, ptrdiff_t n) { (void)w, (void)n; }

#if CONTEXT_LANES

/* The lanes of x whose bits are set go to memory, one after another; returns how many. */
INLINE ptrdiff_t store_lanes(float *to, uint32_t lanes, vf x) {
    const int count = __builtin_popcount(lanes);
    _mm512_mask_storeu_ps(to, (__mmask16)((1u << count) - 1),
                          _mm512_maskz_compress_ps((__mmask16)lanes, (__m512)x));
    return count;
}

/* `groups` times TILE_CENTERS centers from q on, each group times `vectors` vectors of contexts from
 * place `first` of its first center on; those that are among a center's own go into the band. */
INLINE void band_tile(const w2v_worker *w, ptrdiff_t q, ptrdiff_t first, const int groups,
                      const int vectors, const uint32_t (*lanes)[2]) {
    const ptrdiff_t pairs = 2 * w->window, step = w->x_columns_step;
    const float *x = w->x_columns + q + first;
    const int32_t *y = w->y_pairs + q * w->pair_width;
    vf acc[2 * TILE_CENTERS][2];
    UNROLL for (int r = 0; r < groups * TILE_CENTERS; r++) {
        UNROLL for (int v = 0; v < vectors; v++) acc[r][v] = splat(0.0f);
    }
    for (ptrdiff_t c = 0; c < dim_pairs(w); c++, x += step, y++) {
        UNROLL for (int g = 0; g < groups; g++) {
            vi contexts[2];
            UNROLL for (int v = 0; v < vectors; v++) {
                contexts[v] = (vi)load_unaligned(x + g * TILE_CENTERS + v * LANES);
                IN_REGISTER(contexts[v]);
            }
            UNROLL for (int r = g * TILE_CENTERS; r < (g + 1) * TILE_CENTERS; r++) {
                vi value = splat_int(y[r * w->pair_width]);
                if (vectors > 1) IN_REGISTER(value);
                UNROLL for (int v = 0; v < vectors; v++)
                    acc[r][v] = add_pairs(acc[r][v], contexts[v], value);
            }
        }
    }
    float *band = w->band + (pairs + q) * pairs;
    UNROLL for (int k = 0; k < groups * TILE_CENTERS; k++) {
        const ptrdiff_t r = k % TILE_CENTERS; /* its contexts: places r .. without r + window */
        ptrdiff_t before = first > r ? first - r : 0;
        before -= before > w->window;
        UNROLL for (int v = 0; v < vectors; v++)
            before += store_lanes(band + k * pairs + before, lanes[r][v], acc[k][v]);
    }
}

static void band_logits(w2v_worker *w, ptrdiff_t n) {
    const ptrdiff_t places = 2 * w->window + TILE_CENTERS;
    for (ptrdiff_t first = 0; first < places; first += 2 * LANES) {
        uint32_t lanes[TILE_CENTERS][2];
        for (ptrdiff_t r = 0; r < TILE_CENTERS; r++) {
            for (ptrdiff_t v = 0; v < 2; v++)
                lanes[r][v] = own_places(w->window, r, first + v * LANES);
        }
        if (places - first <= LANES) {
            for (ptrdiff_t q = 0; q < n; q += 2 * TILE_CENTERS) band_tile(w, q, first, 2, 1, lanes);
        } else {
            for (ptrdiff_t q = 0; q < n; q += TILE_CENTERS) band_tile(w, q, first, 1, 2, lanes);
        }
    }
    slide_columns(w, n);
}

#else

typedef vi sources_t;

INLINE sources_t load_sources(const source_t *p) { return load_pairs(p); }
INLINE sum_t add_sources(sum_t sum, sources_t a, sources_t b) { return add_pairs(sum, a, b); }
INLINE vf summed_lanes(const float *p) { return sum_lanes(p); }

INLINE const source_t *center_row(const w2v_worker *w, ptrdiff_t q) {
    return w->y_pairs + q * w->pair_width;
}

#include "band_rows.h"

static void band_logits(w2v_worker *w, ptrdiff_t n) {
    row_logits(w, n, w->band + 2 * w->window * 2 * w->window);
}

#endif

/* The coefficients of centers e and e + 1, the latter left out if it is `last`: mixed and, from
 * the step's first center on, each by itself. */
INLINE void arrange_two(w2v_worker *w, ptrdiff_t e, ptrdiff_t last) {
    const ptrdiff_t pairs = 2 * w->window, room = w->band_room;
    const float *from = w->band + e * pairs, *next = from + pairs;
    float *low = w->stretches, *high = low + room;
    int32_t *alone = e < pairs ? NULL : w->coef_of_centers + (e - pairs) * room / 2;
    for (ptrdiff_t k = 0, v = 0; k < room; k += LANES, v += 2) {
        const vf a = load_lanes(from, w->own_lanes[v]);
        const vf b = e + 1 < last ? load_lanes(next, w->own_lanes[v + 1]) : splat(0.0f);
        from += __builtin_popcount(w->own_lanes[v]);
        next += __builtin_popcount(w->own_lanes[v + 1]);
        store_pairs(w->coef_of_ring + e / 2 * room + k, mix(a, b));
        if (room == LANES && alone) store_pairs(alone, pack_two(a, b));
        if (room == LANES) return;
        store(low + k, a);
        store(high + k, b);
    }
    for (ptrdiff_t k = 0; alone && k < 2 * room; k += 2 * LANES)
        store_pairs(alone + k / 2, pack(low + k));
}

/* Of all centers of the ring, anew in each step: after an odd number of positions others have
 * even numbers. */
static void arrange_band(w2v_worker *w, ptrdiff_t n) {
    const ptrdiff_t last = 2 * w->window + n;
    for (ptrdiff_t e = 0; e < last; e += 2) arrange_two(w, e, last);
}

INLINE void add_from_contexts(vf (*acc)[TILE_COLS], const int rows, const int cols,
                              const w2v_worker *w, ptrdiff_t q, ptrdiff_t col) {
    const ptrdiff_t step = w->band_room / 2;
    add_pair_products(acc, rows, cols, w->coef_of_centers + q * step, step, 1,
                      w->ring_mixed + q / 2 * w->width + col, w->width, w->window + 1);
}

INLINE void add_from_centers(vf (*acc)[TILE_COLS], const int rows, const int cols,
                             const w2v_worker *w, ptrdiff_t i, ptrdiff_t col) {
    const ptrdiff_t room = w->band_room;
    add_pair_products(acc, rows, cols, w->coef_of_ring + i / 2 * room + 2 * w->window, 1, room - 2,
                      w->y_mixed + i / 2 * w->width + col, w->width, w->window + 1);
}

#endif
