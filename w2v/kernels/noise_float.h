/* The products with a draw of noise words, in float32. noise_bf16.h is the same in bf16,
 * noise_int16.h in int16, noise_amx.h by matrix tiles.
 *
 * Sources are the rows that noise words are scored against: contexts, or hidden vectors.
 *
 *   arrange_noise         once z is known: lay it out as the products want it
 *   arrange_sources       the same for a step's sources
 *   noise_logits_tile     sources times noise words, less their shift
 *   mix_sources           a step's sources as update_noise wants them
 *   arrange_coefficients  once the coefficients of a step are known
 *   add_noise             a tile of sources' deltas
 *   update_noise          the noise words' deltas
 */

/* The noise words by columns, so that lanes are noise words. */
static void arrange_noise(const w2v_worker *w, w2v_noise *noise) {
    const ptrdiff_t width = w->width;
    for (ptrdiff_t group = 0; group < w->noise_columns; group += LANES) {
        for (ptrdiff_t c = 0; c < width; c += LANES) {
            vf r[LANES];
            UNROLL for (int k = 0; k < LANES; k++) r[k] = load(noise->z + (group + k) * width + c);
            transpose(r);
            UNROLL for (int k = 0; k < LANES; k++)
                store(noise->z_columns + group * width + (c + k) * LANES, r[k]);
        }
    }
}

typedef float source_t, mixed_t;

INLINE ptrdiff_t source_step(const w2v_worker *w) { return w->width; }

static const source_t *arrange_sources(w2v_worker *w, const float *x, ptrdiff_t n) {
    (void)w, (void)n;
    return x;
}

static const mixed_t *mix_sources(w2v_worker *w, const float *x, ptrdiff_t n) {
    (void)w, (void)n;
    return x;
}

static void arrange_coefficients(w2v_worker *w, ptrdiff_t n) { (void)w, (void)n; }

/* Logits of `sources` sources against `groups` vectors of noise words: lanes are noise
 * words, so that no sum runs across lanes. */
INLINE void noise_logits_tile(const w2v_worker *w, const w2v_noise *noise, const source_t *x,
                              float *logits, ptrdiff_t group, const int sources,
                              const int groups) {
    const ptrdiff_t width = w->width;
    const float *z = noise->z_columns + group * width * LANES;
    vf acc[2 * TILE_CONTEXTS][2];
    UNROLL for (int q = 0; q < sources; q++) {
        UNROLL for (int g = 0; g < groups; g++) acc[q][g] = splat(0.0f);
    }
    for (ptrdiff_t k = 0; k < w->run->dim; k++) {
        vf column[2];
        UNROLL for (int g = 0; g < groups; g++) {
            column[g] = load(z + (g * width + k) * LANES);
            IN_REGISTER(column[g]);
        }
        UNROLL for (int q = 0; q < sources; q++) {
            vf value = splat(x[q * source_step(w) + k]);
            if (groups > 1) SPLAT_IN_REGISTER(value);
            UNROLL for (int g = 0; g < groups; g++) acc[q][g] += column[g] * value;
        }
    }
    UNROLL for (int q = 0; q < sources; q++) {
        UNROLL for (int g = 0; g < groups; g++) {
            const ptrdiff_t column = (group + g) * LANES;
            store(logits + q * w->noise_columns + column,
                  acc[q][g] - load(noise->shift + column));
        }
    }
}

INLINE void add_noise(vf (*acc)[TILE_COLS], const int rows, const int cols,
                      const w2v_worker *w, const w2v_noise *noise, ptrdiff_t i,
                      ptrdiff_t col) {
    add_products(acc, rows, cols, w->noise_coef + i * w->noise_columns, w->noise_columns, 1,
                 noise->z + col, w->width, w->run->block_noise);
}

INLINE void noise_tile(const int rows, const int cols, w2v_worker *w, ptrdiff_t j,
                       ptrdiff_t col, const w2v_noise *noise, const mixed_t *x, ptrdiff_t n) {
    vf acc[TILE_ROWS][TILE_COLS];
    clear_tile(acc, rows, cols);
    add_products(acc, rows, cols, w->noise_coef + j, 1, w->noise_columns, x + col, w->width, n);
    UNROLL for (int r = 0; r < rows; r++)
        add_row(noise->z_delta + (j + r) * w->width + col, acc[r], cols);
}

static void update_noise(w2v_worker *w, const w2v_noise *noise, const mixed_t *x, ptrdiff_t n) {
    FOR_TILES(w, w->run->block_noise, noise_tile, noise, x, n)
}
