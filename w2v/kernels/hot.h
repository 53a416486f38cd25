/* Copies of the most frequent rows, one set for each worker.
 *
 * Workers add to rows without locks. A row that two of them use again and again goes from one core's
 * cache to the other's each time; where that is slow it costs as much as the arithmetic. So each worker
 * can train copies of the first `hot_rows` of both matrices. Now and then it merges them: what they
 * have gained is added to the matrices, and what others have added is taken over. Nothing else of a worker
 * knows: input_row() and output_row() say where a row is.
 *
 * Between two merges every worker takes a row toward where it would be at rest: most of the way, if the row
 * is frequent. The sum of all their ways would overshoot, the next one more so: with four workers that
 * merged 512 rows every 16,384 words, training diverged. So a merge leaves out what others have
 * added already (share_to_add), and the more frequent rows are merged more often.
 *
 * A worker has copies only while it trains: when it has been stopped or flushed, so that others may look
 * at the matrices or save them, all has been merged. And only while the run says that they pay.
 */

/* The eighth of hot rows with the most frequent words is merged each time, the first quarter every second time, half
 * of them every fourth, all every 1 << HOT_LEVELS-th. */
enum { HOT_LEVELS = 3 };

static int64_t hot_bytes(const w2v_run *run) {
    return 4 * run->hot_rows * run->stride * (int64_t)sizeof(float);
}

/* How much of what a copy has gained shall be added, 0 to 1, given the product of that with what others have
 * added since the last merge, and with itself. Workers that go the same way add up to the way of one; rows that
 * move at random, as rare ones do, have no way in common. What that does to vectors is in docs/performance.md;
 * adding up to 1.5 ways was no better, and worse where training without copies is about to diverge. */
INLINE float share_to_add(float along, float own) {
    const float share = 1 - along / own;
    return share < 0 ? 0 : share < 1 ? share : 1;
}

static void copy_hot_row(float *row, float *copy, float *merged, ptrdiff_t n) {
    for (ptrdiff_t k = 0; k < n; k += LANES) {
        const vf now = load(row + k);
        store(copy + k, now);
        store(merged + k, now);
    }
}

/* A row of a matrix, to which others may add meanwhile, as to any. */
static void merge_row(float *row, float *copy, float *merged, ptrdiff_t n) {
    vf along = splat(0.0f), own = splat(0.0f);
    for (ptrdiff_t k = 0; k < n; k += LANES) {
        const vf before = load(merged + k), gained = load(copy + k) - before;
        along += gained * (load(row + k) - before);
        own += gained * gained;
    }
    const float length = sum_lane(own);
    if (length == 0) { /* what others add meanwhile shall not be overwritten for nothing */
        copy_hot_row(row, copy, merged, n);
        return;
    }
    const vf share = splat(share_to_add(sum_lane(along), length));
    for (ptrdiff_t k = 0; k < n; k += LANES) {
        const vf now = load(row + k) + share * (load(copy + k) - load(merged + k));
        store(row + k, now);
        store(copy + k, now);
        store(merged + k, now);
    }
}

/* Call f(row, copy, copy as it was merged, floats) for the first n hot rows of both matrices. Workers
 * begin at different rows, lest those that merge at the same time meet at each. */
INLINE void for_hot_rows(w2v_worker *w, int64_t n,
                         void (*const f)(float *, float *, float *, ptrdiff_t)) {
    const ptrdiff_t stride = (ptrdiff_t)w->stride;
    for (int64_t k = 0; k < n; k++) {
        const ptrdiff_t at = (ptrdiff_t)((w->first_merged + k) % n) * stride;
        f(w->inputs + at, w->input_copies + at, w->merged_inputs + at, stride);
        f(w->outputs + at, w->output_copies + at, w->merged_outputs + at, stride);
    }
}

static void take_hot_rows(w2v_worker *w) {
    if (w->hot || !__atomic_load_n(&w->run->copying, __ATOMIC_RELAXED)) return;
    w->hot = w->run->hot_rows;
    __atomic_store_n(&w->run->copied, 1, __ATOMIC_RELAXED);
    w->merges = w->since_merge = 0;
    for_hot_rows(w, w->hot, copy_hot_row);
}

static void return_hot_rows(w2v_worker *w) {
    for_hot_rows(w, w->hot, merge_row);
    w->hot = 0;
}

static void merge_when_due(w2v_worker *w) {
    if (w->since_merge < w->run->merge_interval) return;
    const int level = __builtin_ctzll((unsigned long long)++w->merges);
    w->since_merge = 0;
    for_hot_rows(w, w->hot >> (level < HOT_LEVELS ? HOT_LEVELS - level : 0), merge_row);
}

/* After n more words have been trained on. */
static void tend_hot_rows(w2v_worker *w, int64_t n) {
    w->since_merge += n;
    if (!w->hot) take_hot_rows(w);
    else if (__atomic_load_n(&w->run->copying, __ATOMIC_RELAXED)) merge_when_due(w);
    else return_hot_rows(w);
}
