/* Pairs of bf16 numbers, see pairs.h: sums are float32. */

typedef vf sum_t;

INLINE sum_t no_sum(void) { return splat(0.0f); }

/* sum += a.low * b.low + a.high * b.high in each lane */
INLINE vf add_pairs(vf sum, vi a, vi b) {
    return (vf)_mm512_dpbf16_ps((__m512)sum, (__m512bh)a, (__m512bh)b);
}

/* 32 floats as bf16 in the same order. */
INLINE vi pack_two(vf first, vf next) {
    return (vi)_mm512_cvtne2ps_pbh((__m512)next, (__m512)first);
}

/* Each lane of `low` and of `high` as bf16, side by side. */
INLINE vi mix(vf low, vf high) {
#define WORD_OF_HALVES(s, l) (l) | (((l) + LANES) << 16)
    const vi words = {EACH_LANE(WORD_OF_HALVES, 0)};
    return (vi)_mm512_permutexvar_epi16((__m512i)words, (__m512i)pack_two(low, high));
}

INLINE vi pack(const float *p) { return pack_two(load(p), load(p + LANES)); }

/* The high half of each lane of `a`, the low half of each of `b`, side by side. */
INLINE vi high_and_low(vi a, vi b) {
    return (vi)_mm512_or_si512(_mm512_srli_epi32((__m512i)a, 16),
                               _mm512_slli_epi32((__m512i)b, 16));
}
