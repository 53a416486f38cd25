/* AVX-512 with its bf16 dot products: Zen 4 and later, Cooper Lake, Sapphire Rapids and later.
 * Compilers older than GCC 11 and Clang 9 do not know them. */
#include "processor.h"
#ifdef W2V_BF16
#if defined(__clang__)
#pragma clang attribute push(                                                             \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,avx2,fma,bmi2"))), \
    apply_to = function)
#elif defined(W2V_EMULATE_AVX512)
#pragma GCC target("avx2,fma,bmi2")
#else
#pragma GCC target(                                                                       \
    "avx512f,avx512bw,avx512dq,avx512vl,avx512bf16,avx2,fma,bmi2,prefer-vector-width=512")
#endif
#define NAME "avx512bf16"
#define TABLE w2v_avx512bf16
#define BF16
#define LANES 16
#define TILE_COLS 7
#define TILE_CONTEXTS 8
#define TILE_CENTERS 4
#include "kernel.h"
#if defined(__clang__)
#pragma clang attribute pop
#endif
#endif
