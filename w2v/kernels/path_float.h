/* The products of contexts and the nodes of a path, in float32. path_bf16.h is the same in bf16.
 *
 *   arrange_columns            once a step's inputs are known: lay them out by columns
 *   arrange_path               once a path is found: copy its rows
 *   path_logits                LANES contexts times nodes
 *   arrange_path_coefficients  once these are known
 *   add_nodes                  a tile of contexts' deltas
 *   add_contexts               a tile of nodes' deltas
 */

static void arrange_columns(w2v_worker *w, ptrdiff_t n) {
    for (ptrdiff_t i = 0; i < 2 * w->window + n; i += LANES) {
        for (ptrdiff_t c = 0; c < w->width; c += LANES) {
            vf r[LANES];
            UNROLL for (int k = 0; k < LANES; k++) r[k] = load(w->x + (i + k) * w->width + c);
            transpose(r);
            UNROLL for (int k = 0; k < LANES; k++)
                store(w->x_columns + (c + k) * w->x_columns_step + i, r[k]);
        }
    }
}

static void arrange_path(w2v_worker *w, ptrdiff_t length) { copy_path(w, length); }

static void arrange_path_coefficients(w2v_worker *w, ptrdiff_t length) { (void)w, (void)length; }

/* Lanes are contexts, the first at position `first`. */
INLINE void path_logits(vf *logits, const int nodes, const w2v_worker *w, ptrdiff_t first,
                        ptrdiff_t j) {
    const float *x = w->x_columns + first, *y = w->path_copies + j * w->width;
    UNROLL for (int k = 0; k < nodes; k++) logits[k] = splat(0.0f);
    for (ptrdiff_t c = 0; c < w->run->dim; c++, x += w->x_columns_step, y++) {
        vf contexts = load_unaligned(x);
        IN_REGISTER(contexts);
        UNROLL for (int k = 0; k < nodes; k++) logits[k] += contexts * splat(y[k * w->width]);
    }
}

INLINE void add_nodes(vf (*acc)[TILE_COLS], const int rows, const int cols,
                      const w2v_worker *w, ptrdiff_t c, ptrdiff_t col, ptrdiff_t length) {
    add_products(acc, rows, cols, w->path_coef + c, 1, w->around_room, w->path_copies + col,
                 w->width, length);
}

INLINE void add_contexts(vf (*acc)[TILE_COLS], const int rows, const int cols,
                         const w2v_worker *w, ptrdiff_t j, ptrdiff_t col, ptrdiff_t first,
                         ptrdiff_t count) {
    add_products(acc, rows, cols, w->path_coef + j * w->around_room, w->around_room, 1,
                 w->x + first * w->width + col, w->width, count);
}
