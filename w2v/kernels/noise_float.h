/* The products with the block's noise words, in float32. noise_bf16.h is the same in bf16.
 *
 *   arrange_noise         at the block's start: lay out z as the products want it
 *   arrange_contexts      before noise_logits: the same for the step's contexts
 *   noise_logits          contexts times noise words
 *   arrange_coefficients  once the coefficients are known
 *   add_noise             a tile of contexts' deltas
 *   update_noise          the noise words' deltas
 */

/* The noise words by columns, so that lanes are noise words. */
static void arrange_noise(w2v_worker *w) {
    const ptrdiff_t width = w->width;
    for (ptrdiff_t group = 0; group < w->noise_columns; group += LANES) {
        for (ptrdiff_t c = 0; c < width; c += LANES) {
            vf r[LANES];
            UNROLL for (int k = 0; k < LANES; k++) r[k] = load(w->z + (group + k) * width + c);
            transpose(r);
            UNROLL for (int k = 0; k < LANES; k++)
                store(w->z_columns + group * width + (c + k) * LANES, r[k]);
        }
    }
}

static void arrange_contexts(w2v_worker *w, ptrdiff_t n) { (void)w, (void)n; }

static void arrange_coefficients(w2v_worker *w, ptrdiff_t n) { (void)w, (void)n; }

/* Logits of `contexts` contexts against `groups` vectors of noise words: lanes are noise
 * words, so that no sum runs across lanes. */
INLINE void noise_logits_tile(w2v_worker *w, ptrdiff_t i, ptrdiff_t group, const int contexts,
                              const int groups) {
    const ptrdiff_t width = w->width;
    const float *x = w->x + i * width, *z = w->z_columns + group * width * LANES;
    vf acc[2 * TILE_CONTEXTS][2];
    UNROLL for (int q = 0; q < contexts; q++) {
        UNROLL for (int g = 0; g < groups; g++) acc[q][g] = splat(0.0f);
    }
    for (ptrdiff_t k = 0; k < width; k++) {
        vf noise[2];
        UNROLL for (int g = 0; g < groups; g++) {
            noise[g] = load(z + (g * width + k) * LANES);
            IN_REGISTER(noise[g]);
        }
        UNROLL for (int q = 0; q < contexts; q++) {
            vf value = splat(x[q * width + k]);
            if (groups > 1) IN_REGISTER(value);
            UNROLL for (int g = 0; g < groups; g++) acc[q][g] += noise[g] * value;
        }
    }
    UNROLL for (int q = 0; q < contexts; q++) {
        UNROLL for (int g = 0; g < groups; g++)
            store(w->noise_coef + (i + q) * w->noise_columns + (group + g) * LANES, acc[q][g]);
    }
}

/* Tiles of two vectors of noise words, and a taller one for what is left: either way
 * enough sums are under way to hide the latency of each addition. */
static void noise_logits(w2v_worker *w, ptrdiff_t n) {
    const ptrdiff_t groups = w->noise_columns / LANES;
    ptrdiff_t group = 0;
    for (; group + 1 < groups; group += 2) {
        for (ptrdiff_t i = 0; i < n; i += TILE_CONTEXTS)
            noise_logits_tile(w, i, group, TILE_CONTEXTS, 2);
    }
    for (ptrdiff_t i = 0; i < n && group < groups; i += 2 * TILE_CONTEXTS)
        noise_logits_tile(w, i, group, 2 * TILE_CONTEXTS, 1);
}

INLINE void add_noise(vf (*acc)[TILE_COLS], const int rows, const int cols,
                      const w2v_worker *w, ptrdiff_t i, ptrdiff_t col) {
    add_products(acc, rows, cols, w->noise_coef + i * w->noise_columns, w->noise_columns, 1,
                 w->z + col, w->width, w->run->block_noise);
}

INLINE void noise_tile(const int rows, const int cols, w2v_worker *w, ptrdiff_t j,
                       ptrdiff_t col, ptrdiff_t n) {
    vf acc[TILE_ROWS][TILE_COLS];
    clear_tile(acc, rows, cols);
    add_products(acc, rows, cols, w->noise_coef + j, 1, w->noise_columns, w->x + col,
                 w->width, n);
    UNROLL for (int r = 0; r < rows; r++)
        add_row(w->z_delta + (j + r) * w->width + col, acc[r], cols);
}

static void update_noise(w2v_worker *w, ptrdiff_t n) {
    FOR_TILES(w, w->run->block_noise, noise_tile, n)
}
