/* The products with the block's noise words, as noise_float.h lists them, in bf16: each lane
 * of an instruction multiplies two pairs of bf16 numbers and adds both to a float32 sum, so
 * that half as many are needed. The matrices, the pairs' band and every sum stay float32.
 *
 * What is multiplied must lie in pairs along the dimension that is summed over:
 *
 *   logits, over the columns of a row   x_pairs     (STEP, pair_width)     columns 2k, 2k + 1
 *                                       z_columns   (noise words / LANES, pair_width, LANES)
 *   deltas of sources, over noise       z_mixed     (noise words / 2, width)   words 2j, 2j + 1
 *                                       coef_pairs  (STEP, noise_columns / 2)
 *   deltas of noise, over sources       x_mixed     (STEP / 2, width)   sources 2i, 2i + 1
 *                                       coef_mixed  (STEP / 2, noise_columns)
 */

/* sum += a.low * b.low + a.high * b.high in each lane */
INLINE vf add_pairs(vf sum, vi a, vi b) {
    return (vf)_mm512_dpbf16_ps((__m512)sum, (__m512bh)a, (__m512bh)b);
}

/* 32 floats as bf16 in the same order. */
INLINE vi pack_two(vf first, vf next) {
    return (vi)_mm512_cvtne2ps_pbh((__m512)next, (__m512)first);
}

/* Each lane of `low` and of `high` as bf16, side by side. */
INLINE vi mix(vf low, vf high) {
#define WORD_OF_HALVES(s, l) (l) | (((l) + LANES) << 16)
    const vi words = {EACH_LANE(WORD_OF_HALVES, 0)};
    return (vi)_mm512_permutexvar_epi16((__m512i)words, (__m512i)pack_two(low, high));
}

INLINE vi pack(const float *p) { return pack_two(load(p), load(p + LANES)); }

/* The high half of each lane of `a`, the low half of each of `b`, side by side. */
INLINE vi high_and_low(vi a, vi b) {
    return (vi)_mm512_or_si512(_mm512_srli_epi32((__m512i)a, 16),
                               _mm512_slli_epi32((__m512i)b, 16));
}

INLINE vi load_pairs(const int32_t *p) { return *(const vi *)p; }
INLINE void store_pairs(int32_t *p, vi x) { *(vi *)p = x; }

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

typedef int32_t source_t, mixed_t; /* of x_pairs, of x_mixed */

INLINE ptrdiff_t source_step(const w2v_worker *w) { return w->pair_width; }

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
    const ptrdiff_t pair_width = w->pair_width;
    const float *z = noise->z_columns + group * pair_width * LANES;
    vf acc[2 * TILE_CONTEXTS][2];
    UNROLL for (int q = 0; q < sources; q++) {
        UNROLL for (int g = 0; g < groups; g++) acc[q][g] = splat(0.0f);
    }
    for (ptrdiff_t k = 0; k < dim_pairs(w); k++) {
        vi column[2];
        UNROLL for (int g = 0; g < groups; g++) {
            column[g] = (vi)load(z + (g * pair_width + k) * LANES);
            IN_REGISTER(column[g]);
        }
        UNROLL for (int q = 0; q < sources; q++) {
            vi value = splat_int(x[q * pair_width + k]);
            if (groups > 1) IN_REGISTER(value);
            UNROLL for (int g = 0; g < groups; g++)
                acc[q][g] = add_pairs(acc[q][g], column[g], value);
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

/* acc[r] += sum over s < n of the two products of coef[r * row_step + s * source_step] with
 * source[s], both pairs. */
INLINE void add_pair_products(vf (*acc)[TILE_COLS], const int rows, const int cols,
                              const int32_t *coef, ptrdiff_t row_step, ptrdiff_t source_step,
                              const int32_t *source, ptrdiff_t stride, ptrdiff_t n) {
    for (ptrdiff_t s = 0; s < n; s++, source += stride, coef += source_step) {
        vi g[TILE_ROWS];
        UNROLL for (int r = 0; r < rows; r++) g[r] = splat_int(coef[r * row_step]);
        UNROLL for (int c = 0; c < cols; c++) {
            vi v = load_pairs(source + c * LANES);
            if (rows > 1) IN_REGISTER(v);
            UNROLL for (int r = 0; r < rows; r++) acc[r][c] = add_pairs(acc[r][c], v, g[r]);
        }
    }
}

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
