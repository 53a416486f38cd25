/* Products of 16-bit numbers that lie in pairs: each lane of an instruction multiplies two pairs and
 * adds both products to a sum, so that half as many instructions are needed as for float32, or
 * fewer. What is multiplied must lie in pairs along the dimension that is summed over. The
 * matrices stay float32.
 *
 * pairs_bf16.h and pairs_int16.h, one of which comes first, say what the numbers are:
 *
 *   sum_t, no_sum()     a vector of sums; zeros
 *   add_pairs           sum += a.low * b.low + a.high * b.high in each lane
 *   one_pair(x)         a pair for all lanes, a pair_t, with ONE_PAIR if that is no whole vector
 *   add_one_pair        add_pairs, b being such a pair
 *   high_and_low        pairs of one's high and another's low numbers
 *
 * Layouts, and who has them:
 *
 *   logits of noise, over the columns   x_pairs     (STEP, pair_width)     columns by twos
 *     of a row                          z_columns   (noise words / LANES, pair_width, LANES)
 *   deltas of sources, over noise       z_mixed     (noise words / 2, width)   words 2j, 2j + 1
 *                                       coef_pairs  (STEP, noise_pairs)
 *   deltas of noise, over sources       x_mixed     (STEP / 2, width)   sources 2i, 2i + 1
 *                                       coef_mixed  (STEP / 2, noise_columns)
 *
 *   logits of pairs, over the columns   see band_bf16.h, band_int16.h
 *   deltas of centers, over contexts    ring_mixed   (positions / 2, width)  contexts 2i, 2i + 1
 *                                       coef_of_centers (STEP, band_room / 2)
 *   deltas of contexts, over centers    y_mixed      (positions / 2, width)  centers 2i, 2i + 1
 *                                       coef_of_ring (positions / 2, band_room)
 *
 * x_pairs holds the contexts' rows for their products with the noise words; not in CBOW, whose
 * sources are hidden vectors. In the rings the first center, a window before position 0, has
 * number 0. A center with an even number and the next share a stretch of band_room contexts, of
 * which the first is a window before the former: what is not among a center's own contexts has
 * coefficient 0. */

INLINE vi load_pairs(const int32_t *p) { return *(const vi *)p; }
INLINE void store_pairs(int32_t *p, vi x) { *(vi *)p = x; }

#ifndef ONE_PAIR
typedef vi pair_t;

INLINE pair_t one_pair(int32_t x) { return splat_int(x); }
INLINE sum_t add_one_pair(sum_t sum, vi a, pair_t b) { return add_pairs(sum, a, b); }
#endif

/* acc[r] += sum over s < n of the two products of coef[r * row_step + s * source_step] with
 * source[s], both pairs. */
INLINE void add_pair_products(sum_t (*acc)[TILE_COLS], const int rows, const int cols,
                              const int32_t *coef, ptrdiff_t row_step, ptrdiff_t source_step,
                              const int32_t *source, ptrdiff_t stride, ptrdiff_t n) {
    for (ptrdiff_t s = 0; s < n; s++, source += stride, coef += source_step) {
        pair_t g[TILE_ROWS];
        UNROLL for (int r = 0; r < rows; r++) g[r] = one_pair(coef[r * row_step]);
        UNROLL for (int c = 0; c < cols; c++) {
            vi v = load_pairs(source + c * LANES);
            if (rows > 1) IN_REGISTER(v);
            UNROLL for (int r = 0; r < rows; r++) acc[r][c] = add_one_pair(acc[r][c], v, g[r]);
        }
    }
}

typedef int32_t source_t, mixed_t; /* of x_pairs, of x_mixed */

INLINE ptrdiff_t source_step(const w2v_worker *w) { return w->pair_width; }

/* The sums of noise_logits_tile(), over `pairs` pairs of columns. */
INLINE void noise_sums(const w2v_worker *w, const w2v_noise *noise, const source_t *x,
                       sum_t (*acc)[2], ptrdiff_t group, const int sources, const int groups,
                       ptrdiff_t pairs) {
    const ptrdiff_t pair_width = w->pair_width;
    const float *z = noise->z_columns + group * pair_width * LANES;
    UNROLL for (int q = 0; q < sources; q++) {
        UNROLL for (int g = 0; g < groups; g++) acc[q][g] = no_sum();
    }
    for (ptrdiff_t k = 0; k < pairs; k++) {
        vi column[2];
        UNROLL for (int g = 0; g < groups; g++) {
            column[g] = (vi)load(z + (g * pair_width + k) * LANES);
            IN_REGISTER(column[g]);
        }
        UNROLL for (int q = 0; q < sources; q++) {
            pair_t value = one_pair(x[q * pair_width + k]);
            if (groups > 1) SPLAT_IN_REGISTER(value);
            UNROLL for (int g = 0; g < groups; g++)
                acc[q][g] = add_one_pair(acc[q][g], column[g], value);
        }
    }
}

/* What stays of a ring of mixed rows: after an odd number of positions with other partners. */
static void slide_mixed(const w2v_worker *w, int32_t *mixed, ptrdiff_t n) {
    const ptrdiff_t width = w->width;
    const int32_t *from = mixed + n / 2 * width;
    for (ptrdiff_t k = 0; k < w->window * width; k += LANES) {
        const vi now = load_pairs(from + k);
        store_pairs(mixed + k, n % 2 ? high_and_low(now, load_pairs(from + width + k)) : now);
    }
}
