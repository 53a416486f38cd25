/* A core's matrix tiles (AMX): eight registers of 16 rows of 64 bytes, and the product of two of
 * them added to a third. Here they always have one shape, and each its part:
 *
 *   tiles 0 .. 3   sums: 2 x 2 tiles of 16 x 16 float32
 *   tiles 4, 5     left factors: 16 rows of 16 pairs of bf16
 *   tiles 6, 7     right factors: 16 pairs of rows of 16 columns, pairs side by side
 *
 * A thread's tiles are its own, and of no use until it has configured them.
 *
 * With W2V_EMULATE_TILES the same functions are plain C on arrays, so that the arithmetic can be
 * tested on a processor without tiles. No build for users defines it: it is many times slower than
 * no tiles at all.
 */
enum { TILE_SIZE = 16, SUM_TILES = 0, LEFT_TILES = 4, RIGHT_TILES = 6, TILES = 8 };

#ifdef W2V_EMULATE_TILES

static _Thread_local struct {
    float rows[TILES][TILE_SIZE][TILE_SIZE] __attribute__((aligned(64)));
    int configured;
} emulated;

/* Tiles that are not configured are an illegal instruction, as on a processor that has them. */
INLINE vf *tile_rows(int tile) {
    if (!emulated.configured) __builtin_trap();
    return (vf *)emulated.rows[tile];
}

static void tiles_configure(void) {
    memset(&emulated, 0, sizeof emulated);
    emulated.configured = 1;
}

static void tiles_release(void) { memset(&emulated, 0, sizeof emulated); }

INLINE void tile_zero(const int tile) {
    memset(tile_rows(tile), 0, TILE_SIZE * sizeof(vf));
}

INLINE void tile_load(const int tile, const void *from, ptrdiff_t step) {
    vf *rows = tile_rows(tile);
    for (int m = 0; m < TILE_SIZE; m++) memcpy(rows + m, (const float *)from + m * step, sizeof(vf));
}

INLINE void tile_store(const int tile, float *to, ptrdiff_t step) {
    const vf *rows = tile_rows(tile);
    for (int m = 0; m < TILE_SIZE; m++) memcpy(to + m * step, rows + m, sizeof(vf));
}

/* Denormals become zeros, which keep their signs. */
INLINE vf without_denormals(vf x) {
    const vi denormal = ((vi)x & splat_int(0x7f800000)) == splat_int(0);
    return (vf)((vi)x & (~denormal | splat_int((int32_t)0x80000000)));
}

INLINE vf low_of_pairs(vi pairs) { return without_denormals((vf)(pairs << 16)); }
INLINE vf high_of_pairs(vi pairs) {
    return without_denormals((vf)(pairs & splat_int((int32_t)0xffff0000)));
}

/* a * b + sum, rounded once. */
INLINE vf fused(vf a, vf b, vf sum) {
    return without_denormals((vf)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)sum));
}

/* TDPBF16PS as the manual has it: the low and the high numbers of all pairs are summed apart, from
 * 0 on, both sums are added, and what that gives is added to the tile. Denormals count as zeros
 * wherever they turn up; everything is rounded to the nearest, ties to even. */
static void emulated_product(const vf *left, const vf *right, vf *sums) {
    for (int m = 0; m < TILE_SIZE; m++) {
        vf low = splat(0.0f), high = splat(0.0f);
        for (int k = 0; k < TILE_SIZE; k++) {
            const vi a = splat_int(((const int32_t *)(left + m))[k]), b = (vi)right[k];
            low = fused(low_of_pairs(a), low_of_pairs(b), low);
            high = fused(high_of_pairs(a), high_of_pairs(b), high);
        }
        const vf both = without_denormals(low + high);
        sums[m] = without_denormals(without_denormals(sums[m]) + both);
    }
}

INLINE void tile_multiply(const int row, const int col) {
    emulated_product(tile_rows(LEFT_TILES + row), tile_rows(RIGHT_TILES + col),
                     tile_rows(SUM_TILES + 2 * row + col));
}

#else

/* What is written before a tile is loaded must be in memory by then: GCC's intrinsics do not tell
 * the compiler which memory they read. */
#define MEMORY_IN_ORDER __asm__ volatile("" ::: "memory")

/* The layout that LDTILECFG wants. */
typedef struct {
    uint8_t palette, start_row, reserved[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
} tile_config;

static void tiles_configure(void) {
    tile_config config __attribute__((aligned(64))) = {.palette = 1};
    for (int tile = 0; tile < TILES; tile++) {
        config.rows[tile] = TILE_SIZE;
        config.row_bytes[tile] = TILE_SIZE * sizeof(float);
    }
    MEMORY_IN_ORDER;
    _tile_loadconfig(&config);
}

static void tiles_release(void) { _tile_release(); }

/* The intrinsics want the tile's number itself: an argument that is a constant leaves one case. */
#define EACH_TILE(tile, f, ...)            \
    switch (tile) {                        \
    case 0: f(0, ##__VA_ARGS__); break;    \
    case 1: f(1, ##__VA_ARGS__); break;    \
    case 2: f(2, ##__VA_ARGS__); break;    \
    case 3: f(3, ##__VA_ARGS__); break;    \
    case 4: f(4, ##__VA_ARGS__); break;    \
    case 5: f(5, ##__VA_ARGS__); break;    \
    case 6: f(6, ##__VA_ARGS__); break;    \
    default: f(7, ##__VA_ARGS__); break;   \
    }

INLINE void tile_zero(const int tile) { EACH_TILE(tile, _tile_zero) }

/* 16 rows of 64 bytes, `step` floats (or pairs of bf16) from one to the next. */
INLINE void tile_load(const int tile, const void *from, ptrdiff_t step) {
    const ptrdiff_t bytes = step * (ptrdiff_t)sizeof(float);
    MEMORY_IN_ORDER;
    EACH_TILE(tile, _tile_loadd, from, bytes)
}

INLINE void tile_store(const int tile, float *to, ptrdiff_t step) {
    const ptrdiff_t bytes = step * (ptrdiff_t)sizeof(float);
    EACH_TILE(tile, _tile_stored, to, bytes)
    MEMORY_IN_ORDER;
}

/* Left factor `row` times right factor `col`, added to the sums of both. */
INLINE void tile_multiply(const int row, const int col) {
    switch (2 * row + col) {
    case 0: _tile_dpbf16ps(0, 4, 6); break;
    case 1: _tile_dpbf16ps(1, 4, 7); break;
    case 2: _tile_dpbf16ps(2, 5, 6); break;
    default: _tile_dpbf16ps(3, 5, 7); break;
    }
}

#endif

/* sums += left * right, for `rows` tiles of rows and `cols` tiles of columns, 1 or 2 of either,
 * summed over `pairs`, a multiple of 16. A row of `left` is left_step pairs from the one before, a
 * row of `right` right_step, and its next tile of columns right_next. The second tile of rows has a
 * right factor of its own, right_shift from the first's, or 0 if it shares that. */
INLINE void add_tile_products(const int rows, const int cols, const int32_t *left,
                              ptrdiff_t left_step, const int32_t *right, ptrdiff_t right_step,
                              ptrdiff_t right_next, ptrdiff_t right_shift, ptrdiff_t pairs) {
    for (ptrdiff_t k = 0; k < pairs; k += TILE_SIZE) {
        UNROLL for (int r = 0; r < rows; r++) {
            const int32_t *from = right + r * right_shift + k * right_step;
            tile_load(LEFT_TILES + r, left + r * TILE_SIZE * left_step + k, left_step);
            UNROLL for (int c = 0; c < cols; c++) {
                if (r == 0 || right_shift)
                    tile_load(RIGHT_TILES + c, from + c * right_next, right_step);
                tile_multiply(r, c);
            }
        }
    }
}

/* Call tile(rows, cols, ..., col) with constants, for up to 32 rows, of which n count, and all
 * columns of `width`, from `col` on. */
#define FOR_TILES_OF_COLUMNS(n, width, tile, ...)                                    \
    for (ptrdiff_t col = 0; col < (width); col += 2 * TILE_SIZE) {                   \
        const int two = col + TILE_SIZE < (width);                                   \
        if ((n) > TILE_SIZE && two) tile(2, 2, __VA_ARGS__, col);                    \
        else if ((n) > TILE_SIZE) tile(2, 1, __VA_ARGS__, col);                      \
        else if (two) tile(1, 2, __VA_ARGS__, col);                                  \
        else tile(1, 1, __VA_ARGS__, col);                                           \
    }

INLINE void zero_sums(const int rows, const int cols) {
    UNROLL for (int r = 0; r < rows; r++) {
        UNROLL for (int c = 0; c < cols; c++) tile_zero(SUM_TILES + 2 * r + c);
    }
}

/* Both of `rows` by `cols` tiles of a matrix whose rows are `step` floats from each other. */
INLINE void load_sums(const int rows, const int cols, const float *from, ptrdiff_t step) {
    UNROLL for (int r = 0; r < rows; r++) {
        UNROLL for (int c = 0; c < cols; c++)
            tile_load(SUM_TILES + 2 * r + c, from + TILE_SIZE * (r * step + c), step);
    }
}

INLINE void store_sums(const int rows, const int cols, float *to, ptrdiff_t step) {
    UNROLL for (int r = 0; r < rows; r++) {
        UNROLL for (int c = 0; c < cols; c++)
            tile_store(SUM_TILES + 2 * r + c, to + TILE_SIZE * (r * step + c), step);
    }
}
