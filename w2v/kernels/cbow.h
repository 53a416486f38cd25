/* CBOW with noise shared by a block: one step of the block update.
 *
 * A center p is scored against one hidden vector, made of its contexts' inputs with weights
 * v(i, p) = w(i, p) / sum over i of w(i, p), or w(i, p) for their sum:
 *
 *   h_p = sum over i  v(i, p) x_i         a_p = h_p . y_p,  b(p, j) = h_p . z_j
 *   e_p = dJ/dh_p = g_p y_p + sum over j  c(p, j) z_j
 *
 * with the coefficients g_p = alpha dJ/da_p, c(p, j) = alpha dJ/db(p, j) of losses.h; a noise
 * word that is the center itself counts nothing. The deltas are
 *
 *   y_p  g_p h_p        z_j  sum over p  c(p, j) h_p        x_i  sum over p  v(i, p) e_p
 *
 * which is the gradient. The original program gives each context the whole of e_p instead
 * of its share (Irsoy, Benton and Stratos 2021): here w(i, p) e_p.
 *
 * The band holds v in place of pairs' coefficients, and the ring of outputs holds e: contexts
 * get their deltas as in skip-gram, but without noise. */

/* v of the step's centers; mass becomes the sum of each one's weights. */
static void set_hidden_weights(w2v_worker *w, ptrdiff_t n) {
    const ptrdiff_t pairs = 2 * w->window;
    float *share = w->band + pairs * pairs;
    const float *weights = w->band_weight;
    for (ptrdiff_t q = 0; q < n; q++, share += pairs, weights += pairs) {
        float sum = 0;
        for (ptrdiff_t k = 0; k < pairs; k++) sum += weights[k];
        w->mass[q] = sum;
        const float scale = w->run->cbow_mean && sum > 0 ? 1 / sum : 1;
        for (ptrdiff_t k = 0; k < pairs; k++) share[k] = scale * weights[k];
    }
}

INLINE void hidden_tile(const int rows, const int cols, w2v_worker *w, ptrdiff_t q,
                        ptrdiff_t col, float *hidden) {
    vf acc[TILE_ROWS][TILE_COLS];
    clear_tile(acc, rows, cols);
    add_from_contexts(acc, rows, cols, w, q, col);
    UNROLL for (int r = 0; r < rows; r++) {
        UNROLL for (int c = 0; c < cols; c++)
            store(hidden + (q + r) * w->width + col + c * LANES, acc[r][c]);
    }
}

static void make_hidden(w2v_worker *w, ptrdiff_t n) { FOR_TILES(w, n, hidden_tile, w->hidden) }

/* a_p of the step's centers, less what the loss subtracts. */
static void center_logits(w2v_worker *w, ptrdiff_t n, const int32_t *centers) {
    const ptrdiff_t width = w->width;
    for (ptrdiff_t q = 0; q < n; q += LANES) {
        for (ptrdiff_t l = 0; l < LANES; l++) {
            const float *h = w->hidden + (q + l) * width, *y = w->center_rows + (q + l) * width;
            vf sum = splat(0.0f);
            for (ptrdiff_t c = 0; c < width; c += LANES) sum += load(h + c) * load(y + c);
            store(w->lane_sums + l * LANES, sum);
        }
        store(w->center_logits + q, sum_lanes(w->lane_sums));
    }
    for (ptrdiff_t q = 0; q < n; q++) w->center_logits[q] -= logit_shift(w, centers[q]);
}

/* A noise word that is the center itself loses all weight. */
static void drop_centers_from_noise(w2v_worker *w, const w2v_noise *noise, ptrdiff_t n,
                                    const int32_t *centers) {
    for (ptrdiff_t q = 0; q < n; q++) {
        if (!may_be_noise(noise, centers[q])) continue;
        for (ptrdiff_t j = 0; j < w->run->block_noise; j++)
            if (noise->rows[j] == centers[q]) w->noise_coef[q * w->noise_columns + j] = -ABSENT;
    }
}

static void measure_centers(w2v_worker *w, ptrdiff_t n) {
    const double share = (double)w->run->negative / (double)w->run->block_noise;
    for (; w->until_measured < n; w->until_measured += w->run->loss_interval) {
        const ptrdiff_t q = w->until_measured;
        if (w->mass[q] == 0) continue;
        w->pairs++;
        w->loss += softplus(-w->center_logits[q]);
        if (!is_sampled_softmax(w))
            w->loss -= share * sum_log_sigmoid(w->noise_coef + q * w->noise_columns, -1.0f,
                                               w->run->block_noise);
    }
    w->until_measured -= n;
}

/* g_p; 0 for centers without contexts. */
static void center_coefficients(w2v_worker *w, ptrdiff_t n) {
    const vf alpha = splat(w->alpha), one = splat(1.0f);
    for (ptrdiff_t q = 0; q < n; q += LANES)
        store(w->center_coef + q, alpha * (one - sigmoid(load(w->center_logits + q))));
    for (ptrdiff_t q = 0; q < n; q++)
        if (w->mass[q] == 0) w->center_coef[q] = 0;
}

/* c(p, j) from b(p, j). */
static void hidden_noise_coefficients(w2v_worker *w, ptrdiff_t n) {
    const float share = (float)w->run->negative / (float)w->run->block_noise;
    for (ptrdiff_t q = 0; q < n; q++) {
        float *coef = w->noise_coef + q * w->noise_columns;
        if (is_sampled_softmax(w)) {
            const vf weight = splat(-share * w->center_coef[q]), mass = splat(w->log_mass[q]);
            for (ptrdiff_t j = 0; j < w->noise_columns; j += LANES)
                store(coef + j, weight * exponential(load(coef + j) - mass));
        } else {
            const vf weight = splat(w->mass[q] > 0 ? -share * w->alpha : 0.0f);
            for (ptrdiff_t j = 0; j < w->noise_columns; j += LANES)
                store(coef + j, weight * sigmoid(load(coef + j)));
        }
    }
}

static void coefficients_of_hidden(w2v_worker *w, ptrdiff_t n, const int32_t *centers) {
    const ptrdiff_t columns = w->noise_columns;
    const float share = (float)w->run->negative / (float)w->run->block_noise;
    drop_centers_from_noise(w, &w->noise[w->entering], n, centers);
    if (is_sampled_softmax(w)) {
        for (ptrdiff_t q = 0; q < n; q++) {
            w->log_mass[q] = log_noise_mass(w->noise_coef + q * columns, columns, share);
            w->center_logits[q] -= w->log_mass[q];
        }
    }
    measure_centers(w, n);
    center_coefficients(w, n);
    hidden_noise_coefficients(w, n);
}

/* Deltas of the centers' outputs, and e into the ring. */
INLINE void error_tile(const int rows, const int cols, w2v_worker *w, ptrdiff_t q,
                       ptrdiff_t col, const int32_t *centers) {
    const ptrdiff_t width = w->width;
    vf acc[TILE_ROWS][TILE_COLS];
    clear_tile(acc, rows, cols);
    add_noise(acc, rows, cols, w, &w->noise[w->entering], q, col);
    UNROLL for (int r = 0; r < rows; r++) {
        const vf g = splat(w->center_coef[q + r]);
        const float whole = w->run->cbow_mean && !w->run->cbow_corrected ? w->mass[q + r] : 1;
        const float *h = w->hidden + (q + r) * width + col;
        const float *y = w->center_rows + (q + r) * width + col;
        vf step[TILE_COLS];
        UNROLL for (int c = 0; c < cols; c++) {
            acc[r][c] = splat(whole) * (acc[r][c] + g * load(y + c * LANES));
            step[c] = g * load(h + c * LANES);
        }
        add_delta(output_row(w, centers[q + r]) + col, step, cols);
    }
    keep_errors(w, rows, cols, q, col, acc);
}

static void update_hidden(w2v_worker *w, ptrdiff_t n, const int32_t *centers) {
    FOR_TILES(w, n, error_tile, centers)
}

/* n positions enter at the stream's `pos`. */
static void cbow_step(w2v_worker *w, ptrdiff_t n) {
    const ptrdiff_t window = w->window, width = w->width;
    const ptrdiff_t first = w->pos - 2 * window;
    const int32_t *rows = w->kept + first, *centers = rows + window;
    const w2v_noise *noise = &w->noise[w->entering];
    enter_contexts(w, n, rows);
    for (ptrdiff_t q = 0; q < n; q++)
        copy_row(w, w->center_rows + q * width, output_row(w, centers[q]));
    set_band_weights(w, n, w->left + first + window, w->right + first + window);
    set_hidden_weights(w, n);
    arrange_band(w, n);
    make_hidden(w, n);
    noise_logits(w, noise, arrange_sources(w, w->hidden, n), w->noise_coef, n);
    center_logits(w, n, centers);
    coefficients_of_hidden(w, n, centers);
    arrange_coefficients(w, n);
    update_hidden(w, n, centers);
    enter_errors(w, n);
    update_contexts(w, n, rows, NULL);
    update_noise(w, noise, mix_sources(w, w->hidden, n), n);
    slide(w, n);
}
