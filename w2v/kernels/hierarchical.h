/* Hierarchical softmax: a center is told from all other words by the yes or no of each
 * inner node on its path through the Huffman tree.
 *
 * For a center with path nodes v, signs d (1 or -1) and contexts x with weights w:
 *
 *   skip-gram   J = sum over contexts i  w_i  sum over v  log s(d_v x_i . v)
 *   CBOW        J = sum over v  log s(d_v h . v),   h = sum of w_i x_i  (/ sum of w_i)
 *
 *   dJ / d(x . v)  =  w ([d = 1] - s(x . v))
 *
 * All contexts of a center meet the same path, so that a center is three small dense
 * products of contexts and nodes: logits, deltas of the contexts, deltas of the nodes.
 * All of a center's logits use the rows as they were before it; the next center sees its
 * nodes' deltas. Inputs are copies taken when they enter a step, and get the sum of their
 * deltas when they leave their last center's reach, as in shared.h.
 *
 * The nodes near the root are on the paths of most centers, and with several threads their
 * cache lines would be torn from core to core. So a worker trains copies of the first
 * `copied_nodes`, and adds at the end of a block what they have gained. DELTA_LIMIT (see
 * shared.h) bounds every delta.
 */
enum {
    CONTEXTS_AT_ONCE = LANES < 8 ? 2 : 4, /* in a tile of logits */
    NODES_AT_ONCE = LANES / CONTEXTS_AT_ONCE,
    PATHS_AHEAD = 2, /* centers ahead whose nodes are prefetched */
};

/* Lane l of a tile of logits is node l / s and context l % s of the tile. */
#define LANE_CONTEXT(s, l) ((l) % (s))
#define LANE_NODE(s, l) ((l) / (s))

INLINE float *node_row(const w2v_worker *w, int32_t node) {
    return node < w->run->copied_nodes ? w->node_copies + node * w->width : output_row(w, node);
}

static void prefetch_path(const w2v_worker *w, int32_t row) {
    if (row == w->run->words) return;
    const w2v_run *run = w->run;
    for (int64_t k = run->path_start[row]; k < run->path_start[row + 1]; k++)
        prefetch_row(w, node_row(w, run->path[k] < 0 ? ~run->path[k] : run->path[k]));
}

/* Find the nodes of a center, copy their rows into y; return how many they are. */
static ptrdiff_t gather_path(w2v_worker *w, int32_t center) {
    const int32_t *path = w->run->path + w->run->path_start[center];
    const ptrdiff_t length = w->run->path_start[center + 1] - w->run->path_start[center];
    for (ptrdiff_t j = 0; j < length; j++) {
        const int32_t node = path[j] < 0 ? ~path[j] : path[j];
        w->path_side[j] = path[j] < 0 ? 0.0f : 1.0f;
        w->targets[j] = node_row(w, node);
        copy_row(w, w->y + j * w->width, w->targets[j]);
    }
    return length;
}

/* Logits of LANES / contexts nodes from `y` on with `contexts` contexts from `x` on, laid
 * out as LANE_NODE and LANE_CONTEXT say. */
INLINE vf path_logits(const w2v_worker *w, const float *x, const float *y, const int contexts) {
    const int nodes = LANES / contexts;
    vf acc[LANES];
    UNROLL for (int l = 0; l < LANES; l++) acc[l] = splat(0.0f);
    for (ptrdiff_t c = 0; c < w->width; c += LANES) {
        vf context[CONTEXTS_AT_ONCE];
        UNROLL for (int k = 0; k < contexts; k++) context[k] = load(x + k * w->width + c);
        UNROLL for (int j = 0; j < nodes; j++) {
            vf node = load(y + j * w->width + c);
            if (contexts > 1) IN_REGISTER(node);
            UNROLL for (int k = 0; k < contexts; k++) acc[j * contexts + k] += node * context[k];
        }
    }
    return add_up_lanes(acc);
}

/* The coefficient of context c and node 0; nodes follow CONTEXTS_AT_ONCE apart. */
INLINE float *path_coef(const w2v_worker *w, ptrdiff_t c) {
    const ptrdiff_t group = c / CONTEXTS_AT_ONCE;
    return w->path_coef + group * w->path_room * CONTEXTS_AT_ONCE + c % CONTEXTS_AT_ONCE;
}

/* Coefficients of `count` contexts from `x` on with the nodes in y, tile by tile; or, to
 * measure, the probabilities that the tree gives to the path's sides. The last tiles may
 * reach past the last context or node: what they find there is not used. */
INLINE void path_pairs(w2v_worker *w, const float *x, const float *weights, ptrdiff_t count,
                       ptrdiff_t length, const int contexts, const int measure) {
    for (ptrdiff_t c = 0; c < count; c += contexts) {
        const vf some = load_unaligned(weights + c);
        const vf weight = splat(w->alpha) *
                          (contexts == 1 ? splat(weights[c])
                                         : SHUFFLE(some, some, LANE_CONTEXT, CONTEXTS_AT_ONCE));
        float *coef = path_coef(w, c);
        for (ptrdiff_t j = 0; j < length; j += LANES / contexts) {
            const vf sides = load_unaligned(w->path_side + j);
            const vf side =
                contexts == 1 ? sides : SHUFFLE(sides, sides, LANE_NODE, CONTEXTS_AT_ONCE);
            const vf logits = path_logits(w, x + c * w->width, w->y + j * w->width, contexts);
            store(coef + j * contexts, measure ? sigmoid((side + side - splat(1.0f)) * logits)
                                               : weight * (side - sigmoid(logits)));
        }
    }
}

/* The loss of a center, in float64. Sixteen sigmoids share a logarithm: none is below 1e-18,
 * so that their product is above a double's end. */
INLINE void measure_path(w2v_worker *w, const float *x, const float *weights, ptrdiff_t count,
                         ptrdiff_t length, const int contexts) {
    path_pairs(w, x, weights, count, length, contexts, 1);
    for (ptrdiff_t c = 0; c < count; c++) {
        const float *sides = path_coef(w, c);
        if (weights[c] == 0) continue;
        w->pairs += weights[c];
        for (ptrdiff_t j = 0; j < length;) {
            double product = 1;
            for (ptrdiff_t end = j + 16 < length ? j + 16 : length; j < end; j++)
                product *= sides[j * contexts];
            w->loss -= weights[c] * log(product);
        }
    }
}

INLINE void path_context_tile(const int rows, const int cols, w2v_worker *w, ptrdiff_t c,
                              ptrdiff_t col, float *delta, ptrdiff_t length) {
    vf acc[TILE_ROWS][TILE_COLS];
    clear_tile(acc, rows, cols);
    add_products(acc, rows, cols, path_coef(w, c), 1, CONTEXTS_AT_ONCE, w->y + col, w->width,
                 length);
    UNROLL for (int r = 0; r < rows; r++)
        add_row(delta + (c + r) * w->width + col, acc[r], cols);
}

INLINE void path_node_tile(const int rows, const int cols, w2v_worker *w, ptrdiff_t j,
                           ptrdiff_t col, const float *x, ptrdiff_t count) {
    vf acc[TILE_ROWS][TILE_COLS];
    clear_tile(acc, rows, cols);
    for (ptrdiff_t c = 0; c < count; c += CONTEXTS_AT_ONCE)
        add_products(acc, rows, cols, path_coef(w, c) + j * CONTEXTS_AT_ONCE, CONTEXTS_AT_ONCE,
                     1, x + c * w->width + col, w->width,
                     count - c < CONTEXTS_AT_ONCE ? count - c : CONTEXTS_AT_ONCE);
    UNROLL for (int r = 0; r < rows; r++) add_delta(w->targets[j + r] + col, acc[r], cols);
}

static void path_skipgram(w2v_worker *w, const float *x, float *x_delta, const float *weights,
                          ptrdiff_t count, ptrdiff_t length, int measure) {
    if (measure) measure_path(w, x, weights, count, length, CONTEXTS_AT_ONCE);
    path_pairs(w, x, weights, count, length, CONTEXTS_AT_ONCE, 0);
    FOR_TILES(w, count, path_context_tile, x_delta, length)
    FOR_TILES(w, length, path_node_tile, x, count)
}

INLINE void hidden_tile(const int rows, const int cols, w2v_worker *w, ptrdiff_t row,
                        ptrdiff_t col, const float *x, const float *weights, ptrdiff_t count,
                        float scale) {
    vf acc[TILE_ROWS][TILE_COLS];
    (void)row;
    clear_tile(acc, rows, cols);
    add_products(acc, rows, cols, weights, 0, 1, x + col, w->width, count);
    UNROLL for (int c = 0; c < cols; c++)
        store(w->hidden + col + c * LANES, splat(scale) * acc[0][c]);
}

INLINE void hidden_delta_tile(const int rows, const int cols, w2v_worker *w, ptrdiff_t row,
                              ptrdiff_t col, ptrdiff_t length) {
    vf acc[TILE_ROWS][TILE_COLS];
    (void)row;
    clear_tile(acc, rows, cols);
    add_products(acc, rows, cols, w->path_coef, 0, 1, w->y + col, w->width, length);
    UNROLL for (int c = 0; c < cols; c++)
        store(w->hidden_delta + col + c * LANES, acc[0][c]);
}

/* to += factor * from */
INLINE void add_scaled(const w2v_worker *w, float *to, float factor, const float *from) {
    const vf f = splat(factor);
    for (ptrdiff_t c = 0; c < w->width; c += LANES)
        store(to + c, load(to + c) + clamp(f * load(from + c), DELTA_LIMIT));
}

static void path_cbow(w2v_worker *w, const float *x, float *x_delta, const float *weights,
                      ptrdiff_t count, ptrdiff_t length, int measure) {
    static const float one[LANES] = {1.0f};
    float total = 0;
    for (ptrdiff_t c = 0; c < count; c++) total += weights[c];
    const float scale = w->run->cbow_mean ? 1.0f / total : 1.0f;
    const float share = w->run->cbow_corrected ? scale : 1.0f;
    FOR_TILES(w, 1, hidden_tile, x, weights, count, scale)
    if (measure) measure_path(w, w->hidden, one, 1, length, 1);
    path_pairs(w, w->hidden, one, 1, length, 1, 0);
    FOR_TILES(w, 1, hidden_delta_tile, length)
    for (ptrdiff_t j = 0; j < length; j++)
        add_scaled(w, w->targets[j], w->path_coef[j], w->hidden);
    for (ptrdiff_t c = 0; c < count; c++)
        add_scaled(w, x_delta + c * w->width, share * weights[c], w->hidden_delta);
}

/* One center at position p; it reaches `left` and `right` words to its sides. */
static void path_center(w2v_worker *w, ptrdiff_t p, int32_t center, ptrdiff_t left,
                        ptrdiff_t right) {
    const int measure = w->until_measured == 0;
    w->until_measured = (measure ? w->run->loss_interval : w->until_measured) - 1;
    if (left + right == 0) return;
    const ptrdiff_t first = (p - left) * w->width, length = gather_path(w, center);
    const float *weights = w->around_weight + w->window - left;
    (w->run->model == W2V_CBOW ? path_cbow : path_skipgram)(
        w, w->x + first, w->x_delta + first, weights, left + 1 + right, length, measure);
}

/* n positions enter at the stream's `pos`. */
static void path_step(w2v_worker *w, ptrdiff_t n) {
    const ptrdiff_t window = w->window, width = w->width;
    const ptrdiff_t first = w->pos - 2 * window;
    const int32_t *rows = w->kept + first; /* of position 0, as are left and right */
    const uint16_t *left = w->left + first, *right = w->right + first;
    for (ptrdiff_t i = 2 * window; i < 2 * window + n; i++)
        copy_row(w, w->x + i * width, input_row(w, rows[i]));
    memset(w->x_delta + 2 * window * width, 0, (size_t)(n * width) * sizeof(float));
    for (ptrdiff_t i = 2 * window + n; i < 2 * window + n + STEP; i++)
        prefetch_row(w, input_row(w, rows[i]));
    for (ptrdiff_t p = window; p < window + n; p++) {
        prefetch_path(w, rows[p + PATHS_AHEAD]);
        path_center(w, p, rows[p], left[p], right[p]);
    }
    for (ptrdiff_t i = 0; i < n; i++)
        add_scaled(w, input_row(w, rows[i]), 1.0f, w->x_delta + i * width);
    memmove(w->x, w->x + n * width, (size_t)(2 * window * width) * sizeof(float));
    memmove(w->x_delta, w->x_delta + n * width, (size_t)(2 * window * width) * sizeof(float));
}

static void path_block(w2v_worker *w, ptrdiff_t n) {
    const ptrdiff_t width = w->width, copied = (ptrdiff_t)w->run->copied_nodes;
    for (ptrdiff_t node = 0; node < copied; node++)
        copy_row(w, w->node_copies + node * width, output_row(w, (int32_t)node));
    memcpy(w->node_before, w->node_copies, (size_t)(copied * width) * sizeof(float));
    for (ptrdiff_t done = 0; done < n; done += STEP) {
        const ptrdiff_t step = n - done < STEP ? n - done : STEP;
        path_step(w, step);
        w->pos += step;
    }
    for (ptrdiff_t node = 0; node < copied; node++) {
        float *row = output_row(w, (int32_t)node);
        const float *now = w->node_copies + node * width, *before = w->node_before + node * width;
        for (ptrdiff_t c = 0; c < width; c += LANES)
            store(row + c, load(row + c) + clamp(load(now + c) - load(before + c), DELTA_LIMIT));
    }
}
