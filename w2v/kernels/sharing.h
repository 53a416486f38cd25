/* How fast two cores share what both write: what decides whether copies of hot rows pay (hot.h).
 *
 * Now and then worker 0 asks another one, each in its turn, to pass a cache line to and fro with it. The other
 * looks between two blocks; if it does not come in time, having longer blocks than most, or the system
 * having just taken one of them off its core, that was all. They do it while they train, since threads are moved from core to
 * core, and those of virtual machines without their knowing.
 */
#include <time.h>

enum {
    MEANS = 8,              /* the least of which counts, */
    PASSES = 16,            /* each of so many times there and back */
    LOOKS = 2000000,        /* at the line in vain, before a side gives up: about a millisecond */
    ASK_INTERVAL = 1 << 19, /* words that worker 0 trains on between two asks: a tenth of a second if it is fast */
    FIRST_RETRY = 1 << 13   /* so many, and then twice as many each time, after one without an answer:
                             * the other may be about to start */
};

static double seconds_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Numbers of the line: those of an ask begin with a multiple of this. */
enum { NUMBERS = 4 * MEANS * PASSES };

/* One side of an ask, 0 or 1: returns the seconds there and back, 0 if the other did not answer. */
static double pass_line(int64_t *line, int64_t ask, int side) {
    double least = 0, begin = 0;
    if (!side) __atomic_store_n(line, ask * NUMBERS, __ATOMIC_RELEASE);
    for (int64_t pass = 0; pass <= MEANS * PASSES; pass++) {
        const int64_t mine = ask * NUMBERS + 2 * pass + side;
        int64_t looks = 0;
        while (__atomic_load_n(line, __ATOMIC_ACQUIRE) != mine)
            if (++looks > LOOKS) return 0;
        __atomic_store_n(line, mine + 1, __ATOMIC_RELEASE);
        if (pass % PASSES) continue;
        const double now = seconds_now(), mean = (now - begin) / PASSES;
        if (pass && (least == 0 || mean < least)) least = mean;
        begin = now;
    }
    return least;
}

/* Worker 0 asks. It goes by a mean of times, which count the less the longer ago they were: with many workers,
 * some of them nearer than others, no single one shall decide. */
static void ask_for_line(w2v_worker *w) {
    w2v_run *run = w->run;
    const int64_t ask = __atomic_add_fetch(&run->ask, 1, __ATOMIC_ACQ_REL);
    const double trip = pass_line(&run->line, ask, 0);
    if (trip == 0) {
        w->retry = w->retry ? 2 * w->retry : FIRST_RETRY;
        if (w->retry > ASK_INTERVAL) w->retry = ASK_INTERVAL;
        w->until_ask = w->retry;
        return;
    }
    w->until_ask = ASK_INTERVAL;
    w->retry = 0;
    run->trips++;
    run->trip_seconds += trip;
    if (!run->hot_rows || run->slow_line <= 0) return;
    w->trip = w->trip > 0 ? w->trip + (trip - w->trip) / (double)run->workers : trip;
    __atomic_store_n(&run->copying, w->trip >= run->slow_line, __ATOMIC_RELAXED);
}

/* To be called between two blocks, after n words. */
static void watch_line(w2v_worker *w, int64_t n) {
    w2v_run *run = w->run;
    const int64_t workers = run->workers;
    if (workers < 2) return;
    if (w->number == 0) {
        if ((w->until_ask -= n) <= 0) ask_for_line(w);
    } else {
        const int64_t ask = __atomic_load_n(&run->ask, __ATOMIC_ACQUIRE);
        if (ask == w->answered) return;
        w->answered = ask;
        if (1 + ask % (workers - 1) == w->number) pass_line(&run->line, ask, 1);
    }
}
