/* AVX-512 with bf16 dot products, and matrix tiles of bf16 (AMX) for the products of blocks, with
 * noise words and of the band: Sapphire Rapids and later. Compilers older than GCC 11 and Clang 12 do not know them. */
#include "amx.h"
#ifdef W2V_AMX
#if defined(W2V_EMULATE_TILES)
#define TILES_NAMES ""
#else
#define TILES_NAMES ",amx-tile,amx-bf16"
#endif
#if defined(__clang__)
#pragma clang attribute push(                                                             \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,avx2,fma,bmi2" TILES_NAMES))), \
    apply_to = function)
#elif defined(W2V_EMULATE_AVX512)
#pragma GCC target("avx2,fma,bmi2")
#elif defined(W2V_EMULATE_TILES)
#pragma GCC target(                                                                       \
    "avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,avx2,fma,bmi2,prefer-vector-width=512")
#else
#pragma GCC target(                                                                       \
    "avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,avx2,fma,bmi2,prefer-vector-width=512,amx-tile,amx-bf16")
#endif
#define NAME "amx"
#define TABLE w2v_avx512amx
#define BF16
#define AMX
#define LANES 16
#define TILE_COLS 7
#define TILE_CONTEXTS 32
#define TALL_CONTEXTS 32
#include "kernel.h"
#if defined(__clang__)
#pragma clang attribute pop
#endif
#endif
