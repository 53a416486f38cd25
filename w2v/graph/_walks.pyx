"""Random walks, without the GIL; the arithmetic is in ``walks.h``."""

from libc.stdint cimport int32_t, int64_t, uint64_t
from libc.stdlib cimport free, malloc

import numpy as np

cdef extern from "walks.h" nogil:
    ctypedef struct w2v_walks:
        const int64_t *offsets
        const int32_t *neighbors
        const float *weights
        const uint64_t *alias
        const double *totals
        const int32_t *starts
        const int32_t *path
        int64_t start_count
        int64_t types
        int64_t period
        int64_t path_end
        int64_t length
        int directed
        int second_order
        double back
        double near
        double far
        uint64_t seed
    int64_t make_walks(const w2v_walks *w, int64_t first, int64_t count, int32_t *out)
    void count_visits(const int32_t *rows, int64_t n, int64_t *visits)
    void fill_alias(
        const int64_t *offsets, const float *weights, int64_t start, int64_t stop, uint64_t *alias,
        double *totals, double *share, int64_t *todo
    )
    int64_t write_names(
        const int32_t *rows, int64_t n, const char *text, const int64_t *starts, char *out
    )


cdef class Walker:
    """Makes walks; any number of threads can use one.

    Parameters
    ----------
    offsets : int64 (nodes * types + 1,)
        Where each node's links to the nodes of each type begin.
    neighbors : int32 (links,)
        Rising for each node if there is one type.
    weights : float32 (links,) or None
    starts : int32 (n,)
        The nodes that walks begin at, once in every round.
    path : int32 (period,) or None
        The type of the node at each step of a walk, over and over; None if there is one type.
    types : int
    path_end : int
        Steps after which a walk ends, -1 if only its length ends it.
    length : int
        Nodes of a walk.
    directed : bool
    p, q : float
        node2vec's (Grover and Leskovec 2016): a link back to where the walk came from counts
        1 / p times, one to a node that is not linked from there 1 / q times.
    seed : int
        uint64.
    """

    cdef w2v_walks walks
    cdef object _arrays  # keeps alive what `walks` points into

    def __init__(
        self,
        const int64_t[::1] offsets,
        const int32_t[::1] neighbors,
        const float[::1] weights,
        const int32_t[::1] starts,
        const int32_t[::1] path,
        *,
        int64_t types,
        int64_t path_end,
        int64_t length,
        bint directed,
        double p,
        double q,
        uint64_t seed,
    ):
        cdef const uint64_t[::1] alias
        cdef const double[::1] totals
        self.walks.offsets = &offsets[0]
        self.walks.neighbors = &neighbors[0]
        self.walks.starts = &starts[0]
        self.walks.start_count = starts.shape[0]
        self.walks.types = types
        self.walks.path_end = path_end
        self.walks.length = length
        self.walks.directed = directed
        self.walks.second_order = p != 1 or q != 1
        self.walks.back = 1 / p
        self.walks.near = 1
        self.walks.far = 1 / q
        self.walks.seed = seed
        self._arrays = [offsets, neighbors, weights, starts, path]
        if path is not None:
            self.walks.path = &path[0]
            self.walks.period = path.shape[0]
        if weights is not None:
            alias, totals = alias_tables(offsets, weights)
            self.walks.weights = &weights[0]
            self.walks.alias = &alias[0]
            self.walks.totals = &totals[0]
            self._arrays += [alias, totals]

    def make(self, int64_t first, int64_t count, int32_t[::1] out):
        """Make walks number `first` to ``first + count - 1`` of all rounds.

        Parameters
        ----------
        first, count : int
        out : int32 (at least count * (length + 1),)
            OUT: the rows of each walk, and -1 after it.

        Returns
        -------
        int
            How many rows were written.
        """
        cdef int64_t written
        if out.shape[0] < count * (self.walks.length + 1):
            raise ValueError(f"out holds {out.shape[0]} rows: too few for {count} walks")
        if count <= 0:
            return 0
        with nogil:
            written = make_walks(&self.walks, first, count, &out[0])
        return written


def alias_tables(const int64_t[::1] offsets, const float[::1] weights):
    """Return the alias tables, uint64 (links,), and sums of weights, float64 (nodes,)."""
    alias = np.empty(weights.shape[0], np.uint64)
    totals = np.empty(offsets.shape[0] - 1, np.float64)
    cdef uint64_t[::1] alias_view = alias
    cdef double[::1] totals_view = totals
    cdef int64_t slots = offsets.shape[0] - 1, most = max(1, np.diff(offsets).max(initial=0))
    cdef double *share = <double *>malloc(most * sizeof(double))
    cdef int64_t *todo = <int64_t *>malloc(most * sizeof(int64_t))
    if share == NULL or todo == NULL:
        free(share)
        free(todo)
        raise MemoryError("alias tables of the links' weights")
    with nogil:
        fill_alias(
            &offsets[0], &weights[0], 0, slots, &alias_view[0], &totals_view[0], share, todo
        )
    free(share)
    free(todo)
    return alias, totals


def add_visits(const int32_t[::1] rows, int64_t[::1] visits):
    """Add to `visits`, int64 (nodes,), how often walks visit each node but as their start.

    `rows`, int32 (n,), are from `Walker.make`.
    """
    if rows.shape[0]:
        with nogil:
            count_visits(&rows[0], rows.shape[0], &visits[0])


def rows_as_text(
    const int32_t[::1] rows, const unsigned char[::1] names, const int64_t[::1] starts
):
    """Return rows as lines of names.

    Parameters
    ----------
    rows : int32 (n,)
        -1 ends a line; every line has a row.
    names : buffer of uint8
        All names, one after the other.
    starts : int64 (nodes + 1,)
        Where each name begins in `names`.

    Returns
    -------
    bytes
    """
    cdef int64_t n = rows.shape[0], size, written
    cdef unsigned char[::1] view
    if n == 0:
        return b""
    inner = np.asarray(rows)
    inner = inner[inner >= 0]
    lengths = np.diff(starts)
    size = int(lengths[inner].sum()) + len(inner)
    text = bytearray(size)
    view = text
    with nogil:
        written = write_names(
            &rows[0], n, <const char *>&names[0], &starts[0], <char *>&view[0]
        )
    del view
    assert written == size
    return bytes(text)
