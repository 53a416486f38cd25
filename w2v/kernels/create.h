/* A worker's memory: one arena, carved into the buffers of w2v_worker. */
#include <stdlib.h>

/* Carve `n` floats off the arena; with no arena yet, only count them. */
static float *carve(char *arena, int64_t *used, int64_t n) {
    float *p = arena ? (float *)(arena + *used) : NULL;
    *used += (n * (int64_t)sizeof(float) + 63) / 64 * 64;
    return p;
}

static void lay_out_noise(const w2v_worker *w, w2v_noise *noise, char *arena, int64_t *used) {
    const int64_t columns = w->noise_columns, width = w->width;
    noise->rows = (int32_t *)carve(arena, used, columns);
    noise->z = carve(arena, used, columns * width + SLACK);
    noise->z_columns = carve(arena, used, columns * (width + SLACK));
    noise->z_delta = carve(arena, used, columns * width);
    noise->shift = carve(arena, used, columns);
#ifdef PAIRS
    noise->z_mixed = (int32_t *)carve(arena, used, w->noise_pairs * width);
#endif
#ifdef INT16
    noise->z_pairs = (int32_t *)carve(arena, used, columns * w->pair_width);
    noise->unit = carve(arena, used, columns);
#endif
}

/* The buffers of the products with noise words, but for the draws themselves: `ring` rows of
 * coefficients and `sources` sources at a time. */
static void lay_out_products(w2v_worker *w, int64_t ring, int64_t sources, char *arena,
                             int64_t *used) {
    const int64_t columns = w->noise_columns;
    w->noise_coef = carve(arena, used, ring * columns);
#ifdef PAIRS
    w->x_pairs = (int32_t *)carve(arena, used, sources * w->pair_width);
    w->x_mixed = (int32_t *)carve(arena, used, STEP / 2 * w->width);
    w->coef_pairs = (int32_t *)carve(arena, used, (STEP + SLACK) * w->noise_pairs);
    w->coef_mixed = (int32_t *)carve(arena, used, STEP / 2 * columns);
    w->nothing = carve(arena, used, columns);
#else
    (void)sources;
#endif
#ifdef INT16
    w->x_unit = carve(arena, used, sources + SLACK);
#endif
#ifdef AMX
    w->coef_of_noise = (int32_t *)carve(arena, used, columns * STEP / 2);
    w->source_delta = carve(arena, used, STEP * w->width);
#endif
}

/* The rings of rows that the band is multiplied with; `logits` if it is made of them too. */
static void lay_out_rings(w2v_worker *w, int logits, char *arena, int64_t *used) {
    const int64_t window = w->window, width = w->width;
#ifdef AMX /* a second tile of rows is multiplied with up to 31 that are no places */
    const int64_t places = 2 * window + 2 * STEP;
#else
    const int64_t places = 2 * window + STEP + SLACK;
#endif
#ifdef PAIRS
    w->ring_mixed = (int32_t *)carve(arena, used, places / 2 * width);
    w->y_mixed = (int32_t *)carve(arena, used, places / 2 * width);
#endif
#if defined(INT16)
    w->band_room = (ptrdiff_t)((2 * window + 2 + 2 * LANES - 1) / (2 * LANES) * (2 * LANES));
    w->own_places = (int32_t *)carve(arena, used, 4 * w->band_room);
    w->coef_of_ring = (int32_t *)carve(arena, used, places / 2 * w->band_room);
    w->coef_of_centers = (int32_t *)carve(arena, used, STEP / 2 * w->band_room);
    w->y_unit = carve(arena, used, places);
    if (logits) {
        w->ring_unit = w->x_unit;
        w->y_pairs = (int32_t *)carve(arena, used, STEP * w->pair_width);
        w->whole_logits = carve(arena, used, STEP * 2 * window + SLACK);
    } else {
        w->ring_unit = carve(arena, used, places + SLACK);
        w->errors = carve(arena, used, STEP * width);
    }
#elif defined(BF16)
#ifdef AMX
    w->band_room = (ptrdiff_t)((TILE_SIZE + 2 * window + 2 * TILE_SIZE - 1) / (2 * TILE_SIZE) * TILE_SIZE);
    w->own_lanes = (uint32_t *)carve(arena, used, 2 * w->band_room);
    w->ring_lanes = (uint32_t *)carve(arena, used, 2 * w->band_room);
    w->ring_first = (int32_t *)carve(arena, used, 2 * w->band_room);
    w->coef_of_ring = (int32_t *)carve(arena, used, STEP * w->band_room);
    w->coef_of_centers = (int32_t *)carve(arena, used, STEP * w->band_room);
    w->center_delta = carve(arena, used, STEP * width);
    if (logits) w->tile_logits = carve(arena, used, STEP * 2 * w->band_room + SLACK);
#else
    w->band_room = (ptrdiff_t)((2 * window + 2 + LANES - 1) / LANES * LANES);
    w->stretches = carve(arena, used, 2 * w->band_room);
    w->own_lanes = (uint32_t *)carve(arena, used, 2 * w->band_room / LANES);
    w->coef_of_ring = (int32_t *)carve(arena, used, places / 2 * w->band_room);
    w->coef_of_centers = (int32_t *)carve(arena, used, STEP / 2 * w->band_room);
#endif
    if (!logits) return;
    w->y_pairs = (int32_t *)carve(arena, used, STEP * w->pair_width);
#if CONTEXT_LANES
    /* what is read past the end of a column belongs to the next, and nobody looks at it; where
     * rows enter, 2 window positions in, is the start of a vector */
    const ptrdiff_t enter = (ptrdiff_t)(2 * window + LANES - 1) / LANES * LANES;
    w->x_columns_step = enter + STEP;
    w->x_columns = carve(arena, used, w->pair_width * w->x_columns_step + 4 * LANES);
    if (arena) w->x_columns += enter - 2 * window;
#endif
#else
    (void)logits;
    w->x = carve(arena, used, places * width);
    w->y = carve(arena, used, places * width);
#endif
}

/* The buffers of hierarchical softmax. */
static void lay_out_paths(w2v_worker *w, const w2v_run *run, char *arena, int64_t *used) {
    const int64_t window = run->window, width = w->width, columns = w->noise_columns;
    const int64_t places = 2 * window + STEP + SLACK, longest = (run->longest_path + SLACK + 1) / 2 * 2;
    w->x = carve(arena, used, places * width);
    w->x_delta = carve(arena, used, places * width);
    w->x_columns_step = (ptrdiff_t)((2 * window + STEP + 2 * LANES - 1) / LANES * LANES);
    w->x_columns = carve(arena, used, width * w->x_columns_step);
    lay_out_noise(w, &w->noise[0], arena, used);
    lay_out_products(w, STEP + SLACK, STEP, arena, used);
    const int64_t copies = run->copied_nodes > columns ? run->copied_nodes : columns;
    w->noise[0].z = carve(arena, used, copies * width + SLACK);
    w->z_before = carve(arena, used, copies * width);
    w->top_met = carve(arena, used, places * columns);
    w->top_sides = carve(arena, used, places * columns);
    w->path_rows = (float **)carve(arena, used, longest * 2);
    w->path_sides = carve(arena, used, longest);
    w->path_copies = carve(arena, used, longest * width);
    w->around_room = (ptrdiff_t)((2 * window + 1 + LANES) / LANES * LANES);
    w->path_coef = carve(arena, used, longest * w->around_room);
    w->around_weight = carve(arena, used, w->around_room);
    w->center_weight = carve(arena, used, w->around_room);
#ifdef BF16
    w->node_pairs = (int32_t *)carve(arena, used, longest * w->pair_width);
    w->node_mixed = (int32_t *)carve(arena, used, longest / 2 * width);
    w->ring_mixed = (int32_t *)carve(arena, used, places / 2 * width);
    w->coef_of_nodes = (int32_t *)carve(arena, used, longest / 2 * w->around_room);
    w->coef_of_contexts = (int32_t *)carve(arena, used, longest / 2 * w->around_room);
#endif
    w->lane_sums = carve(arena, used, longest * LANES);
    w->hidden = carve(arena, used, width);
    w->error = carve(arena, used, width);
}

/* Set every buffer of `w` to its part of `arena` and return the bytes needed. */
static int64_t lay_out(w2v_worker *w, const w2v_run *run, char *arena) {
    const int64_t window = run->window, places = 2 * window + STEP + SLACK;
    const int64_t private = run->negatives == W2V_PRIVATE;
    w->vectors = (ptrdiff_t)((run->dim + LANES - 1) / LANES);
    w->width = w->vectors * LANES;
    w->window = (ptrdiff_t)window;
    w->noise_columns = (ptrdiff_t)((run->block_noise + LANES - 1) / LANES * LANES);
    w->noise_at_once = (ptrdiff_t)((run->block_noise + run->block_length - 1) / run->block_length);
    w->capacity = (ptrdiff_t)(4 * (5 * window + run->block_length + 2 * STEP + BATCH) + SLACK);
#ifdef PAIRS
    w->pair_width = (w->width / 2 + LANES - 1) / LANES * LANES;
    w->noise_pairs = w->noise_columns / 2;
#endif
#ifdef INT16
    w->noise_pairs = (w->noise_pairs + LANES - 1) / LANES * LANES;
    set_limits(w, run);
    w->dim_pairs = pairs_of_columns((ptrdiff_t)run->dim);
#endif
#ifdef AMX
    w->noise_pairs = (w->noise_pairs + TILE_SIZE - 1) / TILE_SIZE * TILE_SIZE;
#endif
    const int64_t noise = w->noise_columns, width = w->width;
    const int64_t pair_slots = (run->negative + LANES) / LANES * LANES;
    int64_t used = 0;
    w->kept = (int32_t *)carve(arena, &used, w->capacity + SLACK);
    w->left = (uint16_t *)carve(arena, &used, (w->capacity + window) / 2 + 1);
    w->right = (uint16_t *)carve(arena, &used, (w->capacity + window) / 2 + 1);
    w->weight_step = (ptrdiff_t)((window + LANES - 1) / LANES * LANES);
    w->left_weight = carve(arena, &used, (window + 1) * w->weight_step);
    w->right_weight = carve(arena, &used, (window + 1) * w->weight_step);
    w->distance_weight = carve(arena, &used, window);
    w->band_weight = carve(arena, &used, STEP * 2 * window + SLACK);
    const int64_t cbow = run->model == W2V_CBOW, sampled = run->loss == W2V_SAMPLED_SOFTMAX;
    if (run->loss == W2V_HS) {
        lay_out_paths(w, run, arena, &used);
        return used;
    }
    if (private) {
        w->lane_sums = carve(arena, &used, pair_slots * LANES);
        w->pair_noise = (int32_t *)carve(arena, &used, 4 * window * run->negative);
        w->targets = (float **)carve(arena, &used, (run->negative + 1) * 2);
        w->pair_logits = carve(arena, &used, pair_slots);
        w->pair_shift = carve(arena, &used, pair_slots);
        w->pair_coef = carve(arena, &used, pair_slots);
        w->hidden = carve(arena, &used, cbow ? width : 0);
        w->error = carve(arena, &used, cbow ? width : 0);
        return used;
    }
    if (cbow) {
        w->hidden = carve(arena, &used, STEP * width + SLACK);
        w->center_rows = carve(arena, &used, STEP * width);
        w->center_logits = carve(arena, &used, STEP);
        w->center_coef = carve(arena, &used, STEP);
    }
    /* contexts of skip-gram's sampled softmax wait here for their centers */
    const int64_t ring = sampled && !cbow ? places : STEP + SLACK;
    for (int64_t k = 0; k < (sampled && !cbow ? 2 : 1); k++)
        lay_out_noise(w, &w->noise[k], arena, &used);
    lay_out_products(w, ring, cbow ? STEP : places, arena, &used);
    lay_out_rings(w, !cbow, arena, &used);
    w->collision = carve(arena, &used, ring * noise);
    w->log_mass = carve(arena, &used, ring);
    w->spared = carve(arena, &used, ring);
    /* the coefficients of the step's centers start 2 window rows in: align that place */
    const int64_t before = 2 * window * 2 * window, align = (16 - before % 16) % 16;
#ifdef INT16
    const int64_t shift = align + SLACK; /* stretch() reads up to two places before them */
#else
    const int64_t shift = align;
#endif
    w->band = carve(arena, &used, places * 2 * window + shift);
    if (arena) w->band += shift;
    w->lane_sums = carve(arena, &used, window * LANES * LANES);
    w->mass = carve(arena, &used, STEP);
    w->next_noise = (int32_t *)carve(arena, &used, noise);
    w->luck = (uint32_t *)carve(arena, &used, noise);
    w->hits = (w2v_hit *)carve(arena, &used, (STEP + 2 * window) * noise * 2);
    return used;
}

/* The weight of a pair, by window mode, the center's reach to that side, and distance. */
static void fill_weights(w2v_worker *w) {
    const ptrdiff_t window = w->window;
#ifdef INT16
    if (w->own_places) fill_own_places(w);
#endif
#if defined(AMX)
    if (w->own_lanes) fill_lanes(w);
#elif defined(BF16)
    for (ptrdiff_t k = 0; w->own_lanes && k < 2 * w->band_room / LANES; k++)
        w->own_lanes[k] = own_places(window, k % 2, k / 2 * LANES);
#endif
    for (ptrdiff_t reach = 0; reach <= window; reach++) {
        for (ptrdiff_t d = 1; d <= reach; d++) {
            float weight = 1.0f;
            if (w->run->window_mode == W2V_WEIGHTED)
                weight = (float)(window - d + 1) / (float)window;
            w->left_weight[reach * w->weight_step + window - d] = weight;
            w->right_weight[reach * w->weight_step + d - 1] = weight;
            w->distance_weight[d - 1] = weight;
        }
    }
    for (ptrdiff_t d = 1; w->around_weight && d <= window; d++)
        w->around_weight[window - d] = w->around_weight[window + d] = w->distance_weight[d - 1];
}

static int64_t bytes(const w2v_run *run) {
    w2v_worker w = {0};
    return (int64_t)sizeof w + lay_out(&w, run, NULL) + hot_bytes(run);
}

/* Room for the copies of hot rows: not in the arena, since what is saved has been merged. */
static int create_copies(w2v_worker *w) {
    const int64_t rows = w->run->hot_rows, floats = rows * w->run->stride;
    void *memory;
    if (posix_memalign(&memory, 4096, (size_t)hot_bytes(w->run))) return 0;
    w->input_copies = memory;
    w->output_copies = w->input_copies + floats;
    w->merged_inputs = w->output_copies + floats;
    w->merged_outputs = w->merged_inputs + floats;
    w->first_merged = (int64_t)((uint64_t)w->number * 0x9e3779b1u % (uint64_t)rows);
    return 1;
}

static void destroy(w2v_worker *w) {
    free(w->input_copies); /* the first of the four */
    free(w->arena);
    free(w);
}

static w2v_worker *create(w2v_run *run, uint64_t seed, uint64_t stream) {
    w2v_worker *w = calloc(1, sizeof *w);
    if (!w) return NULL;
    const int64_t size = lay_out(w, run, NULL);
    if (posix_memalign(&w->arena, 4096, (size_t)size)) {
        free(w);
        return NULL;
    }
    memset(w->arena, 0, (size_t)size);
    lay_out(w, run, w->arena);
    w->run = run;
    w->inputs = run->inputs;
    w->outputs = run->outputs;
    w->stride = run->stride;
    w->number = run->workers;
    if (run->hot_rows && !create_copies(w)) {
        destroy(w);
        return NULL;
    }
    rng_seed(&w->rng, seed, stream);
    fill_weights(w);
    w->pos = w->end = w->sentence = w->settled = 3 * w->window;
    for (ptrdiff_t k = 0; k < w->end; k++) w->kept[k] = (int32_t)run->words;
    if (run->loss != W2V_HS && run->negatives == W2V_SHARED) {
        for (int64_t j = 0; j < run->block_noise; j++) w->next_noise[j] = draw_noise(w);
        for (int64_t j = run->block_noise; j < w->noise_columns; j++)
            for (int k = 0; k < 2; k++)
                if (w->noise[k].shift) w->noise[k].shift[j] = ABSENT;
    }
    run->workers++;
    return w;
}
