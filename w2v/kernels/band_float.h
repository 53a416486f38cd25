/* The products of the band, in float32. band_bf16.h is the same in bf16,
 * band_int16.h in int16, band_amx.h by matrix tiles.
 *
 *   enter_contexts      n inputs from position 2 window on are copied into a ring
 *   enter_outputs       skip-gram: outputs of the step's centers, into another
 *   keep_errors         CBOW: a tile of errors of hidden vectors, into that other
 *   enter_errors        once all of the step's are kept
 *   ring_sources        contexts from a position on, as noise_logits() wants them
 *   ring_mixed          contexts from position 0 on, as update_noise() wants them
 *   band_logits         logits of the step's centers with their contexts, into the band
 *   arrange_band        once the coefficients of the step's centers are known
 *   add_from_contexts   a tile of centers' deltas (of CBOW, hidden vectors)
 *   add_from_centers    a tile of contexts' deltas
 *   slide_rows          after a step of n positions
 */

static void enter_contexts(w2v_worker *w, ptrdiff_t n, const int32_t *rows) {
    for (ptrdiff_t i = 2 * w->window; i < 2 * w->window + n; i++)
        copy_row(w, w->x + i * w->width, input_row(w, rows[i]));
}

static void enter_outputs(w2v_worker *w, ptrdiff_t n, const int32_t *centers) {
    for (ptrdiff_t q = 0; q < n; q++)
        copy_row(w, w->y + (2 * w->window + q) * w->width, output_row(w, centers[q]));
}

INLINE void keep_errors(const w2v_worker *w, const int rows, const int cols, ptrdiff_t q,
                        ptrdiff_t col, vf (*errors)[TILE_COLS]) {
    float *to = w->y + (2 * w->window + q) * w->width + col;
    UNROLL for (int r = 0; r < rows; r++) {
        UNROLL for (int c = 0; c < cols; c++) store(to + r * w->width + c * LANES, errors[r][c]);
    }
}

static void enter_errors(w2v_worker *w, ptrdiff_t n) { (void)w, (void)n; }

INLINE const source_t *ring_sources(const w2v_worker *w, ptrdiff_t i) {
    return w->x + i * w->width;
}

INLINE const mixed_t *ring_mixed(const w2v_worker *w) { return w->x; }

typedef vf sources_t, sum_t;

INLINE sources_t load_sources(const source_t *p) { return load(p); }
INLINE sum_t no_sum(void) { return splat(0.0f); }
INLINE sum_t add_sources(sum_t sum, sources_t a, sources_t b) { return sum + a * b; }
INLINE vf summed_lanes(const float *p) { return sum_lanes(p); }

INLINE const source_t *center_row(const w2v_worker *w, ptrdiff_t q) {
    return w->y + (2 * w->window + q) * w->width;
}

#include "band_rows.h"

/* Logits of the step's centers with their contexts, into the band. */
static void band_logits(w2v_worker *w, ptrdiff_t n) {
    row_logits(w, n, w->band + 2 * w->window * 2 * w->window);
}

static void arrange_band(w2v_worker *w, ptrdiff_t n) { (void)w, (void)n; }

/* The place in the band of the pair of `center` and `context`, given as positions. */
INLINE const float *band_at(const float *band, ptrdiff_t window, ptrdiff_t center,
                            ptrdiff_t context) {
    ptrdiff_t distance = context - center;
    return band + center * 2 * window + distance + window - (distance > 0);
}

/* acc[r] += sum over the sources within `window` of position target + r, itself left out,
 * of the pair's band coefficient times the source's row.
 *
 * by_context 0: targets are centers, sources contexts; 1: the other way round.
 * `source` is the row of position 0. Two neighboring targets share all sources but
 * four, which are added one by one. */
INLINE void add_band(vf (*acc)[TILE_COLS], const int rows, const int cols,
                     const float *band, ptrdiff_t window, ptrdiff_t target,
                     const int by_context, const float *source, ptrdiff_t stride) {
#define AT(r, s)                                                                     \
    (by_context ? band_at(band, window, (s), target + (r))                           \
                : band_at(band, window, target + (r), (s)))
    const ptrdiff_t row_step = by_context ? 1 : 2 * window - 1;
    const ptrdiff_t source_step = by_context ? 2 * window - 1 : 1;
    const ptrdiff_t first = target - window, last = target + window;
    if (rows == 1) {
        add_products(acc, 1, cols, AT(0, first), 0, source_step, source + first * stride,
                     stride, window);
        add_products(acc, 1, cols, AT(0, target + 1), 0, source_step,
                     source + (target + 1) * stride, stride, window);
    } else {
        add_products(acc, 1, cols, AT(0, first), 0, 0, source + first * stride, stride, 1);
        add_products(acc, 2, cols, AT(0, first + 1), row_step, source_step,
                     source + (first + 1) * stride, stride, window - 1);
        add_products(acc + 1, 1, cols, AT(1, target), 0, 0, source + target * stride, stride, 1);
        add_products(acc, 1, cols, AT(0, target + 1), 0, 0, source + (target + 1) * stride,
                     stride, 1);
        add_products(acc, 2, cols, AT(0, target + 2), row_step, source_step,
                     source + (target + 2) * stride, stride, window - 1);
        add_products(acc + 1, 1, cols, AT(1, last + 1), 0, 0, source + (last + 1) * stride,
                     stride, 1);
    }
#undef AT
}

INLINE void add_from_contexts(vf (*acc)[TILE_COLS], const int rows, const int cols,
                              const w2v_worker *w, ptrdiff_t q, ptrdiff_t col) {
    const ptrdiff_t window = w->window;
    add_band(acc, rows, cols, w->band + window * 2 * window, window, window + q, 0, w->x + col,
             w->width);
}

INLINE void add_from_centers(vf (*acc)[TILE_COLS], const int rows, const int cols,
                             const w2v_worker *w, ptrdiff_t i, ptrdiff_t col) {
    const ptrdiff_t window = w->window;
    add_band(acc, rows, cols, w->band + window * 2 * window, window, i, 1,
             w->y + window * w->width + col, w->width);
}

static void slide_rows(w2v_worker *w, ptrdiff_t n) {
    const ptrdiff_t width = w->width;
    const size_t size = (size_t)(2 * w->window * width) * sizeof(float);
    memmove(w->x, w->x + n * width, size);
    memmove(w->y, w->y + n * width, size);
}
