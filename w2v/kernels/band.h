/* The band: for each center, a logit and then a coefficient for each context within the
 * window, laid out as band_at() in products.h says. */

/* The place of a pair, given as positions. */
INLINE float *band_place(const w2v_worker *w, ptrdiff_t center, ptrdiff_t context) {
    const float *origin = w->band + w->window * 2 * w->window; /* of center 0 */
    return w->band + (band_at(origin, w->window, center, context) - w->band);
}

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

/* Lay out the weights of the step's pairs as the band lays out the pairs. Each copy may
 * run past its end, into places that the next one fills. */
static void set_band_weights(w2v_worker *w, ptrdiff_t n, const uint16_t *left,
                             const uint16_t *right) {
    const ptrdiff_t window = w->window, weight_step = w->weight_step;
    float *to = w->band_weight;
    for (ptrdiff_t p = 0; p < n; p++) {
        const float *from = w->left_weight + left[p] * weight_step;
        for (ptrdiff_t k = 0; k < window; k += LANES) store_unaligned(to + k, load(from + k));
        to += window;
        from = w->right_weight + right[p] * weight_step;
        for (ptrdiff_t k = 0; k < window; k += LANES) store_unaligned(to + k, load(from + k));
        to += window;
    }
}

/* Subtract from each logit of a center what its loss does: see losses.h. */
static void shift_band(w2v_worker *w, ptrdiff_t n, const int32_t *centers) {
    const ptrdiff_t pairs = 2 * w->window;
    float *logits = w->band + pairs * pairs;
    for (ptrdiff_t q = 0; q < n; q++) {
        const float shift = logit_shift(w, centers[q]);
        for (ptrdiff_t k = 0; k < pairs; k++) *logits++ -= shift;
    }
}

/* Prefetch what enters with the next step, output rows of centers and input rows of the
 * contexts a window ahead of them: a few rows for each tile of this step, since a processor
 * that is asked for more than it can have on its way waits (9 percent of the time here). */
INLINE void prefetch_next(const w2v_worker *w, const int32_t *centers, ptrdiff_t n) {
    for (ptrdiff_t q = 0; q < n; q++) {
        prefetch_row(w, output_row(w, centers[q]));
        prefetch_row(w, input_row(w, centers[q + w->window]));
    }
}

/* Input rows of the step's contexts: what the band and the ring y give them, and the noise
 * words, if the contexts themselves were scored against these. */
INLINE void context_tile(const int rows, const int cols, w2v_worker *w, ptrdiff_t i,
                         ptrdiff_t col, const int32_t *contexts, const w2v_noise *noise,
                         const int32_t *next) {
    const ptrdiff_t window = w->window;
    vf acc[TILE_ROWS][TILE_COLS];
    if (col == 0) prefetch_next(w, next + i, rows);
    clear_tile(acc, rows, cols);
    if (noise) add_noise(acc, rows, cols, w, noise, i, col);
    add_band(acc, rows, cols, w->band + window * 2 * window, window, i, 1,
             w->y + window * w->width + col, w->width);
    UNROLL for (int r = 0; r < rows; r++)
        if (!is_frozen(w, contexts[i + r]))
            add_delta(input_row(w, contexts[i + r]) + col, acc[r], cols);
}

static void update_contexts(w2v_worker *w, ptrdiff_t n, const int32_t *contexts,
                            const w2v_noise *noise) {
    FOR_TILES(w, n, context_tile, contexts, noise, contexts + w->window + n)
}

/* After a step of n positions: what later steps need moves to the front. */
static void slide(w2v_worker *w, ptrdiff_t n) {
    const ptrdiff_t pairs = 2 * w->window, width = w->width;
    memmove(w->x, w->x + n * width, (size_t)(pairs * width) * sizeof(float));
    memmove(w->y, w->y + n * width, (size_t)(pairs * width) * sizeof(float));
    memmove(w->band, w->band + n * pairs, (size_t)(pairs * pairs) * sizeof(float));
}
