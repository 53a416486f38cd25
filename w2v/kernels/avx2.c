#if defined(__x86_64__)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma,bmi2"))), apply_to = function)
#else
#pragma GCC target("avx2,fma,bmi2")
#endif
#define NAME "avx2"
#define TABLE w2v_avx2
#define INT16
#define LANES 8
#define TILE_COLS 5
#define TILE_CONTEXTS 4
#define TILE_CENTERS 2
#include "kernel.h"
#if defined(__clang__)
#pragma clang attribute pop
#endif
#endif
