/* Sampled softmax with shared noise, skip-gram: its part of a step.
 *
 * For a context i with noise logits b(i, j), m(i) = log(share sum_j exp b(i, j)) and
 * a(i, p) the logit of a pair, losses.h gives
 *
 *   g(i, p) = alpha w(i, p) (1 - s(a(i, p) - m(i)))           coefficient of a pair
 *   -(sum over p of g(i, p)) share exp(b(i, j) - m(i))        coefficient of a noise pair
 *
 * A pair whose center is the noise word j leaves j out of its m, see spare_collisions().
 *
 * m(i) must be known when i meets its first center, and the sum over its centers is whole only
 * when it leaves, 2 window positions later. So noise logits are made as rows enter and wait in
 * noise_coef; and where one block follows another, two draws of noise are in use: those who
 * enter are scored against the new one, those on their way stay with the one they entered with.
 * shared_block() cuts its steps so that all contexts that leave together have the same. */

/* m of the contexts that enter. */
static void measure_noise_mass(w2v_worker *w, ptrdiff_t n) {
    const float share = (float)w->run->negative / (float)w->run->block_noise;
    const ptrdiff_t first = 2 * w->window, columns = w->noise_columns;
    for (ptrdiff_t i = first; i < first + n; i++) {
        w->log_mass[i] = log_noise_mass(w->noise_coef + i * columns, columns, share);
        w->spared[i] = 0;
    }
}

/* a becomes a - m. */
static void shift_band_by_noise(w2v_worker *w, ptrdiff_t n) {
    const ptrdiff_t window = w->window, pairs = 2 * window;
    float *logits = w->band + pairs * pairs;
    for (ptrdiff_t p = window; p < window + n; p++) {
        const float *before = w->log_mass + p - window, *after = w->log_mass + p + 1;
        for (ptrdiff_t k = 0; k < window; k++) *logits++ -= before[k];
        for (ptrdiff_t k = 0; k < window; k++) *logits++ -= after[k];
    }
}

/* exp(b(i, j) - m(i)) share: the part of noise word j in context i's m. */
static float noise_part(const w2v_worker *w, ptrdiff_t i, ptrdiff_t j) {
    const float share = (float)w->run->negative / (float)w->run->block_noise;
    return share * expf(w->noise_coef[i * w->noise_columns + j] - w->log_mass[i]);
}

/* One pair of center p, whose word is among the noise of context i: m without it is
 * m + log(rest). Its coefficient changes, and what the other noise words get of it: collected
 * in `spared`, and what the word itself does not get in `collision`. */
static void spare_pair(w2v_worker *w, const w2v_noise *noise, ptrdiff_t p, ptrdiff_t i,
                       int32_t row) {
    float rest = 1, *taken = w->collision + i * w->noise_columns;
    for (ptrdiff_t j = 0; j < w->run->block_noise; j++)
        if (noise->rows[j] == row) rest -= noise_part(w, i, j);
    if (rest == 1) return;
    const ptrdiff_t distance = i < p ? p - i : i - p;
    const float weight = w->alpha * w->distance_weight[distance - 1];
    float *coef = band_place(w, p, i);
    const float miss = *coef / weight; /* 1 - s(a - m) */
    if (rest <= 1e-6f) { /* it has no noise but itself, and nothing to learn */
        *coef = 0;
        return;
    }
    /* 1 - s(a - m - log(rest)) is rest times this */
    const float scaled = miss / (rest * miss + 1 - miss);
    *coef = weight * rest * scaled;
    w->spared[i] += weight * scaled - *coef;
    for (ptrdiff_t j = 0; j < w->run->block_noise; j++)
        if (noise->rows[j] == row) taken[j] += weight * scaled;
}

static void spare_collisions(w2v_worker *w, ptrdiff_t n, const int32_t *rows,
                             const uint16_t *left, const uint16_t *right) {
    const w2v_noise *entering = &w->noise[w->entering], *leaving = &w->noise[w->leaving];
    for (ptrdiff_t p = w->window; p < w->window + n; p++) {
        if (!may_be_noise(entering, rows[p]) && !may_be_noise(leaving, rows[p])) continue;
        for (ptrdiff_t i = p - left[p]; i <= p + right[p]; i++) {
            if (i == p) continue;
            spare_pair(w, i < w->with_leaving ? leaving : entering, p, i, rows[p]);
        }
    }
}

/* The noise logits of the contexts that leave become coefficients. */
static void sampled_coefficients(w2v_worker *w, ptrdiff_t n) {
    const ptrdiff_t window = w->window, columns = w->noise_columns;
    const vf share = splat((float)w->run->negative / (float)w->run->block_noise);
    for (ptrdiff_t i = 0; i < n; i++) {
        float *coef = w->noise_coef + i * columns, *taken = w->collision + i * columns;
        float sum = w->spared[i];
        for (ptrdiff_t p = i - window; p < i; p++)
            sum += *band_place(w, p, i) + *band_place(w, p + window + 1, i);
        for (ptrdiff_t j = 0; j < columns; j += LANES) {
            const vf part = share * exponential(load(coef + j) - splat(w->log_mass[i]));
            store(coef + j, part * (load(taken + j) - splat(sum)));
        }
    }
}

static void slide_noise(w2v_worker *w, ptrdiff_t n) {
    const ptrdiff_t stay = 2 * w->window, columns = w->noise_columns;
    const size_t rows = (size_t)(stay * columns) * sizeof(float);
    memmove(w->noise_coef, w->noise_coef + n * columns, rows);
    memmove(w->collision, w->collision + n * columns, rows);
    memset(w->collision + stay * columns, 0, (size_t)(n * columns) * sizeof(float));
    memmove(w->log_mass, w->log_mass + n, (size_t)stay * sizeof(float));
    memmove(w->spared, w->spared + n, (size_t)stay * sizeof(float));
}
