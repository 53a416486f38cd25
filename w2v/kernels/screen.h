/* Which rows may be among the nearest: products of bf16 numbers, summed in float32, compared with
 * what each question needs while they are still in registers. No score is written to memory.
 *
 * bf16 has eight binary digits: a product of two vectors of length 1 is off by 2^-7 + 2^-16 at
 * most, besides the roundings of the sum. Compilers older than GCC 11 and Clang 9 do not know the
 * instruction; without it float32 products find the rows (search.py).
 */
#ifndef W2V_SCREEN_H
#define W2V_SCREEN_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "masks.h"
#include "processor.h"

enum {
    PANEL = 64,       /* questions whose sums with TILE rows fill the registers */
    TILE = 6,
    BLOCK_ROWS = 96   /* rows packed together: 60 KB of 300 numbers each */
};

/* What one search needs. */
typedef struct {
    ptrdiff_t dim, pairs;   /* pairs of numbers in a row, the last one filled up with zero */
    ptrdiff_t row_pairs;    /* `pairs`, rounded up to whole registers */
    ptrdiff_t panels;
    uint32_t *questions;    /* (panels, pairs, PANEL): numbers 2k and 2k + 1 of a question */
    float *thresholds;      /* (panels, PANEL) */
    uint32_t *rows;         /* (BLOCK_ROWS, row_pairs) */
} Screen;

/* Rows and questions whose product reaches the threshold. */
typedef struct {
    int32_t *rows, *questions;
    ptrdiff_t n, room;
} Hits;

#ifdef W2V_BF16
#include <immintrin.h>
#ifdef W2V_EMULATE_AVX512
#define SCREEN_TARGET
#define IN_REGISTER(x) (void)(x)
#include "emulated.h"
#else
#define SCREEN_TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16")))
/* GCC 12 would load a memory operand again for each use. */
#define IN_REGISTER(x) __asm__("" : "+v"(x))
#endif

static int screen_runs_here(void) { return w2v_has_bf16(); }

/* Packs from[0:n] times `scale` as pairs of bf16, 16 pairs at a time, filled up with zeros. */
SCREEN_TARGET static void pack_row(uint32_t *to, const float *from, ptrdiff_t n, float scale) {
    const __m512 factor = _mm512_set1_ps(scale);
    for (ptrdiff_t c = 0; c < n; c += 32, to += 16) {
        ptrdiff_t left = n - c;
        __mmask32 mask = left >= 32 ? 0xffffffffu : (1u << left) - 1;
        __m512 low = _mm512_maskz_loadu_ps((__mmask16)mask, from + c);
        __m512 high = _mm512_maskz_loadu_ps((__mmask16)(mask >> 16), from + c + 16);
        __m512bh packed =
            _mm512_cvtne2ps_pbh(_mm512_mul_ps(high, factor), _mm512_mul_ps(low, factor));
        memcpy(to, &packed, sizeof packed);
    }
}

/* Multiplies TILE packed rows with one panel; notes which of the first `n` rows reach what. */
SCREEN_TARGET static void screen_tile(const Screen *screen, ptrdiff_t panel, ptrdiff_t row,
                                      ptrdiff_t n, int32_t first, Hits *hits) {
    const uint32_t *a = screen->rows + row * screen->row_pairs;
    const uint32_t *b = screen->questions + panel * screen->pairs * PANEL;
    const float *thresholds = screen->thresholds + panel * PANEL;
    __m512 sums[TILE][4];
    for (int i = 0; i < TILE; i++)
        for (int j = 0; j < 4; j++) sums[i][j] = _mm512_setzero_ps();
    for (ptrdiff_t k = 0; k < screen->pairs; k++, b += PANEL) {
        __m512i questions[4];
        for (int j = 0; j < 4; j++) {
            questions[j] = _mm512_load_si512((const void *)(b + 16 * j));
            IN_REGISTER(questions[j]);
        }
        for (int i = 0; i < TILE; i++) {
            __m512i pair = _mm512_set1_epi32((int32_t)a[i * screen->row_pairs + k]);
            IN_REGISTER(pair);
            for (int j = 0; j < 4; j++)
                sums[i][j] =
                    _mm512_dpbf16_ps(sums[i][j], (__m512bh)pair, (__m512bh)questions[j]);
        }
    }
    for (int i = 0; i < TILE && row + i < n; i++)
        for (int j = 0; j < 4; j++) {
            const __mmask16 lanes = _mm512_cmp_ps_mask(
                sums[i][j], _mm512_load_ps(thresholds + 16 * j), _CMP_GE_OQ);
            unsigned reached;
            LANE_BITS(reached, lanes);
            for (; reached; reached &= reached - 1) {
                hits->rows[hits->n] = first + (int32_t)row + i;
                hits->questions[hits->n++] =
                    (int32_t)(panel * PANEL + 16 * j + __builtin_ctz(reached));
            }
        }
}
#else
static int screen_runs_here(void) { return 0; }

static void pack_row(uint32_t *to, const float *from, ptrdiff_t n, float scale) {
    (void)to, (void)from, (void)n, (void)scale;
    abort();  /* never called where screen_runs_here() says no */
}

static void screen_tile(const Screen *screen, ptrdiff_t panel, ptrdiff_t row, ptrdiff_t n,
                        int32_t first, Hits *hits) {
    (void)screen, (void)panel, (void)row, (void)n, (void)first, (void)hits;
    abort();
}
#endif

/* Cache lines, so that no register is loaded from two. */
static void *screen_memory(size_t bytes) { return aligned_alloc(64, (bytes + 63) & ~(size_t)63); }

static void screen_free(Screen *screen) {
    free(screen->questions);
    free(screen->thresholds);
    free(screen->rows);
    memset(screen, 0, sizeof *screen);
}

/* Makes room for questions[0:n, 0:dim] and packs them. Returns -1 when memory is full. */
static int screen_init(Screen *screen, const float *questions, ptrdiff_t n, ptrdiff_t dim) {
    screen->dim = dim;
    screen->pairs = (dim + 1) / 2;
    screen->row_pairs = (screen->pairs + 15) / 16 * 16;
    screen->panels = (n + PANEL - 1) / PANEL;
    size_t all = (size_t)(screen->panels * PANEL);
    screen->questions = (uint32_t *)screen_memory(all * screen->pairs * sizeof(uint32_t));
    screen->thresholds = (float *)screen_memory(all * sizeof(float));
    screen->rows = (uint32_t *)screen_memory(BLOCK_ROWS * screen->row_pairs * sizeof(uint32_t));
    if (screen->questions == NULL || screen->thresholds == NULL || screen->rows == NULL) return -1;
    memset(screen->questions, 0, all * screen->pairs * sizeof(uint32_t));
    for (ptrdiff_t q = 0; q < n; q++) {
        pack_row(screen->rows, questions + q * dim, dim, 1.0f);
        uint32_t *to = screen->questions + q / PANEL * screen->pairs * PANEL + q % PANEL;
        for (ptrdiff_t k = 0; k < screen->pairs; k++) to[k * PANEL] = screen->rows[k];
    }
    return 0;
}

/* Compares matrix[0:n] with every question, until there might be no room for more hits.
 *
 * scales (n,): what each row is multiplied with to have the length 1
 * Returns how many rows were compared. */
static ptrdiff_t screen_rows(Screen *screen, const float *matrix, const float *scales,
                             ptrdiff_t n, Hits *hits) {
    ptrdiff_t first = 0;
    for (; first < n; first += BLOCK_ROWS) {
        ptrdiff_t rows = n - first < BLOCK_ROWS ? n - first : BLOCK_ROWS;
        if (hits->room - hits->n < rows * screen->panels * PANEL) return first;
        for (ptrdiff_t i = 0; i < rows; i++)
            pack_row(screen->rows + i * screen->row_pairs, matrix + (first + i) * screen->dim,
                     screen->dim, scales[first + i]);
        for (ptrdiff_t panel = 0; panel < screen->panels; panel++)
            for (ptrdiff_t row = 0; row < rows; row += TILE)
                screen_tile(screen, panel, row, rows, (int32_t)first, hits);
    }
    return n;
}

#endif
