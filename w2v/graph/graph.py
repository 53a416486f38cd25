"""A graph: its nodes by name, and the links between them as compressed sparse rows."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2v.errors import DataError
from w2v.graph._links import has_links, merged_links, sorted_links

MAX_NODES = 2**31 - 1

# Numbers of names, weights if there are any, and the row of each number.
Part = tuple[NDArray[np.int32], "NDArray[np.float32] | None", NDArray[np.int32]]


@dataclasses.dataclass(frozen=True)
class Graph:
    """Nodes and the links between them.

    An undirected edge is a link each way; one from a node to itself is a single link. Edges
    given more than once become one, whose weight is the sum of theirs, a weight of 1 being
    meant where none was given.

    Attributes
    ----------
    names : list of str
        A node's place in it is its row. Nodes named by more edges come first.
    offsets : ndarray of int64, shape (n + 1,)
        The links of node v are those from ``offsets[v]`` to ``offsets[v + 1]``.
    neighbors : ndarray of int32, shape (links,)
        Rows; rising for each node.
    weights : ndarray of float32, shape (links,), or None
        Positive. None if all are equal.
    directed : bool
    paths : list of str
        Where it came from; empty if it was made in Python.
    bytes, lines, comments : int
        Of the text it came from.
    seconds : float
        What reading it took.
    """

    names: list[str]
    offsets: NDArray[np.int64]
    neighbors: NDArray[np.int32]
    weights: NDArray[np.float32] | None = None
    directed: bool = False
    paths: list[str] = dataclasses.field(default_factory=list)
    bytes: int = 0
    lines: int = 0
    comments: int = 0
    seconds: float = 0.0

    def __len__(self) -> int:
        return len(self.names)

    def __repr__(self) -> str:
        return f"<Graph of {len(self)} nodes and {self.edges} edges>"

    @property
    def degrees(self) -> NDArray[np.int64]:
        """The number of links that leave each node, shape (n,)."""
        return np.diff(self.offsets)

    @property
    def loops(self) -> int:
        """Edges from a node to itself."""
        sources, targets = self.links()
        return int(np.count_nonzero(sources == targets))

    @property
    def edges(self) -> int:
        """Different edges."""
        links = len(self.neighbors)
        return links if self.directed else (links + self.loops) // 2

    @property
    def isolated(self) -> NDArray[np.int64]:
        """Rows of the nodes that no link leaves or reaches."""
        linked = self.degrees > 0
        linked[self.neighbors] = True
        return np.flatnonzero(~linked)

    def links(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Return the sources and targets of all links, each int32 (links,)."""
        return np.repeat(np.arange(len(self), dtype=np.int32), self.degrees), self.neighbors

    def has_links(
        self, sources: NDArray[np.int32], targets: NDArray[np.int32]
    ) -> NDArray[np.bool_]:
        """Tell for each pair of rows, int32 (k,), whether the first is linked to the second."""
        return has_links(self.offsets, self.neighbors, sources, targets)

    def fingerprint(self) -> str:
        """Return 16 hexadecimal digits that tell this graph from others."""
        digest = hashlib.blake2b(digest_size=8)
        digest.update("\n".join(self.names).encode("utf-8", "surrogateescape"))
        for array in (self.offsets, self.neighbors, self.weights):
            digest.update(b"\0" if array is None else array.data)
        return digest.hexdigest()

    @classmethod
    def from_edges(
        cls,
        edges: NDArray[np.integer[Any]] | Sequence[Sequence[int]],
        weights: NDArray[np.floating[Any]] | Sequence[float] | None = None,
        *,
        names: Sequence[str] | None = None,
        directed: bool = False,
    ) -> Graph:
        """Make a graph of pairs of rows.

        Parameters
        ----------
        edges : array-like of int, shape (k, 2)
        weights : array-like of float, shape (k,), optional
        names : sequence of str, optional
            Of all nodes; if left out, 0, 1, ... to the largest row.
        directed : bool

        Raises
        ------
        DataError
            A row is out of range, a weight is not positive and finite, names are not distinct,
            or there is no edge.
        """
        pairs = np.asarray(edges, dtype=np.int64).reshape(-1, 2)
        top = int(pairs.max(initial=-1)) + 1
        if names is None:
            if top > MAX_NODES:
                raise DataError(f"node {top - 1}: give at most {MAX_NODES:,} nodes")
            names = [str(row) for row in range(top)]
        if top > len(names) or pairs.min(initial=0) < 0:
            raise DataError(f"edges lead to rows that are not among the {len(names)} nodes")
        if len(set(names)) < len(names):
            raise DataError("two nodes have the same name")
        given = None
        if weights is not None:
            given = checked_weights(np.asarray(weights, dtype=np.float64))
            if len(given) != len(pairs):
                raise DataError(f"{len(pairs)} edges and {len(given)} weights: give one for each")
        rows = np.arange(max(1, len(names)), dtype=np.int32)
        part = (np.ascontiguousarray(pairs, np.int32).reshape(-1), given, rows)
        return build([part], list(names), directed=directed)

    @classmethod
    def from_networkx(cls, graph: Any, weight: str | None = "weight") -> Graph:
        """Make a graph of a networkx graph, directed if that one is.

        Parameters
        ----------
        graph : networkx.Graph, DiGraph, MultiGraph or MultiDiGraph
            Names are ``str(node)``. Nodes come in its order, those with more edges first.
        weight : str or None
            The attribute of edges that holds their weights; an edge without it counts as 1.
            None: no weights.

        Raises
        ------
        DataError
            As for `from_edges`.
        """
        nodes = sorted(graph.nodes, key=lambda node: -graph.degree[node])
        rows = {node: row for row, node in enumerate(nodes)}
        ends = [(rows[u], rows[v]) for u, v in graph.edges()]
        weights = None
        if weight is not None:
            weights = [data for _, _, data in graph.edges(data=weight, default=1.0)]
        names = [str(node) for node in nodes]
        return cls.from_edges(ends, weights, names=names, directed=graph.is_directed())


def checked_weights(weights: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return weights that are all positive and finite in float32, or raise DataError."""
    with np.errstate(over="ignore", under="ignore"):
        single = weights.astype(np.float32)
    wrong = np.flatnonzero(~((single > 0) & np.isfinite(single)))
    if len(wrong):
        raise DataError(
            f"weight {wrong[0]} (counted from 0) is {weights[wrong[0]]:g}: weights have to be "
            "positive and finite, also in float32 (1.4e-45 to 3.4e38)"
        )
    return single


def checked_graph(
    names: list[str],
    offsets: NDArray[Any],
    neighbors: NDArray[Any],
    weights: NDArray[Any] | None,
    *,
    directed: bool,
    **origin: Any,
) -> Graph:
    """Return a graph of arrays that may come from anywhere, if they are such as `build` makes.

    Raises
    ------
    DataError
        They are not.
    """
    sound = offsets[0] == 0 and offsets[-1] == len(neighbors) > 0 and (np.diff(offsets) >= 0).all()
    if sound:
        rising = np.diff(neighbors.astype(np.int64)) > 0
        ends = offsets[1:-1]
        rising[ends[(ends > 0) & (ends < len(neighbors))] - 1] = True
        sound = rising.all() and neighbors.min() >= 0 and neighbors.max() < len(names)
    if not sound or len(set(names)) < len(names):
        raise DataError("the links of its graph are damaged")
    graph = Graph(names, offsets, neighbors, weights, directed, **origin)
    sources, targets = graph.links()
    if not directed and not graph.has_links(targets, sources).all():
        raise DataError("the links of its graph are damaged: some lead one way only")
    if weights is not None:
        checked_weights(weights)
    return graph


def build(parts: list[Part], names: list[str], *, directed: bool, **origin: Any) -> Graph:
    """Make a graph of parts of edges, which are emptied; `origin` are other fields of it.

    Raises
    ------
    DataError
        There is no edge.
    """
    weighted = any(part[1] is not None for part in parts)
    offsets, neighbors, weights = sorted_links(parts, max(1, len(names)), not directed, weighted)
    if len(neighbors) == 0:
        raise DataError("the graph has no edge: nothing can be learned from it")
    neighbors, weights = merged_links(offsets, neighbors, weights)
    if weights is not None:
        if not np.isfinite(weights.max()):
            raise DataError("the weights of repeated edges add up to infinity: scale them down")
        if weights.min() == weights.max():
            weights = None
    return Graph(names, offsets, neighbors, weights, directed, **origin)
