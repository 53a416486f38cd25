/* The AVX-512 instructions that the kernels use, in plain C, so that they can be tested on a processor
 * without: with W2V_EMULATE_AVX512, which no build for users defines, the intrinsics of these names
 * are the functions below. Those of vector types' own operators need none.
 */
#ifndef W2V_EMULATED_H
#define W2V_EMULATED_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#define EMULATED static inline __attribute__((always_inline))
#define EACH for (int k = 0; k < 16; k++)

typedef union {
    float f[16];
    int32_t i[16];
    uint32_t u[16];
    uint16_t h[32];
    __m512 ps;
    __m512i si;
    __m512bh bh;
} emulated512;

EMULATED emulated512 emulated_ps(__m512 x) { return (emulated512){.ps = x}; }
EMULATED emulated512 emulated_si(__m512i x) { return (emulated512){.si = x}; }
EMULATED emulated512 emulated_bh(__m512bh x) { return (emulated512){.bh = x}; }

EMULATED __m512 emulated_set1_ps(float x) {
    emulated512 to;
    EACH to.f[k] = x;
    return to.ps;
}
EMULATED __m512i emulated_set1_epi32(int x) {
    emulated512 to;
    EACH to.i[k] = x;
    return to.si;
}
EMULATED __m512i emulated_loadu_si512(const void *p) {
    emulated512 to;
    memcpy(&to, p, sizeof to);
    return to.si;
}
EMULATED void emulated_storeu_si512(void *p, __m512i x) { memcpy(p, &x, sizeof x); }

/* What lanes that the mask leaves out would read or write is not touched. */
EMULATED __m512 emulated_maskz_loadu_ps(__mmask16 lanes, const float *p) {
    emulated512 to;
    EACH to.f[k] = lanes >> k & 1 ? p[k] : 0;
    return to.ps;
}
EMULATED void emulated_mask_storeu_ps(float *p, __mmask16 lanes, __m512 x) {
    EACH if (lanes >> k & 1) p[k] = emulated_ps(x).f[k];
}
EMULATED __m512i emulated_gather(__m512i index, const uint32_t *p) {
    emulated512 to;
    EACH to.u[k] = p[emulated_si(index).i[k]];
    return to.si;
}
EMULATED __m512i emulated_maskz_compress_epi32(__mmask16 lanes, __m512i x) {
    emulated512 to = {{0}};
    int n = 0;
    EACH if (lanes >> k & 1) to.i[n++] = emulated_si(x).i[k];
    return to.si;
}
EMULATED __m512 emulated_maskz_compress_ps(__mmask16 lanes, __m512 x) {
    return (__m512)emulated_maskz_compress_epi32(lanes, (__m512i)x);
}
EMULATED __m512 emulated_maskz_expand_ps(__mmask16 lanes, __m512 x) {
    emulated512 to;
    int n = 0;
    EACH to.f[k] = lanes >> k & 1 ? emulated_ps(x).f[n++] : 0;
    return to.ps;
}
EMULATED __mmask16 emulated_cmple_epu32_mask(__m512i a, __m512i b) {
    unsigned mask = 0;
    EACH mask |= (unsigned)(emulated_si(a).u[k] <= emulated_si(b).u[k]) << k;
    return (__mmask16)mask;
}
EMULATED __mmask16 emulated_cmp_ge_mask(__m512 a, __m512 b) {
    unsigned mask = 0;
    EACH mask |= (unsigned)(emulated_ps(a).f[k] >= emulated_ps(b).f[k]) << k;
    return (__mmask16)mask;
}
EMULATED __m512i emulated_permutexvar_epi16(__m512i index, __m512i x) {
    emulated512 to;
    for (int k = 0; k < 32; k++) to.h[k] = emulated_si(x).h[emulated_si(index).h[k] & 31];
    return to.si;
}

/* VRANGEPS with the smaller magnitude of two numbers and the sign of the first. NaNs are quiet here,
 * so that of one and a number it takes the number. */
EMULATED __m512 emulated_clamp(__m512 x, __m512 limit) {
    emulated512 to;
    EACH to.f[k] = copysignf(fminf(fabsf(emulated_ps(x).f[k]), fabsf(emulated_ps(limit).f[k])),
                             emulated_ps(x).f[k]);
    return to.ps;
}
/* What rounding to the nearest whole number, ties to even, takes away. */
EMULATED __m512 emulated_fraction(__m512 x) {
    emulated512 to;
    EACH to.f[k] = emulated_ps(x).f[k] - nearbyintf(emulated_ps(x).f[k]);
    return to.ps;
}
EMULATED __m512 emulated_scalef_ps(__m512 x, __m512 power) {
    emulated512 to;
    EACH to.f[k] = ldexpf(emulated_ps(x).f[k], (int)floorf(emulated_ps(power).f[k]));
    return to.ps;
}
EMULATED __m512 emulated_fmadd_ps(__m512 a, __m512 b, __m512 sum) {
    emulated512 to;
    EACH to.f[k] = fmaf(emulated_ps(a).f[k], emulated_ps(b).f[k], emulated_ps(sum).f[k]);
    return to.ps;
}

/* Products of int16, and what brings numbers into their order. */
EMULATED __m512i emulated_dpwssd_epi32(__m512i sum, __m512i a, __m512i b) {
    emulated512 to = emulated_si(sum);
    EACH {
        for (int h = 2 * k; h < 2 * k + 2; h++)
            to.u[k] += (uint32_t)((int16_t)emulated_si(a).h[h] * (int16_t)emulated_si(b).h[h]);
    }
    return to.si;
}
EMULATED __m512i emulated_cvtps_epi32(__m512 x) { /* what does not fit becomes INT32_MIN */
    emulated512 to;
    EACH to.i[k] = _mm_cvtss_si32(_mm_set_ss(emulated_ps(x).f[k]));
    return to.si;
}
EMULATED uint16_t emulated_narrow(int32_t x) {
    return (uint16_t)(x > INT16_MAX ? INT16_MAX : x < INT16_MIN ? INT16_MIN : x);
}
/* These three go by stretches of four lanes: the first four of each, the next four, ... */
EMULATED __m512i emulated_packs_epi32(__m512i a, __m512i b) {
    emulated512 to;
    EACH {
        to.h[k / 4 * 8 + k % 4] = emulated_narrow(emulated_si(a).i[k]);
        to.h[k / 4 * 8 + 4 + k % 4] = emulated_narrow(emulated_si(b).i[k]);
    }
    return to.si;
}
EMULATED __m512i emulated_unpack_epi16(__m512i a, __m512i b, int from) {
    emulated512 to;
    EACH {
        to.h[2 * k] = emulated_si(a).h[k / 4 * 8 + from + k % 4];
        to.h[2 * k + 1] = emulated_si(b).h[k / 4 * 8 + from + k % 4];
    }
    return to.si;
}
EMULATED __m512i emulated_shuffle_epi8(__m512i x, __m512i index) { /* none of which is negative */
    unsigned char from[64], at[64], to[64];
    memcpy(from, &x, 64);
    memcpy(at, &index, 64);
    for (int k = 0; k < 64; k++) to[k] = from[k / 16 * 16 + at[k] % 16];
    return emulated_loadu_si512(to);
}
EMULATED __m512i emulated_broadcast_i32x4(__m128i x) {
    emulated512 to;
    for (int k = 0; k < 4; k++) memcpy(to.i + 4 * k, &x, sizeof x);
    return to.si;
}
EMULATED __m512i emulated_permutexvar_epi64(__m512i index, __m512i x) {
    emulated512 to;
    for (int k = 0; k < 8; k++) memcpy(to.i + 2 * k, emulated_si(x).i + 2 * (index[k] & 7), 8);
    return to.si;
}
EMULATED __m512i emulated_max_epi32(__m512i a, __m512i b) {
    emulated512 to = emulated_si(a);
    EACH if (emulated_si(b).i[k] > to.i[k]) to.i[k] = emulated_si(b).i[k];
    return to.si;
}

/* bf16 is the high half of a float; here denormals count as zeros wherever they turn up. */
EMULATED float emulated_normal(float x) { return fabsf(x) < 0x1p-126f ? copysignf(0, x) : x; }
EMULATED float emulated_from_bf16(uint16_t high) {
    const uint32_t bits = (uint32_t)high << 16;
    float x;
    memcpy(&x, &bits, sizeof x);
    return emulated_normal(x);
}
/* To the nearest, ties to even; a NaN stays one. */
EMULATED uint16_t emulated_to_bf16(float x) {
    uint32_t bits;
    x = emulated_normal(x);
    memcpy(&bits, &x, sizeof bits);
    if (x != x) return (uint16_t)(bits >> 16 | 0x40);
    return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}
EMULATED __m512bh emulated_cvtne2ps_pbh(__m512 high, __m512 low) {
    emulated512 to;
    EACH {
        to.h[k] = emulated_to_bf16(emulated_ps(low).f[k]);
        to.h[k + 16] = emulated_to_bf16(emulated_ps(high).f[k]);
    }
    return to.bh;
}
/* First the products of the high numbers, then those of the low ones, each added with one rounding. */
EMULATED __m512 emulated_dpbf16_ps(__m512 sum, __m512bh a, __m512bh b) {
    emulated512 to = emulated_ps(sum);
    EACH {
        for (int h = 2 * k + 1; h >= 2 * k; h--)
            to.f[k] = emulated_normal(fmaf(emulated_from_bf16(emulated_bh(a).h[h]),
                                           emulated_from_bf16(emulated_bh(b).h[h]),
                                           emulated_normal(to.f[k])));
    }
    return to.ps;
}

#undef EMULATED
#undef EACH

#define _mm512_setzero_ps() emulated_set1_ps(0)
#define _mm512_set1_ps emulated_set1_ps
#define _mm512_set1_epi32 emulated_set1_epi32
/* aligned, or a fault, as with the instructions */
#define _mm512_load_ps(p) (*(const __m512 *)(p))
#define _mm512_load_si512(p) (*(const __m512i *)(p))
#define _mm512_loadu_si512 emulated_loadu_si512
#define _mm512_storeu_si512 emulated_storeu_si512
#define _mm512_maskz_loadu_ps emulated_maskz_loadu_ps
#define _mm512_mask_storeu_ps emulated_mask_storeu_ps
#define _mm512_i32gather_epi32(index, p, scale) emulated_gather(index, p)
#define _mm512_maskz_compress_epi32 emulated_maskz_compress_epi32
#define _mm512_maskz_compress_ps emulated_maskz_compress_ps
#define _mm512_maskz_expand_ps emulated_maskz_expand_ps
#define _mm512_cmple_epu32_mask emulated_cmple_epu32_mask
#define _mm512_cmp_ps_mask(a, b, how) emulated_cmp_ge_mask(a, b)
#define _mm512_permutexvar_epi16 emulated_permutexvar_epi16
#define _mm512_mul_ps(a, b) ((a) * (b))
#define _mm512_or_si512(a, b) ((a) | (b))
#define _mm512_srli_epi32(x, n) ((__m512i)((__v16su)(x) >> (n)))
#define _mm512_slli_epi32(x, n) ((__m512i)((__v16su)(x) << (n)))
#define _mm512_range_ps(x, limit, how) emulated_clamp(x, limit)
#define _mm512_reduce_ps(x, how) emulated_fraction(x)
#define _mm512_scalef_ps emulated_scalef_ps
#define _mm512_fmadd_ps emulated_fmadd_ps
#define _mm512_dpwssd_epi32 emulated_dpwssd_epi32
#define _mm256_dpwssd_avx_epi32(sum, a, b) _mm256_add_epi32(sum, _mm256_madd_epi16(a, b))
#define _mm512_cvtps_epi32 emulated_cvtps_epi32
#define _mm512_cvtepi32_ps(x) __builtin_convertvector((__v16si)(x), __m512)
#define _mm512_packs_epi32 emulated_packs_epi32
#define _mm512_unpacklo_epi16(a, b) emulated_unpack_epi16(a, b, 0)
#define _mm512_unpackhi_epi16(a, b) emulated_unpack_epi16(a, b, 4)
#define _mm512_shuffle_epi8 emulated_shuffle_epi8
#define _mm512_broadcast_i32x4 emulated_broadcast_i32x4
#define _mm512_permutexvar_epi64 emulated_permutexvar_epi64
#define _mm512_max_epi32 emulated_max_epi32
#define _mm512_cvtne2ps_pbh emulated_cvtne2ps_pbh
#define _mm512_dpbf16_ps emulated_dpbf16_ps

#endif
