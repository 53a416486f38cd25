"""The two phases of reading: threads scan blocks into numbers, then turn numbers into rows."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Iterable
from typing import Generic, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from w2v.text._rows import renumber
from w2v.text._scan import PRINT_BASE, Scanner
from w2v.text._words import SENTENCE_END, Words
from w2v.text.blocks import Block
from w2v.text.rows import RowStore
from w2v.text.scanning import scan_blocks, total_bytes, useful_threads
from w2v.text.sources import Source
from w2v.text.threads import Crew, InOrder

_MODULUS = 1 << 64


@dataclasses.dataclass
class _Scan:
    """A scanned block on its way to its place in the text."""

    worker: int
    numbers: NDArray[np.int32]
    tokens: int
    lines: int
    bytes: int
    fingerprint: int


class Counting(Protocol):
    """A scanner that numbers words as they appear."""

    @property
    def words(self) -> int:
        """Distinct words met so far."""
        ...


S = TypeVar("S", bound=Counting)


class Numbering(Generic[S]):
    """A scanner, and which of its words were new in which block.

    Parameters
    ----------
    scanner : Scanner
    """

    def __init__(self, scanner: S) -> None:
        self.scanner = scanner
        self._places: list[int] = []
        self._words = [0]

    def scanned(self, place: int) -> None:
        """Note that the scanner has just scanned the block of this place."""
        self._places.append(place)
        self._words.append(self.scanner.words)

    def seen(self) -> NDArray[np.int64]:
        """Return when each word first appeared: its block, then its number.

        A block is scanned by one worker, which numbers words as they appear: so this orders
        the words of all workers as the text does.
        """
        places = np.repeat(np.asarray(self._places, np.int64), np.diff(self._words))
        return (places << 32) | np.arange(len(places), dtype=np.int64)


class Reading:
    """A text being read.

    Parameters
    ----------
    store : RowStore or None
        Where numbers, then rows go; None to count only.
    block : int
        Bytes of a block, about. No result depends on it.

    Attributes
    ----------
    tokens, lines, bytes, fingerprint : int
        Of the text, as in `Corpus`.
    where : str
        The text, for messages.
    """

    def __init__(self, store: RowStore | None, block: int) -> None:
        self.tokens = self.lines = self.bytes = self.fingerprint = 0
        self.where = "sentences"
        self._store = store
        self._block = block
        self._workers: list[Numbering[Scanner]] = []
        # For every block in order: its worker, and where its numbers end in the store.
        self._parts: list[tuple[int, int]] = []
        self._end = 0

    def scan(
        self,
        sources: list[Source],
        threads: int,
        progress: Callable[[int, int | None], None] | None,
    ) -> None:
        """Scan the sources with several threads; Ctrl-C and errors end them all."""
        self.where = sources[0].name + (f" and {len(sources) - 1} more" if sources[1:] else "")
        total = total_bytes(sources)
        threads = useful_threads(threads, sources, self._block)
        crew = Crew()
        order = InOrder(self._take, _keep, crew.stopping, 2 * threads)
        self._workers = [Numbering(Scanner(self._block)) for _ in range(threads)]

        def scan(number: int, place: int, block: Block) -> None:
            order.put(place, self._scan(number, place, block))

        def tick() -> None:
            if progress is not None:
                progress(self.bytes, total)

        scan_blocks(sources, self._block, threads, crew, scan, tick)
        if progress is not None:
            progress(self.bytes, self.bytes if total is None else total)

    def scan_here(self, blocks: Iterable[Block]) -> None:
        """Scan blocks in this thread: they are made by a Python program that runs in it."""
        self._workers = [Numbering(Scanner(self._block))]
        for place, block in enumerate(blocks):
            self._take(self._scan(0, place, block))

    def words(self, lowercase: bool) -> Words:
        """Join the words of all threads. Ends scanning."""
        return Words(
            [worker.scanner for worker in self._workers],
            [worker.seen() for worker in self._workers],
            lowercase,
        )

    def renumber(self, row_maps: list[NDArray[np.int32]], threads: int) -> None:
        """Turn the numbers in the store into rows, in their place.

        Parameters
        ----------
        row_maps : list of ndarray of int32
            One for each scanner, from `Words.row_maps`.
        threads : int
        """
        store = self._store
        assert store is not None
        store.rewind()
        crew = Crew()
        order = InOrder(_Joiner(store), np.copy, crew.stopping, 2 * threads)
        starts = [0, *(end for _, end in self._parts)]
        longest = int(np.diff(starts).max(initial=0))
        places = iter(range(len(self._parts)))
        lock = threading.Lock()

        def work() -> None:
            out = np.empty(longest, np.int32)
            while not crew.stopping.is_set():
                with lock:
                    place = next(places, None)
                if place is None:
                    return
                worker, end = self._parts[place]
                source = store.read(starts[place], end)
                # Through `out`, not in place: rows may be written where this block's numbers
                # are, but only once they, and those of all blocks before, have been read.
                written = renumber(source, row_maps[worker], out)
                order.put(place, out[:written])

        crew.run([work] * min(threads, max(1, len(self._parts))), lambda: None)

    def _scan(self, number: int, place: int, block: Block) -> _Scan:
        worker = self._workers[number]
        numbers, tokens, lines, fingerprint = block.scan(worker.scanner)
        worker.scanned(place)
        return _Scan(number, numbers, tokens, lines, block.bytes, fingerprint)

    def _take(self, scan: _Scan) -> None:
        """Add the next block of the text to what is known of it."""
        self.tokens += scan.tokens
        self.lines += scan.lines
        self.bytes += scan.bytes
        shift = pow(PRINT_BASE, scan.tokens + scan.lines, _MODULUS)
        self.fingerprint = (self.fingerprint * shift + scan.fingerprint) % _MODULUS
        if self._store is not None:
            self._store.append(scan.numbers)
            self._end += len(scan.numbers)
            self._parts.append((scan.worker, self._end))


class _Joiner:
    """Writes the rows of successive blocks, with one sentence end between sentences."""

    def __init__(self, store: RowStore) -> None:
        self._store = store
        self._last = SENTENCE_END

    def __call__(self, rows: NDArray[np.int32]) -> None:
        if len(rows) and rows[0] == SENTENCE_END and self._last == SENTENCE_END:
            rows = rows[1:]
        if len(rows):
            self._last = int(rows[-1])
            self._store.append(rows)


def _keep(scan: _Scan) -> _Scan:
    # The scanner writes its next block over these numbers.
    return dataclasses.replace(scan, numbers=scan.numbers.copy())
