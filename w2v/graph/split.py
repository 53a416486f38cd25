"""Edges held out for a test of vectors that were learned from the others."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from w2v.errors import ConfigError, DataError
from w2v.graph._links import forest
from w2v.graph.graph import Graph
from w2v.graph.names import Names

# With fewer pairs of nodes than this all are looked at; with more they are drawn.
ALL_PAIRS = 1 << 22
LINES = 1 << 16  # written at a time


@dataclasses.dataclass(frozen=True)
class Split:
    """A graph's edges in two parts, and pairs of nodes without an edge.

    Attributes
    ----------
    graph : Graph
    train, test, non_edges : ndarray of int32, shape (k, 2)
        Rows of nodes. There are as many non-edges as edges in `test`.
    weights : ndarray of float32, shape (k,), or None
        Of the edges in `train`.
    """

    graph: Graph
    train: NDArray[np.int32]
    test: NDArray[np.int32]
    non_edges: NDArray[np.int32]
    weights: NDArray[np.float32] | None

    def text(self) -> dict[str, Iterator[bytes]]:
        """Return each part as lines of names, by the name of the part."""
        return {
            "train": self._lines(self.train, self.weights),
            "test": self._lines(self.test, None),
            "non-edges": self._lines(self.non_edges, None),
        }

    def _lines(
        self, pairs: NDArray[np.int32], weights: NDArray[np.float32] | None
    ) -> Iterator[bytes]:
        names = Names(self.graph.names)
        for start in range(0, len(pairs), LINES):
            some = pairs[start : start + LINES]
            text = names.lines(np.insert(some, 2, -1, axis=1).reshape(-1))
            if weights is not None:
                added = weights[start : start + LINES].tolist()
                lines = zip(text.splitlines(), added, strict=True)
                text = b"".join(line + f" {weight:.9g}\n".encode() for line, weight in lines)
            yield text


def split_edges(graph: Graph, share: float, seed: int) -> Split:
    """Hold out edges at random, so that nodes which were connected stay so.

    A spanning forest of the graph, whatever the direction of its edges, is never held out, nor
    are edges from a node to itself.

    Parameters
    ----------
    graph : Graph
    share : float
        Of all edges, 0 to 1, to hold out.
    seed : int

    Raises
    ------
    ConfigError
        The share is so small that no edge is held out, or so large that nodes would part.
    DataError
        Every edge is needed, or there are too few pairs of nodes without an edge.
    """
    random = np.random.Generator(np.random.PCG64(seed))
    sources, targets = graph.links()
    once = np.flatnonzero((sources <= targets) | graph.directed)
    ends = np.ascontiguousarray(sources[once]), np.ascontiguousarray(targets[once])
    held = forest(*ends, random.permutation(len(once)), len(graph)) | (ends[0] == ends[1])
    loose = np.flatnonzero(~held)
    wanted = round(share * len(once))
    if wanted == 0:
        raise ConfigError(f"split is {share:g}: that is none of {len(once):,} edges: give more")
    if not len(loose):
        raise DataError(
            f"each of the {len(once):,} edges is the only way between its nodes: none can be held "
            "out without cutting nodes off"
        )
    if wanted > len(loose):
        most = _floor(len(loose) / len(once))
        raise ConfigError(
            f"split is {share:g}: at most {len(loose):,} of {len(once):,} edges can be held out "
            f"without cutting nodes off: give at most {most:g}"
        )
    tested = np.zeros(len(once), np.bool_)
    tested[random.choice(loose, wanted, replace=False)] = True
    pairs = np.stack(ends, axis=1)
    weights = None if graph.weights is None else graph.weights[once][~tested]
    non_edges = _non_edges(graph, wanted, random)
    return Split(graph, pairs[~tested], pairs[tested], non_edges, weights)


def _floor(share: float) -> float:
    """Return the largest number of four digits that is not above `share`, which is positive."""
    scale = 10.0 ** (3 - math.floor(math.log10(share)))
    return math.floor(share * scale) / scale


def _non_edges(graph: Graph, wanted: int, random: np.random.Generator) -> NDArray[np.int32]:
    """Draw different pairs of different nodes that have edges, but none from one to the other."""
    linked = graph.degrees > 0
    linked[graph.neighbors] = True
    nodes = np.flatnonzero(linked)
    ordered = len(nodes) * (len(nodes) - 1)
    there_are = (ordered if graph.directed else ordered // 2) - (graph.edges - graph.loops)
    if there_are < wanted:
        raise DataError(
            f"only {there_are:,} pairs of nodes have no edge, and {wanted:,} are needed: "
            "split off fewer edges"
        )
    if len(nodes) ** 2 <= ALL_PAIRS:
        keys = _without_edge(graph, nodes, np.arange(len(nodes) ** 2))
        keys = random.choice(keys, wanted, replace=False)
    else:
        keys = np.empty(0, np.int64)
        while len(keys) < wanted:
            drawn = random.integers(0, len(nodes) ** 2, 2 * (wanted - len(keys)) + 16)
            keys = np.concatenate([keys, _without_edge(graph, nodes, drawn)])
            _, first = np.unique(keys, return_index=True)
            keys = keys[np.sort(first)][:wanted]
    return np.stack([nodes[end] for end in np.divmod(keys, len(nodes))], axis=1).astype(np.int32)


def _without_edge(
    graph: Graph, nodes: NDArray[np.int64], keys: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return the keys, ``first * len(nodes) + second``, of pairs that may be drawn."""
    first, second = np.divmod(keys, len(nodes))
    fit = first != second if graph.directed else first < second
    keys, first, second = keys[fit], first[fit], second[fit]
    there = graph.has_links(nodes[first].astype(np.int32), nodes[second].astype(np.int32))
    return keys[~there]
