/* NEON with its bf16 dot products: Neoverse N2, V1 and later (Graviton 3), Apple M2 and later. */
#include "processor.h"
#ifdef W2V_NEON_BF16
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("bf16"))), apply_to = function)
#else
#pragma GCC target("arch=armv8.2-a+bf16")
#endif
#define NAME "neonbf16"
#define TABLE w2v_neonbf16
#define BF16
#define LANES 4
#define TILE_COLS 7
#define TILE_CONTEXTS 8
/* 2: a step's sums are reduced for LANES / 2 centers at a time */
#define TILE_CENTERS 2
#include "kernel.h"
#if defined(__clang__)
#pragma clang attribute pop
#endif
#endif
