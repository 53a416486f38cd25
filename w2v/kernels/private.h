/* Noise drawn for each pair, as the original program does it: pair after pair.
 *
 * A source, which is the input row of a context (skip-gram) or the hidden vector of all contexts
 * (CBOW), and a center draw their own `negative` noise words, train at once, and see the
 * updates of those before them. Noise words that are the center itself are left out, or not: see
 * losses.h. All dot products of a source use the rows as they were before it.
 *
 * Noise words are drawn a center ahead, and their rows asked for while the one before is trained:
 * waiting for them would take most of the time. */

/* How many sources draw noise for the center at place p: its contexts, or one for all of them. */
INLINE ptrdiff_t sources_of(const w2v_worker *w, ptrdiff_t p) {
    const ptrdiff_t contexts = w->left[p] + w->right[p];
    return w->run->model == W2V_CBOW ? contexts > 0 : contexts;
}

/* Where the noise words of a block's q-th center are: the next one's are in another place. */
INLINE int32_t *pair_noise(const w2v_worker *w, ptrdiff_t q) {
    return w->pair_noise + q % 2 * 2 * w->window * w->run->negative;
}

/* Draw the noise of the center at place p, the q-th of a block, and ask for the two other rows that
 * are new with it: its own, and that of its last context. */
static void draw_pairs(w2v_worker *w, ptrdiff_t p, ptrdiff_t q) {
    int32_t *rows = pair_noise(w, q);
    w->asked_next = rows;
    w->end_of_next = rows + sources_of(w, p) * w->run->negative;
    for (; rows < w->end_of_next; rows++) *rows = draw_noise(w);
    prefetch_row(w, output_row(w, w->kept[p]));
    prefetch_row(w, input_row(w, w->kept[p + w->right[p]]));
}

/* Ask for the rows of up to n more of the next center's noise words. */
INLINE void prefetch_pairs(w2v_worker *w, int64_t n) {
    for (; n > 0 && w->asked_next < w->end_of_next; n--)
        prefetch_row(w, output_row(w, *w->asked_next++));
}

/* Logits of x with the center (the first) and its noise words; returns how many. */
static ptrdiff_t private_logits(w2v_worker *w, const float *x, int32_t center,
                                const int32_t *noise) {
    const ptrdiff_t width = w->width;
    float **targets = w->targets;
    ptrdiff_t count = 0;
    w->pair_shift[count] = logit_shift(w, center);
    targets[count++] = output_row(w, center);
    for (int64_t k = 0; k < w->run->negative; k++) {
        const int32_t row = noise[k];
        if (row == center && !corrects_logits(w)) continue;
        w->pair_shift[count] = logit_shift(w, row);
        targets[count++] = output_row(w, row);
    }
    for (ptrdiff_t t = 0; t < count; t++) {
        vf acc = splat(0.0f);
        for (ptrdiff_t c = 0; c < width; c += LANES) acc += load(x + c) * load(targets[t] + c);
        store(w->lane_sums + t * LANES, acc);
    }
    for (ptrdiff_t t = 0; t < count; t += LANES)
        store(w->pair_logits + t, sum_lanes(w->lane_sums + t * LANES) - load(w->pair_shift + t));
    return count;
}

static void measure_pair(w2v_worker *w, ptrdiff_t count, float weight) {
    w->pairs += weight;
    w->loss += weight * softplus(-w->pair_logits[0]);
    if (is_sampled_softmax(w)) return;
    for (ptrdiff_t t = 1; t < count; t++) w->loss += weight * softplus(w->pair_logits[t]);
}

/* m of losses.h over the pair's noise words: -ABSENT if there are none. */
static float pair_noise_mass(w2v_worker *w, ptrdiff_t count) {
    const ptrdiff_t end = (count + LANES - 1) / LANES * LANES;
    const float center = w->pair_logits[0];
    w->pair_logits[0] = -ABSENT;
    for (ptrdiff_t t = count; t < end; t++) w->pair_logits[t] = -ABSENT;
    const float mass = log_noise_mass(w->pair_logits, end, 1.0f);
    w->pair_logits[0] = center;
    return mass;
}

/* As programs with a table of sigmoids do it: a pair with a large logit is left out, or trained
 * as if its sigmoid were 0 or 1. */
static void treat_large_logits(w2v_worker *w, ptrdiff_t count, float step) {
    const int saturate = w->run->large_logits == W2V_SATURATE;
    for (ptrdiff_t t = 0; t < count; t++) {
        const float logit = w->pair_logits[t];
        if (fabsf(logit) < w->run->logit_limit) continue;
        w->pair_coef[t] = saturate ? step * (float)((t == 0) - (logit > 0)) : 0.0f;
    }
}

/* Coefficients of the center and its noise words from their logits. */
static void pair_coefficients(w2v_worker *w, ptrdiff_t count, float weight, int measure) {
    const float step = w->alpha * weight;
    const float mass = is_sampled_softmax(w) ? pair_noise_mass(w, count) : 0.0f;
    w->pair_logits[0] -= mass;
    if (measure) measure_pair(w, count, weight);
    float logits[LANES] __attribute__((aligned(64))) = {w->pair_logits[0]};
    store(logits, sigmoid(load(logits)));
    const float miss = 1 - logits[0];
    for (ptrdiff_t t = 0; t < count; t += LANES) {
        const vf b = load(w->pair_logits + t);
        store(w->pair_coef + t, is_sampled_softmax(w)
                                    ? splat(-step * miss) * exponential(b - splat(mass))
                                    : splat(-step) * sigmoid(b));
    }
    w->pair_coef[0] = step * miss;
    if (w->run->large_logits != W2V_EXACT) treat_large_logits(w, count, step);
}

/* Train a source x; its own delta is added to `moved`, which may be x itself, or NULL. */
static void private_pair(w2v_worker *w, const float *x, float *moved, int32_t center,
                         const int32_t *noise, float weight, int measure) {
    const ptrdiff_t width = w->width, count = private_logits(w, x, center, noise);
    float **targets = w->targets;
    prefetch_pairs(w, w->run->negative);
    pair_coefficients(w, count, weight, measure);
    for (ptrdiff_t c = 0; c < width; c += LANES) {
        const vf source = load(x + c);
        vf delta = splat(0.0f);
        for (ptrdiff_t t = 0; t < count; t++)
            delta += splat(w->pair_coef[t]) * load(targets[t] + c);
        for (ptrdiff_t t = 0; t < count; t++)
            store(targets[t] + c, load(targets[t] + c) + splat(w->pair_coef[t]) * source);
        if (moved) store(moved + c, load(moved + c) + delta);
    }
}

/* Weight of the pair of the center at place p and the context at place i, both in `kept`. */
INLINE float pair_weight(const w2v_worker *w, ptrdiff_t p, ptrdiff_t i) {
    return i == p ? 0.0f : w->distance_weight[(i < p ? p - i : i - p) - 1];
}

static void private_skipgram(w2v_worker *w, ptrdiff_t p, const int32_t *noise, int measure) {
    for (ptrdiff_t i = p - w->left[p]; i <= p + w->right[p]; i++) {
        if (i == p) continue;
        float *x = input_row(w, w->kept[i]);
        float *moved = is_frozen(w, w->kept[i]) ? NULL : x;
        private_pair(w, x, moved, w->kept[p], noise, pair_weight(w, p, i), measure);
        noise += w->run->negative;
    }
}

/* See cbow.h for the formulas. */
static void private_cbow(w2v_worker *w, ptrdiff_t p, const int32_t *noise, int measure) {
    const ptrdiff_t width = w->width, first = p - w->left[p], last = p + w->right[p];
    if (sources_of(w, p) == 0) return;
    float sum = 0;
    for (ptrdiff_t i = first; i <= last; i++) sum += pair_weight(w, p, i);
    memset(w->hidden, 0, (size_t)width * sizeof(float));
    memset(w->error, 0, (size_t)width * sizeof(float));
    const float scale = w->run->cbow_mean ? 1 / sum : 1;
    for (ptrdiff_t i = first; i <= last; i++) {
        const vf share = splat(scale * pair_weight(w, p, i));
        const float *x = input_row(w, w->kept[i]);
        for (ptrdiff_t c = 0; c < width; c += LANES)
            store(w->hidden + c, load(w->hidden + c) + share * load(x + c));
    }
    private_pair(w, w->hidden, w->error, w->kept[p], noise, 1.0f, measure);
    const float back = w->run->cbow_corrected ? scale : 1;
    for (ptrdiff_t i = first; i <= last; i++) {
        if (is_frozen(w, w->kept[i])) continue;
        const vf share = splat(back * pair_weight(w, p, i));
        float *x = input_row(w, w->kept[i]);
        for (ptrdiff_t c = 0; c < width && i != p; c += LANES)
            store(x + c, load(x + c) + share * load(w->error + c));
    }
}

static void private_block(w2v_worker *w, ptrdiff_t n) {
    const ptrdiff_t first = w->pos - w->window;
    draw_pairs(w, first, 0);
    for (ptrdiff_t q = 0, p = first; q < n; q++, p++) {
        const int measure = w->until_measured == 0;
        w->until_measured = (measure ? w->run->loss_interval : w->until_measured) - 1;
        /* those that are left, if it has more sources than the one before */
        prefetch_pairs(w, w->end_of_next - w->asked_next);
        if (q + 1 < n) draw_pairs(w, p + 1, q + 1);
        if (w->run->model == W2V_CBOW) private_cbow(w, p, pair_noise(w, q), measure);
        else private_skipgram(w, p, pair_noise(w, q), measure);
    }
    w->pos += n;
}
