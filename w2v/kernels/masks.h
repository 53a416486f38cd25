/* The bits of a mask of 16 lanes. By name, since GCC 12 with -O1 widened a mask by storing its 16 bits
 * and loading 32. */
#ifdef W2V_EMULATE_AVX512
#define LANE_BITS(bits, lanes) (bits) = (lanes)
#else
#define LANE_BITS(bits, lanes) __asm__("kmovw %1, %0" : "=r"(bits) : "k"(lanes))
#endif
