/* One worker: its buffers, and the way from a stretch of the corpus to calls of step().
 *
 *   tokens -> subsampled, packed into `kept` -> blocks of block_length positions, which
 *   share one draw of noise -> steps of at most `step` positions
 *
 * A position is a place in the stream of kept words of successive sentences. A step lets
 * n positions enter, at `pos`, and works at three places, each a window behind the other,
 * so that all that a place needs is there when its turn comes:
 *
 *     pos               inputs enter: each row is read once
 *     pos - window      centers: logits and deltas of their output rows
 *     pos - 2 window    contexts: all their centers are done, so their deltas are whole
 *
 * Below, "position" counts from the first context of the step: contexts are 0 .. n-1,
 * centers window .. window + n - 1.
 */
enum {
    STEP = 32,         /* the most centers whose rows are gathered together: `step` of a run */
    SLACK = 16,        /* places past a buffer's end that its last vector or tile may touch */
    BATCH = 1024,      /* tokens subsampled at a time */
    REPORT = 8192,     /* tokens between two additions to the shared counter */
};

/* One draw of noise words, and copies of their output rows. */
typedef struct {
    int32_t *rows;           /* (noise_columns,): block_noise of them */
    float *z;                /* (noise_columns, width): their outputs */
    float *z_columns;        /* z by columns: (noise_columns / LANES, width, LANES) */
    int32_t *z_mixed;        /* z in pairs, see pairs.h */
    float *z_delta;          /* (noise_columns, width) */
#ifdef INT16
    int32_t *z_pairs;        /* (noise_columns, pair_width): z by rows */
    float *unit;             /* (noise_columns,): of z's rows, see noise_int16.h */
#endif
    float *shift;            /* (noise_columns,): taken from their logits: log_draws of their
                              * rows or 0; ABSENT in columns past block_noise */
    uint64_t filter[64];     /* a bit for each value of row mod 4096 among rows */
} w2v_noise;

/* A shift that leaves a column's logit no weight in any loss. */
#define ABSENT 1e30f

/* A center that is the very word of a noise column. */
typedef struct {
    int32_t center, column;
} w2v_hit;

struct w2v_worker {
    w2v_run *run;
    float *inputs, *outputs; /* those of the run */
    int64_t stride;          /* the same */
    int64_t hot;             /* rows 0 .. that it has copies of now: the run's hot_rows, or 0; see hot.h */
    float *input_copies;     /* (hot_rows, stride): of the first rows of inputs */
    float *output_copies;
    ptrdiff_t vectors;       /* vectors per row: dim rounded up to LANES */
    ptrdiff_t width;         /* vectors * LANES: floats between rows of the buffers */
    ptrdiff_t window;
    ptrdiff_t noise_columns; /* block_noise rounded up to LANES; columns past it have weight 0 */
    float alpha;

    /* the stream of kept words; all three arrays have `capacity` places */
    int32_t *kept;           /* rows */
    uint16_t *left, *right;  /* how many words to either side a center at this place reaches */
    ptrdiff_t capacity;
    ptrdiff_t pos;           /* the next to enter a step */
    ptrdiff_t end;           /* end of the kept words */
    ptrdiff_t sentence;      /* first word of the open sentence */
    ptrdiff_t settled;       /* end of the words whose left and right are known */
    int64_t tokens;          /* taken and not yet reported */
    rng_t rng;

    w2v_noise noise[2];      /* the second for sampled_softmax.h only */
    int entering, leaving;   /* which of them the rows that enter are scored against, and
                              * which gets the deltas of the contexts that leave */
    int32_t *next_noise;     /* of the next block, drawn ahead so that rows can be prefetched */
    ptrdiff_t asked_noise;   /* of how many of them they were */
    ptrdiff_t noise_at_once; /* of how many they are with each position, so that all are in time */
    uint32_t *luck;          /* what decides between a draw's slot and its alias, see noise.h */
    void *arena;             /* holds all buffers of this struct */
    float *x;                /* (2 window + STEP, width): inputs of positions 0 .. */
    float *y;                /* the same: outputs of positions -window ..; of CBOW the errors
                              * of the hidden vectors there. In 16 bits see pairs.h */
    float *hidden;           /* (STEP, width), CBOW: what centers are scored against */
    float *center_rows;      /* (STEP, width), CBOW: outputs of the step's centers */
#ifdef PAIRS                 /* see noise_bf16.h, band_bf16.h, path_bf16.h; noise_int16.h, band_int16.h */
    ptrdiff_t pair_width;    /* width / 2 rounded up to LANES */
    int32_t *x_pairs, *x_mixed, *coef_pairs, *coef_mixed;
    float *nothing;          /* (noise_columns,): zeros */
    ptrdiff_t noise_pairs;   /* pairs of noise words in z_mixed: in noise_amx.h whole tiles of them */
    int32_t *ring_mixed, *y_pairs, *y_mixed, *coef_of_ring, *coef_of_centers;
    ptrdiff_t band_room;     /* 2 window + 2 rounded up to LANES; see band_amx.h for its own */
    float *stretches;        /* (2, band_room): coefficients of two centers */
    uint32_t *own_lanes;     /* (band_room / LANES, 2): their own contexts among the lanes */
    int32_t *node_pairs, *node_mixed, *coef_of_nodes, *coef_of_contexts;
#endif
#ifdef INT16                 /* see pairs_int16.h, noise_int16.h, band_int16.h */
    float row_limit, coef_limit, noise_coef_limit;
    ptrdiff_t dim_pairs;     /* the first pairs of a row, that hold all columns but padding */
    float *x_unit;           /* of x_pairs: (2 window + STEP,); CBOW, hs: (STEP,) */
    float *ring_unit, *y_unit; /* (2 window + STEP,) */
    float *whole_logits;     /* (STEP, 2 window): logits of the step's centers, without units */
    float *errors;           /* (STEP, width), CBOW: the step's, before they enter y_mixed */
    int32_t *own_places;     /* (2, 2, band_room): masks of two centers' contexts */
    float source_delta_unit, noise_delta_unit, center_delta_unit, context_delta_unit;
#endif
#ifdef AMX                   /* see noise_amx.h, band_amx.h */
    int32_t *coef_of_noise;  /* (noise_columns, STEP / 2) */
    float *source_delta;     /* (STEP, width): deltas of sources, then of contexts */
    float *center_delta;     /* (STEP, width): deltas of centers; CBOW: their hidden vectors */
    float *tile_logits;      /* (STEP, 2 band_room): of centers and all their tile's contexts */
    uint32_t *ring_lanes;    /* (2 band_room,): a center's contexts among the tile's; own_lanes:
                              * (16, 2 band_room / LANES), a vector of contexts each */
    int32_t *ring_first;     /* (2 band_room,): the first of those among the center's own */
#endif
    float *noise_coef;       /* (2 window + STEP, noise_columns): first logits, then
                              * coefficients; but for sampled_softmax.h STEP rows */
    float *band;             /* (2 window + STEP, 2 window): coefficients of centers -window .. */
    float *lane_sums;        /* (LANES / 2, 2 window, LANES): partial dot products */
    ptrdiff_t weight_step;   /* window rounded up to LANES */
    float *left_weight;      /* (window + 1, weight_step): a center's weights to the left, by reach */
    float *right_weight;     /* the same to the right */
    float *distance_weight;  /* (window,): weight of a pair at distance 1, 2 ... */
    float *band_weight;      /* (STEP, 2 window): weights of the step's centers' pairs */
    float *mass;             /* (STEP,): sum of the weights of a context's (CBOW: center's) pairs */
    float *collision;        /* (2 window + STEP, noise_columns): what pairs whose center is
                              * the noise word take off a coefficient */
    w2v_hit *hits;           /* collisions of one step */
    float *log_mass;         /* (2 window + STEP,), see sampled_softmax.h */
    float *spared;           /* the same */
    ptrdiff_t with_leaving;  /* positions 0 .. whose noise is the leaving draw, see block.h */
    float *center_logits, *center_coef; /* (STEP,), CBOW */
    float *error;            /* (width,), CBOW with private negatives: the delta of `hidden` */

    int32_t *pair_noise;     /* private negatives: (2, 2 window, negative): noise words of the
                              * sources of a center and of the next one */
    const int32_t *asked_next, *end_of_next; /* those of the next whose rows are yet to be prefetched */
    float **targets;         /* (negative + 1,) rows of one pair */
    float *pair_logits, *pair_shift, *pair_coef; /* (negative + 1, rounded up to LANES) */

    /* hierarchical softmax, see path.h; noise[0] holds the top nodes: z the worker's copies
     * of all nodes 0 .. copied_nodes - 1, z_delta a step's deltas of the first block_noise */
    float *z_before;         /* (copied_nodes, width): z as the block began */
    float *x_delta;          /* (2 window + STEP, width): deltas of positions 0 .. */
    float *x_columns;        /* (width, x_columns_step): x by columns, lanes are positions;
                              * in bf16 a row is a pair of columns */
    ptrdiff_t x_columns_step;
    float *top_met;          /* (2 window + STEP, noise_columns): 1 for top nodes on the paths of
                              * centers -window .., 0 for others */
    float *top_sides;        /* the same: 1 for those with side 1 */
    float **path_rows;       /* (longest_path,): the rows of a path's nodes */
    float *path_sides;       /* (longest_path,): 1 where s(x . v) is for the word, else 0 */
    float *path_copies;      /* (longest_path, width): the nodes' rows before the center */
    float *path_coef;        /* (longest_path, around_room): coefficients of nodes and contexts */
    float *around_weight;    /* (2 window + 1,): weights at distances -window .. window, 0 at 0 */
    float *center_weight;    /* (around_room,): weights of a center's contexts */
    ptrdiff_t around_room;   /* 2 window + 2 rounded up to LANES */

    float *merged_inputs;    /* the copies, as they were when they and the matrices were last alike */
    float *merged_outputs;
    int64_t first_merged;    /* the row that merging begins with */
    int64_t merges;          /* merges since the copies were taken */
    int64_t since_merge;     /* words since the last one */
    int64_t number;          /* of this worker, from 0 */
    int64_t until_ask;       /* words until worker 0 asks how fast lines are, see sharing.h */
    int64_t retry;           /* those until it asks again if there was no answer */
    int64_t answered;        /* the last ask that another worker has seen */
    double trip;             /* what worker 0 found, in seconds, 0 before */

    int64_t until_measured;  /* positions to pass before the loss is measured again */
    double loss, pairs;
};

INLINE float *input_row(const w2v_worker *w, int32_t row) {
    return (row < w->hot ? w->input_copies : w->inputs) + row * w->stride;
}

INLINE float *output_row(const w2v_worker *w, int32_t row) {
    return (row < w->hot ? w->output_copies : w->outputs) + row * w->stride;
}

/* Whether the input row is not to be written. */
INLINE int is_frozen(const w2v_worker *w, int32_t row) {
    return w->run->frozen != NULL && w->run->frozen[row];
}

/* Into the second cache: a step's rows and the buffers are more than the first one holds. */
INLINE void prefetch_row(const w2v_worker *w, const float *row) {
    for (ptrdiff_t k = 0; k < w->width; k += 16) __builtin_prefetch(row + k, 0, 2);
}
