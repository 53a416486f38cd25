/* What every processor of the architecture has: SSE2 on x86-64, NEON on arm64. */
#define NAME "baseline"
#define TABLE w2v_baseline
#define LANES 4
#if defined(__x86_64__)
#define INT16
#endif
#if defined(__aarch64__)
#define TILE_COLS 7
#define TILE_CONTEXTS 8
#else
#define TILE_COLS 5
#define TILE_CONTEXTS 4
#endif
/* 2: a step's sums are reduced for LANES / 2 centers at a time */
#define TILE_CENTERS 2
#include "kernel.h"
