/* The three losses with noise words, and what they share.
 *
 * With a the logit x . y of a true pair, b_j those of the noise words z_j, each of which counts
 * `share` (negative / block_noise; 1 when each pair draws its own), and q(o) =
 * log(negative * P_n(o)), how often word o is expected among a pair's noise:
 *
 *   ns                log s(a)        + share sum_j log s(-b_j)
 *   nce               log s(a - q(o)) + share sum_j log s(-(b_j - q(z_j)))
 *   sampled-softmax   a - log(exp(a) + share sum_j exp(b_j))
 *                     with log_q the same of a - q(o) and b_j - q(z_j)
 *
 * Write a and b_j for the logits after any q was subtracted, and
 * m = log(share sum_j exp(b_j)). Then sampled-softmax is log s(a - m), and
 *
 *                       dJ/da          dJ/db_j
 *   ns, nce             1 - s(a)       -share s(b_j)
 *   sampled-softmax     1 - s(a - m)   -(1 - s(a - m)) share exp(b_j - m)
 *
 * Noise that is the center itself is left out, but where logits are corrected by q: there it
 * must count. An optimum of nce without it is the odds p / (1 - p) of the center and not its
 * probability p, and sampled-softmax is off by as much.
 *
 * so that all losses take the coefficient of a pair from a sigmoid, of logits shifted by q(o),
 * by m or by both; q(z_j) is subtracted from noise logits where these are made.
 * (Gutmann and Hyvarinen 2012; Mnih and Teh 2012; Jean et al. 2015.) */

/* log(1 + exp(x)) */
static double softplus(double x) { return (x > 0 ? x : 0) + log1p(exp(-fabs(x))); }

static int corrects_logits(const w2v_worker *w) { return w->run->log_draws != NULL; }

static int is_sampled_softmax(const w2v_worker *w) {
    return w->run->loss == W2V_SAMPLED_SOFTMAX;
}

/* q(o): 0 where the loss has none. */
static float logit_shift(const w2v_worker *w, int32_t row) {
    return corrects_logits(w) ? w->run->log_draws[row] : 0.0f;
}

/* m of n logits, n a multiple of LANES; those of ABSENT columns count nothing. With all of
 * them absent it is about -ABSENT. */
static float log_noise_mass(const float *b, ptrdiff_t n, float share) {
    vf top = load(b);
    for (ptrdiff_t j = LANES; j < n; j += LANES) {
        const vf next = load(b + j);
        top = choose(next > top, next, top);
    }
    const float most = max_lane(top);
    vf sum = splat(0.0f);
    for (ptrdiff_t j = 0; j < n; j += LANES) sum += exponential(load(b + j) - splat(most));
    return most + logf(share * sum_lane(sum));
}

/* Sum of log s(sign * x) over n logits. Eight sigmoids share a logarithm: none is below
 * 1e-18, so that their product is far from a double's end. */
static double sum_log_sigmoid(const float *logits, float sign, ptrdiff_t n) {
    double sum = 0;
    for (ptrdiff_t k = 0; k < n; k += LANES) {
        float s[LANES] __attribute__((aligned(64)));
        store(s, sigmoid(splat(sign) * load(logits + k)));
        for (ptrdiff_t l = 0; l < LANES && k + l < n; l += 8) {
            double product = 1;
            for (ptrdiff_t m = l; m < l + 8 && m < LANES && k + m < n; m++) product *= s[m];
            sum += log(product);
        }
    }
    return sum;
}
