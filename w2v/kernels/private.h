/* Negative sampling as the original program does it: pair after pair.
 *
 * Every pair of an input word (the context) and a center draws its own `negative` noise
 * words, trains at once, and sees the updates of the pair before it. Noise words that are
 * the center itself are left out. Within a pair all dot products use the rows as they were
 * before it. */
static void private_pair(w2v_worker *w, float *x, int32_t center, float weight, int measure) {
    const ptrdiff_t width = w->width;
    float **targets = w->targets;
    ptrdiff_t count = 0;
    targets[count++] = output_row(w, center);
    for (int64_t k = 0; k < w->run->negative; k++) {
        const int32_t row = draw_noise(w);
        if (row != center) targets[count++] = output_row(w, row);
    }
    for (ptrdiff_t t = 0; t < count; t++) {
        vf acc = splat(0.0f);
        for (ptrdiff_t c = 0; c < width; c += LANES) acc += load(x + c) * load(targets[t] + c);
        store(w->lane_sums + t * LANES, acc);
    }
    const vf step = splat(w->alpha * weight);
    for (ptrdiff_t t = 0; t < count; t += LANES) {
        const vf logits = sum_lanes(w->lane_sums + t * LANES);
        if (measure) store(w->pair_logits + t, logits);
        store(w->pair_coef + t, -step * sigmoid(logits));
    }
    w->pair_coef[0] += w->alpha * weight;
    if (measure) {
        w->pairs += weight;
        w->loss += weight * softplus(-w->pair_logits[0]);
        for (ptrdiff_t t = 1; t < count; t++) w->loss += weight * softplus(w->pair_logits[t]);
    }
    for (ptrdiff_t c = 0; c < width; c += LANES) {
        const vf source = load(x + c);
        vf delta = splat(0.0f);
        for (ptrdiff_t t = 0; t < count; t++)
            delta += splat(w->pair_coef[t]) * load(targets[t] + c);
        for (ptrdiff_t t = 0; t < count; t++)
            store(targets[t] + c, load(targets[t] + c) + splat(w->pair_coef[t]) * source);
        store(x + c, source + delta);
    }
}

static void private_block(w2v_worker *w, ptrdiff_t n) {
    const ptrdiff_t window = w->window;
    for (ptrdiff_t q = 0; q < n; q++) {
        const ptrdiff_t p = w->pos - window + q;
        const ptrdiff_t left = w->left[p], right = w->right[p];
        const int measure = w->until_measured == 0;
        w->until_measured = (measure ? w->run->loss_interval : w->until_measured) - 1;
        for (ptrdiff_t i = p - left; i <= p + right; i++) {
            if (i == p) continue;
            const ptrdiff_t distance = i < p ? p - i : i - p;
            private_pair(w, input_row(w, w->kept[i]), w->kept[p], w->distance_weight[distance - 1], measure);
        }
    }
    w->pos += n;
}
