"""Reading edge lists, in one pass and with all threads, into a graph."""

from __future__ import annotations

import dataclasses
import os
import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from w2v.errors import DataError
from w2v.graph import matrixmarket
from w2v.graph._edges import EdgeBlock, EdgeScanner
from w2v.graph.graph import Graph, Part, build
from w2v.graph.sparse import is_sparse, read_sparse, undirected
from w2v.text._rows import RowBuffer
from w2v.text._words import Words
from w2v.text.blocks import BLOCK, Block
from w2v.text.reading import Numbering
from w2v.text.scanning import scan_blocks, total_bytes, useful_threads
from w2v.text.sources import BYTE_ORDER_MARK, Source, find_sources
from w2v.text.threads import Crew, InOrder
from w2v.text.vocab import decode_words

Path = str | os.PathLike[str]
Progress = Callable[[int, "int | None"], None]

NAMES_AT_ONCE = 1 << 14
MARK_BYTES = len(BYTE_ORDER_MARK)  # a block that begins no later is the first of its file


def read_graph(
    paths: Path | Sequence[Path],
    *,
    directed: bool = False,
    weights: bool = True,
    nodes: Path | None = None,
    min_count: int = 1,
    max_vocab: int | None = None,
    lowercase: bool = False,
    threads: int = 1,
    progress: Progress | None = None,
) -> Graph:
    """Read edges into a graph.

    The result depends on the edges and the settings alone, not on `threads`.

    Parameters
    ----------
    paths : path or sequence of paths
        As `w2v.text.sources.find_sources` takes them: edge lists, a line being two names and
        perhaps a weight, cut by blanks or commas; MatrixMarket files, known by their first
        line; or a single .npz file of a scipy.sparse matrix in CSR or CSC form.
    directed : bool
        An edge leads from the first name to the second only.
    weights : bool
        Take a third column as weights; if not, whatever follows the second is ignored.
    nodes : path, optional
        A list of nodes, one a line, which are in the graph also if no edge names them.
    min_count : int
        Nodes that are named less often are dropped with their edges.
    max_vocab : int or None
        Keep at most so many nodes, those named most often.
    lowercase : bool
        Lower-case the names.
    threads : int
    progress : callable, optional
        Called as ``progress(bytes_done, bytes_total)``; the total is None when unknown.

    Raises
    ------
    FileError
        A file is missing or cannot be read.
    DataError
        A line is not an edge; the message names it. Or there is no edge.
    """
    started = time.perf_counter()
    if not isinstance(paths, (str, os.PathLike, list, tuple)):
        raise DataError(f"{paths!r:.60} is no path and no list of paths: give edges in files")
    named = [paths] if isinstance(paths, (str, os.PathLike)) else list(paths)
    if any(isinstance(path, (str, os.PathLike)) and is_sparse(path) for path in named):
        if len(named) > 1 or nodes is not None:
            raise DataError("an .npz file names all nodes: give it alone")
        graph = read_sparse(
            named[0], directed=directed, weights=weights, min_count=min_count, max_vocab=max_vocab
        )
        return dataclasses.replace(graph, seconds=time.perf_counter() - started)
    reader = _Reader(threads, progress)
    reader.read(find_sources(named), "edges" if weights else "unweighted")
    if nodes is not None:
        reader.read(find_sources(nodes), "nodes")
    graph = reader.graph(directed, min_count, max_vocab, lowercase)
    return dataclasses.replace(graph, seconds=time.perf_counter() - started)


def read_types(path: Path, *, lowercase: bool = False) -> dict[str, str]:
    """Read the types of nodes: lines of a name and its type, in all forms that edges may have.

    Parameters
    ----------
    path : path
    lowercase : bool
        Lower-case the names, as `read_graph` does, and not the types.

    Raises
    ------
    FileError
        The file is missing or cannot be read.
    DataError
        A line is not a name and a type, or a node has two types.
    """
    reader = _Reader(1, None)
    reader.read(find_sources(path), "types")
    if reader.columns == 3:
        raise DataError(f"{os.fspath(path)}: three fields a line: give a node and its type")
    words = reader.words(lowercase=False)
    names = decode_words(words.vocabulary(1, None)[0])
    types: dict[str, str] = {}
    for pairs, _, rows in reader.edges(words.row_maps()):
        for node, kind in rows[pairs].reshape(-1, 2).tolist():
            name = names[node].lower() if lowercase else names[node]
            if types.setdefault(name, names[kind]) != names[kind]:
                raise DataError(
                    f"{os.fspath(path)}: node {name} is of type {types[name]} and of type "
                    f"{names[kind]}"
                )
    return types


@dataclasses.dataclass
class _Worker:
    """A scanner and all edges it has read."""

    numbering: Numbering[EdgeScanner]
    numbers: RowBuffer = dataclasses.field(default_factory=RowBuffer)
    weights: RowBuffer = dataclasses.field(default_factory=RowBuffer)


@dataclasses.dataclass
class _Scan:
    """A scanned block on its way to its place in the text."""

    worker: int
    bytes: int
    found: EdgeBlock
    start: int  # of its numbers among those of its worker
    end: int


class _Reader:
    def __init__(self, threads: int, progress: Progress | None) -> None:
        self.bytes = self.lines = self.comments = 0
        self._threads = threads
        self._progress = progress
        self._workers: list[_Worker] = []
        self._parts: list[tuple[int, int, int]] = []  # worker, start, end
        self._paths: list[str] = []
        self._where = ""
        self._places = 0  # blocks of the texts before this one
        self.columns = 0  # of a line: 3 with weights
        self._file = ""  # the one being read
        self._line = 0  # lines of it before the next block
        self._matrix: matrixmarket.Sizes | None = None

    def read(self, sources: list[Source], lines: str) -> None:
        """Read edges, or a list of nodes."""
        if lines != "nodes":
            self._paths = [source.path for source in sources]
            self._where = sources[0].name + (f" and {len(sources) - 1} more" if sources[1:] else "")
        self.columns = 0
        total = total_bytes(sources)
        threads = useful_threads(self._threads, sources, BLOCK)
        while len(self._workers) < threads:
            self._workers.append(_Worker(Numbering(EdgeScanner(BLOCK, lines))))
        for worker in self._workers:
            worker.numbering.scanner.use(lines)
        crew = Crew()
        order = InOrder(self._take, lambda scan: scan, crew.stopping, 2 * threads)
        before, done = self._places, self.bytes

        def scan(number: int, place: int, block: Block) -> None:
            order.put(place, self._scan(number, before + place, block, keep=lines != "nodes"))

        def tick() -> None:
            if self._progress is not None:
                self._progress(self.bytes - done, total)

        scan_blocks(sources, BLOCK, threads, crew, scan, tick, by_line=True)
        if self._progress is not None and lines != "nodes":
            self._progress(self.bytes, self.bytes if total is None else total)

    def _scan(self, number: int, place: int, block: Block, *, keep: bool) -> _Scan:
        worker = self._workers[number]
        found = block.scan(worker.numbering.scanner)
        worker.numbering.scanned(place)
        start = len(worker.numbers)
        if keep and found.fault is None:
            worker.numbers.append(found.numbers)
            if found.weights is not None:
                worker.weights.append(found.weights.view(np.int32))
        return _Scan(number, block.bytes, found, start, len(worker.numbers))

    def _take(self, scan: _Scan) -> None:
        """Add the next block of the text to what is known of it."""
        found = scan.found
        if found.name != self._file or found.offset <= MARK_BYTES:
            self._line = 0
            if found.head:
                self._begin_matrix(found)
        self._file = found.name
        at_first = found.fault is not None and found.stopped_line == found.first_line
        if found.columns and self.columns not in (0, found.columns) and not at_first:
            self._refuse(found.first_line, f"{found.columns} fields, unlike the lines before")
        if found.fault is not None:
            self._refuse(found.stopped_line, found.fault)
        self.columns = found.columns or self.columns
        self._line += found.lines
        self.bytes += scan.bytes
        self.lines += found.lines
        self.comments += found.comments
        self._places += 1
        self._parts.append((scan.worker, scan.start, scan.end))

    def _refuse(self, line: int, fault: str) -> None:
        raise DataError(f"{self._file}: line {self._line + line + 1}: {fault}")

    def _begin_matrix(self, found: EdgeBlock) -> None:
        if len(self._paths) > 1:
            raise DataError(f"{found.name}: a MatrixMarket file has to be the only one")
        self._matrix = matrixmarket.sizes(found.head, found.name)

    def graph(
        self, directed: bool, min_count: int, max_vocab: int | None, lowercase: bool
    ) -> Graph:
        """Make the graph of all that was read. Ends reading."""
        matrix = self._matrix
        if matrix is not None:
            edges = sum(end - start for _, start, end in self._parts) // 2
            matrixmarket.check(matrix, edges, self._where, directed=directed)
            self._add_names(matrix.nodes)
        words = self.words(lowercase)
        if matrix is not None and words.distinct > matrix.nodes:
            raise DataError(f"{self._where}: entries lie outside of the matrix its head tells of")
        links = directed or (matrix is not None and not matrix.symmetric)
        if matrix is not None and min_count > 1:
            # By `_add_names` each was named once more; by its edges twice, if both ways are stored.
            min_count = min_count * (1 if links == directed else 2) + 1
        text, _ = words.vocabulary(min_count, max_vocab)
        parts = self.edges(words.row_maps())
        try:
            graph = build(
                parts,
                decode_words(text),
                directed=links,
                paths=self._paths,
                bytes=self.bytes,
                lines=self.lines,
                comments=self.comments,
            )
        except DataError as error:
            raise DataError(f"{self._where}: {error}") from error
        return graph if directed == links else undirected(graph, self._where)

    def words(self, lowercase: bool) -> Words:
        """Join the names that all threads have read."""
        return Words(
            [worker.numbering.scanner for worker in self._workers],
            [worker.numbering.seen() for worker in self._workers],
            lowercase,
        )

    def edges(self, row_maps: list[NDArray[np.int32]]) -> list[Part]:
        """Return the edges in the order of the text, and let go of them."""
        numbers = [worker.numbers.array() for worker in self._workers]
        weights = [
            worker.weights.array().view(np.float32) if len(worker.weights) else None
            for worker in self._workers
        ]
        self._workers = []
        parts: list[Part] = []
        for worker, start, end in self._parts:
            given = weights[worker]
            part = None if given is None else given[start // 2 : end // 2]
            if end > start:
                parts.append((numbers[worker][start:end], part, row_maps[worker]))
        return parts

    def _add_names(self, nodes: int) -> None:
        """Add the nodes 1, 2, ... of a matrix, also those that have no entry."""
        numbering = self._workers[0].numbering
        numbering.scanner.use("nodes")
        for start in range(1, nodes + 1, NAMES_AT_ONCE):
            names = range(start, min(start + NAMES_AT_ONCE, nodes + 1))
            numbering.scanner.scan_bytes("\n".join(map(str, names)).encode(), self._where, 0)
            numbering.scanned(self._places)
            self._places += 1
