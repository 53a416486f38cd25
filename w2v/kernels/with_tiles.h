/* Training by a thread whose tiles are configured for as long as it trains. Outside, they are
 * released: the system then has nothing of them to save, and other code may use them as it likes. */

static int train_with_tiles(w2v_worker *w, const int32_t *rows, int64_t n, int64_t *taken) {
    tiles_configure();
    const int stopped = train(w, rows, n, taken);
    tiles_release();
    return stopped;
}

static void flush_with_tiles(w2v_worker *w) {
    tiles_configure();
    flush(w);
    tiles_release();
}
