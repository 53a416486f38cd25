/* Vectors of LANES floats in GNU C's vector types: one source for every instruction set.
 *
 * The file that includes this defines LANES (4, 8 or 16) first. GCC and Clang turn these
 * types into AVX-512, AVX2, SSE2 or NEON registers, whichever the target has.
 */
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#ifdef W2V_EMULATE_AVX512
#include "emulated.h"
#endif
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#define INLINE static inline __attribute__((always_inline))
#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#else
/* GCC keeps an array of accumulators in registers only if every loop over it is unrolled. */
#define UNROLL _Pragma("GCC unroll 32")
#endif

typedef float vf __attribute__((vector_size(4 * LANES)));
typedef int32_t vi __attribute__((vector_size(4 * LANES)));
typedef uint32_t vu __attribute__((vector_size(4 * LANES)));
typedef float vf_unaligned __attribute__((vector_size(4 * LANES), aligned(4)));

#define LANE4(f, s, l) f(s, l), f(s, l + 1), f(s, l + 2), f(s, l + 3)
#if LANES == 4
#define EACH_LANE(f, s) LANE4(f, s, 0)
#elif LANES == 8
#define EACH_LANE(f, s) LANE4(f, s, 0), LANE4(f, s, 4)
#else
#define EACH_LANE(f, s) LANE4(f, s, 0), LANE4(f, s, 4), LANE4(f, s, 8), LANE4(f, s, 12)
#endif

#define SAME(x, lane) (x)
INLINE vf splat(float x) { return (vf){EACH_LANE(SAME, x)}; }
INLINE vi splat_int(int32_t x) { return (vi){EACH_LANE(SAME, x)}; }
INLINE vf load(const float *p) { return *(const vf *)p; }
INLINE void store(float *p, vf x) { *(vf *)p = x; }
INLINE vf load_unaligned(const float *p) { return *(const vf_unaligned *)p; }
INLINE void store_unaligned(float *p, vf x) { *(vf_unaligned *)p = x; }

/* Keep x in a register: GCC would otherwise load it anew for each of its uses. */
#if defined(__aarch64__)
#define IN_REGISTER(x) __asm__("" : "+w"(x))
#elif LANES == 16 && defined(W2V_EMULATE_AVX512)
#define IN_REGISTER(x) (void)(x)
#elif LANES == 16
#define IN_REGISTER(x) __asm__("" : "+v"(x))
#else
#define IN_REGISTER(x) __asm__("" : "+x"(x))
#endif
/* The same for splat(); NEON needs none, as it multiplies by one lane of a register. */
#if defined(__aarch64__)
#define SPLAT_IN_REGISTER(x) (void)(x)
#else
#define SPLAT_IN_REGISTER(x) IN_REGISTER(x)
#endif

/* Lanes of `a` where the mask is all ones, lanes of `b` where it is zero. */
INLINE vf choose(vi mask, vf a, vf b) { return (vf)((mask & (vi)a) | (~mask & (vi)b)); }

#define SMALLER_MAGNITUDE 2 /* of two numbers, with the sign of the first */

/* x brought between -limit and limit: the one operation that C's vector types lack. */
INLINE vf clamp(vf x, float limit) {
    const vf high = splat(limit);
#if LANES == 16
    return (vf)_mm512_range_ps((__m512)x, (__m512)high, SMALLER_MAGNITUDE);
#else
    const vf low = splat(-limit);
#if LANES == 8
    return (vf)_mm256_max_ps(_mm256_min_ps((__m256)x, (__m256)high), (__m256)low);
#elif defined(__x86_64__)
    return (vf)_mm_max_ps(_mm_min_ps((__m128)x, (__m128)high), (__m128)low);
#elif defined(__aarch64__)
    return (vf)vmaxq_f32(vminq_f32((float32x4_t)x, (float32x4_t)high), (float32x4_t)low);
#else
    x = choose(x > high, high, x);
    return choose(x < low, low, x);
#endif
#endif
}

#if defined(__clang__) || __GNUC__ >= 12
#define SHUFFLE(a, b, f, s) __builtin_shufflevector(a, b, EACH_LANE(f, s))
#else
#define SHUFFLE(a, b, f, s) __builtin_shuffle(a, b, (vi){EACH_LANE(f, s)})
#endif

/* Index patterns over the 2 * LANES lanes of two vectors; `s` is a power of two. */
#define BLEND(s, l) (((l) & (s)) ? (l) + LANES : (l))            /* a, b where bit s is set */
#define SWAPPED(s, l) (((l) & (s)) ? ((l) ^ (s)) + LANES : ((l) ^ (s)))
#define LOW_HALVES(s, l) (((l) & (s)) ? ((l) ^ (s)) + LANES : (l))
#define HIGH_HALVES(s, l) (((l) & (s)) ? (l) + LANES : ((l) ^ (s)))

#define FOLD(s, count)                                                              \
    UNROLL for (int k = 0; k < (count); k++)                                        \
        r[k] = SHUFFLE(r[2 * k], r[2 * k + 1], BLEND, s) +                          \
               SHUFFLE(r[2 * k], r[2 * k + 1], SWAPPED, s);

#if LANES == 4
#define FOLD_LANES FOLD(1, 2) FOLD(2, 1)
#elif LANES == 8
#define FOLD_LANES FOLD(1, 4) FOLD(2, 2) FOLD(4, 1)
#else
#define FOLD_LANES FOLD(1, 8) FOLD(2, 4) FOLD(4, 2) FOLD(8, 1)
#endif

/* Lane k of the result is the sum of the lanes of vector k of `p` (LANES vectors in a row). */
INLINE vf sum_lanes(const float *p) {
    vf r[LANES];
    UNROLL for (int k = 0; k < LANES; k++) r[k] = load(p + k * LANES);
    FOLD_LANES
    return r[0];
}

/* The same of whole numbers, given as floats of their bits. */
INLINE vi sum_int_lanes(const float *p) {
    vu r[LANES];
    UNROLL for (int k = 0; k < LANES; k++) r[k] = (vu)load(p + k * LANES);
    FOLD_LANES
    return (vi)r[0];
}

#define EXCHANGE(s)                                                                 \
    UNROLL for (int k = 0; k < LANES; k++) {                                        \
        if (!(k & (s))) {                                                           \
            vf a = r[k], b = r[k | (s)];                                            \
            r[k] = SHUFFLE(a, b, LOW_HALVES, s);                                    \
            r[k | (s)] = SHUFFLE(a, b, HIGH_HALVES, s);                             \
        }                                                                           \
    }

/* Transpose LANES x LANES floats held in LANES vectors. In this order of exchanges, what is
 * not needed for the first few vectors of the result is not computed if only they are used. */
INLINE void transpose(vf *r) {
#if LANES > 8
    EXCHANGE(8)
#endif
#if LANES > 4
    EXCHANGE(4)
#endif
    EXCHANGE(2)
    EXCHANGE(1)
}

/* 2^t to about 2e-7 relative, for |t| < 126.
 *
 * 2^t = 2^n 2^f with n whole and |f| <= 1/2; 2^f by its Taylor series to degree 6, whose
 * error there is below float32's own. Adding 1.5 * 2^23 rounds t to a whole number that
 * then stands in the low bits of the sum; AVX-512 has instructions for both steps. */
INLINE vf power_of_two(vf t) {
#if LANES == 16
    const vf f = (vf)_mm512_reduce_ps((__m512)t, 0);
#else
    const vf magic = splat(12582912.0f);
    const vf rounded = t + magic;
    const vf f = t - (rounded - magic);
#endif
    vf p = splat(1.540353e-4f);
    p = p * f + splat(1.33335581e-3f);
    p = p * f + splat(9.61812911e-3f);
    p = p * f + splat(5.55041087e-2f);
    p = p * f + splat(2.40226507e-1f);
    p = p * f + splat(6.93147181e-1f);
    p = p * f + splat(1.0f);
#if LANES == 16
    return (vf)_mm512_scalef_ps((__m512)p, (__m512)(t - f));
#else
    const vi exponent = ((vi)rounded - (vi)magic) << 23;
    return (vf)((vi)p + exponent);
#endif
}

/* 1 / (1 + exp(-x)) for any x; beyond 40 it is flat. */
INLINE vf sigmoid(vf x) {
    return splat(1.0f) / (splat(1.0f) + power_of_two(clamp(x, 40.0f) * splat(-1.44269504f)));
}

/* exp(x) for x <= 0 and a little above; below -80 it is flat, at 1e-35. */
INLINE vf exponential(vf x) { return power_of_two(clamp(x, 80.0f) * splat(1.44269504f)); }

INLINE float sum_lane(vf x) {
    float lanes[LANES] __attribute__((aligned(64))), sum = 0;
    store(lanes, x);
    for (int l = 0; l < LANES; l++) sum += lanes[l];
    return sum;
}

INLINE float max_lane(vf x) {
    float lanes[LANES] __attribute__((aligned(64)));
    store(lanes, x);
    float most = lanes[0];
    for (int l = 1; l < LANES; l++) most = lanes[l] > most ? lanes[l] : most;
    return most;
}
