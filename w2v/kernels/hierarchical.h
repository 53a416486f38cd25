/* Hierarchical softmax: a center is told from all other words by a yes or no at each inner
 * node on its path through the Huffman tree.
 *
 * With x the inputs of the contexts of a center, w their weights, v the outputs of the nodes
 * on its path and d = 1 for a node whose side 1 it is on, else -1:
 *
 *   J = sum over contexts i  w_i  sum over nodes v  log s(d_v x_i . v)
 *
 *   dJ / d(x_i . v)  =  w_i ([d_v = 1] - s(x_i . v))
 *
 * All contexts of a center meet the same path, so that a center is three small dense products
 * of contexts and nodes: logits, deltas of contexts, deltas of nodes. The first nodes, the top
 * ones, are on so many paths that most products with them would be made many times over: a
 * context is scored once against all of them, as against noise words, with the weights of
 * those of its centers whose paths meet them:
 *
 *   m(i, v) = sum over centers p of i with v on their paths  w(i, p),   r(i, v): d_v = 1 only
 *   dJ / d(x_i . v)  =  r(i, v) - m(i, v) s(x_i . v)
 *
 * Top nodes get their deltas at the end of a step, other nodes at once, before the next
 * center. Inputs are copies taken when they enter, and get the sum of their deltas when their
 * last center is done. DELTA_LIMIT bounds each of these deltas: see skipgram.h.
 */
enum { PATHS_AHEAD = 2 }; /* centers ahead whose nodes are prefetched */

/* Which top nodes the paths of the step's centers meet, and on which side. */
static void mark_top_nodes(w2v_worker *w, ptrdiff_t n, const int32_t *centers) {
    const ptrdiff_t columns = w->noise_columns, first = 2 * w->window * columns;
    memset(w->top_met + first, 0, (size_t)(n * columns) * sizeof(float));
    memset(w->top_sides + first, 0, (size_t)(n * columns) * sizeof(float));
    for (ptrdiff_t q = 0; q < n; q++) {
        if (centers[q] == w->run->words) continue;
        const int32_t *end, *step = path_of(w, centers[q], &end);
        for (; step < end && node_of(*step) < w->run->block_noise; step++) {
            w->top_met[first + q * columns + node_of(*step)] = 1.0f;
            w->top_sides[first + q * columns + node_of(*step)] = side_of(*step);
        }
    }
}

static int is_measured(const w2v_worker *w, ptrdiff_t q) {
    return q >= w->until_measured && (q - w->until_measured) % w->run->loss_interval == 0;
}

static void measure_top_nodes(w2v_worker *w, const float *logits, vf met, vf sides) {
    float m[LANES] __attribute__((aligned(64))), r[LANES] __attribute__((aligned(64)));
    store(m, met);
    store(r, sides);
    for (ptrdiff_t l = 0; l < LANES; l++)
        if (m[l] > 0) w->loss += m[l] * softplus(logits[l]) - r[l] * logits[l];
}

/* r - m s(b) for logits b with a node, large ones treated as programs with a table of sigmoids
 * do it: left out, or as if the sigmoid were 0 or 1. */
INLINE vf side_coefficient(const w2v_worker *w, vf r, vf m, vf b) {
    const vf exact = r - m * sigmoid(b);
    if (w->run->large_logits == W2V_EXACT) return exact;
    const int saturate = w->run->large_logits == W2V_SATURATE;
    const vf limit = splat(w->run->logit_limit), zero = splat(0.0f);
    const vf high = saturate ? r - m : zero, low = saturate ? r : zero;
    return choose(b >= limit, high, choose(b <= -limit, low, exact));
}

/* Logits of contexts with top nodes become coefficients. `left` and `right` are the reaches of
 * centers -window .. */
static void top_coefficients(w2v_worker *w, ptrdiff_t n, const uint16_t *left,
                             const uint16_t *right) {
    const ptrdiff_t columns = w->noise_columns, window = w->window;
    const vf alpha = splat(w->alpha);
    for (ptrdiff_t i = 0; i < n; i++) {
        for (ptrdiff_t j = 0; j < columns; j += LANES) {
            const ptrdiff_t at = (i + window) * columns + j; /* of the center that i itself is */
            float *coef = w->noise_coef + i * columns + j;
            vf met = splat(0.0f), sides = splat(0.0f);
            for (ptrdiff_t d = 1; d <= window; d++) {
                const float weight = w->distance_weight[d - 1];
                const vf before = splat(right[i + window - d] >= d ? weight : 0.0f);
                const vf after = splat(left[i + window + d] >= d ? weight : 0.0f);
                met += before * load(w->top_met + at - d * columns);
                met += after * load(w->top_met + at + d * columns);
                sides += before * load(w->top_sides + at - d * columns);
                sides += after * load(w->top_sides + at + d * columns);
            }
            if (is_measured(w, i)) measure_top_nodes(w, coef, met, sides);
            store(coef, alpha * side_coefficient(w, sides, met, load(coef)));
        }
    }
}

/* Coefficients, or sigmoids to measure, of the LANES contexts at column `first` with `nodes`
 * nodes of the path from j on. */
INLINE void path_tile(w2v_worker *w, ptrdiff_t first, float *coef, ptrdiff_t j, vf weight,
                      const int nodes, const int measure) {
    vf logits[PATH_NODES];
    path_logits(logits, nodes, w, first, j);
    UNROLL for (int k = 0; k < nodes; k++) {
        const float side = w->path_sides[j + k];
        store(coef + (j + k) * w->around_room,
              measure ? sigmoid(splat(2.0f * side - 1.0f) * logits[k])
                      : weight * side_coefficient(w, splat(side), splat(1.0f), logits[k]));
    }
}

/* The same of the whole path and `count` contexts, weighted by center_weight. */
INLINE void path_pairs(w2v_worker *w, ptrdiff_t first, ptrdiff_t count, ptrdiff_t length,
                       const int measure) {
    for (ptrdiff_t c = 0; c < count; c += LANES) {
        const vf weight = splat(w->alpha) * load(w->center_weight + c);
        float *coef = w->path_coef + c;
        for (ptrdiff_t j = 0, pieces = (length + PATH_NODES - 1) / PATH_NODES; j < length;
             pieces--) {
            const ptrdiff_t nodes = (length - j + pieces - 1) / pieces;
            switch (nodes) {
            case 1: path_tile(w, first + c, coef, j, weight, 1, measure); break;
            case 2: path_tile(w, first + c, coef, j, weight, 2, measure); break;
            case 3: path_tile(w, first + c, coef, j, weight, 3, measure); break;
            case 4: path_tile(w, first + c, coef, j, weight, 4, measure); break;
            case 5: path_tile(w, first + c, coef, j, weight, 5, measure); break;
            case 6: path_tile(w, first + c, coef, j, weight, 6, measure); break;
            case 7: path_tile(w, first + c, coef, j, weight, 7, measure); break;
            default: path_tile(w, first + c, coef, j, weight, 8, measure); break;
            }
            j += nodes;
        }
    }
}

static void measure_path(w2v_worker *w, ptrdiff_t first, ptrdiff_t count, ptrdiff_t length) {
    path_pairs(w, first, count, length, 1);
    for (ptrdiff_t c = 0; c < count; c++) {
        const float weight = w->center_weight[c];
        w->pairs += weight;
        if (weight > 0) w->loss += weight * path_loss(w->path_coef + c, w->around_room, length);
    }
}

INLINE void path_context_tile(const int rows, const int cols, w2v_worker *w, ptrdiff_t c,
                              ptrdiff_t col, ptrdiff_t first, ptrdiff_t length) {
    vf acc[TILE_ROWS][TILE_COLS];
    clear_tile(acc, rows, cols);
    add_nodes(acc, rows, cols, w, c, col, length);
    UNROLL for (int r = 0; r < rows; r++)
        add_row(w->x_delta + (first + c + r) * w->width + col, acc[r], cols);
}

INLINE void path_node_tile(const int rows, const int cols, w2v_worker *w, ptrdiff_t j,
                           ptrdiff_t col, ptrdiff_t first, ptrdiff_t count) {
    vf acc[TILE_ROWS][TILE_COLS];
    clear_tile(acc, rows, cols);
    add_contexts(acc, rows, cols, w, j, col, first, count);
    UNROLL for (int r = 0; r < rows; r++) add_delta(w->path_rows[j + r] + col, acc[r], cols);
}

/* The center at position p, but for top nodes. Contexts are taken in pairs of an even position
 * and the next: those that it does not reach, and itself, weigh nothing. */
static void path_center(w2v_worker *w, ptrdiff_t p, int32_t center, ptrdiff_t left,
                        ptrdiff_t right) {
    if (left + right == 0) return;
    const ptrdiff_t first = (p - left) / 2 * 2, count = (p + right - first + 2) / 2 * 2;
    const ptrdiff_t length = find_path(w, center, (int32_t)w->run->block_noise);
    memset(w->center_weight, 0, (size_t)w->around_room * sizeof(float));
    memcpy(w->center_weight + p - left - first, w->around_weight + w->window - left,
           (size_t)(left + 1 + right) * sizeof(float));
    arrange_path(w, length);
    if (is_measured(w, p - w->window)) measure_path(w, first, count, length);
    path_pairs(w, first, count, length, 0);
    arrange_path_coefficients(w, length);
    FOR_TILES(w, count, path_context_tile, first, length)
    FOR_TILES(w, length, path_node_tile, first, count)
}

/* Input rows get what top nodes and all others want of them. */
INLINE void leaving_tile(const int rows, const int cols, w2v_worker *w, ptrdiff_t i,
                         ptrdiff_t col, const int32_t *contexts) {
    vf acc[TILE_ROWS][TILE_COLS];
    UNROLL for (int r = 0; r < rows; r++) {
        UNROLL for (int c = 0; c < cols; c++)
            acc[r][c] = load(w->x_delta + (i + r) * w->width + col + c * LANES);
    }
    add_noise(acc, rows, cols, w, &w->noise[0], i, col);
    UNROLL for (int r = 0; r < rows; r++)
        if (!is_frozen(w, contexts[i + r]))
            add_delta(input_row(w, contexts[i + r]) + col, acc[r], cols);
}

static void update_leaving(w2v_worker *w, ptrdiff_t n, const int32_t *contexts) {
    FOR_TILES(w, n, leaving_tile, contexts)
}

static void update_top_nodes(w2v_worker *w, ptrdiff_t n) {
    w2v_noise *top = &w->noise[0];
    update_noise(w, top, mix_sources(w, w->x, n), n);
    for (ptrdiff_t k = 0; k < w->run->block_noise * w->width; k += LANES) {
        store(top->z + k, load(top->z + k) + clamp(load(top->z_delta + k), DELTA_LIMIT));
        store(top->z_delta + k, splat(0.0f));
    }
    arrange_noise(w, top);
}

/* After a step of n positions: what later steps need moves to the front. */
static void slide_paths(w2v_worker *w, ptrdiff_t n) {
    const ptrdiff_t width = w->width, columns = w->noise_columns;
    const size_t rows = (size_t)(2 * w->window) * sizeof(float);
    memmove(w->x, w->x + n * width, rows * (size_t)width);
    memmove(w->x_delta, w->x_delta + n * width, rows * (size_t)width);
    memmove(w->top_met, w->top_met + n * columns, rows * (size_t)columns);
    memmove(w->top_sides, w->top_sides + n * columns, rows * (size_t)columns);
}

static void enter_inputs(w2v_worker *w, ptrdiff_t n, const int32_t *rows) {
    const ptrdiff_t window = w->window, width = w->width;
    for (ptrdiff_t i = 2 * window; i < 2 * window + n; i++)
        copy_row(w, w->x + i * width, input_row(w, rows[i]));
    memset(w->x_delta + 2 * window * width, 0, (size_t)(n * width) * sizeof(float));
    for (ptrdiff_t i = 2 * window; i < 2 * window + n; i++)
        __builtin_prefetch(w->run->path + w->run->path_start[rows[i]]);
    for (ptrdiff_t i = 2 * window + n; i < 2 * window + n + w->run->step; i++) {
        prefetch_row(w, input_row(w, rows[i]));
        __builtin_prefetch(w->run->path_start + rows[i]);
    }
}

/* n positions enter at the stream's `pos`. */
static void path_skipgram_step(w2v_worker *w, ptrdiff_t n) {
    const ptrdiff_t window = w->window, first = w->pos - 2 * window;
    const int32_t *rows = w->kept + first; /* of position 0, as are left and right */
    const uint16_t *left = w->left + first, *right = w->right + first;
    enter_inputs(w, n, rows);
    mark_top_nodes(w, n, rows + window);
    noise_logits(w, &w->noise[0], arrange_sources(w, w->x, n), w->noise_coef, n);
    top_coefficients(w, n, left - window, right - window);
    arrange_columns(w, n);
    for (ptrdiff_t p = window; p < window + n; p++) {
        prefetch_path(w, rows[p + PATHS_AHEAD]);
        path_center(w, p, rows[p], left[p], right[p]);
    }
    arrange_coefficients(w, n);
    update_leaving(w, n, rows);
    update_top_nodes(w, n);
    slide_paths(w, n);
}
