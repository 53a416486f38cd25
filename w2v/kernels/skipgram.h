/* Skip-gram with noise shared by a block: one step of the block update, and all that negative
 * sampling and noise-contrastive estimation need for it (sampled_softmax.h has its own part).
 *
 * For contexts i and centers p, with weights w, inputs x, outputs y and noise outputs z:
 *
 *   J = sum over pairs  w(i, p) log s(x_i . y_p)
 *     + (negative / block_noise) sum over i, j  m(i, j) log s(-x_i . z_j)
 *
 * where m(i, j) is the sum of w(i, p) over the centers p of i that are not the very word
 * z_j; nce shifts each logit, see losses.h. All rows are copies taken when they entered, and deltas are added to the matrices:
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

/* The loss, in float64, of a center's pairs and, but for sampled softmax, a context's noise,
 * both the i-th of the step. */
static void measure_place(w2v_worker *w, ptrdiff_t i) {
    const ptrdiff_t pairs = 2 * w->window;
    const double share = (double)w->run->negative / (double)w->run->block_noise;
    const float *logits = w->band + (pairs + i) * pairs, *weights = w->band_weight + i * pairs;
    for (ptrdiff_t k = 0; k < pairs; k++) {
        if (weights[k] > 0) w->loss += weights[k] * softplus(-logits[k]);
        w->pairs += weights[k];
    }
    if (!is_sampled_softmax(w) && w->mass[i] > 0)
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
    const float share = -w->alpha * (float)w->run->negative / (float)w->run->block_noise;
    for (ptrdiff_t i = 0; i < n; i++) {
        const vf weight = splat(share * w->mass[i]);
        float *coef = w->noise_coef + i * w->noise_columns;
        for (ptrdiff_t j = 0; j < w->noise_columns; j += LANES)
            store(coef + j, weight * sigmoid(load(coef + j)));
    }
}

/* Take out of the noise coefficients the pairs whose center is the very noise word. The
 * weights of one (context, column) add up first: two centers may be the same word. */
static void remove_collisions(w2v_worker *w, ptrdiff_t n, const int32_t *rows,
                              const uint16_t *left, const uint16_t *right) {
    const w2v_noise *noise = &w->noise[w->leaving];
    const ptrdiff_t window = w->window;
    ptrdiff_t found = 0;
    for (ptrdiff_t p = -window; p < n + window; p++) {
        if (!may_be_noise(noise, rows[p])) continue;
        for (ptrdiff_t j = 0; j < w->run->block_noise; j++) {
            if (noise->rows[j] != rows[p]) continue;
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

/* Output rows of centers. Those of contexts are band.h's; the noise words' deltas wait for the
 * end of the block. */
INLINE void center_tile(const int rows, const int cols, w2v_worker *w, ptrdiff_t q,
                        ptrdiff_t col, const int32_t *centers) {
    vf acc[TILE_ROWS][TILE_COLS];
    clear_tile(acc, rows, cols);
    add_from_contexts(acc, rows, cols, w, q, col);
    UNROLL for (int r = 0; r < rows; r++)
        add_delta(output_row(w, centers[q + r]) + col, acc[r], cols);
}

static void update_centers(w2v_worker *w, ptrdiff_t n, const int32_t *centers) {
    FOR_TILES(w, n, center_tile, centers)
}

/* From logits to coefficients, by loss. */
static void noise_step(w2v_worker *w, ptrdiff_t n, const int32_t *rows, const uint16_t *left,
                       const uint16_t *right) {
    set_mass(w, left, right);
    if (corrects_logits(w)) shift_band(w, n, rows + w->window);
    measure_loss(w, n);
    noise_coefficients(w, n);
    band_coefficients(w, n);
    remove_collisions(w, n, rows, left, right);
}

static void sampled_softmax_step(w2v_worker *w, ptrdiff_t n, const int32_t *rows,
                                 const uint16_t *left, const uint16_t *right) {
    const ptrdiff_t window = w->window;
    measure_noise_mass(w, n);
    if (corrects_logits(w)) shift_band(w, n, rows + window);
    shift_band_by_noise(w, n);
    measure_loss(w, n);
    band_coefficients(w, n);
    spare_collisions(w, n, rows, left, right);
    sampled_coefficients(w, n);
}

/* n positions enter at the stream's `pos`. */
static void skipgram_step(w2v_worker *w, ptrdiff_t n) {
    const ptrdiff_t window = w->window, first = w->pos - 2 * window;
    const int32_t *rows = w->kept + first; /* of position 0, as are left and right */
    const uint16_t *left = w->left + first, *right = w->right + first;
    const ptrdiff_t scored = is_sampled_softmax(w) ? 2 * window : 0;
    enter_contexts(w, n, rows);
    enter_outputs(w, n, rows + window);
    noise_logits(w, &w->noise[w->entering], ring_sources(w, scored),
                 w->noise_coef + scored * w->noise_columns, n);
    band_logits(w, n);
    set_band_weights(w, n, left + window, right + window);
    if (is_sampled_softmax(w)) sampled_softmax_step(w, n, rows, left, right);
    else noise_step(w, n, rows, left, right);
    arrange_coefficients(w, n);
    arrange_band(w, n);
    update_centers(w, n, rows + window);
    update_contexts(w, n, rows, &w->noise[w->leaving]);
    update_noise(w, &w->noise[w->leaving], ring_mixed(w), n);
    slide(w, n);
    if (is_sampled_softmax(w)) slide_noise(w, n);
}
