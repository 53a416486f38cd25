/* The dense products every update is made of, in register tiles.
 *
 * A tile is a few target rows (TILE_ROWS) by a few vectors of columns (at most
 * TILE_COLS): as many accumulators as stay in registers beside the operands.
 */

/* acc[r] += sum over s < n of coef[r * row_step + s * source_step] * source[s] */
INLINE void add_products(vf (*acc)[TILE_COLS], const int rows, const int cols,
                         const float *coef, ptrdiff_t row_step, ptrdiff_t source_step,
                         const float *source, ptrdiff_t stride, ptrdiff_t n) {
    for (ptrdiff_t s = 0; s < n; s++, source += stride, coef += source_step) {
        vf g[TILE_ROWS];
        UNROLL for (int r = 0; r < rows; r++) g[r] = splat(coef[r * row_step]);
        UNROLL for (int c = 0; c < cols; c++) {
            vf v = load(source + c * LANES);
            if (rows > 1) IN_REGISTER(v);
            UNROLL for (int r = 0; r < rows; r++) acc[r][c] += g[r] * v;
        }
    }
}

INLINE void clear_tile(vf (*acc)[TILE_COLS], const int rows, const int cols) {
    UNROLL for (int r = 0; r < rows; r++) {
        UNROLL for (int c = 0; c < cols; c++) acc[r][c] = splat(0.0f);
    }
}

/* Add a tile's row to a row of a matrix, no component by more than DELTA_LIMIT. */
INLINE void add_delta(float *row, const vf *acc, const int cols) {
    UNROLL for (int c = 0; c < cols; c++)
        store(row + c * LANES, load(row + c * LANES) + clamp(acc[c], DELTA_LIMIT));
}

/* Add a tile's row to a row of a buffer. */
INLINE void add_row(float *row, const vf *acc, const int cols) {
    UNROLL for (int c = 0; c < cols; c++)
        store(row + c * LANES, load(row + c * LANES) + acc[c]);
}

/* Call tile(rows, cols, ...) with both as constants, so that each pair of them is compiled
 * into code of its own. */
#if TILE_COLS == 7
#define FOR_COLS(cols, tile, rows, ...)                                              \
    switch (cols) {                                                                  \
    case 1: tile(rows, 1, __VA_ARGS__); break;                                       \
    case 2: tile(rows, 2, __VA_ARGS__); break;                                       \
    case 3: tile(rows, 3, __VA_ARGS__); break;                                       \
    case 4: tile(rows, 4, __VA_ARGS__); break;                                       \
    case 5: tile(rows, 5, __VA_ARGS__); break;                                       \
    case 6: tile(rows, 6, __VA_ARGS__); break;                                       \
    default: tile(rows, 7, __VA_ARGS__); break;                                      \
    }
#elif TILE_COLS == 5
#define FOR_COLS(cols, tile, rows, ...)                                              \
    switch (cols) {                                                                  \
    case 1: tile(rows, 1, __VA_ARGS__); break;                                       \
    case 2: tile(rows, 2, __VA_ARGS__); break;                                       \
    case 3: tile(rows, 3, __VA_ARGS__); break;                                       \
    case 4: tile(rows, 4, __VA_ARGS__); break;                                       \
    default: tile(rows, 5, __VA_ARGS__); break;                                      \
    }
#else
#error "TILE_COLS must be 5 or 7"
#endif

/* Go over n rows by tiles and over the columns of each: at most TILE_COLS vectors at a
 * time, in pieces as equal as can be. */
#define FOR_TILES(w, n, tile, ...)                                                   \
    for (ptrdiff_t col = 0, pieces = ((w)->vectors + TILE_COLS - 1) / TILE_COLS;     \
         col < (w)->vectors; pieces--) {                                             \
        const ptrdiff_t cols = ((w)->vectors - col + pieces - 1) / pieces;           \
        ptrdiff_t row = 0;                                                           \
        for (; row + 1 < (n); row += 2)                                              \
            FOR_COLS(cols, tile, 2, w, row, col * LANES, __VA_ARGS__)                \
        if (row < (n)) FOR_COLS(cols, tile, 1, w, row, col * LANES, __VA_ARGS__)     \
        col += cols;                                                                 \
    }
