"""Links of a graph sorted, merged, and looked up, without the GIL."""

from libc.stdint cimport int32_t, int64_t, uint8_t

import numpy as np

cdef extern from "links.h" nogil:
    void count_targets(
        const int32_t *pairs, int64_t n, const int32_t *rows, int both, int64_t *counts
    )
    void fill_targets(
        const int32_t *pairs, int64_t n, const int32_t *rows, int both, const float *given,
        int64_t *next, int32_t *sources, float *weights
    )
    void turn(
        const int64_t *offsets, int64_t nodes, const int32_t *sources, const float *given,
        int64_t *next, int32_t *neighbors, float *weights
    )
    int64_t count_repeats(const int64_t *offsets, int64_t nodes, const int32_t *neighbors)
    void merge_repeats(int64_t *offsets, int64_t nodes, int32_t *neighbors, float *weights)
    int64_t find_neighbor(const int32_t *neighbors, int64_t n, int32_t v)
    void join_trees(
        const int32_t *source, const int32_t *target, const int64_t *order, int64_t n,
        int32_t *parents, uint8_t *joins
    )


cdef float *start_of(const float[::1] weights) noexcept nogil:
    return NULL if weights is None else <float *>&weights[0]


def sorted_links(list parts, int64_t nodes, bint both, bint weighted):
    """Make compressed sparse rows of edges.

    Parameters
    ----------
    parts : list of (pairs, weights, rows)
        The edges, in order: int32 (2 * n,), float32 (n,) or None, and int32 the row of each
        number in `pairs`; an edge with a negative row is left out. Emptied.
    nodes : int
        At least 1.
    both : bool
        An edge is a link each way, but only one from a node to itself.
    weighted : bool
        Whether the parts have weights.

    Returns
    -------
    offsets : int64 (nodes + 1,)
    neighbors : int32 (links,)
        Rising for each node; those of repeated edges side by side.
    weights : float32 (links,) or None
    """
    cdef const int32_t[::1] pairs, rows
    cdef const float[::1] given
    cdef int64_t[::1] next_view, offsets_view
    cdef int32_t[::1] sources_view, neighbors_view
    cdef float[::1] from_view = None, to_view = None
    offsets = np.zeros(nodes + 1, np.int64)
    offsets_view = offsets
    for part in parts:
        pairs, rows = part[0], part[2]
        if pairs.shape[0] and rows.shape[0]:
            with nogil:
                count_targets(&pairs[0], pairs.shape[0] // 2, &rows[0], both, &offsets_view[1])
    np.cumsum(offsets, out=offsets)
    links = int(offsets[nodes])
    next_view = offsets[:nodes].copy()
    sources = np.empty(max(links, 1), np.int32)
    sources_view = sources
    if weighted:
        from_view = np.empty(max(links, 1), np.float32)
    for part in parts:
        pairs, given, rows = part
        if pairs.shape[0] and rows.shape[0]:
            with nogil:
                fill_targets(
                    &pairs[0], pairs.shape[0] // 2, &rows[0], both,
                    start_of(given), &next_view[0], &sources_view[0], start_of(from_view),
                )
    pairs = given = rows = part = None
    parts.clear()
    by_source = offsets
    if not both:
        by_source = np.zeros(nodes + 1, np.int64)
        by_source[1:] = np.bincount(sources[:links], minlength=nodes)
        np.cumsum(by_source, out=by_source)
    next_view = by_source[:nodes].copy()
    neighbors = np.empty(max(links, 1), np.int32)
    neighbors_view = neighbors
    if weighted:
        to_view = np.empty(max(links, 1), np.float32)
    with nogil:
        turn(
            &offsets_view[0], nodes, &sources_view[0], start_of(from_view), &next_view[0],
            &neighbors_view[0], start_of(to_view),
        )
    return by_source, neighbors[:links], np.asarray(to_view)[:links] if weighted else None


def merged_links(int64_t[::1] offsets, neighbors, weights):
    """Make one link of repeated ones, whose weight is the sum of theirs.

    Parameters
    ----------
    offsets, neighbors, weights
        As from `sorted_links`; taken over. Without weights every link counts as 1.

    Returns
    -------
    neighbors : int32 (n,)
    weights : float32 (n,) or None
        None if there were none and nothing is repeated.
    """
    cdef int32_t[::1] neighbors_view = neighbors
    cdef float[::1] weights_view
    cdef int64_t nodes = offsets.shape[0] - 1, repeats
    if neighbors_view.shape[0] == 0:
        return neighbors, weights
    with nogil:
        repeats = count_repeats(&offsets[0], nodes, &neighbors_view[0])
    if repeats == 0:
        return neighbors, weights
    if weights is None:
        weights = np.ones(len(neighbors), np.float32)
    weights_view = weights
    with nogil:
        merge_repeats(&offsets[0], nodes, &neighbors_view[0], &weights_view[0])
    # copies, so that the room of what was merged is free again
    return neighbors[: offsets[nodes]].copy(), weights[: offsets[nodes]].copy()


def has_links(
    const int64_t[::1] offsets,
    const int32_t[::1] neighbors,
    const int32_t[::1] sources,
    const int32_t[::1] targets,
):
    """Tell for each pair of nodes whether the first is linked to the second.

    Parameters
    ----------
    offsets, neighbors
        Of a graph.
    sources, targets : int32 (n,)

    Returns
    -------
    bool (n,)
    """
    cdef int64_t k, n = sources.shape[0], first
    found = np.zeros(n, np.uint8)
    cdef uint8_t[::1] view = found
    if neighbors.shape[0]:
        with nogil:
            for k in range(n):
                first = offsets[sources[k]]
                view[k] = find_neighbor(
                    &neighbors[0] + first, offsets[sources[k] + 1] - first, targets[k]
                ) >= 0
    return found.view(np.bool_)


def forest(
    const int32_t[::1] sources,
    const int32_t[::1] targets,
    const int64_t[::1] order,
    int64_t nodes,
):
    """Choose edges that keep connected what is connected: a tree in every component.

    Kruskal's algorithm (1956), with edges taken in the order given.

    Parameters
    ----------
    sources, targets : int32 (n,)
    order : int64 (n,)
        A permutation.
    nodes : int

    Returns
    -------
    bool (n,)
    """
    chosen = np.zeros(sources.shape[0], np.uint8)
    parents = np.arange(max(nodes, 1), dtype=np.int32)
    cdef uint8_t[::1] chosen_view = chosen
    cdef int32_t[::1] parents_view = parents
    if sources.shape[0]:
        with nogil:
            join_trees(
                &sources[0], &targets[0], &order[0], sources.shape[0], &parents_view[0],
                &chosen_view[0],
            )
    return chosen.view(np.bool_)
