/* Which kernels this processor can run. */
#include "amx.h"
#include "kernels.h"
#include "processor.h"

extern const w2v_kernel w2v_avx512amx, w2v_avx512bf16, w2v_avx512vnni, w2v_avx512;
extern const w2v_kernel w2v_avxvnni, w2v_avx2, w2v_neonbf16, w2v_baseline;

const w2v_kernel *const *w2v_kernels(void) {
    static const w2v_kernel *found[8];
    int n = 0;
#ifdef W2V_AMX
    if (!w2v_amx_lacking()) found[n++] = &w2v_avx512amx;
#endif
#ifdef W2V_BF16
    if (w2v_has_bf16()) found[n++] = &w2v_avx512bf16;
#endif
#ifdef __x86_64__
    if (w2v_has_vnni()) found[n++] = &w2v_avx512vnni;
    if (w2v_has_avx512()) found[n++] = &w2v_avx512;
#endif
#ifdef W2V_AVX_VNNI
    if (w2v_has_avx_vnni()) found[n++] = &w2v_avxvnni;
#endif
#ifdef __x86_64__
    if (w2v_has_avx2()) found[n++] = &w2v_avx2;
#endif
#ifdef W2V_NEON_BF16
    if (w2v_has_neon_bf16()) found[n++] = &w2v_neonbf16;
#endif
    found[n++] = &w2v_baseline;
    found[n] = NULL;
    return found;
}
