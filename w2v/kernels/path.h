/* The way from the root of the Huffman tree to a center, which hierarchical softmax scores
 * in place of words.
 *
 * The nodes near the root are on the paths of most centers, and with several threads their
 * cache lines would be torn from core to core. So a worker trains copies of the first
 * `copied_nodes`, and adds at the end of a block what they have gained: here they are, in z
 * of noise[0]. */

INLINE float *node_row(const w2v_worker *w, int32_t node) {
    return node < w->run->copied_nodes ? w->noise[0].z + node * w->width : output_row(w, node);
}

INLINE int32_t node_of(int32_t step) { return step < 0 ? ~step : step; }

INLINE float side_of(int32_t step) { return step < 0 ? 0.0f : 1.0f; }

/* The steps of a word's path are *steps .. *end; those of lower numbers are nearer the root. */
INLINE const int32_t *path_of(const w2v_worker *w, int32_t word, const int32_t **end) {
    *end = w->run->path + w->run->path_start[word + 1];
    return w->run->path + w->run->path_start[word];
}

static void prefetch_path(const w2v_worker *w, int32_t word) {
    if (word == w->run->words) return;
    const int32_t *end, *step = path_of(w, word, &end);
    for (; step < end; step++)
        if (node_of(*step) >= w->run->copied_nodes) prefetch_row(w, output_row(w, node_of(*step)));
}

/* Find the rows of the nodes on a word's path, but for nodes below `first`. Returns how many
 * they are. */
static ptrdiff_t find_path(w2v_worker *w, int32_t word, int32_t first) {
    const int32_t *end, *step = path_of(w, word, &end);
    ptrdiff_t length = 0;
    while (step < end && node_of(*step) < first) step++;
    for (; step < end; step++, length++) {
        w->path_rows[length] = node_row(w, node_of(*step));
        w->path_sides[length] = side_of(*step);
    }
    return length;
}

static void copy_path(w2v_worker *w, ptrdiff_t length) {
    for (ptrdiff_t j = 0; j < length; j++)
        copy_row(w, w->path_copies + j * w->width, w->path_rows[j]);
}

/* -log of the probability that `length` sides are right, each given by its sigmoid. Sixteen
 * share a logarithm: none is below 1e-18, so that their product is above a double's end. */
static double path_loss(const float *sigmoids, ptrdiff_t step, ptrdiff_t length) {
    double loss = 0;
    for (ptrdiff_t j = 0; j < length;) {
        double product = 1;
        for (ptrdiff_t end = j + 16 < length ? j + 16 : length; j < end; j++)
            product *= sigmoids[j * step];
        loss -= log(product);
    }
    return loss;
}

static void copy_nodes(w2v_worker *w) {
    const size_t size = (size_t)(w->run->copied_nodes * w->width) * sizeof(float);
    for (int32_t node = 0; node < w->run->copied_nodes; node++)
        copy_row(w, node_row(w, node), output_row(w, node));
    memcpy(w->z_before, w->noise[0].z, size);
}

static void return_nodes(const w2v_worker *w) {
    for (int32_t node = 0; node < w->run->copied_nodes; node++) {
        float *row = output_row(w, node);
        const float *now = node_row(w, node), *before = w->z_before + node * w->width;
        for (ptrdiff_t c = 0; c < w->width; c += LANES)
            store(row + c, load(row + c) + clamp(load(now + c) - load(before + c), DELTA_LIMIT));
    }
}
