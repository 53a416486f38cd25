/* What a product of matrix tiles gives, to the last bit: cases worked out by hand from the manual's
 * description of TDPBF16PS, and random tiles, whose products go to standard output. .ci/emulated
 * builds it with emulated tiles and with tile instructions, which a processor without any leaves to
 * trapped.c: both must give the same. */
#include <stdio.h>
#include <stdlib.h>

#define LANES 16
#include "../../w2v/kernels/vector.h"

#include "../../w2v/kernels/tiles.h"

#include "../../w2v/kernels/amx.h"

typedef struct {
    int32_t left[16][16], right[16][16];
    float sums[16][16];
} problem;

static void solve(problem *p) {
    tile_load(SUM_TILES, p->sums, 16);
    tile_load(LEFT_TILES, p->left, 16);
    tile_load(RIGHT_TILES, p->right, 16);
    tile_multiply(0, 0);
    tile_store(SUM_TILES, &p->sums[0][0], 16);
}

/* A number that bf16 holds exactly. */
static int32_t bf16(float x) {
    int32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits >> 16 & 0xffff;
}

static int32_t pair(float low, float high) { return bf16(low) | (int32_t)((uint32_t)bf16(high) << 16); }

/* One sum: before + what three pairs of numbers give with three others. */
typedef struct {
    const char *what;
    float before, left[3][2], right[3][2], after;
} example;

#define BIG 16777216.0f /* 2^24: the next float is 2 more */
static const example examples[] = {
    {"a plain sum", 1, {{2, 3}, {4, 5}}, {{6, 7}, {8, 9}}, 1 + 12 + 21 + 32 + 45},
    {"low and high numbers are summed apart", 0, {{BIG, 1}, {0, 1}}, {{1, 1}, {1, 1}}, BIG + 2},
    {"low numbers one after another", 0, {{BIG, 0}, {1, 0}, {1, 0}}, {{1, 1}, {1, 1}, {1, 1}}, BIG},
    {"what was there before comes last", BIG, {{1, 1}}, {{1, 1}}, BIG + 2},
    {"ties go to even", BIG + 2, {{1, 0}}, {{1, 1}}, BIG + 4},
    {"a product is not rounded", 0, {{BIG, 0}, {1.5f, 0}}, {{1, 1}, {1.0078125f, 1}}, BIG + 2},
    {"a denormal factor is 0", 0, {{0x1p-130f, 0}}, {{0x1p120f, 1}}, 0},
    {"a denormal product is 0", 0, {{0x1p-100f, 0}}, {{0x1p-30f, 1}}, 0},
    {"a denormal sum of low and high is 0", 0, {{0x1.8p-126f, 0x1p-126f}}, {{1, -1}}, 0},
    {"a denormal on the way is 0", 0, {{0x1p-100f, 0}, {0x1p-100f, 0}}, {{0x1p-27f, 1}, {0x1p-27f, 1}}, 0},
    {"a denormal before is 0", 0x1p-130f, {{0, 0}}, {{1, 1}}, 0},
};

static int check_examples(void) {
    int wrong = 0;
    for (size_t k = 0; k < sizeof examples / sizeof *examples; k++) {
        const example *e = examples + k;
        problem p;
        memset(&p, 0, sizeof p);
        p.sums[5][9] = e->before;
        for (int s = 0; s < 3; s++) {
            p.left[5][s + 2] = pair(e->left[s][0], e->left[s][1]);
            p.right[s + 2][9] = pair(e->right[s][0], e->right[s][1]);
        }
        solve(&p);
        if (memcmp(&p.sums[5][9], &e->after, sizeof(float))) {
            fprintf(stderr, "%s: %a, not %a\n", e->what, p.sums[5][9], e->after);
            wrong = 1;
        }
    }
    return wrong;
}

/* Numbers between -2 and 2, some of them denormal. */
static int32_t random_pair(void) {
    const int32_t bits = (int32_t)((uint32_t)rand() << 16 ^ (uint32_t)rand());
    return bits & (rand() % 8 ? (int32_t)0xbfffbfff : (int32_t)0x807f807f);
}

int main(void) {
    const char *refused = w2v_amx_refused();
    if (refused) {
        fprintf(stderr, "%s\n", refused);
        return 2;
    }
    tiles_configure();
    int wrong = check_examples();
    for (int round = 0; round < 100; round++) {
        problem p;
        for (int k = 0; k < 256; k++) {
            (&p.left[0][0])[k] = random_pair();
            (&p.right[0][0])[k] = random_pair();
            (&p.sums[0][0])[k] = (float)(rand() % 2001 - 1000) / 1000;
        }
        solve(&p);
        for (int k = 0; k < 256; k++) printf("%a\n", (&p.sums[0][0])[k]);
    }
    tiles_release();
    return wrong;
}
