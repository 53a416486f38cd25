/* What the compiled core (_core.pyx) sees of the kernels.
 *
 * Arrays, once and for all:
 *   inputs, outputs   (words + 1, stride) float32, 64-byte aligned; row `words` is
 *                     padding: all zero, and every delta added to it is zero
 *   keep              (words,) uint32: a token is kept if a random uint32 <= keep[row]
 *   noise             (words,) uint64: alias table; low half the threshold below which
 *                     the slot's own row is drawn, high half the other row
 *   path_start        (words + 1,) int64, path int32: hierarchical softmax only, else NULL.
 *                     The path of a word, path_start[row] .. path_start[row + 1], is of
 *                     nodes v (s(x . v) is for it) and ~v (1 - s is); node v has row v of
 *                     outputs
 *   log_draws         (words + 1,) float32: log(negative * P_n(row)), what nce and
 *                     sampled-softmax with log_q subtract from a logit; else NULL
 *   frozen            (words + 1,) uint8: 1 for rows of inputs that training leaves as they are;
 *                     NULL if there is none
 * All are owned by Python and outlive every worker.
 */
#ifndef W2V_KERNELS_H
#define W2V_KERNELS_H

#include <stddef.h>
#include <stdint.h>

enum { W2V_SHRINK, W2V_WEIGHTED, W2V_FIXED }; /* window modes */
enum { W2V_SHARED, W2V_PRIVATE };             /* ways of drawing negatives */
enum { W2V_SKIPGRAM, W2V_CBOW };              /* models */
enum { W2V_NS, W2V_NCE, W2V_SAMPLED_SOFTMAX, W2V_HS }; /* losses */

enum { W2V_EXACT, W2V_SKIP, W2V_SATURATE };   /* what is made of large logits */

/* One training run: the same for all workers. `done`, `stop`, `diverged` and what says so below are shared and
 * atomic: while workers train, others get at them by the functions below only. */
typedef struct {
    float *inputs;          /* IN/OUT */
    float *outputs;         /* IN/OUT */
    const uint32_t *keep;
    const uint64_t *noise;
    const float *log_draws;
    const int64_t *path_start;
    const int32_t *path;
    const uint8_t *frozen;
    int64_t longest_path;
    int64_t copied_nodes;   /* nodes 0 .. that workers train copies of: block_noise or more */
    int model;
    int loss;
    int cbow_mean;          /* the hidden vector is the mean of the contexts, not their sum */
    int cbow_corrected;     /* a context gets its share of the mean's gradient, not the whole */
    int64_t words;
    int64_t stride;         /* floats between rows, a multiple of 16 */
    int64_t dim;
    int64_t window;
    int window_mode;
    int negatives;
    int64_t negative;
    int64_t block_length;
    int64_t step;           /* centers whose rows are gathered together: the order of updates */
    int64_t block_noise;    /* of hs: nodes 0 .. that a step's contexts are scored against */
    int64_t loss_interval;  /* the loss is measured at one position of this many */
    int large_logits;       /* exact but in ns with private noise, and hs */
    float logit_limit;      /* a larger logit of either sign is a large one */
    double alpha;
    double min_alpha;
    int64_t total;          /* tokens to train on, all epochs together */
    int64_t done;           /* tokens taken so far, by all workers */
    int stop;               /* set to make all workers return at their next block */
    int diverged;           /* set by workers once a loss they measured is not finite */
    /* Copies of hot rows, see hot.h and sharing.h. */
    int64_t hot_rows;       /* rows 0 .. of both matrices that workers may have copies of */
    int64_t merge_interval; /* words that a worker trains on between two merges of the first of them */
    double slow_line;       /* seconds that a cache line takes to another worker and back, from
                             * which on they have them; 0: they have them in any case */
    int64_t workers;        /* those that have been created: each has the number of those before */
    int copying;            /* whether they have copies, from their next block on; atomic */
    int copied;             /* whether any had; atomic */
    int64_t ask;            /* measurements of the line that were asked for; atomic */
    int64_t trips;          /* those that came to something, and */
    double trip_seconds;    /* the sum of their times: worker 0's alone while it trains */
    char before_line[128];  /* processors fetch lines by twos */
    int64_t line;           /* alone on its cache line; atomic */
    char after_line[128];
} w2v_run;

static inline int64_t w2v_done(const w2v_run *run) {
    return __atomic_load_n(&run->done, __ATOMIC_RELAXED);
}

static inline int w2v_diverged(const w2v_run *run) {
    return __atomic_load_n(&run->diverged, __ATOMIC_RELAXED);
}

static inline void w2v_stop(w2v_run *run, int stop) {
    __atomic_store_n(&run->stop, stop, __ATOMIC_RELAXED);
}

static inline int w2v_copied(const w2v_run *run) {
    return __atomic_load_n(&run->copied, __ATOMIC_RELAXED);
}

static inline void w2v_copy_hot_rows(w2v_run *run, int copying) {
    __atomic_store_n(&run->copying, copying, __ATOMIC_RELAXED);
}

typedef struct w2v_worker w2v_worker;

/* To be raised when a worker's saved state (state.h) gets another layout, or the same bytes another meaning:
 * what an earlier version saved is then refused as such. */
enum { W2V_STATE_LAYOUT = 1 };

/* One build of the algorithm for one instruction set. */
typedef struct {
    const char *name;
    /* NULL if memory is short. */
    w2v_worker *(*create)(w2v_run *run, uint64_t seed, uint64_t stream);
    /* Train on a chunk, `n` rows of the corpus; -1 ends a sentence. Returns 0, or 1 if
     * stopped: the same call with the same `taken` then goes on as if it had not been.
     * taken   IN/OUT rows of the chunk that are in the worker already, 0 to begin */
    int (*train)(w2v_worker *, const int32_t *rows, int64_t n, int64_t *taken);
    /* End the current sentence, train what is left in the buffers; never stopped. */
    void (*flush)(w2v_worker *);
    /* Sum of the loss and of the pairs' weights since the last call. */
    void (*take_loss)(w2v_worker *, double *loss, double *pairs);
    void (*destroy)(w2v_worker *);
    int64_t (*bytes)(const w2v_run *run); /* memory that create() will take, copies of hot rows included */
    /* A worker that was stopped, or flushed, as bytes, and back; see state.h. */
    int64_t (*state_bytes)(const w2v_run *run);
    void (*save_state)(w2v_worker *, char *to);
    int (*restore_state)(w2v_worker *, const char *from); /* 1 if the bytes are no such state */
    int64_t longest_step; /* what `step` of a run may be */
    /* Why this process may not use it, NULL if it may; to be called before create(). NULL if the
     * processor's having it is all it takes. */
    const char *(*refused)(void);
} w2v_kernel;

/* Kernels this processor can run, in the order in which they are chosen, ended by NULL. */
const w2v_kernel *const *w2v_kernels(void);

#endif
