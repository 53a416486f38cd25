/* AVX-512 with its int16 products that are added at once (VNNI): Cascade Lake, Ice Lake, Zen 4 and
 * later. */
#if defined(__x86_64__)
#if defined(__clang__)
#pragma clang attribute push(                                                             \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma,bmi2"))), \
    apply_to = function)
#elif defined(W2V_EMULATE_AVX512)
#pragma GCC target("avx2,fma,bmi2")
#else
#pragma GCC target(                                                                       \
    "avx512f,avx512bw,avx512dq,avx512vl,avx512vnni,avx2,fma,bmi2,prefer-vector-width=512")
#endif
#define NAME "avx512vnni"
#define TABLE w2v_avx512vnni
#define INT16
#define LANES 16
#define TILE_COLS 7
#define TILE_CONTEXTS 8
#define TILE_CENTERS 4
#include "kernel.h"
#if defined(__clang__)
#pragma clang attribute pop
#endif
#endif
