/* A block's draw of noise words: from the draw to the deltas of their rows. */

/* A slot of the alias table or its alias. Without a branch, since which it is cannot be
 * predicted. */
INLINE int32_t slot_or_alias(const w2v_worker *w, uint32_t slot, uint32_t luck) {
    const uint64_t entry = w->run->noise[slot];
    const uint32_t own = -(uint32_t)(luck < (uint32_t)entry);
    return (int32_t)((slot & own) | ((uint32_t)(entry >> 32) & ~own));
}

static int32_t draw_noise(w2v_worker *w) {
    const uint32_t slot = rng_below(&w->rng, (uint32_t)w->run->words);
    return slot_or_alias(w, slot, rng_next(&w->rng));
}

INLINE void copy_row(const w2v_worker *w, float *to, const float *from) {
    for (ptrdiff_t c = 0; c < w->width; c += LANES) store(to + c, load(from + c));
}

/* The noise of the next block is drawn as a block begins: first slots, whose entries of the
 * alias table have time to arrive while this block's rows are copied, then words. Their rows
 * are asked for a few at a time while the block is trained, since only so many can be on
 * their way. */
static void draw_slots(w2v_worker *w) {
    for (ptrdiff_t j = 0; j < w->run->block_noise; j++) {
        const uint32_t slot = rng_below(&w->rng, (uint32_t)w->run->words);
        __builtin_prefetch(w->run->noise + slot);
        w->next_noise[j] = (int32_t)slot;
        w->luck[j] = rng_next(&w->rng);
    }
}

static void draw_words(w2v_worker *w) {
    for (ptrdiff_t j = 0; j < w->run->block_noise; j++)
        w->next_noise[j] = slot_or_alias(w, (uint32_t)w->next_noise[j], w->luck[j]);
    w->asked_noise = 0;
}

/* Ask for the rows of up to n more words of the next block's noise. */
INLINE void prefetch_noise(w2v_worker *w, ptrdiff_t n) {
    for (; n > 0 && w->asked_noise < w->run->block_noise; n--)
        prefetch_row(w, output_row(w, w->next_noise[w->asked_noise++]));
}

/* Begin a block: copy the rows of the noise words that were drawn for it, by rows and by
 * columns, and draw the next ones. Their deltas are zero since they were spent. */
static void gather_noise(w2v_worker *w, w2v_noise *noise) {
    const ptrdiff_t width = w->width, count = w->run->block_noise;
    memcpy(noise->rows, w->next_noise, (size_t)count * sizeof *noise->rows);
    draw_slots(w);
    memset(noise->filter, 0, sizeof noise->filter);
    for (ptrdiff_t j = 0; j < count; j++) {
        const uint32_t low = (uint32_t)noise->rows[j] % 4096;
        if (!corrects_logits(w)) noise->filter[low / 64] |= (uint64_t)1 << (low % 64);
        noise->shift[j] = logit_shift(w, noise->rows[j]);
        copy_row(w, noise->z + j * width, output_row(w, noise->rows[j]));
    }
    arrange_noise(w, noise);
    draw_words(w);
}

/* A filter of one bit per value of row mod 4096 spares nearly all rows the search. */
INLINE int may_be_noise(const w2v_noise *noise, int32_t row) {
    const uint32_t low = (uint32_t)row % 4096;
    return noise->filter[low / 64] >> (low % 64) & 1;
}

/* Logits of n sources. Tiles of two vectors of noise words, and a taller one for
 * what is left: either way enough sums are under way to hide the latency of each addition. */
static void noise_logits(w2v_worker *w, const w2v_noise *noise, const source_t *sources,
                         float *logits, ptrdiff_t n) {
    const ptrdiff_t groups = w->noise_columns / LANES, step = source_step(w);
    ptrdiff_t group = 0;
    for (; group + 1 < groups; group += 2) {
        for (ptrdiff_t i = 0; i < n; i += TILE_CONTEXTS)
            noise_logits_tile(w, noise, sources + i * step, logits + i * w->noise_columns, group,
                              TILE_CONTEXTS, 2);
    }
    for (ptrdiff_t i = 0; i < n && group < groups; i += TALL_CONTEXTS)
        noise_logits_tile(w, noise, sources + i * step, logits + i * w->noise_columns, group,
                          TALL_CONTEXTS, 1);
}

/* Add the noise words' deltas to their rows, and begin anew. */
static void spend_noise_deltas(w2v_worker *w, w2v_noise *noise) {
    const ptrdiff_t width = w->width;
    for (ptrdiff_t j = 0; j < w->run->block_noise; j++) {
        float *row = output_row(w, noise->rows[j]), *delta = noise->z_delta + j * width;
        for (ptrdiff_t c = 0; c < width; c += LANES) {
            store(row + c, load(row + c) + clamp(load(delta + c), DELTA_LIMIT));
            store(delta + c, splat(0.0f));
        }
    }
}
