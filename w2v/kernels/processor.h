/* What a processor of x86-64 has, with the operating system's consent to the wider registers. */
#ifndef W2V_PROCESSOR_H
#define W2V_PROCESSOR_H

/* The compilers that know bf16 products: GCC 11, Clang 9 and later. */
#if defined(__x86_64__) && (defined(__clang__) ? __clang_major__ >= 9 : __GNUC__ >= 11)
#define W2V_BF16
#endif

#ifdef __x86_64__
static inline int w2v_has_avx2(void) {
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
           __builtin_cpu_supports("bmi2");
}

static inline int w2v_has_avx512(void) {
#ifdef W2V_EMULATE_AVX512 /* see emulated.h */
    return w2v_has_avx2();
#else
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
#endif
}

static inline int w2v_has_vnni(void) {
#ifdef W2V_EMULATE_AVX512
    return w2v_has_avx2();
#else
    return w2v_has_avx512() && __builtin_cpu_supports("avx512vnni");
#endif
}
#endif

#ifdef W2V_BF16
static inline int w2v_has_bf16(void) {
#ifdef W2V_EMULATE_AVX512
    return w2v_has_avx2();
#else
    return w2v_has_avx512() && __builtin_cpu_supports("avx512bf16");
#endif
}
#endif

#endif
