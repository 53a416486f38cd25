/* A worker's whole state as bytes, so that training can go on in another process exactly
 * where it stopped. The bytes are w2v_saved, then the arena as it is laid out for this
 * kernel and these settings: another kernel has other buffers and cannot read them.
 *
 * Everything of w2v_worker that lay_out() and fill_weights() do not make anew stands in
 * w2v_saved or in the arena, but for what hot.h and sharing.h add: a worker that was stopped or
 * flushed has no copies, and lines are measured anew. No pointer is saved.
 */
typedef struct {
    int64_t pos, end, sentence, settled, tokens, until_measured;
    double loss, pairs;
    float alpha;
    int32_t entering, leaving;
    rng_t rng;
    uint64_t filters[2][64];
} w2v_saved;

static int64_t arena_bytes(const w2v_run *run) {
    w2v_worker w = {0};
    return lay_out(&w, run, NULL);
}

static int64_t state_bytes(const w2v_run *run) {
    return (int64_t)sizeof(w2v_saved) + arena_bytes(run);
}

static void save_state(w2v_worker *w, char *to) {
    w2v_saved s;
    memset(&s, 0, sizeof s); /* no stray bytes between fields: one state, one file */
    /* buffers of pointers are scratch: leave no addresses in a file */
    if (w->path_rows)
        memset(w->path_rows, 0, (size_t)(w->run->longest_path + SLACK) * sizeof *w->path_rows);
    if (w->targets) memset(w->targets, 0, (size_t)(w->run->negative + 1) * sizeof *w->targets);
    s.pos = w->pos;
    s.end = w->end;
    s.sentence = w->sentence;
    s.settled = w->settled;
    s.tokens = w->tokens;
    s.until_measured = w->until_measured;
    s.loss = w->loss;
    s.pairs = w->pairs;
    s.alpha = w->alpha;
    s.entering = w->entering;
    s.leaving = w->leaving;
    s.rng = w->rng;
    for (int k = 0; k < 2; k++) memcpy(s.filters[k], w->noise[k].filter, sizeof s.filters[k]);
    memcpy(to, &s, sizeof s);
    memcpy(to + sizeof s, w->arena, (size_t)arena_bytes(w->run));
}

/* Whether the stream's places are such that nothing is read or written outside the buffers. */
static int sound_places(const w2v_worker *w, const w2v_saved *s) {
    const int64_t ahead = w->run->block_length + w->run->step + BATCH; /* the most that may wait */
    const int last_draw = w->noise[1].rows != NULL;
    return s->pos >= 3 * w->window && s->pos <= s->end && s->end - s->pos <= ahead &&
           s->end <= w->capacity && s->settled <= s->end && s->settled >= s->end - w->window &&
           s->sentence <= s->settled && s->sentence > -((int64_t)1 << 60) && s->tokens >= 0 &&
           s->until_measured >= 0 && s->until_measured < w->run->loss_interval &&
           s->entering >= 0 && s->entering <= last_draw && s->leaving >= 0 &&
           s->leaving <= last_draw && s->rng.used >= 0 && s->rng.used <= RNG_BUFFER;
}

static int sound_rows(const int32_t *rows, int64_t n, int64_t words) {
    int wrong = 0;
    for (int64_t k = 0; k < n; k++) wrong |= (rows[k] < 0) | (rows[k] >= words);
    return !wrong;
}

/* Whether every row and every reach in the arena is in range: a file may hold anything. */
static int sound_arena(const w2v_worker *w) {
    int wrong = 0;
    for (ptrdiff_t k = 0; k < w->capacity; k++) {
        wrong |= (w->left[k] > w->window) | (w->right[k] > w->window);
        /* padding is no center: it has no path */
        wrong |= (w->kept[k] == w->run->words) & ((w->left[k] | w->right[k]) != 0);
    }
    if (wrong || !sound_rows(w->kept, w->capacity, w->run->words + 1)) return 0;
    const int32_t *drawn[] = {w->noise[0].rows, w->noise[1].rows, w->next_noise};
    for (int k = 0; k < 3; k++)
        if (drawn[k] && !sound_rows(drawn[k], w->run->block_noise, w->run->words)) return 0;
    return 1;
}

/* Returns 0, or 1 if the bytes cannot be a worker's state; the worker is then of no use. */
static int restore_state(w2v_worker *w, const char *from) {
    w2v_saved s;
    memcpy(&s, from, sizeof s);
    if (!sound_places(w, &s)) return 1;
    lay_out(w, w->run, w->arena);
    memcpy(w->arena, from + sizeof s, (size_t)arena_bytes(w->run));
    if (!sound_arena(w)) return 1;
    fill_weights(w);
    w->pos = s.pos;
    w->end = s.end;
    w->sentence = s.sentence;
    w->settled = s.settled;
    w->tokens = s.tokens;
    w->until_measured = s.until_measured;
    w->loss = s.loss;
    w->pairs = s.pairs;
    w->alpha = s.alpha;
    w->entering = s.entering;
    w->leaving = s.leaving;
    w->rng = s.rng;
    for (int k = 0; k < 2; k++) memcpy(w->noise[k].filter, s.filters[k], sizeof s.filters[k]);
    return 0;
}
