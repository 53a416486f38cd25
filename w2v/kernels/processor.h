/* What a processor has, on x86-64 with the operating system's consent to the wider registers. */
#ifndef W2V_PROCESSOR_H
#define W2V_PROCESSOR_H

/* Whether the compiler is this one or a later one: Apple's Clang has numbers of its own. */
#if defined(__apple_build_version__)
#define W2V_COMPILER(gcc, clang, apple) (__clang_major__ >= (apple))
#elif defined(__clang__)
#define W2V_COMPILER(gcc, clang, apple) (__clang_major__ >= (clang))
#else
#define W2V_COMPILER(gcc, clang, apple) (__GNUC__ >= (gcc))
#endif

/* Those that know the bf16 products of AVX-512. */
#if defined(__x86_64__) && W2V_COMPILER(11, 9, 11)
#define W2V_BF16
#endif

#ifdef __x86_64__
#ifdef W2V_EMULATE_AVX512 /* see emulated.h */
#define W2V_SUPPORTS(name) 1
#else
#define W2V_SUPPORTS(name) __builtin_cpu_supports(name)
#endif

static inline int w2v_has_avx2(void) {
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
           __builtin_cpu_supports("bmi2");
}

/* Compilers that know VNNI without AVX-512; the first of them do not ask for it by name. */
#if W2V_COMPILER(11, 12, 14)
#define W2V_AVX_VNNI
#include <cpuid.h>

static inline int w2v_has_avx_vnni(void) {
#ifdef W2V_EMULATE_AVX512
    return w2v_has_avx2();
#else
    enum { AVX_VNNI = 1 << 4 }; /* of EAX */
    unsigned a, b, c, d;
    return w2v_has_avx2() && __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a & AVX_VNNI);
#endif
}
#endif

static inline int w2v_has_avx512(void) {
    return w2v_has_avx2() && W2V_SUPPORTS("avx512f") && W2V_SUPPORTS("avx512bw") &&
           W2V_SUPPORTS("avx512dq") && W2V_SUPPORTS("avx512vl");
}

static inline int w2v_has_vnni(void) { return w2v_has_avx512() && W2V_SUPPORTS("avx512vnni"); }
#endif

#ifdef W2V_BF16
static inline int w2v_has_bf16(void) { return w2v_has_avx512() && W2V_SUPPORTS("avx512bf16"); }
#endif

/* Those that know NEON's, on the systems that say whether a processor has them. */
#if defined(__aarch64__) && (defined(__linux__) || defined(__APPLE__)) && W2V_COMPILER(11, 16, 16)
#define W2V_NEON_BF16

#if defined(__linux__)
#include <sys/auxv.h>

static inline int w2v_has_neon_bf16(void) {
    enum { BF16_PRODUCTS = 1 << 14 }; /* HWCAP2_BF16 of asm/hwcap.h, whose older editions lack it */
    return (getauxval(AT_HWCAP2) & BF16_PRODUCTS) != 0;
}
#else
#include <stddef.h>
#include <sys/sysctl.h>

static inline int w2v_has_neon_bf16(void) {
    int has = 0;
    size_t size = sizeof has;
    return !sysctlbyname("hw.optional.arm.FEAT_BF16", &has, &size, NULL, 0) && has;
}
#endif
#endif

#endif
