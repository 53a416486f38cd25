"""Walks along a metapath: the links of each node sorted by the types of its neighbors."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
from numpy.typing import NDArray

from w2v.errors import DataError
from w2v.graph.graph import Graph


@dataclasses.dataclass(frozen=True)
class Typed:
    """A graph's links, as `w2v.graph._walks.Walker` wants them.

    Attributes
    ----------
    offsets : ndarray of int64, shape (nodes * types + 1,)
    neighbors : ndarray of int32, shape (links,)
    weights : ndarray of float32, shape (links,), or None
    starts : ndarray of int32, shape (n,)
        Where walks begin.
    path : ndarray of int32, shape (period,), or None
        The type of each step.
    types : int
    path_end : int
        Steps after which a walk ends; -1 if the path goes on for ever.
    """

    offsets: NDArray[np.int64]
    neighbors: NDArray[np.int32]
    weights: NDArray[np.float32] | None
    starts: NDArray[np.int32]
    path: NDArray[np.int32] | None = None
    types: int = 1
    path_end: int = -1

    @classmethod
    def all(cls, graph: Graph) -> Typed:
        """Take all links, and nodes of one type."""
        starts = np.arange(len(graph), dtype=np.int32)
        return cls(graph.offsets, graph.neighbors, graph.weights, starts)


def typed(graph: Graph, metapath: str, types: dict[str, str] | None) -> Typed:
    """Sort the links of a graph by the types of a metapath (Dong, Chawla and Swami 2017).

    Parameters
    ----------
    graph : Graph
    metapath : str
        Types with dashes between.
    types : dict of str to str, or None
        The type of each node by name; None takes the longest type that a name begins with.

    Raises
    ------
    DataError
        No node is of one of the types, or no link leads from one type to the next.
    """
    steps = metapath.split("-")
    kinds = sorted(set(steps))
    of_node = _types_of(graph.names, kinds, types)
    numbers = {kind: number for number, kind in enumerate(kinds)}
    sources, targets = graph.links()
    known = (of_node[sources] >= 0) & (of_node[targets] >= 0)
    slots = sources.astype(np.int64) * len(kinds) + of_node[targets]
    order = np.flatnonzero(known)
    order = order[np.argsort(slots[order], kind="stable")]
    offsets = np.zeros(len(graph) * len(kinds) + 1, np.int64)
    np.cumsum(np.bincount(slots[order], minlength=len(offsets) - 1), out=offsets[1:])
    pairs = of_node[sources] * len(kinds) + of_node[targets]
    present = set(np.unique(pairs[known]).tolist())
    for kind in kinds:
        if not np.any(of_node == numbers[kind]):
            raise DataError(f"metapath {metapath}: no node is of type {kind}")
    for one, other in itertools.pairwise(steps):
        if numbers[one] * len(kinds) + numbers[other] not in present:
            raise DataError(f"metapath {metapath}: no link leads from type {one} to type {other}")
    repeats = steps[0] == steps[-1]
    path = np.array([numbers[step] for step in (steps[:-1] if repeats else steps)], np.int32)
    return Typed(
        offsets,
        graph.neighbors[order],
        None if graph.weights is None else graph.weights[order],
        np.flatnonzero(of_node == path[0]).astype(np.int32),
        path,
        len(kinds),
        -1 if repeats else len(steps),
    )


def _types_of(
    names: list[str], kinds: list[str], types: dict[str, str] | None
) -> NDArray[np.int32]:
    """Return for each name the number of its type, -1 for one that is not among `kinds`."""
    if types is not None:
        numbers = {kind: number for number, kind in enumerate(kinds)}
        found = [numbers.get(types.get(name, ""), -1) for name in names]
    else:
        longest = sorted(enumerate(kinds), key=lambda kind: -len(kind[1]))
        found = [
            next((number for number, kind in longest if name.startswith(kind)), -1)
            for name in names
        ]
    return np.array(found, np.int32)
