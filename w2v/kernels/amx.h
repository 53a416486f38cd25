/* Whether this build has the kernel of avx512amx.c, and whether this process may run it. Tiles need
 * a compiler that knows them, and Linux, which is asked for them. */
#include "processor.h"

#if defined(__x86_64__) && defined(__linux__) && W2V_COMPILER(11, 12, 14)
#define W2V_AMX
#endif

/* What the processor or the system lacks for it, NULL if nothing. Asks for nothing. */
const char *w2v_amx_lacking(void);

/* Why this process may not use tiles, NULL if it may: w2v_amx_lacking(), or the system's refusal, which
 * is asked the first time. To be called before the kernel's first use. */
const char *w2v_amx_refused(void);
