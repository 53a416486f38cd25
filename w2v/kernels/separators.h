/* Where words end: one bit for each of 64 bytes, set where the byte is space, tab or newline.
 *
 * Sixteen bytes are compared at a time where every processor can: SSE2 and NEON are always there.
 * Elsewhere it is eight, in a plain register. */
#ifndef W2V_KERNELS_SEPARATORS_H
#define W2V_KERNELS_SEPARATORS_H

#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>

static inline uint64_t separators(const char *p) {
    uint64_t marks = 0;
    for (int k = 0; k < 4; k++) {
        const __m128i bytes = _mm_loadu_si128((const __m128i *)(p + 16 * k));
        const __m128i found =
            _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(' ')),
                         _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('\t')),
                                      _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\n'))));
        marks |= (uint64_t)(uint32_t)_mm_movemask_epi8(found) << (16 * k);
    }
    return marks;
}

#elif defined(__aarch64__) && defined(__ARM_NEON) && !defined(__ARM_BIG_ENDIAN)
#include <arm_neon.h>

static inline uint8x16_t separators_of_16(const char *p) {
    const uint8x16_t bytes = vld1q_u8((const uint8_t *)p);
    return vorrq_u8(vceqq_u8(bytes, vdupq_n_u8(' ')),
                    vorrq_u8(vceqq_u8(bytes, vdupq_n_u8('\t')), vceqq_u8(bytes, vdupq_n_u8('\n'))));
}

static inline uint64_t separators(const char *p) {
    static const uint8_t weights[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    const uint8x16_t bits = vld1q_u8(weights);
    const uint8x16_t a = vandq_u8(separators_of_16(p), bits);
    const uint8x16_t b = vandq_u8(separators_of_16(p + 16), bits);
    const uint8x16_t c = vandq_u8(separators_of_16(p + 32), bits);
    const uint8x16_t d = vandq_u8(separators_of_16(p + 48), bits);
    /* sums of two neighbors, of four, of eight: a byte for each eight */
    const uint8x16_t fours = vpaddq_u8(vpaddq_u8(a, b), vpaddq_u8(c, d));
    return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(fours, fours)), 0);
}

#else

/* Bit k is set where byte k of x is a separator. Exact: no sum carries into the next byte. */
static inline uint64_t separators_of_8(uint64_t x) {
    const uint64_t ones = 0x0101010101010101ULL;
    uint64_t low = x & (0x7F * ones);
    uint64_t not_space = (low ^ (0x20 * ones)) + 0x7F * ones;
    uint64_t from_tab = low + (0x80 - '\t') * ones;
    uint64_t past_newline = low + (0x80 - '\n' - 1) * ones;
    uint64_t found = ~x & (~not_space | (from_tab & ~past_newline)) & (0x80 * ones);
    /* 0x80 of byte k comes to stand in bit 56 + k */
    return ((found >> 7) * 0x0102040810204080ULL) >> 56;
}

static inline uint64_t separators(const char *p) {
    uint64_t marks = 0;
    for (int k = 0; k < 8; k++) {
        uint64_t x;
        memcpy(&x, p + 8 * k, 8);
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
        x = __builtin_bswap64(x);
#endif
        marks |= separators_of_8(x) << (8 * k);
    }
    return marks;
}

#endif
#endif
