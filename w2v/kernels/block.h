/* A block of shared noise: draw it, take its steps, spend its deltas. */

static void shared_step(w2v_worker *w, ptrdiff_t n) {
    if (w->run->model == W2V_CBOW) cbow_step(w, n);
    else skipgram_step(w, n);
}

static void shared_block(w2v_worker *w, ptrdiff_t n) {
    const ptrdiff_t on_their_way = 2 * w->window;
    if (w->run->model == W2V_SKIPGRAM && is_sampled_softmax(w)) w->entering = !w->leaving;
    gather_noise(w, &w->noise[w->entering]);
    for (ptrdiff_t done = 0, step; done < n; done += step, w->pos += step) {
        w->with_leaving = on_their_way - done;
        if (w->entering != w->leaving && w->with_leaving <= 0) {
            spend_noise_deltas(w, &w->noise[w->leaving]);
            w->leaving = w->entering;
        }
        step = n - done < w->run->step ? n - done : (ptrdiff_t)w->run->step;
        if (w->entering != w->leaving && step > w->with_leaving) step = w->with_leaving;
        shared_step(w, step);
    }
    spend_noise_deltas(w, &w->noise[w->entering]);
    if (w->entering != w->leaving) spend_noise_deltas(w, &w->noise[w->leaving]);
    w->leaving = w->entering;
}
