"""Pairs of successive words: counted with all threads, within a bound on memory."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from w2v.text._phrases import Joiner, PairCounter
from w2v.text.threads import Crew, share

if TYPE_CHECKING:
    from w2v.text._phrases import Pairs

# Rows between two looks at whether to stop.
STEP = 1 << 20

_HASHES = 1 << 32
_MOST = _HASHES - 1
# Of running text about every fourth pair of words is a new one; longer texts have fewer.
_NEW_PAIRS = 4

Rows = list[NDArray[np.int32]]


def count_pairs(
    rows: Rows,
    connectors: NDArray[np.uint16] | None,
    floors: NDArray[np.int32] | None = None,
    *,
    min_count: int,
    max_pairs: int,
    threads: int,
) -> tuple[Pairs, int]:
    """Count pairs of successive words, exactly, holding at most `max_pairs` at a time.

    Every thread counts the pairs whose hash is in a range of its own, so that no tables need
    joining. A range that turns out to hold too many pairs is halved, and the rows are gone
    through again for each half: the bound costs time, never pairs.

    Parameters
    ----------
    rows : list of ndarray of int32
        Pieces of a text, each of which ends where a sentence does; -1 separates.
    connectors : ndarray of uint16, shape (words,), or None
        As for `PairCounter`.
    floors : ndarray of int32, shape (words,), or None
        As for `PairCounter`: which pairs need no counting.
    min_count : int
        Pairs that occur less often are left out.
    max_pairs : int
        Distinct pairs in memory, those that stay not counted.
    threads : int

    Returns
    -------
    pairs : Pairs
        In the order of their words' rows.
    parts : int
        How many ranges it took.
    """
    limit = max(1, max_pairs // threads)
    bounds = [_HASHES * number // threads for number in range(threads + 1)]
    ranges = [(low, high - low - 1) for low, high in itertools.pairwise(bounds)]
    new = sum(map(len, rows)) // _NEW_PAIRS
    found: list[Pairs] = []
    lock = threading.Lock()
    crew = Crew()

    def work() -> None:
        while not crew.stopping.is_set():
            with lock:
                if not ranges:
                    return
                start, width = ranges.pop()
            # Pairs of one and the same hash cannot be told apart by halving.
            most = limit if width else _MOST
            expected = min(limit, new * (width + 1) // _HASHES)
            counter = PairCounter(connectors, floors, start, width, most, expected)
            if all(not crew.stopping.is_set() and counter.count(piece) for piece in _steps(rows)):
                pairs = counter.frequent(min_count)
                with lock:
                    found.append(pairs)
            else:
                half = width // 2
                with lock:
                    ranges.extend([(start, half), (start + half + 1, width - half - 1)])

    crew.run([work] * threads, lambda: None)
    firsts, betweens, lasts, counts = (np.concatenate(parts) for parts in zip(*found, strict=True))
    order = np.lexsort((betweens, lasts, firsts))
    return (firsts[order], betweens[order], lasts[order], counts[order]), len(found)


def join_pairs(rows: Rows, joiner: Joiner, number: int, threads: int) -> Rows:
    """Join the phrases of a pass in rows, in their place; return what is left of each piece."""
    joined = list(rows)

    def work(place: int) -> None:
        joined[place] = rows[place][: joiner.join(number, rows[place])]

    share(len(rows), threads, work)
    return joined


def cut_rows(rows: NDArray[np.int32]) -> Rows:
    """Cut rows into pieces of about `STEP`, after ends of sentences."""
    pieces = []
    start = 0
    while start < len(rows):
        stop = min(start + STEP, len(rows))
        while stop < len(rows) and rows[stop - 1] >= 0:
            ends = np.flatnonzero(rows[stop : stop + STEP] < 0)
            stop = min(stop + (int(ends[0]) + 1 if len(ends) else STEP), len(rows))
        pieces.append(rows[start:stop])
        start = stop
    return pieces


def _steps(rows: Rows) -> Iterator[NDArray[np.int32]]:
    for piece in rows:
        for start in range(0, len(piece), STEP):
            yield piece[start : start + STEP]
