/* Pairs of int16 numbers, see pairs.h, for processors without bf16 products: one instruction makes two
 * products in each lane and adds them, another adds that to a sum; VNNI has one for both. That
 * is one or two for what takes two fused multiply-adds of floats, and most processors can start
 * more of these in a cycle; without fused ones (SSE2) it takes four.
 *
 * A row is kept as whole multiples of a unit of its own, the largest of its numbers being
 * `row_limit` units. Coefficients are multiplied by the unit of the row that they are for, and kept
 * as whole multiples of a unit that all of a product have in common, each being at most
 * `coef_limit` of them. So sums are of whole numbers, and exact; at their end they become floats,
 * multiplied by their unit. What is lost by rounding is less than a fifth of what bf16 loses; with long
 * rows, wide windows and thousands of noise words there are fewer bits.
 *
 * No sum can overflow: with n numbers in it,
 *
 *   row_limit * row_limit * n < 2^31 for logits, n being the padded dim
 *   coef_limit * row_limit * n < 2^31 for deltas; noise_coef_limit where n are noise words
 *
 * That holds for the rows as they were when their largest numbers were found: where another worker has
 * added to one before it is converted, its numbers may be larger, though narrow() ends them at 32767.
 *
 * A NaN or an infinity in a row or among coefficients makes the unit NaN or infinite, and so
 * logits and the loss: training that diverges is seen as with floats.
 */

/* What rows and coefficients are at most. A noise word gets deltas from all sources of a step, a
 * source from all noise words, all others from a window. */
static void set_limits(w2v_worker *w, const w2v_run *run) {
    const double end = 2147483647.0, noise = (double)run->block_noise + 1;
    const double around = (double)(2 * run->window + 2), few = around > STEP ? around : STEP;
    double longest = (double)w->width;
    if (longest < noise) longest = noise;
    if (longest < few) longest = few;
    const double row_limit = fmin(floor(sqrt(end / longest)), 4095);
    w->row_limit = (float)row_limit;
    w->coef_limit = (float)fmin(floor(end / (row_limit * few)), 32767);
    w->noise_coef_limit = (float)fmin(floor(end / (row_limit * noise)), 32767);
}

typedef vi sum_t;

INLINE sum_t no_sum(void) { return splat_int(0); }

/* sum += a.low * b.low + a.high * b.high in each lane */
INLINE sum_t add_pairs(sum_t sum, vi a, vi b) {
#if LANES == 16
    return (vi)_mm512_dpwssd_epi32((__m512i)sum, (__m512i)a, (__m512i)b);
#elif defined(VNNI)
    return (vi)_mm256_dpwssd_avx_epi32((__m256i)sum, (__m256i)a, (__m256i)b);
#elif LANES == 8
    return (vi)_mm256_add_epi32((__m256i)sum, _mm256_madd_epi16((__m256i)a, (__m256i)b));
#else
    return (vi)_mm_add_epi32((__m128i)sum, _mm_madd_epi16((__m128i)a, (__m128i)b));
#endif
}

/* The nearest whole numbers, those past the ends of int16 brought there: of each four lanes of
 * `first`, then the same of `next`, and so on. */
INLINE vi narrow(vf first, vf next) {
#if LANES == 16
    return (vi)_mm512_packs_epi32(_mm512_cvtps_epi32((__m512)first),
                                  _mm512_cvtps_epi32((__m512)next));
#elif LANES == 8
    return (vi)_mm256_packs_epi32(_mm256_cvtps_epi32((__m256)first),
                                  _mm256_cvtps_epi32((__m256)next));
#else
    return (vi)_mm_packs_epi32(_mm_cvtps_epi32((__m128)first), _mm_cvtps_epi32((__m128)next));
#endif
}

/* Side by side: the numbers of narrow(a, a') and of narrow(b, b') that are from a and from b. */
INLINE vi mix_firsts(vi a, vi b) {
#if LANES == 16
    return (vi)_mm512_unpacklo_epi16((__m512i)a, (__m512i)b);
#elif LANES == 8
    return (vi)_mm256_unpacklo_epi16((__m256i)a, (__m256i)b);
#else
    return (vi)_mm_unpacklo_epi16((__m128i)a, (__m128i)b);
#endif
}

/* The same of a' and b'. */
INLINE vi mix_nexts(vi a, vi b) {
#if LANES == 16
    return (vi)_mm512_unpackhi_epi16((__m512i)a, (__m512i)b);
#elif LANES == 8
    return (vi)_mm256_unpackhi_epi16((__m256i)a, (__m256i)b);
#else
    return (vi)_mm_unpackhi_epi16((__m128i)a, (__m128i)b);
#endif
}

/* 2 * LANES numbers in the same order. */
INLINE vi pack_two(vf first, vf next) {
#if LANES == 16
    const __m512i fours = {0, 2, 4, 6, 1, 3, 5, 7};
    return (vi)_mm512_permutexvar_epi64(fours, (__m512i)narrow(first, next));
#elif LANES == 8
    return (vi)_mm256_permute4x64_epi64((__m256i)narrow(first, next), 0xd8);
#else
    return narrow(first, next);
#endif
}

/* Each lane of `low` and of `high` side by side. */
INLINE vi mix(vf low, vf high) {
    const vi both = narrow(low, high);
#if LANES > 4
    const __m128i by_turns =
        _mm_setr_epi8(0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15);
#endif
#if LANES == 16
    return (vi)_mm512_shuffle_epi8((__m512i)both, _mm512_broadcast_i32x4(by_turns));
#elif LANES == 8
    return (vi)_mm256_shuffle_epi8((__m256i)both, _mm256_broadcastsi128_si256(by_turns));
#else
    return (vi)_mm_unpacklo_epi16((__m128i)both, _mm_srli_si128((__m128i)both, 8));
#endif
}

/* The high half of each lane of `a`, the low half of each of `b`, side by side. */
INLINE vi high_and_low(vi a, vi b) { return ((a >> 16) & splat_int(0xffff)) | (b << 16); }

INLINE vf floats(sum_t sum) {
#if LANES == 16
    return (vf)_mm512_cvtepi32_ps((__m512i)sum);
#elif LANES == 8
    return (vf)_mm256_cvtepi32_ps((__m256i)sum);
#else
    return (vf)_mm_cvtepi32_ps((__m128i)sum);
#endif
}

/* The larger of two numbers that are not negative, NaN being the largest: their bits are in
 * the order of whole numbers. */
INLINE vf larger(vf a, vf b) {
#if LANES == 16
    return (vf)_mm512_max_epi32((__m512i)a, (__m512i)b);
#elif LANES == 8
    return (vf)_mm256_max_epi32((__m256i)a, (__m256i)b);
#else
    return choose((vi)a > (vi)b, a, b);
#endif
}

INLINE vf magnitude(vf x) { return (vf)((vi)x & splat_int(0x7fffffff)); }

INLINE float largest_lane(vf x) {
#if LANES > 8
    x = larger(x, SHUFFLE(x, x, SWAPPED, 8));
#endif
#if LANES > 4
    x = larger(x, SHUFFLE(x, x, SWAPPED, 4));
#endif
    x = larger(x, SHUFFLE(x, x, SWAPPED, 2));
    x = larger(x, SHUFFLE(x, x, SWAPPED, 1));
    return x[0];
}

/* The largest magnitude of n numbers. */
static float largest(const float *from, ptrdiff_t n) {
    vf most = splat(0.0f);
    ptrdiff_t k = 0;
    for (; k + LANES <= n; k += LANES) most = larger(most, magnitude(load_unaligned(from + k)));
    for (; k < n; k++) most = larger(most, magnitude(splat(from[k])));
    return largest_lane(most);
}

/* So that neither the unit of a row of zeros nor the product of two such is a denormal number,
 * which is slow to reckon with. */
#define LEAST_ROW 1e-15f
#define LEAST_UNIT 1e-30f

INLINE float row_unit(const w2v_worker *w, const float *row) {
    vf most = splat(LEAST_ROW);
    for (ptrdiff_t c = 0; c < w->width; c += LANES) most = larger(most, magnitude(load(row + c)));
    return largest_lane(most) / w->row_limit;
}

/* The units of n rows are known: if the last has no partner, it is to be its own. */
INLINE void complete_units(float *units, ptrdiff_t n) {
    if (n % 2) units[n] = units[n - 1];
}

/* The unit of coefficients of at most `coef`, for rows of units of at most `unit`, that leaves
 * none larger than `limit`. */
INLINE float common_unit(float coef, float unit, float limit) {
    const float common = coef * unit / limit;
    return common < LEAST_UNIT ? LEAST_UNIT : common; /* NaN remains */
}

/* The place of a column among the pairs that enter_rows() makes of a row. */
INLINE ptrdiff_t pair_of_column(ptrdiff_t column) {
    const ptrdiff_t lane = column % LANES, next = column / LANES % 2;
    return column / (2 * LANES) * LANES + lane / 4 * 4 + next * 2 + lane % 4 / 2;
}

/* Pairs 0 .. n - 1 are all that are of columns below dim. */
static ptrdiff_t pairs_of_columns(ptrdiff_t dim) {
    ptrdiff_t n = 0;
    for (ptrdiff_t column = 0; column < dim; column++)
        if (pair_of_column(column) >= n) n = pair_of_column(column) + 1;
    return n;
}
