/* Negative sampling with noise shared by a block: one step of the block update.
 *
 * For contexts i and centers p, with weights w, inputs x, outputs y and noise outputs z:
 *
 *   J = sum over pairs  w(i, p) log s(x_i . y_p)
 *     + (negative / block_noise) sum over i, j  m(i, j) log s(-x_i . z_j)
 *
 * where m(i, j) is the sum of w(i, p) over the centers p of i that are not the very word
 * z_j. All rows are copies taken when they entered, and deltas are added to the matrices:
 *
 *   coefficient of a pair        alpha w (1 - s(x . y))
 *   coefficient of a noise pair  -alpha (negative / block_noise) m s(x . z)
 *
 * A delta sums up to thousands of pairs that all saw the same rows, so with few words,
 * many negatives or a wide window it can overshoot, the next one more so, and so on to
 * infinity: a vocabulary of 72 words diverged in most settings with alpha above 0.025 or
 * 20 negatives. DELTA_LIMIT, on each component, ends that. Measured: with 0.5 all those
 * runs find the same structure as private negatives do, and text of 73,000 words trains
 * to the same accuracy as without; 0.25 and 0.1 hurt both.
 */

/* Partial dot products, one lane each, of TILE_CENTERS neighbouring centers with `count`
 * contexts each, from `x` on for the first center and one further on for each next. */
INLINE void band_tile(const w2v_worker *w, const float *y, const float *x, float *sums,
                      const int count) {
    const ptrdiff_t width = w->width;
    vf acc[TILE_CENTERS][TILE_DISTANCES];
    UNROLL for (int r = 0; r < TILE_CENTERS; r++) {
        UNROLL for (int k = 0; k < count; k++) acc[r][k] = splat(0.0f);
    }
    for (ptrdiff_t c = 0; c < width; c += LANES) {
        vf center[TILE_CENTERS];
        UNROLL for (int r = 0; r < TILE_CENTERS; r++) center[r] = load(y + r * width + c);
        UNROLL for (int s = 0; s < count + TILE_CENTERS - 1; s++) {
            vf v = load(x + s * width + c);
            IN_REGISTER(v);
            UNROLL for (int r = 0; r < TILE_CENTERS; r++) {
                if (s >= r && s - r < count) acc[r][s - r] += center[r] * v;
            }
        }
    }
    UNROLL for (int r = 0; r < TILE_CENTERS; r++) {
        UNROLL for (int k = 0; k < count; k++)
            store(sums + (r * 2 * w->window + k) * LANES, acc[r][k]);
    }
}

/* One side of TILE_CENTERS centers: `window` contexts each. */
static void band_side(const w2v_worker *w, const float *y, const float *x, float *sums) {
    for (ptrdiff_t k = 0, pieces = (w->window + TILE_DISTANCES - 1) / TILE_DISTANCES;
         k < w->window; pieces--) {
        const ptrdiff_t count = (w->window - k + pieces - 1) / pieces;
        const float *from = x + k * w->width;
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

/* Logits of the step's centers with their contexts, into the band. LANES / 2 centers at a
 * time, since 2 window LANES / 2 sums are then `window` whole vectors. */
static void band_logits(w2v_worker *w, ptrdiff_t n) {
    const ptrdiff_t window = w->window, width = w->width;
    float *logits = w->band + 2 * window * 2 * window;
    for (ptrdiff_t q = 0; q < n; q += LANES / 2) {
        for (ptrdiff_t r = 0; r < LANES / 2; r += TILE_CENTERS) {
            const float *y = w->y + (2 * window + q + r) * width;
            const float *x = w->x + (q + r) * width;
            float *sums = w->lane_sums + r * 2 * window * LANES;
            band_side(w, y, x, sums);
            band_side(w, y, x + (window + 1) * width, sums + window * LANES);
        }
        for (ptrdiff_t k = 0; k < window; k++, logits += LANES)
            store(logits, sum_lanes(w->lane_sums + k * LANES * LANES));
    }
}

/* Lay out the weights of the step's pairs as the band lays out the pairs. Each copy may
 * run past its end, into places that the next one fills. */
static void set_band_weights(w2v_worker *w, ptrdiff_t n, const uint16_t *left,
                             const uint16_t *right) {
    const ptrdiff_t window = w->window, weight_step = w->weight_step;
    float *to = w->band_weight;
    for (ptrdiff_t p = window; p < window + n; p++) {
        const float *from = w->left_weight + left[p] * weight_step;
        for (ptrdiff_t k = 0; k < window; k += LANES) store_unaligned(to + k, load(from + k));
        to += window;
        from = w->right_weight + right[p] * weight_step;
        for (ptrdiff_t k = 0; k < window; k += LANES) store_unaligned(to + k, load(from + k));
        to += window;
    }
}

/* mass[i]: the sum of the weights of context i's pairs. */
static void set_mass(w2v_worker *w, const uint16_t *left, const uint16_t *right) {
    float mass[STEP] = {0};
    for (ptrdiff_t d = 1; d <= w->window; d++) {
        const float weight = w->distance_weight[d - 1];
        for (ptrdiff_t i = 0; i < STEP; i++) {
            int pairs = (right[i - d] >= d) + (left[i + d] >= d);
            mass[i] += weight * (float)pairs;
        }
    }
    memcpy(w->mass, mass, sizeof mass);
}

/* Sum of log s(sign * x) over n logits. Eight sigmoids share a logarithm: none is below
 * 1e-18, so that their product is far from a double's end. */
static double sum_log_sigmoid(const float *logits, float sign, ptrdiff_t n) {
    double sum = 0;
    for (ptrdiff_t k = 0; k < n; k += LANES) {
        float s[LANES] __attribute__((aligned(64)));
        store(s, sigmoid(splat(sign) * load(logits + k)));
        for (ptrdiff_t l = 0; l < LANES && k + l < n; l += 8) {
            double product = 1;
            for (ptrdiff_t m = l; m < l + 8 && m < LANES && k + m < n; m++) product *= s[m];
            sum += log(product);
        }
    }
    return sum;
}

/* The loss, in float64, of a center's pairs and a context's noise, both the i-th of the step. */
static void measure_place(w2v_worker *w, ptrdiff_t i) {
    const ptrdiff_t pairs = 2 * w->window;
    const double share = (double)w->run->negative / (double)w->run->block_noise;
    const float *logits = w->band + (pairs + i) * pairs, *weights = w->band_weight + i * pairs;
    for (ptrdiff_t k = 0; k < pairs; k++) {
        if (weights[k] > 0) w->loss += weights[k] * softplus(-logits[k]);
        w->pairs += weights[k];
    }
    if (w->mass[i] > 0)
        w->loss -= share * w->mass[i] *
                   sum_log_sigmoid(w->noise_coef + i * w->noise_columns, -1.0f,
                                   w->run->block_noise);
}

static void measure_loss(w2v_worker *w, ptrdiff_t n) {
    for (; w->until_measured < n; w->until_measured += w->run->loss_interval)
        measure_place(w, w->until_measured);
    w->until_measured -= n;
}

/* Logits of centers' pairs become coefficients. */
static void band_coefficients(w2v_worker *w, ptrdiff_t n) {
    float *band = w->band + 2 * w->window * 2 * w->window;
    const vf one = splat(1.0f), alpha = splat(w->alpha);
    for (ptrdiff_t k = 0; k < n * 2 * w->window; k += LANES)
        store(band + k, alpha * load(w->band_weight + k) * (one - sigmoid(load(band + k))));
}

/* Logits of noise pairs become coefficients, collisions aside. */
static void noise_coefficients(w2v_worker *w, ptrdiff_t n) {
    const float share = w->alpha * (float)w->run->negative / (float)w->run->block_noise;
    for (ptrdiff_t i = 0; i < n; i++) {
        const vf weight = splat(share * w->mass[i]);
        float *coef = w->noise_coef + i * w->noise_columns;
        for (ptrdiff_t j = 0; j < w->noise_columns; j += LANES)
            store(coef + j, weight * load(w->noise_weight + j) * sigmoid(load(coef + j)));
    }
}

/* Take out of the noise coefficients the pairs whose center is the very noise word.
 *
 * A filter of one bit per value of row mod 4096 spares nearly all centers the search. The
 * weights of one (context, column) add up first: two centers may be the same word. */
static void remove_collisions(w2v_worker *w, ptrdiff_t n, const int32_t *rows,
                              const uint16_t *left, const uint16_t *right) {
    const ptrdiff_t window = w->window;
    ptrdiff_t found = 0;
    for (ptrdiff_t p = -window; p < n + window; p++) {
        const uint32_t low = (uint32_t)rows[p] % 4096;
        if (!(w->noise_filter[low / 64] >> (low % 64) & 1)) continue;
        for (ptrdiff_t j = 0; j < w->run->block_noise; j++) {
            if (w->noise_rows[j] != rows[p]) continue;
            w->hits[found].center = (int32_t)p;
            w->hits[found++].column = (int32_t)j;
        }
    }
#define EACH_HIT(statement)                                                          \
    for (ptrdiff_t k = 0; k < found; k++) {                                          \
        const ptrdiff_t p = w->hits[k].center, j = w->hits[k].column;                \
        const ptrdiff_t first = p - left[p] > 0 ? p - left[p] : 0;                   \
        const ptrdiff_t last = p + right[p] < n - 1 ? p + right[p] : n - 1;          \
        for (ptrdiff_t i = first; i <= last; i++) {                                  \
            if (i == p) continue;                                                    \
            float *weight = w->collision + i * w->noise_columns + j;                 \
            statement                                                                \
        }                                                                            \
    }
    EACH_HIT({
        const ptrdiff_t distance = i < p ? p - i : i - p;
        *weight += w->distance_weight[distance - 1];
    })
    EACH_HIT({
        if (*weight > 0) {
            const float rest = (w->mass[i] - *weight) / w->mass[i];
            w->noise_coef[i * w->noise_columns + j] *= rest > 0 ? rest : 0;
            *weight = 0;
        }
    })
#undef EACH_HIT
}

/* Two of the three updates, a tile each: output rows of centers, input rows of contexts. The
 * third, the noise words' deltas, waits for the end of the block. */
INLINE void center_tile(const int rows, const int cols, w2v_worker *w, ptrdiff_t q,
                        ptrdiff_t col, const int32_t *centers) {
    const ptrdiff_t window = w->window;
    vf acc[TILE_ROWS][TILE_COLS];
    clear_tile(acc, rows, cols);
    add_band(acc, rows, cols, w->band + window * 2 * window, window, window + q, 0,
             w->x + col, w->width);
    UNROLL for (int r = 0; r < rows; r++)
        add_delta(output_row(w, centers[q + r]) + col, acc[r], cols);
}

INLINE void context_tile(const int rows, const int cols, w2v_worker *w, ptrdiff_t i,
                         ptrdiff_t col, const int32_t *contexts) {
    const ptrdiff_t window = w->window;
    vf acc[TILE_ROWS][TILE_COLS];
    clear_tile(acc, rows, cols);
    add_noise(acc, rows, cols, w, i, col);
    add_band(acc, rows, cols, w->band + window * 2 * window, window, i, 1,
             w->y + window * w->width + col, w->width);
    UNROLL for (int r = 0; r < rows; r++)
        add_delta(input_row(w, contexts[i + r]) + col, acc[r], cols);
}

static void update_centers(w2v_worker *w, ptrdiff_t n, const int32_t *centers) {
    FOR_TILES(w, n, center_tile, centers)
}

static void update_contexts(w2v_worker *w, ptrdiff_t n, const int32_t *contexts) {
    FOR_TILES(w, n, context_tile, contexts)
}

static void copy_row(const w2v_worker *w, float *to, const float *from) {
    for (ptrdiff_t c = 0; c < w->width; c += LANES) store(to + c, load(from + c));
}

/* n positions enter at the stream's `pos`. */
static void shared_step(w2v_worker *w, ptrdiff_t n) {
    const ptrdiff_t window = w->window, width = w->width;
    const ptrdiff_t first = w->pos - 2 * window;
    const int32_t *rows = w->kept + first; /* of position 0, as are left and right */
    const uint16_t *left = w->left + first, *right = w->right + first;
    for (ptrdiff_t i = 2 * window; i < 2 * window + n; i++)
        copy_row(w, w->x + i * width, input_row(w, rows[i]));
    for (ptrdiff_t p = window; p < window + n; p++)
        copy_row(w, w->y + (p + window) * width, output_row(w, rows[p]));
    arrange_contexts(w, n);
    noise_logits(w, n);
    band_logits(w, n);
    for (ptrdiff_t i = 2 * window + n; i < 2 * window + n + STEP; i++)
        prefetch_row(w, input_row(w, rows[i]));
    set_band_weights(w, n, left, right);
    set_mass(w, left, right);
    measure_loss(w, n);
    noise_coefficients(w, n);
    band_coefficients(w, n);
    remove_collisions(w, n, rows, left, right);
    arrange_coefficients(w, n);
    for (ptrdiff_t p = window + n; p < window + n + STEP; p++)
        prefetch_row(w, output_row(w, rows[p]));
    update_centers(w, n, rows + window);
    update_contexts(w, n, rows);
    update_noise(w, n);
    memmove(w->x, w->x + n * width, (size_t)(2 * window * width) * sizeof(float));
    memmove(w->y, w->y + n * width, (size_t)(2 * window * width) * sizeof(float));
    memmove(w->band, w->band + n * 2 * window, (size_t)(2 * window * 2 * window) * sizeof(float));
}

/* Copy the noise words' rows, by rows and by columns. */
static void gather_noise(w2v_worker *w) {
    const ptrdiff_t width = w->width, noise = w->run->block_noise;
    memset(w->noise_filter, 0, sizeof w->noise_filter);
    for (ptrdiff_t j = 0; j < noise; j++) {
        const uint32_t low = (uint32_t)w->noise_rows[j] % 4096;
        w->noise_filter[low / 64] |= (uint64_t)1 << (low % 64);
        copy_row(w, w->z + j * width, output_row(w, w->noise_rows[j]));
    }
    arrange_noise(w);
    memset(w->z_delta, 0, (size_t)(noise * width) * sizeof(float));
}

/* Draw the noise of the next block, whose rows then have a block's time to arrive. */
static void draw_ahead(w2v_worker *w) {
    for (ptrdiff_t j = 0; j < w->run->block_noise; j++) {
        w->next_noise[j] = draw_noise(w);
        prefetch_row(w, output_row(w, w->next_noise[j]));
    }
}

static void shared_block(w2v_worker *w, ptrdiff_t n) {
    int32_t *drawn = w->next_noise;
    w->next_noise = w->noise_rows;
    w->noise_rows = drawn;
    gather_noise(w);
    draw_ahead(w);
    for (ptrdiff_t done = 0; done < n; done += STEP) {
        const ptrdiff_t step = n - done < STEP ? n - done : STEP;
        shared_step(w, step);
        w->pos += step;
    }
    const ptrdiff_t width = w->width;
    for (ptrdiff_t j = 0; j < w->run->block_noise; j++) {
        float *row = output_row(w, w->noise_rows[j]);
        for (ptrdiff_t c = 0; c < width; c += LANES)
            store(row + c, load(row + c) + clamp(load(w->z_delta + j * width + c), DELTA_LIMIT));
    }
}
