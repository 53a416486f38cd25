#include "sharing.h"

#include <time.h>

enum { MEANS = 40, PASSES = 50, LOOKS = 20 * 1000 * 1000 };

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double w2v_pass_line(int64_t *line, int side) {
    double least = 0, begin = 0;
    int64_t looks = 0;
    for (int64_t pass = 0; pass <= MEANS * PASSES; pass++) {
        while (__atomic_load_n(line, __ATOMIC_ACQUIRE) != 2 * pass + side)
            if (++looks > LOOKS) return 0;
        __atomic_store_n(line, 2 * pass + side + 1, __ATOMIC_RELEASE);
        if (pass % PASSES) continue;
        const double now = seconds(), mean = (now - begin) / PASSES;
        if (pass && (least == 0 || mean < least)) least = mean;
        begin = now;
    }
    return least;
}
