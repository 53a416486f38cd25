/* The products of the band, in float32. band_bf16.h is the same in bf16.
 *
 *   enter_contexts      n inputs from position 2 window on are copied into a ring
 *   enter_outputs       skip-gram: outputs of the step's centers, into another
 *   keep_errors         CBOW: a tile of errors of hidden vectors, into that other
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

INLINE const source_t *ring_sources(const w2v_worker *w, ptrdiff_t i) {
    return w->x + i * w->width;
}

INLINE const mixed_t *ring_mixed(const w2v_worker *w) { return w->x; }

/* Partial dot products, one lane each, of TILE_CENTERS neighboring centers with `count`
 * contexts each, from `x` on for the first center and one further on for each next. */
INLINE void band_tile(const w2v_worker *w, const float *y, const float *x, float *sums,
                      const int count) {
    const ptrdiff_t width = w->width;
    vf acc[TILE_CENTERS][TILE_DISTANCES];
    UNROLL for (int r = 0; r < TILE_CENTERS; r++) {
        UNROLL for (int k = 0; k < count; k++) acc[r][k] = splat(0.0f);
    }
    for (ptrdiff_t c = 0; c < width; c += LANES) {
        vf center[TILE_CENTERS];
        UNROLL for (int r = 0; r < TILE_CENTERS; r++) center[r] = load(y + r * width + c);
        UNROLL for (int s = 0; s < count + TILE_CENTERS - 1; s++) {
            vf v = load(x + s * width + c);
            IN_REGISTER(v);
            UNROLL for (int r = 0; r < TILE_CENTERS; r++) {
                if (s >= r && s - r < count) acc[r][s - r] += center[r] * v;
            }
        }
    }
    UNROLL for (int r = 0; r < TILE_CENTERS; r++) {
        UNROLL for (int k = 0; k < count; k++)
            store(sums + (r * 2 * w->window + k) * LANES, acc[r][k]);
    }
}

/* One side of TILE_CENTERS centers: `window` contexts each. */
static void band_side(const w2v_worker *w, const float *y, const float *x, float *sums) {
    for (ptrdiff_t k = 0, pieces = (w->window + TILE_DISTANCES - 1) / TILE_DISTANCES;
         k < w->window; pieces--) {
        const ptrdiff_t count = (w->window - k + pieces - 1) / pieces;
        const float *from = x + k * w->width;
        float *to = sums + k * LANES;
        switch (count) {
        case 1: band_tile(w, y, from, to, 1); break;
        case 2: band_tile(w, y, from, to, 2); break;
        case 3: band_tile(w, y, from, to, 3); break;
        case 4: band_tile(w, y, from, to, 4); break;
        default: band_tile(w, y, from, to, 5); break;
        }
        k += count;
    }
}

/* Logits of the step's centers with their contexts, into the band. LANES / 2 centers at a
 * time, since 2 window LANES / 2 sums are then `window` whole vectors. */
static void band_logits(w2v_worker *w, ptrdiff_t n) {
    const ptrdiff_t window = w->window, width = w->width;
    float *logits = w->band + 2 * window * 2 * window;
    for (ptrdiff_t q = 0; q < n; q += LANES / 2) {
        for (ptrdiff_t r = 0; r < LANES / 2; r += TILE_CENTERS) {
            const float *y = w->y + (2 * window + q + r) * width;
            const float *x = w->x + (q + r) * width;
            float *sums = w->lane_sums + r * 2 * window * LANES;
            band_side(w, y, x, sums);
            band_side(w, y, x + (window + 1) * width, sums + window * LANES);
        }
        for (ptrdiff_t k = 0; k < window; k++, logits += LANES)
            store(logits, sum_lanes(w->lane_sums + k * LANES * LANES));
    }
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
