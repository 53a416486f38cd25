/* What a processor of x86-64 has, with the operating system's consent to the wider registers. */
#ifndef W2V_PROCESSOR_H
#define W2V_PROCESSOR_H

/* The compilers that know bf16 products: GCC 11, Clang 9 and later. */
#if defined(__x86_64__) && (defined(__clang__) ? __clang_major__ >= 9 : __GNUC__ >= 11)
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

static inline int w2v_has_avx512(void) {
    return w2v_has_avx2() && W2V_SUPPORTS("avx512f") && W2V_SUPPORTS("avx512bw") &&
           W2V_SUPPORTS("avx512dq") && W2V_SUPPORTS("avx512vl");
}

static inline int w2v_has_vnni(void) { return w2v_has_avx512() && W2V_SUPPORTS("avx512vnni"); }
#endif

#ifdef W2V_BF16
static inline int w2v_has_bf16(void) { return w2v_has_avx512() && W2V_SUPPORTS("avx512bf16"); }
#endif

#endif
