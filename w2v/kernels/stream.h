/* From the corpus to blocks: subsampling, packing, sentence ends, learning rate, and the
 * functions of the w2v_kernel table. */

/* The reach of a center at `pos`, given how many words stand on either side of it. */
static void set_reach(w2v_worker *w, ptrdiff_t place, ptrdiff_t before, ptrdiff_t after) {
    ptrdiff_t reach = w->window;
    if (w->run->window_mode == W2V_SHRINK)
        reach = 1 + (ptrdiff_t)rng_below(&w->rng, (uint32_t)reach);
    w->left[place] = (uint16_t)(before < reach ? before : reach);
    w->right[place] = (uint16_t)(after < reach ? after : reach);
}

/* Words settle once all that stand within their window are known: those more than a window
 * before the end of the open sentence, or all of a closed one. */
static void settle(w2v_worker *w, ptrdiff_t until, ptrdiff_t sentence_end) {
    for (; w->settled < until; w->settled++)
        set_reach(w, w->settled, w->settled - w->sentence, sentence_end - 1 - w->settled);
}

static void close_sentence(w2v_worker *w) {
    /* a lone word has no pairs: forget it */
    if (w->end - w->sentence < 2) w->end = w->sentence;
    settle(w, w->end, w->end);
    w->sentence = w->settled = w->end;
}

/* Append the tokens that subsampling keeps. Written without a branch per token, since
 * whether a token is kept cannot be predicted. */
static void take_tokens(w2v_worker *w, const int32_t *rows, ptrdiff_t n) {
    const uint32_t *keep = w->run->keep;
    int32_t *kept = w->kept;
    for (ptrdiff_t k = 0; k < n; k++) {
        const int32_t row = rows[k];
        if (__builtin_expect(row < 0, 0)) {
            close_sentence(w);
            continue;
        }
        kept[w->end] = row;
        w->end += rng_next(&w->rng) <= keep[row];
        w->tokens++;
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

static int train(w2v_worker *w, const int32_t *rows, int64_t n, int64_t *taken) {
    const ptrdiff_t block = w->run->block_length;
    for (;;) {
        /* one step is kept back: its rows are prefetched, and a lone word may be forgotten */
        while (w->end - w->pos >= block + w->run->step) {
            if (stopped(w)) return 1;
            train_block(w, block);
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

static void flush(w2v_worker *w) {
    close_sentence(w);
    if (w->pos == w->end) { /* nothing came since the last flush */
        report(w);
        return;
    }
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
    report(w);
}

static void take_loss(w2v_worker *w, double *loss, double *pairs) {
    *loss = w->loss;
    *pairs = w->pairs;
    w->loss = w->pairs = 0;
}
