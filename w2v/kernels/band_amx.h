/* The products of the band, as band_float.h lists them, by matrix tiles (tiles.h). Rows are those of
 * band_bf16.h. Sixteen neighboring centers are multiplied with all contexts that any of them has, and
 * the same the other way round: what is not a pair has coefficient 0, or a logit that nobody looks at.
 *
 *   logits of pairs, over the columns    y_pairs          (STEP, pair_width)
 *                                        x_columns        (pair_width, x_columns_step)
 *   deltas of centers, over contexts     coef_of_centers  (STEP, band_room)
 *                                        ring_mixed       (positions / 2, width)
 *   deltas of contexts, over centers     coef_of_ring     (STEP, band_room)
 *                                        y_mixed          (positions / 2, width)
 *
 * Of the contexts that a tile of centers has, the first is number 0, and so with the centers of a
 * tile of contexts; band_room are the pairs of 16 + 2 window of them, in whole tiles.
 *
 * All deltas of centers are made before the first is added, then those of contexts: tiles go to
 * memory, not to vectors.
 */

/* Which contexts a center has: own_lanes by centers, ring_lanes and ring_first by contexts. */
static void fill_lanes(w2v_worker *w) {
    const ptrdiff_t window = w->window, room = w->band_room;
    for (ptrdiff_t r = 0, v = 0; r < TILE_SIZE; r++) {
        for (ptrdiff_t k = 0; k < 2 * room; k += LANES)
            w->own_lanes[v++] = own_places(window, r, k);
    }
    for (ptrdiff_t s = 0; s < 2 * room; s++) { /* contexts s - 2 window .. s without s - window */
        const ptrdiff_t before = s < 2 * window ? 2 * window - s : 0;
        w->ring_lanes[s] = own_places(window, s - 2 * window, 0);
        w->ring_first[s] = (int32_t)(before - (before > window));
        /* a center past the last may have no place in memory either */
        if (!w->ring_lanes[s]) w->ring_first[s] = (int32_t)(-s * 2 * window);
    }
}

/* The logits of a tile of centers, (16, 2 band_room), with the contexts from as many places before the first on
 * as makes rows of columns aligned: those of their own pairs go into the band. Each
 * copy may run past its end, into places that the next one fills. */
INLINE void take_own_logits(w2v_worker *w, ptrdiff_t q, const float *logits) {
    const ptrdiff_t window = w->window;
    float *to = w->band + (2 * window + q) * 2 * window;
    for (ptrdiff_t r = 0; r < TILE_SIZE; r++) {
        const float *from = logits + r * 2 * w->band_room + places_before(w) + r;
        for (int side = 0; side < 2; side++, to += window, from += window + 1) {
            for (ptrdiff_t k = 0; k < window; k += LANES)
                store_unaligned(to + k, load_unaligned(from + k));
        }
    }
}

INLINE void band_logits_tile(const int rows, const int cols, const w2v_worker *w, ptrdiff_t place) {
    zero_sums(rows, cols);
    add_tile_products(rows, cols, w->y_pairs, w->pair_width,
                      (const int32_t *)w->x_columns - places_before(w) + place, w->x_columns_step,
                      TILE_SIZE, TILE_SIZE, w->pair_width);
    store_sums(rows, cols, w->tile_logits + place, 2 * w->band_room);
}

static void band_logits(w2v_worker *w, ptrdiff_t n) {
    FOR_TILES_OF_COLUMNS(n, TILE_SIZE + 2 * w->window + places_before(w), band_logits_tile, w)
    slide_columns(w, n);
    for (ptrdiff_t q = 0; q < n; q += TILE_SIZE)
        take_own_logits(w, q, w->tile_logits + q * 2 * w->band_room);
}

/* The coefficients of the step's centers, each row from its tile's first context on. */
static void arrange_centers(w2v_worker *w, ptrdiff_t n) {
    const ptrdiff_t pairs = 2 * w->window, room = w->band_room;
    for (ptrdiff_t q = 0; q < n; q++) {
        const float *from = w->band + (pairs + q) * pairs;
        const uint32_t *lanes = w->own_lanes + q % TILE_SIZE * (2 * room / LANES);
        for (ptrdiff_t k = 0; k < room; k += LANES, lanes += 2) {
            const vf low = load_lanes(from, lanes[0]);
            from += __builtin_popcount(lanes[0]);
            const vf high = load_lanes(from, lanes[1]);
            from += __builtin_popcount(lanes[1]);
            store_pairs(w->coef_of_centers + q * room + k, pack_two(low, high));
        }
    }
}

/* The coefficients of the pairs of contexts i .. i + 15 with their tile's center number s. */
INLINE vf coefficients_with(const w2v_worker *w, ptrdiff_t i, ptrdiff_t s) {
    const ptrdiff_t first = (i + s) * 2 * w->window + w->ring_first[s];
    return load_lanes(w->band + first, w->ring_lanes[s]);
}

/* The coefficients of the step's contexts, each row from its tile's first center on. */
static void arrange_contexts(w2v_worker *w, ptrdiff_t n) {
    const ptrdiff_t room = w->band_room;
    for (ptrdiff_t i = 0; i < n; i += TILE_SIZE) {
        for (ptrdiff_t k = 0; k < room; k += LANES) {
            vf r[LANES];
            UNROLL for (int l = 0; l < LANES; l++)
                r[l] = (vf)mix(coefficients_with(w, i, 2 * (k + l)),
                               coefficients_with(w, i, 2 * (k + l) + 1));
            transpose(r);
            UNROLL for (int l = 0; l < LANES; l++)
                store_pairs(w->coef_of_ring + (i + l) * room + k, (vi)r[l]);
        }
    }
}

/* What the rows of a ring give: neighboring tiles of rows begin 16 positions, 8 pairs, apart. */
INLINE void add_band_products(const int rows, const int cols, const w2v_worker *w,
                              const int32_t *coef, const int32_t *ring, ptrdiff_t col) {
    add_tile_products(rows, cols, coef, w->band_room, ring + col, w->width, LANES,
                      TILE_SIZE / 2 * w->width, w->band_room);
}

INLINE void center_delta_tile(const int rows, const int cols, const w2v_worker *w, ptrdiff_t col) {
    zero_sums(rows, cols);
    add_band_products(rows, cols, w, w->coef_of_centers, w->ring_mixed, col);
    store_sums(rows, cols, w->center_delta + col, w->width);
}

INLINE void context_delta_tile(const int rows, const int cols, const w2v_worker *w,
                               const w2v_noise *noise, ptrdiff_t col) {
    zero_sums(rows, cols);
    if (noise) add_noise_products(w, noise, rows, cols, col);
    add_band_products(rows, cols, w, w->coef_of_ring, w->y_mixed, col);
    store_sums(rows, cols, w->source_delta + col, w->width);
}

static void arrange_band(w2v_worker *w, ptrdiff_t n) {
    arrange_centers(w, n);
    FOR_TILES_OF_COLUMNS(n, w->width, center_delta_tile, w)
}

static void make_context_deltas(w2v_worker *w, ptrdiff_t n, const w2v_noise *noise) {
    arrange_contexts(w, n);
    FOR_TILES_OF_COLUMNS(n, w->width, context_delta_tile, w, noise)
}

static void enter_errors(w2v_worker *w, ptrdiff_t n) { (void)w, (void)n; }

INLINE void add_from_contexts(vf (*acc)[TILE_COLS], const int rows, const int cols,
                              const w2v_worker *w, ptrdiff_t q, ptrdiff_t col) {
    add_made(acc, rows, cols, w->center_delta + q * w->width + col, w->width);
}

INLINE void add_from_centers(vf (*acc)[TILE_COLS], const int rows, const int cols,
                             const w2v_worker *w, ptrdiff_t i, ptrdiff_t col) {
    /* or add_noise() has added them */
    if (!sources_have_centers(w))
        add_made(acc, rows, cols, w->source_delta + i * w->width + col, w->width);
}
