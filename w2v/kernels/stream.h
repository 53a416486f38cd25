/* From the corpus to blocks: subsampling, packing, sentence ends, learning rate, and the
 * functions of the w2v_kernel table. */

INLINE uint16_t least(ptrdiff_t a, ptrdiff_t b) { return (uint16_t)(a < b ? a : b); }

/* How far the words up to `until` reach to either side, all that stand within their window
 * being known: those more than a window before the end of the open sentence, or all of a
 * closed one. */
static void settle(w2v_worker *w, ptrdiff_t until, ptrdiff_t sentence_end) {
    uint16_t *left = w->left, *right = w->right;
    const ptrdiff_t window = w->window, first = w->sentence, last = sentence_end - 1;
    if (w->run->window_mode == W2V_SHRINK) {
        for (ptrdiff_t k = w->settled; k < until; k++) {
            const ptrdiff_t reach = 1 + (ptrdiff_t)rng_below(&w->rng, (uint32_t)window);
            left[k] = least(k - first, reach);
            right[k] = least(last - k, reach);
        }
    } else {
        for (ptrdiff_t k = w->settled; k < until; k++) {
            left[k] = least(k - first, window);
            right[k] = least(last - k, window);
        }
    }
    if (until > w->settled) w->settled = until;
}

static void close_sentence(w2v_worker *w) {
    /* a lone word has no pairs: forget it */
    if (w->end - w->sentence < 2) w->end = w->sentence;
    settle(w, w->end, w->end);
    w->sentence = w->settled = w->end;
}

#if LANES == 16
#include "masks.h"

INLINE int count_lanes(__mmask16 lanes) {
    uint32_t bits;
    LANE_BITS(bits, lanes);
    return __builtin_popcount(bits);
}
#endif

/* Append those of n words that subsampling keeps, given a random number for each, and return
 * the new end. Without a branch per word, since whether it is kept cannot be predicted; up to
 * SLACK places past the end may be written. */
static ptrdiff_t keep_words(const uint32_t *keep, const uint32_t *luck, const int32_t *rows,
                            ptrdiff_t n, int32_t *kept, ptrdiff_t end) {
    ptrdiff_t k = 0;
#if LANES == 16
    for (; k + LANES <= n; k += LANES) {
        const __m512i row = _mm512_loadu_si512(rows + k);
        const __mmask16 lucky = _mm512_cmple_epu32_mask(_mm512_loadu_si512(luck + k),
                                                        _mm512_i32gather_epi32(row, keep, 4));
        _mm512_storeu_si512(kept + end, _mm512_maskz_compress_epi32(lucky, row));
        end += count_lanes(lucky);
    }
#endif
    for (; k < n; k++) {
        kept[end] = rows[k];
        end += luck[k] <= keep[rows[k]];
    }
    return end;
}

/* Append n tokens to the stream: words that subsampling keeps, and ends of sentences. */
static void take_tokens(w2v_worker *w, const int32_t *rows, ptrdiff_t n) {
    for (ptrdiff_t k = 0, words; k < n; k += words) {
        if (rows[k] < 0) {
            close_sentence(w);
            words = 1;
            continue;
        }
        const uint32_t *luck = rng_some(&w->rng, n - k, &words);
        ptrdiff_t before_end = 1;
        while (before_end < words && rows[k + before_end] >= 0) before_end++;
        words = before_end;
        w->end = keep_words(w->run->keep, luck, rows + k, words, w->kept, w->end);
        w->rng.used += (int)words;
        w->tokens += words;
    }
    if (w->end - w->window > w->settled) settle(w, w->end - w->window, w->end);
}

/* Make room by forgetting positions that no step will look at again. */
static void make_room(w2v_worker *w, ptrdiff_t wanted) {
    if (w->end + wanted <= w->capacity) return;
    const ptrdiff_t shift = w->pos - 3 * w->window;
    const size_t n = (size_t)(w->end - shift);
    memmove(w->kept, w->kept + shift, n * sizeof *w->kept);
    memmove(w->left, w->left + shift, n * sizeof *w->left);
    memmove(w->right, w->right + shift, n * sizeof *w->right);
    w->pos -= shift;
    w->end -= shift;
    w->sentence -= shift;
    w->settled -= shift;
}

static void report(w2v_worker *w) {
    w2v_run *run = w->run;
    int64_t done = __atomic_add_fetch(&run->done, w->tokens, __ATOMIC_RELAXED);
    w->tokens = 0;
    double alpha = run->alpha + (run->min_alpha - run->alpha) * (double)done / (double)run->total;
    w->alpha = (float)(alpha > run->min_alpha ? alpha : run->min_alpha);
    if (!isfinite(w->loss)) __atomic_store_n(&run->diverged, 1, __ATOMIC_RELAXED);
}

static void train_block(w2v_worker *w, ptrdiff_t n) {
    if (w->run->loss == W2V_HS) path_block(w, n);
    else if (w->run->negatives == W2V_SHARED) shared_block(w, n);
    else private_block(w, n);
}

static int stopped(const w2v_worker *w) {
    return __atomic_load_n(&w->run->stop, __ATOMIC_RELAXED);
}

/* Returns 1 if stopped; what has been trained by then may still be in the copies of hot rows. */
static int train_chunk(w2v_worker *w, const int32_t *rows, int64_t n, int64_t *taken) {
    const ptrdiff_t block = w->run->block_length;
    for (;;) {
        /* one step is kept back: its rows are prefetched, and a lone word may be forgotten */
        while (w->end - w->pos >= block + w->run->step) {
            if (stopped(w)) return 1;
            train_block(w, block);
            watch_line(w, block);
            tend_hot_rows(w, block);
        }
        if (*taken == n) return 0;
        if (stopped(w)) return 1; /* nothing is trained any more: nothing may be added */
        const int begun = *taken > 0;
        const ptrdiff_t batch = n - *taken < BATCH ? (ptrdiff_t)(n - *taken) : BATCH;
        make_room(w, batch);
        take_tokens(w, rows + *taken, batch);
        *taken += batch;
        if (w->tokens >= REPORT || !begun) report(w);
    }
}

static int train(w2v_worker *w, const int32_t *rows, int64_t n, int64_t *taken) {
    take_hot_rows(w);
    const int stop = train_chunk(w, rows, n, taken);
    if (stop) return_hot_rows(w);
    return stop;
}

/* Train what waits in the stream. */
static void drain(w2v_worker *w) {
    close_sentence(w);
    if (w->pos == w->end) return; /* nothing came since the last time */
    const ptrdiff_t last = w->end + 2 * w->window; /* then every context is done */
    make_room(w, last - w->end + w->run->step);
    const ptrdiff_t padding = 2 * w->window + w->run->step;
    for (ptrdiff_t k = w->end; k < w->end + padding; k++) {
        w->kept[k] = (int32_t)w->run->words;
        w->left[k] = w->right[k] = 0;
    }
    w->end += padding - w->run->step;
    while (w->pos < w->end) {
        const ptrdiff_t left = w->end - w->pos;
        train_block(w, left < w->run->block_length ? left : w->run->block_length);
    }
    w->sentence = w->settled = w->end;
}

static void flush(w2v_worker *w) {
    take_hot_rows(w);
    drain(w);
    return_hot_rows(w);
    report(w);
}

static void take_loss(w2v_worker *w, double *loss, double *pairs) {
    *loss = w->loss;
    *pairs = w->pairs;
    w->loss = w->pairs = 0;
}
