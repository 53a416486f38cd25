/* Which kernels this processor can run. */
#include "amx.h"
#include "kernels.h"

extern const w2v_kernel w2v_baseline;

#if defined(__x86_64__)
extern const w2v_kernel w2v_avx512amx, w2v_avx512bf16, w2v_avx512, w2v_avx2;

const w2v_kernel *const *w2v_kernels(void) {
    static const w2v_kernel *found[6];
    int n = 0;
    __builtin_cpu_init();
    /* these checks include the operating system's consent to the wider registers */
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
#ifdef W2V_AMX
        if (!w2v_amx_lacking()) found[n++] = &w2v_avx512amx;
#endif
#if defined(__clang__) ? __clang_major__ >= 9 : __GNUC__ >= 11
        if (__builtin_cpu_supports("avx512bf16")) found[n++] = &w2v_avx512bf16;
#endif
        found[n++] = &w2v_avx512;
    }
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) found[n++] = &w2v_avx2;
    found[n++] = &w2v_baseline;
    found[n] = NULL;
    return found;
}
#else
const w2v_kernel *const *w2v_kernels(void) {
    static const w2v_kernel *const found[] = {&w2v_baseline, NULL};
    return found;
}
#endif
