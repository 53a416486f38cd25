/* What one core and all of them can do: multiply-adds a second, bytes a second.
 *
 *     roofline WHAT BYTES THREADS SECONDS
 *
 * WHAT is fma-float32, fma-bf16, fma-amx (tiles of bf16), read or update (read, add, write). BYTES
 * is what each thread goes through over and over; only read and update look at it. Every thread does the same on its
 * own; the sum of their rates is printed as a line of JSON. {"rate": 0} says that there is no such
 * instruction here. A step that the compiler could leave out is held fast by an empty asm. */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#if defined __AVX512BF16__ || defined __AMX_BF16__
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

#if defined __AVX512F__
#define BYTES_WIDE 64
#elif defined __AVX__
#define BYTES_WIDE 32
#else
#define BYTES_WIDE 16
#endif
#define LANES (BYTES_WIDE / 4)
#define SUMS 10 /* independent: the latency of one, times two a cycle, and some */
#define HOLD(value) __asm__ volatile("" : "+m"(value))

typedef float vf __attribute__((vector_size(BYTES_WIDE)));

static const char *what;
static size_t bytes;
static double seconds;
static pthread_barrier_t begin;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Each returns how much it did: floating-point operations, or bytes. */

static double fma_float32(float *unused) {
    (void)unused;
    vf sums[SUMS], factor, term;
    for (int i = 0; i < LANES; i++) factor[i] = 0.5f, term[i] = 1.0f;
    HOLD(factor);
    HOLD(term);
    for (int k = 0; k < SUMS; k++) sums[k] = term;
    for (int n = 0; n < 100000; n++) {
#pragma GCC unroll 10
        for (int k = 0; k < SUMS; k++) sums[k] = sums[k] * factor + term;
    }
    for (int k = 0; k < SUMS; k++) HOLD(sums[k]);
    return 100000.0 * SUMS * LANES * 2;
}

static double fma_bf16(float *unused) {
    (void)unused;
#ifdef __AVX512BF16__
    __m512 sums[SUMS];
    __m512bh factor = (__m512bh)_mm512_set1_epi16(0x3f00); /* 0.5 */
    HOLD(factor);
    for (int k = 0; k < SUMS; k++) sums[k] = _mm512_setzero_ps();
    for (int n = 0; n < 100000; n++) {
#pragma GCC unroll 10
        for (int k = 0; k < SUMS; k++) sums[k] = _mm512_dpbf16_ps(sums[k], factor, factor);
    }
    for (int k = 0; k < SUMS; k++) HOLD(sums[k]);
    return 100000.0 * SUMS * 32 * 2;
#else
    return 0;
#endif
}

static double fma_amx(float *unused) {
    (void)unused;
#ifdef __AMX_BF16__
    enum { ASK_FOR_STATE = 0x1023, TILE_DATA = 18, TILES = 6 };
    struct {
        uint8_t palette, start, unused[14];
        uint16_t row_bytes[16];
        uint8_t rows[16];
    } shape __attribute__((aligned(64)));
    if (syscall(SYS_arch_prctl, ASK_FOR_STATE, TILE_DATA)) return 0;
    memset(&shape, 0, sizeof shape);
    shape.palette = 1;
    for (int k = 0; k < TILES; k++) shape.row_bytes[k] = 64, shape.rows[k] = 16;
    _tile_loadconfig(&shape);
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
    _tile_zero(4);
    _tile_zero(5);
    for (int n = 0; n < 10000; n++) {
        _tile_dpbf16ps(0, 4, 5);
        _tile_dpbf16ps(1, 4, 5);
        _tile_dpbf16ps(2, 4, 5);
        _tile_dpbf16ps(3, 4, 5);
    }
    _tile_release();
    return 10000.0 * 4 * 16 * 16 * 32 * 2;
#else
    return 0;
#endif
}

static double read_all(float *from) {
    vf sums[8];
    memset(sums, 0, sizeof sums);
    const vf *rows = (const vf *)from;
    const size_t count = bytes / BYTES_WIDE / 8 * 8;
    for (size_t i = 0; i < count; i += 8) {
#pragma GCC unroll 8
        for (int k = 0; k < 8; k++) sums[k] += rows[i + (size_t)k];
    }
    for (int k = 0; k < 8; k++) HOLD(sums[k]);
    return (double)(count * BYTES_WIDE);
}

static double update_all(float *from) {
    vf term;
    for (int i = 0; i < LANES; i++) term[i] = 1e-9f;
    HOLD(term);
    vf *rows = (vf *)from;
    const size_t count = bytes / BYTES_WIDE / 8 * 8;
    for (size_t i = 0; i < count; i += 8) {
#pragma GCC unroll 8
        for (int k = 0; k < 8; k++) rows[i + (size_t)k] += term;
    }
    __asm__ volatile("" ::: "memory");
    return 2.0 * (double)(count * BYTES_WIDE);
}

static void *work(void *rate) {
    double (*step)(float *) = !strcmp(what, "fma-float32") ? fma_float32
                              : !strcmp(what, "fma-bf16")  ? fma_bf16
                              : !strcmp(what, "fma-amx")   ? fma_amx
                              : !strcmp(what, "read")      ? read_all
                                                           : update_all;
    float *from = NULL;
    const size_t room = (bytes + (2 << 20)) / (2 << 20) * (2 << 20);
    if (posix_memalign((void **)&from, 2 << 20, room)) abort();
    memset(from, 0, room);
    step(from); /* caches and clocks warm up */
    pthread_barrier_wait(&begin);
    const double start = now();
    double done = 0, took;
    do {
        done += step(from);
        took = now() - start;
    } while (took < seconds);
    *(double *)rate = done / took;
    free(from);
    return NULL;
}

int main(int argc, char **argv) {
    if (argc != 5) return 2;
    what = argv[1];
    bytes = strtoull(argv[2], NULL, 10);
    const int threads = atoi(argv[3]);
    seconds = atof(argv[4]);
    pthread_t ids[threads];
    double rates[threads], sum = 0;
    pthread_barrier_init(&begin, NULL, (unsigned)threads);
    for (int k = 0; k < threads; k++) pthread_create(&ids[k], NULL, work, &rates[k]);
    for (int k = 0; k < threads; k++) {
        pthread_join(ids[k], NULL);
        sum += rates[k];
    }
    printf("{\"rate\": %.6g}\n", sum);
    return 0;
}
