/* The products of the band, as band_float.h lists them, in int16: see pairs.h. Rows are converted as they
 * enter, and no float32 copy of them is kept. Logits are made from x_pairs, here a ring of the
 * contexts' rows, and y_pairs (STEP, pair_width). Numbers are in units, see pairs_int16.h:
 *
 *   ring_unit           of contexts, the rows of ring_mixed; in skip-gram x_unit is the same
 *   y_unit              of centers -window .., the rows of y_mixed; y_pairs has the step's
 *   center_delta_unit   of coef_of_centers and so of centers' deltas (of CBOW, hidden vectors)
 *   context_delta_unit  of coef_of_ring and so of contexts' deltas
 */

/* The masks of the places of a stretch that hold contexts before and after its first center, then
 * those of its second center. */
static void fill_own_places(w2v_worker *w) {
    for (ptrdiff_t r = 0; r < 2; r++) {
        int32_t *before = w->own_places + 2 * r * w->band_room, *after = before + w->band_room;
        for (ptrdiff_t k = 0; k < w->window; k++)
            before[r + k] = after[r + w->window + 1 + k] = -1;
    }
}

/* LANES coefficients from place k of a stretch on, of its center `r` whose contexts' are `from`. */
INLINE vf stretch(const w2v_worker *w, const float *from, ptrdiff_t r, ptrdiff_t k) {
    const int32_t *before = w->own_places + 2 * r * w->band_room + k, *after = before + w->band_room;
    return (vf)(((vi)load_unaligned(from + k - r) & load_pairs(before)) |
                ((vi)load_unaligned(from + k - r - 1) & load_pairs(after)));
}

static void enter_contexts(w2v_worker *w, ptrdiff_t n, const int32_t *rows) {
    const ptrdiff_t first = 2 * w->window, end = first + n;
    for (ptrdiff_t i = first; i < end; i++) w->ring_unit[i] = row_unit(w, input_row(w, rows[i]));
    complete_units(w->ring_unit + first, n);
    for (ptrdiff_t i = first; i < end; i += 2) {
        int32_t *mixed = w->ring_mixed + i / 2 * w->width;
        /* a row without a partner gets itself, with coefficients of 0 */
        const float *low = input_row(w, rows[i]), *high = input_row(w, rows[i + (i + 1 < end)]);
        const float *units = w->ring_unit + i;
        if (w->y_pairs) {
            int32_t *pairs = w->x_pairs + i * w->pair_width;
            enter_rows(w, low, high, units, pairs, pairs + w->pair_width, mixed);
        } else { /* CBOW: x_pairs is of hidden vectors, and has no place for contexts */
            mix_rows(mixed, low, splat(1 / units[0]), high, splat(1 / units[1]), w->width);
        }
    }
}

static void enter_outputs(w2v_worker *w, ptrdiff_t n, const int32_t *centers) {
    float *units = w->y_unit + 2 * w->window;
    for (ptrdiff_t q = 0; q < n; q++) units[q] = row_unit(w, output_row(w, centers[q]));
    complete_units(units, n);
    for (ptrdiff_t q = 0; q < n; q += 2) {
        int32_t *pairs = w->y_pairs + q * w->pair_width;
        enter_rows(w, output_row(w, centers[q]), output_row(w, centers[q + (q + 1 < n)]),
                   units + q, pairs, pairs + w->pair_width,
                   w->y_mixed + (w->window + q / 2) * w->width);
    }
}

INLINE const source_t *ring_sources(const w2v_worker *w, ptrdiff_t i) {
    return w->x_pairs + i * w->pair_width;
}

INLINE const mixed_t *ring_mixed(const w2v_worker *w) { return w->ring_mixed; }

typedef vi sources_t;

INLINE sources_t load_sources(const source_t *p) { return load_pairs(p); }
INLINE sum_t add_sources(sum_t sum, sources_t a, sources_t b) { return add_pairs(sum, a, b); }
INLINE vf summed_lanes(const float *p) { return floats(sum_int_lanes(p)); }

INLINE const source_t *center_row(const w2v_worker *w, ptrdiff_t q) {
    return w->y_pairs + q * w->pair_width;
}

#include "band_rows.h"

/* Whole logits of n centers become logits in the band. A run of a center's contexts may be written
 * past its end, into places that the next one fills. */
static void logits_in_units(w2v_worker *w, ptrdiff_t n) {
    const ptrdiff_t window = w->window;
    const float *from = w->whole_logits, *units = w->ring_unit;
    float *to = w->band + 2 * window * 2 * window;
    for (ptrdiff_t q = 0; q < n; q++, units++) {
        const vf unit = splat(w->y_unit[2 * window + q]);
        for (ptrdiff_t side = 0; side < 2; side++, from += window, to += window) {
            const float *run = units + side * (window + 1);
            for (ptrdiff_t k = 0; k < window; k += LANES)
                store_unaligned(to + k, load_unaligned(from + k) * (unit * load_unaligned(run + k)));
        }
    }
}

/* Logits of the step's centers with their contexts, into the band. */
static void band_logits(w2v_worker *w, ptrdiff_t n) {
    row_logits(w, n, w->whole_logits);
    logits_in_units(w, n);
}

/* The coefficients of centers e and e + 1, the latter left out if it is `last`: mixed, for their
 * outputs, and, from the step's first center on, each by itself, for the contexts. */
INLINE void arrange_two(w2v_worker *w, ptrdiff_t e, ptrdiff_t last, float to_contexts,
                        float to_centers) {
    const ptrdiff_t pairs = 2 * w->window, room = w->band_room;
    const float *from = w->band + e * pairs, *next = from + pairs;
    const vf low = splat(to_contexts * w->y_unit[e]);
    const vf high = splat(e + 1 < last ? to_contexts * w->y_unit[e + 1] : 0.0f);
    int32_t *mixed = w->coef_of_ring + e / 2 * room;
    for (ptrdiff_t k = 0; k < room; k += 2 * LANES) {
        vf a[2], b[2];
        UNROLL for (int v = 0; v < 2; v++) {
            a[v] = stretch(w, from, 0, k + v * LANES);
            b[v] = e + 1 < last ? stretch(w, next, 1, k + v * LANES) : splat(0.0f);
            store_pairs(mixed + k + v * LANES, mix(low * a[v], high * b[v]));
        }
        if (e < pairs) continue;
        vf unit[2];
        UNROLL for (int v = 0; v < 2; v++)
            unit[v] = splat(to_centers) *
                      load_unaligned(w->ring_unit + e - pairs + k + v * LANES);
        int32_t *alone = w->coef_of_centers + ((e - pairs) * room + k) / 2;
        store_pairs(alone, pack_two(a[0] * unit[0], a[1] * unit[1]));
        store_pairs(alone + room / 2, pack_two(b[0] * unit[0], b[1] * unit[1]));
    }
}

/* Of all centers of the ring, anew in each step: after an odd number of positions others have
 * even numbers, and units are others. */
static void arrange_band(w2v_worker *w, ptrdiff_t n) {
    const ptrdiff_t last = 2 * w->window + n;
    const float most = largest(w->band, last * 2 * w->window);
    w->context_delta_unit = common_unit(most, largest(w->y_unit, last), w->coef_limit);
    w->center_delta_unit = common_unit(most, largest(w->ring_unit, last), w->coef_limit);
    const float to_contexts = 1 / w->context_delta_unit, to_centers = 1 / w->center_delta_unit;
    for (ptrdiff_t e = 0; e < last; e += 2) arrange_two(w, e, last, to_contexts, to_centers);
}

INLINE void keep_errors(const w2v_worker *w, const int rows, const int cols, ptrdiff_t q,
                        ptrdiff_t col, vf (*errors)[TILE_COLS]) {
    float *to = w->errors + q * w->width + col;
    UNROLL for (int r = 0; r < rows; r++) {
        UNROLL for (int c = 0; c < cols; c++) store(to + r * w->width + c * LANES, errors[r][c]);
    }
}

/* Besides, the coefficients for them in their units. */
static void enter_errors(w2v_worker *w, ptrdiff_t n) {
    const ptrdiff_t width = w->width;
    float *units = w->y_unit + 2 * w->window;
    for (ptrdiff_t q = 0; q < n; q++) units[q] = row_unit(w, w->errors + q * width);
    complete_units(units, n);
    for (ptrdiff_t q = 0; q < n; q += 2)
        mix_rows(w->y_mixed + (w->window + q / 2) * width, w->errors + q * width,
                 splat(1 / units[q]), w->errors + (q + (q + 1 < n)) * width,
                 splat(1 / units[q + 1]), width);
    arrange_band(w, n);
}

INLINE void add_from_contexts(vf (*acc)[TILE_COLS], const int rows, const int cols,
                              const w2v_worker *w, ptrdiff_t q, ptrdiff_t col) {
    const ptrdiff_t step = w->band_room / 2;
    vi sums[TILE_ROWS][TILE_COLS];
    clear_sums(sums, rows, cols);
    add_pair_products(sums, rows, cols, w->coef_of_centers + q * step, step, 1,
                      w->ring_mixed + q / 2 * w->width + col, w->width, w->window + 1);
    add_sums(acc, sums, rows, cols, w->center_delta_unit);
}

INLINE void add_from_centers(vf (*acc)[TILE_COLS], const int rows, const int cols,
                             const w2v_worker *w, ptrdiff_t i, ptrdiff_t col) {
    const ptrdiff_t room = w->band_room;
    vi sums[TILE_ROWS][TILE_COLS];
    clear_sums(sums, rows, cols);
    add_pair_products(sums, rows, cols, w->coef_of_ring + i / 2 * room + 2 * w->window, 1,
                      room - 2, w->y_mixed + i / 2 * w->width + col, w->width, w->window + 1);
    add_sums(acc, sums, rows, cols, w->context_delta_unit);
}

static void slide_rows(w2v_worker *w, ptrdiff_t n) {
    const ptrdiff_t stay = 2 * w->window;
    slide_mixed(w, w->ring_mixed, n);
    slide_mixed(w, w->y_mixed, n);
    memmove(w->ring_unit, w->ring_unit + n, (size_t)stay * sizeof *w->ring_unit);
    memmove(w->y_unit, w->y_unit + n, (size_t)stay * sizeof *w->y_unit);
    if (!w->y_pairs) return;
    memmove(w->x_pairs, w->x_pairs + n * w->pair_width,
            (size_t)(stay * w->pair_width) * sizeof *w->x_pairs);
}
