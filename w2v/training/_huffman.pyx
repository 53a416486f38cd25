"""Building a Huffman tree, and the walk from every word up to its root.

A step up is written as in the paths: the parent's number v from side 0, ``~v`` from side 1.
"""

from libc.stdint cimport int32_t, int64_t
from libc.stdlib cimport free, malloc


cdef inline int32_t node_of(int32_t step) noexcept nogil:
    return step if step >= 0 else ~step


def merge(const int64_t[::1] counts, int32_t[::1] steps):
    """Merge the two least frequent nodes until one is left.

    Counts fall, and nodes are made in rising order of count, so two queues with the least
    frequent in front hold them in order (van Leeuwen, On the construction of Huffman trees,
    1976). Of equal counts a word goes before an inner node and an old node before a new one,
    which makes the longest path as short as it can be.

    Parameters
    ----------
    counts : int64 (words,)
        Two or more, falling, their sum below 2**63.
    steps : int32 (2 * words - 1,)
        Filled in place but for the root's: entry k is word k's step up, entry words + v
        that of inner node v. Inner nodes are numbered by falling count, the root is 0.
    """
    cdef int64_t words = counts.shape[0], word = words - 1, oldest = words - 2, made, taken
    cdef int64_t *sums = <int64_t *> malloc(words * sizeof(int64_t))
    cdef int side
    if sums == NULL:
        raise MemoryError("Huffman tree")
    with nogil:
        for made in range(words - 2, -1, -1):
            sums[made] = 0
            for side in range(2):
                if word >= 0 and (oldest == made or counts[word] <= sums[oldest]):
                    sums[made] += counts[word]
                    taken = word
                    word -= 1
                else:
                    sums[made] += sums[oldest]
                    taken = words + oldest
                    oldest -= 1
                steps[taken] = <int32_t> (~made if side else made)
    free(sums)


def find_starts(const int32_t[::1] steps, int64_t[::1] path_start):
    """Fill `path_start`, int64 (words + 1,), with the sums of the lengths of the paths."""
    cdef int64_t words = path_start.shape[0] - 1, word, node
    cdef int32_t *depth = <int32_t *> malloc(words * sizeof(int32_t))
    if depth == NULL:
        raise MemoryError("Huffman tree")
    with nogil:
        depth[0] = 0
        for node in range(1, words - 1):  # parents have lower numbers
            depth[node] = depth[node_of(steps[words + node])] + 1
        path_start[0] = 0
        for word in range(words):
            path_start[word + 1] = path_start[word] + depth[node_of(steps[word])] + 1
    free(depth)


def fill_paths(const int32_t[::1] steps, const int64_t[::1] path_start, int32_t[::1] path):
    """Fill `path` with the steps of each word, the root's first."""
    cdef int64_t words = path_start.shape[0] - 1, word, place
    cdef int32_t step
    with nogil:
        for word in range(words):
            step = steps[word]
            for place in range(path_start[word + 1] - 1, path_start[word], -1):
                path[place] = step
                step = steps[words + node_of(step)]
            path[path_start[word]] = step
