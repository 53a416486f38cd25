/* The products with the block's noise words, as noise_float.h lists them, in bf16: see pairs.h. */

static void mix_rows(int32_t *to, const float *low, const float *high, ptrdiff_t n) {
    for (ptrdiff_t c = 0; c < n; c += LANES) store_pairs(to + c, mix(load(low + c), load(high + c)));
}

static void arrange_noise(const w2v_worker *w, w2v_noise *noise) {
    const ptrdiff_t width = w->width, pair_width = w->pair_width;
    for (ptrdiff_t j = 0; j < w->noise_columns; j += 2)
        mix_rows(noise->z_mixed + j / 2 * width, noise->z + j * width, noise->z + (j + 1) * width, width);
    for (ptrdiff_t group = 0; group < w->noise_columns; group += LANES) {
        for (ptrdiff_t c = 0; c < pair_width; c += LANES) {
            vf r[LANES];
            UNROLL for (int k = 0; k < LANES; k++)
                r[k] = (vf)pack(noise->z + (group + k) * width + 2 * c);
            transpose(r);
            UNROLL for (int k = 0; k < LANES; k++)
                store(noise->z_columns + group * pair_width + (c + k) * LANES, r[k]);
        }
    }
}

/* Pairs of columns that are not all padding. */
INLINE ptrdiff_t dim_pairs(const w2v_worker *w) { return (ptrdiff_t)(w->run->dim + 1) / 2; }

static const mixed_t *mix_sources(w2v_worker *w, const float *x, ptrdiff_t n) {
    const ptrdiff_t width = w->width;
    for (ptrdiff_t i = 0; i < n; i += 2)
        mix_rows(w->x_mixed + i / 2 * width, x + i * width, x + (i + 1) * width, width);
    return w->x_mixed;
}

#ifndef AMX /* noise_amx.h has its own */

static const source_t *arrange_sources(w2v_worker *w, const float *x, ptrdiff_t n) {
    for (ptrdiff_t i = 0; i < n; i++) {
        for (ptrdiff_t c = 0; c < w->pair_width; c += LANES)
            store_pairs(w->x_pairs + i * w->pair_width + c, pack(x + i * w->width + 2 * c));
    }
    return w->x_pairs;
}

INLINE void noise_logits_tile(const w2v_worker *w, const w2v_noise *noise, const source_t *x,
                              float *logits, ptrdiff_t group, const int sources,
                              const int groups) {
    vf acc[2 * TILE_CONTEXTS][2];
    noise_sums(w, noise, x, acc, group, sources, groups, dim_pairs(w));
    UNROLL for (int q = 0; q < sources; q++) {
        UNROLL for (int g = 0; g < groups; g++) {
            const ptrdiff_t column = (group + g) * LANES;
            store(logits + q * w->noise_columns + column,
                  acc[q][g] - load(noise->shift + column));
        }
    }
}

static void arrange_coefficients(w2v_worker *w, ptrdiff_t n) {
    const ptrdiff_t columns = w->noise_columns;
    for (ptrdiff_t i = 0; i < n; i += 2) {
        const float *coef = w->noise_coef + i * columns;
        /* a source without a partner gets one that counts nothing */
        const float *next = i + 1 < n ? coef + columns : w->nothing;
        mix_rows(w->coef_mixed + i / 2 * columns, coef, next, columns);
    }
    /* rows of coef_pairs follow each other without a gap, so all are packed as one */
    for (ptrdiff_t k = 0; k < n * columns; k += 2 * LANES)
        store_pairs(w->coef_pairs + k / 2, pack(w->noise_coef + k));
}

#endif

#ifndef AMX

INLINE void add_noise(vf (*acc)[TILE_COLS], const int rows, const int cols,
                      const w2v_worker *w, const w2v_noise *noise, ptrdiff_t i,
                      ptrdiff_t col) {
    const ptrdiff_t pairs = w->noise_columns / 2;
    add_pair_products(acc, rows, cols, w->coef_pairs + i * pairs, pairs, 1,
                      noise->z_mixed + col, w->width, (w->run->block_noise + 1) / 2);
}

INLINE void noise_tile(const int rows, const int cols, w2v_worker *w, ptrdiff_t j,
                       ptrdiff_t col, const w2v_noise *noise, const mixed_t *x, ptrdiff_t n) {
    vf acc[TILE_ROWS][TILE_COLS];
    clear_tile(acc, rows, cols);
    add_pair_products(acc, rows, cols, w->coef_mixed + j, 1, w->noise_columns,
                      x + col, w->width, (n + 1) / 2);
    UNROLL for (int r = 0; r < rows; r++)
        add_row(noise->z_delta + (j + r) * w->width + col, acc[r], cols);
}

static void update_noise(w2v_worker *w, const w2v_noise *noise, const mixed_t *x, ptrdiff_t n) {
    FOR_TILES(w, w->run->block_noise, noise_tile, noise, x, n)
}

#endif
