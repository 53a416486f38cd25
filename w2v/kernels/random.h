/* xoshiro128++ (Blackman and Vigna), sixteen generators side by side, read from a buffer.
 *
 * Sixteen, so that compilers turn a refill into vector instructions; they are seeded
 * apart by splitmix64. The high bits are the good ones: ranges come from the top of a
 * 64-bit product. */
#include <stddef.h>
#include <stdint.h>

enum { RNG_LANES = 16, RNG_BUFFER = 512 };

typedef struct {
    uint32_t state[4][RNG_LANES];
    uint32_t buffer[RNG_BUFFER];
    int used;
} rng_t;

static void rng_refill(rng_t *rng) {
#define ROTATE(x, k) (((x) << (k)) | ((x) >> (32 - (k))))
    uint32_t a[RNG_LANES], b[RNG_LANES], c[RNG_LANES], d[RNG_LANES];
    memcpy(a, rng->state[0], sizeof a);
    memcpy(b, rng->state[1], sizeof b);
    memcpy(c, rng->state[2], sizeof c);
    memcpy(d, rng->state[3], sizeof d);
    for (int i = 0; i < RNG_BUFFER; i += RNG_LANES) {
        for (int l = 0; l < RNG_LANES; l++) {
            uint32_t sum = a[l] + d[l], shifted = b[l] << 9;
            rng->buffer[i + l] = ROTATE(sum, 7) + a[l];
            c[l] ^= a[l];
            d[l] ^= b[l];
            b[l] ^= c[l];
            a[l] ^= d[l];
            c[l] ^= shifted;
            d[l] = ROTATE(d[l], 11);
        }
    }
    memcpy(rng->state[0], a, sizeof a);
    memcpy(rng->state[1], b, sizeof b);
    memcpy(rng->state[2], c, sizeof c);
    memcpy(rng->state[3], d, sizeof d);
    rng->used = 0;
#undef ROTATE
}

static void rng_seed(rng_t *rng, uint64_t seed, uint64_t stream) {
    uint64_t x = seed ^ (stream * 0xd1342543de82ef95u);
    for (int k = 0; k < 4; k++) {
        for (int l = 0; l < RNG_LANES; l++) {
            uint64_t z = x += 0x9e3779b97f4a7c15u;
            z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
            z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
            rng->state[k][l] = (uint32_t)((z ^ (z >> 31)) >> 32);
        }
    }
    rng->used = RNG_BUFFER;
}

static inline uint32_t rng_next(rng_t *rng) {
    if (rng->used == RNG_BUFFER) rng_refill(rng);
    return rng->buffer[rng->used++];
}

/* The next numbers, at most n and at least one: `count` of them. The caller adds those that
 * it used to `used`. */
static inline const uint32_t *rng_some(rng_t *rng, ptrdiff_t n, ptrdiff_t *count) {
    if (rng->used == RNG_BUFFER) rng_refill(rng);
    *count = n < RNG_BUFFER - rng->used ? n : RNG_BUFFER - rng->used;
    return rng->buffer + rng->used;
}

/* A whole number from 0 to n - 1; n below 2^32. */
static inline uint32_t rng_below(rng_t *rng, uint32_t n) {
    return (uint32_t)(((uint64_t)rng_next(rng) * n) >> 32);
}
