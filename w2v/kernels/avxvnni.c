/* AVX2 with the int16 products of VNNI: Alder Lake and later processors without AVX-512. Compilers
 * older than GCC 11 and Clang 12 do not know them. */
#include "processor.h"
#ifdef W2V_AVX_VNNI
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma,bmi2,avxvnni"))), apply_to = function)
#elif defined(W2V_EMULATE_AVX512)
#pragma GCC target("avx2,fma,bmi2")
#else
#pragma GCC target("avx2,fma,bmi2,avxvnni")
#endif
#define NAME "avxvnni"
#define TABLE w2v_avxvnni
#define INT16
#define VNNI
#define LANES 8
#define TILE_COLS 5
#define TILE_CONTEXTS 4
#define TILE_CENTERS 2
#include "kernel.h"
#if defined(__clang__)
#pragma clang attribute pop
#endif
#endif
