/* The products with the block's noise words, as noise_float.h lists them, in int16: see pairs.h. Numbers
 * are in units, see pairs_int16.h:
 *
 *   x_unit             of sources, the rows of x_pairs
 *   noise->unit        of noise words
 *   source_delta_unit  of coef_pairs and so of sources' deltas
 *   noise_delta_unit   of coef_mixed and so of noise words' deltas
 */

INLINE void mix_rows(int32_t *to, const float *low, vf low_scale, const float *high,
                     vf high_scale, ptrdiff_t n) {
    for (ptrdiff_t c = 0; c < n; c += LANES)
        store_pairs(to + c, mix(low_scale * load(low + c), high_scale * load(high + c)));
}

/* Convert two rows of the units given, which enter at neighboring places. Pairs of columns are in
 * the order of pair_of_column(). */
INLINE void enter_rows(const w2v_worker *w, const float *low, const float *high,
                       const float *units, int32_t *low_pairs, int32_t *high_pairs,
                       int32_t *mixed) {
    const vf low_scale = splat(1 / units[0]), high_scale = splat(1 / units[1]);
    for (ptrdiff_t c = 0; c < w->width; c += 2 * LANES) {
        const int two = c + LANES < w->width;
        vf next_low = splat(0.0f), next_high = next_low; /* past an odd number of vectors */
        if (two) {
            next_low = low_scale * load(low + c + LANES);
            next_high = high_scale * load(high + c + LANES);
        }
        const vi a = narrow(low_scale * load(low + c), next_low);
        const vi b = narrow(high_scale * load(high + c), next_high);
        store_pairs(low_pairs + c / 2, a);
        store_pairs(high_pairs + c / 2, b);
        store_pairs(mixed + c, mix_firsts(a, b));
        if (two) store_pairs(mixed + c + LANES, mix_nexts(a, b));
    }
}

INLINE void clear_sums(vi (*sums)[TILE_COLS], const int rows, const int cols) {
    UNROLL for (int r = 0; r < rows; r++) {
        UNROLL for (int c = 0; c < cols; c++) sums[r][c] = no_sum();
    }
}

/* acc += sums, which are in `unit` */
INLINE void add_sums(vf (*acc)[TILE_COLS], vi (*sums)[TILE_COLS], const int rows,
                     const int cols, float unit) {
    UNROLL for (int r = 0; r < rows; r++) {
        UNROLL for (int c = 0; c < cols; c++) acc[r][c] += splat(unit) * floats(sums[r][c]);
    }
}

static void arrange_noise(const w2v_worker *w, w2v_noise *noise) {
    const ptrdiff_t width = w->width, pair_width = w->pair_width;
    for (ptrdiff_t j = 0; j < w->noise_columns; j++)
        noise->unit[j] = row_unit(w, noise->z + j * width);
    for (ptrdiff_t j = 0; j < w->noise_columns; j += 2) {
        int32_t *pairs = noise->z_pairs + j * pair_width;
        enter_rows(w, noise->z + j * width, noise->z + (j + 1) * width, noise->unit + j, pairs,
                   pairs + pair_width, noise->z_mixed + j / 2 * width);
    }
    for (ptrdiff_t group = 0; group < w->noise_columns; group += LANES) {
        for (ptrdiff_t c = 0; c < pair_width; c += LANES) {
            vf r[LANES];
            UNROLL for (int k = 0; k < LANES; k++)
                r[k] = (vf)load_pairs(noise->z_pairs + (group + k) * pair_width + c);
            transpose(r);
            UNROLL for (int k = 0; k < LANES; k++)
                store(noise->z_columns + group * pair_width + (c + k) * LANES, r[k]);
        }
    }
}

static const source_t *arrange_sources(w2v_worker *w, const float *x, ptrdiff_t n) {
    const ptrdiff_t width = w->width;
    for (ptrdiff_t i = 0; i < n; i++) w->x_unit[i] = row_unit(w, x + i * width);
    complete_units(w->x_unit, n);
    for (ptrdiff_t i = 0; i < n; i += 2) {
        int32_t *pairs = w->x_pairs + i * w->pair_width;
        /* a source without a partner gets itself, with coefficients of 0 */
        enter_rows(w, x + i * width, x + (i + (i + 1 < n)) * width, w->x_unit + i, pairs,
                   pairs + w->pair_width, w->x_mixed + i / 2 * width);
    }
    return w->x_pairs;
}

/* arrange_sources() had the same, and made both. */
static const mixed_t *mix_sources(w2v_worker *w, const float *x, ptrdiff_t n) {
    (void)x, (void)n;
    return w->x_mixed;
}

INLINE void noise_logits_tile(const w2v_worker *w, const w2v_noise *noise, const source_t *x,
                              float *logits, ptrdiff_t group, const int sources,
                              const int groups) {
    const float *unit = w->x_unit + (x - w->x_pairs) / w->pair_width;
    vi acc[2 * TILE_CONTEXTS][2];
    noise_sums(w, noise, x, acc, group, sources, groups, w->dim_pairs);
    UNROLL for (int g = 0; g < groups; g++) {
        const ptrdiff_t column = (group + g) * LANES;
        const vf units = load(noise->unit + column), shift = load(noise->shift + column);
        UNROLL for (int q = 0; q < sources; q++)
            store(logits + q * w->noise_columns + column,
                  floats(acc[q][g]) * (splat(unit[q]) * units) - shift);
    }
}

static void arrange_coefficients(w2v_worker *w, ptrdiff_t n) {
    const ptrdiff_t columns = w->noise_columns;
    const float *units = w->noise[w->leaving].unit;
    const float most = largest(w->noise_coef, n * columns);
    w->noise_delta_unit = common_unit(most, largest(w->x_unit, n), w->coef_limit);
    w->source_delta_unit = common_unit(most, largest(units, columns), w->noise_coef_limit);
    const float to_noise = 1 / w->noise_delta_unit;
    const vf to_sources = splat(1 / w->source_delta_unit);
    for (ptrdiff_t i = 0; i < n; i += 2) {
        const float *coef = w->noise_coef + i * columns;
        /* a source without a partner gets one that counts nothing */
        const int partner = i + 1 < n;
        mix_rows(w->coef_mixed + i / 2 * columns, coef, splat(w->x_unit[i] * to_noise),
                 partner ? coef + columns : w->nothing, splat(w->x_unit[i + partner] * to_noise),
                 columns);
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        const float *coef = w->noise_coef + i * columns;
        int32_t *pairs = w->coef_pairs + i * w->noise_pairs;
        for (ptrdiff_t j = 0; j < columns; j += 2 * LANES) {
            const vf low = to_sources * load(units + j) * load(coef + j);
            vf high = splat(0.0f); /* past an odd number of vectors */
            if (j + LANES < columns)
                high = to_sources * load(units + j + LANES) * load(coef + j + LANES);
            store_pairs(pairs + j / 2, pack_two(low, high));
        }
    }
}

INLINE void add_noise(vf (*acc)[TILE_COLS], const int rows, const int cols,
                      const w2v_worker *w, const w2v_noise *noise, ptrdiff_t i,
                      ptrdiff_t col) {
    vi sums[TILE_ROWS][TILE_COLS];
    clear_sums(sums, rows, cols);
    add_pair_products(sums, rows, cols, w->coef_pairs + i * w->noise_pairs, w->noise_pairs, 1,
                      noise->z_mixed + col, w->width, (w->run->block_noise + 1) / 2);
    add_sums(acc, sums, rows, cols, w->source_delta_unit);
}

INLINE void noise_tile(const int rows, const int cols, w2v_worker *w, ptrdiff_t j,
                       ptrdiff_t col, const w2v_noise *noise, const mixed_t *x, ptrdiff_t n) {
    vi sums[TILE_ROWS][TILE_COLS];
    vf acc[TILE_ROWS][TILE_COLS];
    clear_sums(sums, rows, cols);
    clear_tile(acc, rows, cols);
    add_pair_products(sums, rows, cols, w->coef_mixed + j, 1, w->noise_columns, x + col, w->width,
                      (n + 1) / 2);
    add_sums(acc, sums, rows, cols, w->noise_delta_unit);
    UNROLL for (int r = 0; r < rows; r++)
        add_row(noise->z_delta + (j + r) * w->width + col, acc[r], cols);
}

static void update_noise(w2v_worker *w, const w2v_noise *noise, const mixed_t *x, ptrdiff_t n) {
    FOR_TILES(w, w->run->block_noise, noise_tile, noise, x, n)
}
