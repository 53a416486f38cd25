/* The products of contexts and the nodes of a path, as path_float.h lists them, in bf16. What is
 * multiplied lies in pairs along the dimension that is summed over, as in noise_bf16.h:
 *
 *   logits, over columns             x_columns     (pair_width, x_columns_step)  by columns
 *                                    node_pairs (longest_path, pair_width)
 *   deltas of contexts, over nodes   node_mixed    (longest_path / 2, width)   nodes 2j, 2j + 1
 *                                    coef_of_nodes (longest_path / 2, around_room)
 *   deltas of nodes, over contexts   ring_mixed    (positions / 2, width)   contexts 2i, 2i + 1
 *                                    coef_of_contexts (longest_path, around_room / 2)
 */

static void arrange_columns(w2v_worker *w, ptrdiff_t n) {
    const ptrdiff_t width = w->width, positions = 2 * w->window + n;
    for (ptrdiff_t i = 0; i < positions; i += LANES) {
        for (ptrdiff_t c = 0; c < w->pair_width; c += LANES) {
            vf r[LANES];
            UNROLL for (int k = 0; k < LANES; k++)
                r[k] = (vf)pack(w->x + (i + k) * width + 2 * c);
            transpose(r);
            UNROLL for (int k = 0; k < LANES; k++)
                store(w->x_columns + (c + k) * w->x_columns_step + i, r[k]);
        }
    }
    for (ptrdiff_t i = 0; i < positions; i += 2)
        mix_rows(w->ring_mixed + i / 2 * width, w->x + i * width, w->x + (i + 1) * width, width);
}

static void arrange_path(w2v_worker *w, ptrdiff_t length) {
    for (ptrdiff_t j = 0; j < length; j += 2) {
        const float *low = w->path_rows[j];
        /* a node without a partner gets itself: arrange_path_coefficients counts it once */
        const float *high = w->path_rows[j + 1 < length ? j + 1 : j];
        int32_t *pairs = w->node_pairs + j * w->pair_width;
        for (ptrdiff_t c = 0; c < w->pair_width; c += LANES) {
            store_pairs(pairs + c, pack(low + 2 * c));
            store_pairs(pairs + w->pair_width + c, pack(high + 2 * c));
        }
        mix_rows(w->node_mixed + j / 2 * w->width, low, high, w->width);
    }
}

static void arrange_path_coefficients(w2v_worker *w, ptrdiff_t length) {
    const ptrdiff_t room = w->around_room;
    if (length % 2) memset(w->path_coef + length * room, 0, (size_t)room * sizeof(float));
    for (ptrdiff_t j = 0; j < length; j += 2) {
        const float *coef = w->path_coef + j * room;
        mix_rows(w->coef_of_nodes + j / 2 * room, coef, coef + room, room);
    }
    for (ptrdiff_t k = 0; k < length * room; k += 2 * LANES)
        store_pairs(w->coef_of_contexts + k / 2, pack(w->path_coef + k));
}

INLINE void path_logits(vf *logits, const int nodes, const w2v_worker *w, ptrdiff_t first,
                        ptrdiff_t j) {
    const float *x = w->x_columns + first;
    const int32_t *y = w->node_pairs + j * w->pair_width;
    UNROLL for (int k = 0; k < nodes; k++) logits[k] = splat(0.0f);
    for (ptrdiff_t c = 0; c < w->run->dim; c += 2, x += w->x_columns_step, y++) {
        vi contexts = (vi)load_unaligned(x);
        IN_REGISTER(contexts);
        UNROLL for (int k = 0; k < nodes; k++)
            logits[k] = add_one_pair(logits[k], contexts, one_pair(y[k * w->pair_width]));
    }
}

INLINE void add_nodes(vf (*acc)[TILE_COLS], const int rows, const int cols,
                      const w2v_worker *w, ptrdiff_t c, ptrdiff_t col, ptrdiff_t length) {
    add_pair_products(acc, rows, cols, w->coef_of_nodes + c, 1, w->around_room,
                      w->node_mixed + col, w->width, (length + 1) / 2);
}

INLINE void add_contexts(vf (*acc)[TILE_COLS], const int rows, const int cols,
                         const w2v_worker *w, ptrdiff_t j, ptrdiff_t col, ptrdiff_t first,
                         ptrdiff_t count) {
    const ptrdiff_t pairs = w->around_room / 2;
    add_pair_products(acc, rows, cols, w->coef_of_contexts + j * pairs, pairs, 1,
                      w->ring_mixed + first / 2 * w->width + col, w->width, count / 2);
}
