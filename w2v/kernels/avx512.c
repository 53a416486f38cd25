#if defined(__x86_64__)
#if defined(__clang__)
#pragma clang attribute push(                                                        \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,bmi2"))),     \
    apply_to = function)
#elif defined(W2V_EMULATE_AVX512)
#pragma GCC target("avx2,fma,bmi2")
#else
#pragma GCC target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,bmi2,prefer-vector-width=512")
#endif
#define NAME "avx512"
#define TABLE w2v_avx512
#define LANES 16
#define TILE_COLS 7
#define TILE_CONTEXTS 8
#define TILE_CENTERS 4
#include "kernel.h"
#if defined(__clang__)
#pragma clang attribute pop
#endif
#endif
