/* Logits of pairs from rows, for band_float.h, band_int16.h and, in short vectors, band_bf16.h: the
 * lanes of a vector of sums are added up in the end. Before this stands
 *
 *   sources_t, load_sources(p)  a vector of source_t, of which rows are made
 *   sum_t, no_sum()             a vector of sums; zeros
 *   add_sources                 sum += a * b
 *   center_row(w, q)            the output row of a center of the step
 *   summed_lanes(p)             floats, each the sum of the lanes of one of LANES vectors
 */

/* Partial dot products, one lane each, of TILE_CENTERS neighboring centers with `count`
 * contexts each, from `x` on for the first center and one further on for each next. */
INLINE void band_tile(const w2v_worker *w, const source_t *y, const source_t *x, float *sums,
                      const int count) {
    const ptrdiff_t step = source_step(w);
    sum_t acc[TILE_CENTERS][TILE_DISTANCES];
    UNROLL for (int r = 0; r < TILE_CENTERS; r++) {
        UNROLL for (int k = 0; k < count; k++) acc[r][k] = no_sum();
    }
    for (ptrdiff_t c = 0; c < step; c += LANES) {
        sources_t center[TILE_CENTERS];
        UNROLL for (int r = 0; r < TILE_CENTERS; r++) center[r] = load_sources(y + r * step + c);
        UNROLL for (int s = 0; s < count + TILE_CENTERS - 1; s++) {
            sources_t v = load_sources(x + s * step + c);
            IN_REGISTER(v);
            UNROLL for (int r = 0; r < TILE_CENTERS; r++) {
                if (s >= r && s - r < count)
                    acc[r][s - r] = add_sources(acc[r][s - r], center[r], v);
            }
        }
    }
    UNROLL for (int r = 0; r < TILE_CENTERS; r++) {
        UNROLL for (int k = 0; k < count; k++)
            store(sums + (r * 2 * w->window + k) * LANES, (vf)acc[r][k]);
    }
}

/* One side of TILE_CENTERS centers: `window` contexts each. */
static void band_side(const w2v_worker *w, const source_t *y, const source_t *x, float *sums) {
    for (ptrdiff_t k = 0, pieces = (w->window + TILE_DISTANCES - 1) / TILE_DISTANCES;
         k < w->window; pieces--) {
        const ptrdiff_t count = (w->window - k + pieces - 1) / pieces;
        const source_t *from = x + k * source_step(w);
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

/* Logits of the step's centers with their contexts. LANES / 2 centers at a time, since
 * 2 window LANES / 2 sums are then `window` whole vectors. */
static void row_logits(w2v_worker *w, ptrdiff_t n, float *logits) {
    const ptrdiff_t window = w->window, step = source_step(w);
    for (ptrdiff_t q = 0; q < n; q += LANES / 2) {
        for (ptrdiff_t r = 0; r < LANES / 2; r += TILE_CENTERS) {
            const source_t *y = center_row(w, q + r), *x = ring_sources(w, q + r);
            float *sums = w->lane_sums + r * 2 * window * LANES;
            band_side(w, y, x, sums);
            band_side(w, y, x + (window + 1) * step, sums + window * LANES);
        }
        for (ptrdiff_t k = 0; k < window; k++, logits += LANES)
            store(logits, summed_lanes(w->lane_sums + k * LANES * LANES));
    }
}
