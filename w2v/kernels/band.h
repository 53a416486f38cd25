/* The band: for each center, a logit and then a coefficient for each of the 2 * window contexts
 * around it, the center itself left out. The products with it are those of band_float.h,
 * band_bf16.h, band_int16.h or band_amx.h. */

/* The place of a pair, given as positions. */
INLINE float *band_place(const w2v_worker *w, ptrdiff_t center, ptrdiff_t context) {
    const ptrdiff_t window = w->window, distance = context - center;
    return w->band + (window + center) * 2 * window + distance + window - (distance > 0);
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
 * contexts a window ahead of them, and the next block's noise: a few rows for each tile of
 * this step, since a processor that is asked for more than it can have on its way waits
 * (9 percent of the time here). */
INLINE void prefetch_next(w2v_worker *w, const int32_t *centers, ptrdiff_t n) {
    prefetch_noise(w, n * w->noise_at_once);
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
    vf acc[TILE_ROWS][TILE_COLS];
    if (col == 0) prefetch_next(w, next + i, rows);
    clear_tile(acc, rows, cols);
    if (noise) add_noise(acc, rows, cols, w, noise, i, col);
    add_from_centers(acc, rows, cols, w, i, col);
    UNROLL for (int r = 0; r < rows; r++)
        if (!is_frozen(w, contexts[i + r]))
            add_delta(input_row(w, contexts[i + r]) + col, acc[r], cols);
}

#ifndef AMX /* which band_amx.h makes before any is added */
static void make_context_deltas(w2v_worker *w, ptrdiff_t n, const w2v_noise *noise) {
    (void)w, (void)n, (void)noise;
}
#endif

static void update_contexts(w2v_worker *w, ptrdiff_t n, const int32_t *contexts,
                            const w2v_noise *noise) {
    make_context_deltas(w, n, noise);
    FOR_TILES(w, n, context_tile, contexts, noise, contexts + w->window + n)
}

/* After a step of n positions: what later steps need moves to the front. */
static void slide(w2v_worker *w, ptrdiff_t n) {
    const ptrdiff_t pairs = 2 * w->window;
    slide_rows(w, n);
    memmove(w->band, w->band + n * pairs, (size_t)(pairs * pairs) * sizeof(float));
}
