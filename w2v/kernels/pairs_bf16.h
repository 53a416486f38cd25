/* Pairs of bf16 numbers, see pairs.h: sums are float32. By the instructions of AVX512-BF16 or of NEON. */

typedef vf sum_t;

INLINE sum_t no_sum(void) { return splat(0.0f); }

/* sum += a.low * b.low + a.high * b.high in each lane */
INLINE vf add_pairs(vf sum, vi a, vi b) {
#if LANES == 16
    return (vf)_mm512_dpbf16_ps((__m512)sum, (__m512bh)a, (__m512bh)b);
#else
    return (vf)vbfdotq_f32((float32x4_t)sum, vreinterpretq_bf16_s32((int32x4_t)a),
                           vreinterpretq_bf16_s32((int32x4_t)b));
#endif
}

#if LANES == 4
/* One pair for all lanes: NEON multiplies by a part of a register. */
#define ONE_PAIR
typedef bfloat16x4_t pair_t;

INLINE pair_t one_pair(int32_t x) { return vreinterpret_bf16_s32((int32x2_t){x, 0}); }

INLINE vf add_one_pair(vf sum, vi a, pair_t b) {
    return (vf)vbfdotq_lane_f32((float32x4_t)sum, vreinterpretq_bf16_s32((int32x4_t)a), b, 0);
}
#endif

/* Two vectors of floats as bf16 in the same order. */
INLINE vi pack_two(vf first, vf next) {
#if LANES == 16
    return (vi)_mm512_cvtne2ps_pbh((__m512)next, (__m512)first);
#else
    return (vi)vreinterpretq_s32_bf16(
        vcvtq_high_bf16_f32(vcvtq_low_bf16_f32((float32x4_t)first), (float32x4_t)next));
#endif
}

/* Each lane of `low` and of `high` as bf16, side by side. */
INLINE vi mix(vf low, vf high) {
    const vi packed = pack_two(low, high);
#if LANES == 16
#define WORD_OF_HALVES(s, l) (l) | (((l) + LANES) << 16)
    const vi words = {EACH_LANE(WORD_OF_HALVES, 0)};
    return (vi)_mm512_permutexvar_epi16((__m512i)words, (__m512i)packed);
#else
    const int16x8_t halves = vreinterpretq_s16_s32((int32x4_t)packed);
    return (vi)vreinterpretq_s32_s16(vzip1q_s16(halves, vextq_s16(halves, halves, LANES)));
#endif
}

INLINE vi pack(const float *p) { return pack_two(load(p), load(p + LANES)); }

/* The high half of each lane of `a`, the low half of each of `b`, side by side. */
INLINE vi high_and_low(vi a, vi b) { return (vi)(((vu)a >> 16) | ((vu)b << 16)); }
