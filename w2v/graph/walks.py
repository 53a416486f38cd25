"""Random walks on a graph: what a text is to words, made when it is asked for."""

from __future__ import annotations

import collections
import functools
import itertools
from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from w2v.config import GraphConfig
from w2v.graph._walks import Walker, add_visits
from w2v.graph.graph import Graph
from w2v.graph.metapath import Typed, typed
from w2v.graph.names import Names
from w2v.text.threads import refused

R = TypeVar("R")

CHUNK_ROWS = 1 << 17
# Steps of the walks that visits are counted in: all walks of an epoch if these are fewer.
COUNTED_STEPS = 1 << 24
WALK_END = -1


class Walks:
    """The walks of a graph: a corpus whose chunks are made and never kept.

    In every epoch `walks` rounds begin a walk at each node, in a new random order. A walk
    depends on the seed, the number of its round over all epochs, and its start alone.

    Parameters
    ----------
    graph : Graph
    config : GraphConfig
    types : dict of str to str, optional
        The type of each node by name, for a metapath; if left out, a node is of the longest
        type of the metapath that its name begins with.
    counts : ndarray of int64, shape (nodes,), optional
        Those of the same walks, where they are known.
    files : dict of str to (str or None), optional
        For the run record: the files that a list of ``nodes`` and their ``types`` came from.

    Attributes
    ----------
    tokens, kept : int
        Visits of nodes in an epoch: exact up to 2**24, estimated from as many beyond.
    counts : ndarray of int64, shape (nodes,)
        How often each node is visited in an epoch, likewise; at least 1. Counted when it is
        first asked for.

    Raises
    ------
    DataError
        The metapath fits no node or no link.
    """

    def __init__(
        self,
        graph: Graph,
        config: GraphConfig,
        types: dict[str, str] | None = None,
        *,
        counts: NDArray[np.int64] | None = None,
        files: dict[str, str | None] | None = None,
    ) -> None:
        self.graph, self.types = graph, types
        self._counts = counts
        self._files = {} if files is None else files
        self._config = config
        links = (
            Typed.all(graph) if config.metapath is None else typed(graph, config.metapath, types)
        )
        self._walker = Walker(
            links.offsets,
            links.neighbors,
            links.weights,
            links.starts,
            links.path,
            types=links.types,
            path_end=links.path_end,
            length=config.length,
            directed=graph.directed,
            p=config.p,
            q=config.q,
            seed=config.seed,
        )
        self._starts = links.starts
        self.total = len(links.starts) * config.walks  # walks of an epoch

    @functools.cached_property
    def counts(self) -> NDArray[np.int64]:  # noqa: D102
        return self._count() if self._counts is None else self._counts

    @functools.cached_property
    def tokens(self) -> int:  # noqa: D102
        return int(self.counts.sum())

    @property
    def kept(self) -> int:  # noqa: D102
        return self.tokens

    def __len__(self) -> int:
        """Return about how many rows an epoch has, ends of walks included."""
        return self.tokens + self.total

    def longest(self) -> int:
        """Return how many nodes a walk has at most."""
        return self._config.length

    def cut(self, size: int) -> list[int]:
        """Return numbers of walks that cut an epoch into chunks of at most about `size` rows."""
        each = max(1, size // (self._config.length + 1))
        return [*range(0, self.total, each), self.total]

    def chunk(self, epoch: int, start: int, end: int) -> NDArray[np.int32]:
        """Make walks `start` to `end` - 1 of an epoch, which are counted from 1.

        Returns
        -------
        ndarray of int32, shape (n,)
            Rows of nodes; -1 ends each walk.
        """
        out = np.empty((end - start) * (self._config.length + 1), np.int32)
        return out[: self._walker.make((epoch - 1) * self.total + start, end - start, out)]

    def places(self, epoch: int, start: int, end: int, rows: int) -> int:
        """Return how many walks, from `start` on, end within their first so many rows."""
        return int(np.count_nonzero(self.chunk(epoch, start, end)[:rows] == WALK_END))

    def release(self, start: int, end: int) -> None:
        """Do nothing: walks are gone once they have been used."""

    def about(self) -> dict[str, Any]:
        """Return what a run record says of the graph."""
        graph = self.graph
        return {
            "paths": list(graph.paths),
            "files": {name: file for name, file in self._files.items() if file is not None},
            "bytes": graph.bytes,
            "lines": graph.lines,
            "nodes": len(graph),
            "edges": graph.edges,
            "loops": graph.loops,
            "isolated": len(graph.isolated),
            "directed": graph.directed,
            "weighted": graph.weights is not None,
            "walks": self.total,
            "tokens": self.tokens,
            "fingerprint": graph.fingerprint(),
        }

    def text(self) -> Generator[bytes, None, None]:
        """Make the walks of the first epoch as lines of names, piece by piece and in order."""
        names = Names(self.graph.names)

        def make(start: int, end: int) -> bytes:
            return names.lines(self.chunk(1, start, end))

        return _in_threads(make, self.cut(CHUNK_ROWS), self._config.threads)

    def _count(self) -> NDArray[np.int64]:
        rounds, length = self._config.walks, self._config.length
        counted = min(self.total, max(1, COUNTED_STEPS // length))
        visits = np.zeros(len(self.graph), np.int64)
        each = max(1, CHUNK_ROWS // (length + 1))

        def make(start: int, end: int) -> NDArray[np.int32]:
            return self.chunk(1, start, end)

        for rows in _in_threads(make, [*range(0, counted, each), counted], self._config.threads):
            add_visits(rows, visits)
        counts = np.rint(visits * (self.total / counted)).astype(np.int64)
        counts[self._starts] += rounds
        at_least_one: NDArray[np.int64] = np.maximum(counts, 1)
        return at_least_one


def _in_threads(
    make: Callable[[int, int], R], bounds: list[int], threads: int
) -> Generator[R, None, None]:
    """Make each chunk in one of several threads, a few ahead, and yield them in order."""
    ready: collections.deque[Future[R]] = collections.deque()
    with ThreadPoolExecutor(threads) as pool:
        try:
            for start, end in itertools.pairwise(bounds):
                ready.append(_submit(pool, threads, make, start, end))
                if len(ready) > 2 * threads:
                    yield ready.popleft().result()
            while ready:
                yield ready.popleft().result()
        finally:
            for future in ready:
                future.cancel()


def _submit(
    pool: ThreadPoolExecutor, threads: int, make: Callable[[int, int], R], start: int, end: int
) -> Future[R]:
    try:
        return pool.submit(make, start, end)
    except RuntimeError as error:  # a limit of the system or the container
        raise refused(threads) from error
