/* Asking for matrix tiles. Their registers are 8 KiB that the system must save for each thread, so
 * that Linux (5.16 and later) grants them only to a process that asks; whoever does not gets an
 * illegal instruction. */
#include "amx.h"

#include <stddef.h>

#ifndef W2V_AMX

const char *w2v_amx_lacking(void) { return "this build of w2v has no AMX kernel"; }
const char *w2v_amx_refused(void) { return w2v_amx_lacking(); }

#elif defined(W2V_EMULATE_TILES)

const char *w2v_amx_lacking(void) {
    return w2v_has_bf16() ? NULL : "even emulated, tiles need AVX512-BF16";
}
const char *w2v_amx_refused(void) { return w2v_amx_lacking(); }

#else

#include <cpuid.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

/* of asm/prctl.h, whose older editions lack them */
enum { GET_FEATURES = 0x1021, REQUEST_FEATURE = 0x1023, TILE_DATA = 18 };

static int processor_has_tiles(void) {
    enum { BF16_PRODUCTS = 1 << 22, TILE_REGISTERS = 1 << 24 }; /* bits of EDX */
    unsigned a, b, c, d;
    if (!w2v_has_bf16() || !__get_cpuid_count(7, 0, &a, &b, &c, &d)) return 0;
    return (d & BF16_PRODUCTS) && (d & TILE_REGISTERS);
}

const char *w2v_amx_lacking(void) {
    uint64_t features = 0;
    if (!processor_has_tiles()) return "this processor has no AMX, or a hypervisor hides it";
    if (syscall(SYS_arch_prctl, GET_FEATURES, &features) || !(features >> TILE_DATA & 1))
        return "the system does not offer AMX: that takes Linux 5.16, and the hypervisor's consent";
    return NULL;
}

const char *w2v_amx_refused(void) {
    enum { UNKNOWN, GRANTED, REFUSED };
    static int answer; /* two threads may both ask, and get the same answer */
    const char *lacking = w2v_amx_lacking();
    if (lacking) return lacking;
    if (__atomic_load_n(&answer, __ATOMIC_ACQUIRE) == UNKNOWN) {
        const long refused = syscall(SYS_arch_prctl, REQUEST_FEATURE, TILE_DATA);
        __atomic_store_n(&answer, refused ? REFUSED : GRANTED, __ATOMIC_RELEASE);
    }
    if (__atomic_load_n(&answer, __ATOMIC_ACQUIRE) == GRANTED) return NULL;
    return "the system refuses this process AMX: a security profile may forbid asking "
           "(arch_prctl), or a thread's signal stack be too small for AMX's registers";
}

#endif
