/* The products with noise words, as noise_float.h lists them, by matrix tiles (tiles.h). Numbers are
 * bf16 and sums are float32, as in noise_bf16.h, from which the layouts of rows are:
 *
 *   logits, over the columns of a row   x_pairs        (STEP, pair_width)
 *                                       z_columns      (noise words / LANES, pair_width, LANES)
 *   deltas of sources, over noise       coef_pairs     (STEP, noise_pairs)
 *                                       z_mixed        (noise_pairs, width)
 *   deltas of noise, over sources       coef_of_noise  (noise_columns, STEP / 2)
 *                                       x_mixed        (STEP / 2, width), or the start of ring_mixed
 *
 * A tile takes 16 rows and 16 pairs whatever they hold. Rows past the last give sums that nobody
 * looks at; pairs past the last, in any of these sums, have a factor 0 on the left.
 */
_Static_assert(LANES == TILE_SIZE && STEP == 2 * TILE_SIZE, "a step is two tiles of sources");

/* Past an odd number of vectors: 16 pairs of a vector's halves, the second of zeros. */
INLINE vi pack_end(const float *p) {
    return (vi)_mm512_cvtne2ps_pbh((__m512)splat(0.0f), (__m512)load(p));
}

/* n numbers, a multiple of LANES, as bf16 in the same order, and zeros up to whole tiles. */
INLINE void pack_row(int32_t *to, const float *from, ptrdiff_t n) {
    ptrdiff_t k = 0;
    for (; k + LANES < n; k += 2 * LANES) store_pairs(to + k / 2, pack(from + k));
    if (k < n) store_pairs(to + k / 2, pack_end(from + k));
}

static const source_t *arrange_sources(w2v_worker *w, const float *x, ptrdiff_t n) {
    for (ptrdiff_t i = 0; i < n; i++)
        pack_row(w->x_pairs + i * w->pair_width, x + i * w->width, w->width);
    return w->x_pairs;
}

INLINE void noise_logits_tile(const w2v_worker *w, const w2v_noise *noise, const source_t *x,
                              float *logits, ptrdiff_t group, const int sources,
                              const int groups) {
    const ptrdiff_t pairs = w->pair_width, columns = w->noise_columns;
    zero_sums(sources / TILE_SIZE, groups);
    add_tile_products(sources / TILE_SIZE, groups, x, pairs,
                      (const int32_t *)noise->z_columns + group * pairs * LANES, LANES,
                      pairs * LANES, 0, pairs);
    store_sums(sources / TILE_SIZE, groups, logits + group * LANES, columns);
    for (ptrdiff_t g = group; g < group + groups; g++) {
        const vf shift = load(noise->shift + g * LANES);
        for (ptrdiff_t i = 0; i < sources; i++) {
            float *logit = logits + i * columns + g * LANES;
            store(logit, load(logit) - shift);
        }
    }
}

/* The coefficients by columns, for the noise words' deltas. */
static void transpose_coefficients(w2v_worker *w, ptrdiff_t n) {
    const ptrdiff_t columns = w->noise_columns;
    for (ptrdiff_t j = 0; j < columns; j += LANES) {
        vf r[LANES];
        UNROLL for (int k = 0; k < LANES; k++) {
            /* past the last source, and beside it, one that counts nothing */
            const float *low = 2 * k < n ? w->noise_coef + 2 * k * columns : w->nothing;
            const float *high = 2 * k + 1 < n ? w->noise_coef + (2 * k + 1) * columns : w->nothing;
            r[k] = (vf)mix(load(low + j), load(high + j));
        }
        transpose(r);
        UNROLL for (int k = 0; k < LANES; k++)
            store_pairs(w->coef_of_noise + (j + k) * LANES, (vi)r[k]);
    }
}

/* What the noise words give the deltas of sources. */
INLINE void add_noise_products(const w2v_worker *w, const w2v_noise *noise, const int rows,
                               const int cols, ptrdiff_t col) {
    add_tile_products(rows, cols, w->coef_pairs, w->noise_pairs, noise->z_mixed + col, w->width,
                      LANES, 0, w->noise_pairs);
}

INLINE void source_delta_tile(const int rows, const int cols, const w2v_worker *w,
                              const w2v_noise *noise, ptrdiff_t col) {
    zero_sums(rows, cols);
    add_noise_products(w, noise, rows, cols, col);
    store_sums(rows, cols, w->source_delta + col, w->width);
}

/* Whether band_amx.h makes sources' deltas, of what noise words and centers give them. */
INLINE int sources_have_centers(const w2v_worker *w) {
    return w->run->model == W2V_SKIPGRAM && w->run->loss != W2V_HS;
}

/* The leaving noise is that of all n sources. */
static void arrange_coefficients(w2v_worker *w, ptrdiff_t n) {
    const ptrdiff_t columns = w->noise_columns;
    for (ptrdiff_t i = 0; i < n; i++)
        pack_row(w->coef_pairs + i * w->noise_pairs, w->noise_coef + i * columns, columns);
    transpose_coefficients(w, n);
    if (!sources_have_centers(w))
        FOR_TILES_OF_COLUMNS(n, w->width, source_delta_tile, w, &w->noise[w->leaving])
}

/* Add to a tile what tiles of products have left in memory, rows `step` apart. */
INLINE void add_made(vf (*acc)[TILE_COLS], const int rows, const int cols, const float *made,
                     ptrdiff_t step) {
    UNROLL for (int r = 0; r < rows; r++) {
        UNROLL for (int c = 0; c < cols; c++) acc[r][c] += load(made + r * step + c * LANES);
    }
}

INLINE void add_noise(vf (*acc)[TILE_COLS], const int rows, const int cols,
                      const w2v_worker *w, const w2v_noise *noise, ptrdiff_t i,
                      ptrdiff_t col) {
    (void)noise; /* whose products have been made */
    add_made(acc, rows, cols, w->source_delta + i * w->width + col, w->width);
}

/* A step's sources are no more than the pairs of one tile. */
INLINE void noise_delta_tile(const int rows, const int cols, const w2v_worker *w, float *delta,
                             const int32_t *coef, const mixed_t *x, ptrdiff_t col) {
    load_sums(rows, cols, delta + col, w->width);
    add_tile_products(rows, cols, coef, LANES, x + col, w->width, LANES, 0, STEP / 2);
    store_sums(rows, cols, delta + col, w->width);
}

static void update_noise(w2v_worker *w, const w2v_noise *noise, const mixed_t *x, ptrdiff_t n) {
    (void)n; /* coef_of_noise is 0 past it */
    for (ptrdiff_t j = 0; j < w->noise_columns; j += 2 * LANES)
        FOR_TILES_OF_COLUMNS(w->noise_columns - j, w->width, noise_delta_tile, w,
                             noise->z_delta + j * w->width, w->coef_of_noise + j * LANES, x)
}
