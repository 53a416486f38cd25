/* Links of a graph as compressed sparse rows: those of node v are neighbors[offsets[v] :
 * offsets[v + 1]], in rising order.
 *
 * They are sorted without comparing: put into the bucket of their target in the order of the
 * edges, then, target after target, into the bucket of their source. So repeated edges lie
 * side by side in the order in which they were read, whatever the number of threads.
 */
#ifndef W2V_GRAPH_LINKS_H
#define W2V_GRAPH_LINKS_H

#include <stdint.h>

/* Adds to counts[v] the links that lead to v. Names whose row is negative are not in the graph.
 *
 * pairs (2 * n,)  numbers of names
 * rows            the row of each number
 * both            a link each way, but only one from a node to itself
 */
static inline void count_targets(const int32_t *pairs, int64_t n, const int32_t *rows, int both,
                                 int64_t *counts) {
    for (int64_t k = 0; k < n; k++) {
        const int32_t u = rows[pairs[2 * k]], v = rows[pairs[2 * k + 1]];
        if (u < 0 || v < 0) continue;
        counts[v]++;
        if (both && u != v) counts[u]++;
    }
}

/* Writes the source of each link into the bucket of its target.
 *
 * next    IN/OUT: where the next link to each node goes
 * given   (n,) weights of the edges, or NULL
 * weights OUT: those of the links, if given
 */
static inline void fill_targets(const int32_t *pairs, int64_t n, const int32_t *rows, int both,
                                const float *given, int64_t *next, int32_t *sources,
                                float *weights) {
    for (int64_t k = 0; k < n; k++) {
        const int32_t u = rows[pairs[2 * k]], v = rows[pairs[2 * k + 1]];
        if (u < 0 || v < 0) continue;
        int64_t at = next[v]++;
        sources[at] = u;
        if (given != NULL) weights[at] = given[k];
        if (both && u != v) {
            at = next[u]++;
            sources[at] = v;
            if (given != NULL) weights[at] = given[k];
        }
    }
}

/* Turns links sorted by target into links sorted by source.
 *
 * offsets (nodes + 1,) of the buckets of the targets
 * next    (nodes,) IN/OUT: where the next link of each source goes
 */
static inline void turn(const int64_t *offsets, int64_t nodes, const int32_t *sources,
                        const float *given, int64_t *next, int32_t *neighbors, float *weights) {
    for (int64_t v = 0; v < nodes; v++) {
        for (int64_t k = offsets[v]; k < offsets[v + 1]; k++) {
            const int64_t at = next[sources[k]]++;
            neighbors[at] = (int32_t)v;
            if (given != NULL) weights[at] = given[k];
        }
    }
}

/* How many links are repetitions of the one before. */
static inline int64_t count_repeats(const int64_t *offsets, int64_t nodes,
                                    const int32_t *neighbors) {
    int64_t repeats = 0;
    for (int64_t v = 0; v < nodes; v++)
        for (int64_t k = offsets[v] + 1; k < offsets[v + 1]; k++)
            repeats += neighbors[k] == neighbors[k - 1];
    return repeats;
}

/* Makes one link of those that are repeated, with the sum of their weights; all in place. */
static inline void merge_repeats(int64_t *offsets, int64_t nodes, int32_t *neighbors,
                                 float *weights) {
    int64_t written = 0, start = 0;
    for (int64_t v = 0; v < nodes; v++) {
        const int64_t end = offsets[v + 1];
        while (start < end) {
            const int32_t neighbor = neighbors[start];
            double sum = 0;
            for (; start < end && neighbors[start] == neighbor; start++) sum += weights[start];
            neighbors[written] = neighbor;
            weights[written++] = (float)sum;
        }
        offsets[v + 1] = written;
    }
}

/* The place of v among n rising numbers, or -1. No branch in the loop: nothing to mispredict. */
static inline int64_t find_neighbor(const int32_t *neighbors, int64_t n, int32_t v) {
    const int32_t *base = neighbors;
    if (n == 0) return -1;
    while (n > 1) {
        const int64_t half = n >> 1;
        base += base[half - 1] < v ? half : 0;
        n -= half;
    }
    return *base == v ? base - neighbors : -1;
}

/* The root of a node's tree, with the way there shortened. */
static inline int32_t find_root(int32_t *parents, int32_t v) {
    while (parents[v] != v) v = parents[v] = parents[parents[v]];
    return v;
}

/* Marks the pairs that join two trees when they are taken in the order given. */
static inline void join_trees(const int32_t *from, const int32_t *to, const int64_t *order,
                              int64_t n, int32_t *parents, uint8_t *joins) {
    for (int64_t k = 0; k < n; k++) {
        const int64_t pair = order[k];
        const int32_t a = find_root(parents, from[pair]), b = find_root(parents, to[pair]);
        joins[pair] = a != b;
        if (a < b) parents[b] = a;
        else parents[a] = b;
    }
}

#endif
