"""Huffman trees: which nodes hierarchical softmax walks for each word."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from w2v.training import _huffman

# Every context of a step is scored against this many nodes: one vector of the widest kernel.
TOP_NODES = 16
MOST_COPIED = 256  # with more, a worker's copies crowd its caches


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

    def paths(
        self, words: NDArray[np.integer]
    ) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.bool_]]:
        """Return the paths of some words, one after the other.

        Parameters
        ----------
        words : int (n,)

        Returns
        -------
        place : int64 (total,)
            For each node the place in `words` that it belongs to.
        nodes : int32 (total,)
        sides : bool (total,)
            True where s(x . v) is the probability of the word's side.
        """
        lengths = self.lengths[words]
        place = np.repeat(np.arange(len(words)), lengths)
        first = np.cumsum(lengths) - lengths
        steps = self.path[np.arange(len(place)) + (self.path_start[words] - first)[place]]
        return place, np.where(steps < 0, ~steps, steps), steps >= 0


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


def path_bytes(words: int) -> int:
    """Return about how many bytes a word's path takes in a `Tree`.

    The mean over words, each counted once, is some 3 nodes above that of a balanced tree
    where counts fall as those of natural language do.
    """
    return 8 + 4 * (words.bit_length() + 3)


def copied_nodes(words: int, block_length: int) -> int:
    """Return how many nodes each worker trains copies of during a block.

    Where a tree has B nodes abreast, a word's path meets one of them: so half as many nodes
    as a block has centers are met about twice in it, or more often. Copying these spares
    workers the waiting for each other's rows; copying rarer ones costs more than it spares.
    """
    return min(words - 1, max(TOP_NODES, min(block_length // 2, MOST_COPIED)))
