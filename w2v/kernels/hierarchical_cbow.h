/* CBOW with hierarchical softmax: a center's path is scored against one hidden vector,
 *
 *   h = sum over contexts i  w_i x_i  (for their mean, / sum of w_i)
 *   J = sum over nodes v  log s(d_v h . v)
 *
 * Contexts get their share of the delta of h or, as in the original program, w_i times the
 * whole: see cbow.h. All nodes get their deltas before the next center. */

INLINE void path_hidden_tile(const int rows, const int cols, w2v_worker *w, ptrdiff_t row,
                             ptrdiff_t col, const float *coef, const float *source,
                             ptrdiff_t n, float *sum) {
    vf acc[TILE_ROWS][TILE_COLS];
    clear_tile(acc, rows, cols);
    add_products(acc, rows, cols, coef + row, 0, 1, source + col, w->width, n);
    UNROLL for (int c = 0; c < cols; c++) store(sum + col + c * LANES, acc[0][c]);
}

/* sum = sum over n rows of coef[k] * source[k] */
static void combine_rows(w2v_worker *w, const float *coef, const float *source, ptrdiff_t n,
                         float *sum) {
    FOR_TILES(w, 1, path_hidden_tile, coef, source, n, sum)
}

/* to += factor * from */
INLINE void add_scaled(const w2v_worker *w, float *to, float factor, const float *from) {
    const vf f = splat(factor);
    for (ptrdiff_t c = 0; c < w->width; c += LANES)
        store(to + c, load(to + c) + clamp(f * load(from + c), DELTA_LIMIT));
}

/* Coefficients of the gathered path with the hidden vector; returns their loss if measured. */
static double hidden_coefficients(w2v_worker *w, ptrdiff_t length, int measure) {
    const ptrdiff_t width = w->width;
    double loss = 0;
    for (ptrdiff_t j = 0; j < length; j++) {
        const float *v = w->path_copies + j * width;
        vf sum = splat(0.0f);
        for (ptrdiff_t c = 0; c < width; c += LANES) sum += load(w->hidden + c) * load(v + c);
        store(w->lane_sums + j * LANES, sum);
    }
    for (ptrdiff_t j = 0; j < length; j += LANES) {
        const vf logits = sum_lanes(w->lane_sums + j * LANES), side = load(w->path_sides + j);
        if (measure) {
            store(w->path_coef + j, sigmoid((side + side - splat(1.0f)) * logits));
            loss += path_loss(w->path_coef + j, 1, length - j < LANES ? length - j : LANES);
        }
        store(w->path_coef + j, splat(w->alpha) * side_coefficient(w, side, splat(1.0f), logits));
    }
    return loss;
}

static void path_hidden(w2v_worker *w, ptrdiff_t p, int32_t center, ptrdiff_t left,
                        ptrdiff_t right) {
    if (left + right == 0) return;
    const ptrdiff_t width = w->width, count = left + 1 + right, first = (p - left) * width;
    const float *weights = w->around_weight + w->window - left;
    float total = 0;
    for (ptrdiff_t c = 0; c < count; c++) total += weights[c];
    const float scale = w->run->cbow_mean ? 1.0f / total : 1.0f;
    const float share = w->run->cbow_corrected ? scale : 1.0f;
    const ptrdiff_t length = find_path(w, center, 0);
    copy_path(w, length);
    combine_rows(w, weights, w->x + first, count, w->hidden);
    for (ptrdiff_t c = 0; c < width; c += LANES)
        store(w->hidden + c, splat(scale) * load(w->hidden + c));
    const int measure = is_measured(w, p - w->window);
    w->pairs += measure;
    w->loss += hidden_coefficients(w, length, measure);
    combine_rows(w, w->path_coef, w->path_copies, length, w->error);
    for (ptrdiff_t j = 0; j < length; j++)
        add_scaled(w, w->path_rows[j], w->path_coef[j], w->hidden);
    for (ptrdiff_t c = 0; c < count; c++)
        add_scaled(w, w->x_delta + first + c * width, share * weights[c], w->error);
}

/* n positions enter at the stream's `pos`. */
static void path_cbow_step(w2v_worker *w, ptrdiff_t n) {
    const ptrdiff_t window = w->window, width = w->width, first = w->pos - 2 * window;
    const int32_t *rows = w->kept + first; /* of position 0 */
    enter_inputs(w, n, rows);
    for (ptrdiff_t p = window; p < window + n; p++) {
        prefetch_path(w, rows[p + PATHS_AHEAD]);
        path_hidden(w, p, rows[p], w->left[first + p], w->right[first + p]);
    }
    for (ptrdiff_t i = 0; i < n; i++)
        if (!is_frozen(w, rows[i]))
            add_scaled(w, input_row(w, rows[i]), 1.0f, w->x_delta + i * width);
    slide_paths(w, n);
}

static void path_block(w2v_worker *w, ptrdiff_t n) {
    const int cbow = w->run->model == W2V_CBOW;
    copy_nodes(w);
    if (!cbow) arrange_noise(w, &w->noise[0]);
    for (ptrdiff_t done = 0, step; done < n; done += step, w->pos += step) {
        step = n - done < w->run->step ? n - done : (ptrdiff_t)w->run->step;
        if (cbow) path_cbow_step(w, step);
        else path_skipgram_step(w, step);
        while (w->until_measured < step) w->until_measured += w->run->loss_interval;
        w->until_measured -= step;
    }
    return_nodes(w);
}
