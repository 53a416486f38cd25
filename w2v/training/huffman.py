"""Huffman trees: which nodes hierarchical softmax walks for each word."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from w2v.training import _huffman

MOST_COPIED = 256  # rows of dim 100 that fit in a second-level cache beside all else


@dataclasses.dataclass(frozen=True)
class Tree:
    """The paths of all words from the root of a Huffman tree.

    Inner nodes are numbered by falling count from 0, the root, to words - 2; node v has row v
    of the output matrix.

    Attributes
    ----------
    path_start : int64 (words + 1,)
        Word k's path is ``path[path_start[k] : path_start[k + 1]]``.
    path : int32 (total,)
        Nodes from the root down: v where the word lies on the side that s(x . v) is the
        probability of, ``~v`` (negative) where it lies on the other.
    """

    path_start: NDArray[np.int64]
    path: NDArray[np.int32]

    @property
    def lengths(self) -> NDArray[np.int64]:
        """The number of nodes on each word's path."""
        return np.diff(self.path_start)


def huffman_tree(counts: NDArray[np.int64]) -> Tree:
    """Build the tree in which the mean path, weighted by count, is shortest.

    Equal counts are parted by row, so that the tree follows from the counts alone.

    Parameters
    ----------
    counts : int64 (words,)
        Two or more, falling, their sum below 2**63.

    Returns
    -------
    Tree

    Notes
    -----
    D. A. Huffman, *A method for the construction of minimum-redundancy codes*,
    Proceedings of the IRE 40, 1952.
    """
    words = len(counts)
    counts = np.ascontiguousarray(counts, np.int64)
    steps = np.empty(2 * words - 1, np.int32)
    _huffman.merge(counts, steps)
    path_start = np.empty(words + 1, np.int64)
    _huffman.find_starts(steps, path_start)
    path = np.empty(path_start[-1], np.int32)
    _huffman.fill_paths(steps, path_start, path)
    return Tree(path_start, path)
