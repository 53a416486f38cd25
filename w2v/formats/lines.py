"""Lines of words and decimals, read by several threads: what the text formats share."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from w2v.formats._read_lines import count_lines, read_lines
from w2v.formats.source import Source, forget

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Bytes that a thread reads before it takes more: enough that taking them costs nothing, few
# beside what the memory of a reader is promised to be.
_PART_BYTES = 1 << 20

# From a row, its line, the numbers read of it (-1: no word) and the place of its numbers, of
# shape (1, dim), to its word; or DataError.
Mend = Callable[[int, bytes, int, "NDArray[np.float32]"], bytes]


class Parts(NamedTuple):
    """A file of lines, cut at ends of lines.

    Attributes
    ----------
    bounds : list of int
        Where each part begins, and where the last one ends, in bytes.
    rows : list of int
        How many lines stand before each part, and in the whole.
    """

    bounds: list[int]
    rows: list[int]


class Read(NamedTuple):
    """What was read: the words, each followed by a newline; how many rows; the byte after."""

    words: NDArray[np.uint8]
    rows: int
    end: int


def cut(source: Source, start: int, end: int) -> Parts:
    """Cut a file into parts of whole lines, and count the lines.

    Parameters
    ----------
    source : Source
        The file.
    start, end : int
        The bytes between which the lines lie.

    Returns
    -------
    Parts
        At least one.
    """
    bounds = [start]
    while bounds[-1] < end:
        newline = source.data.find(b"\n", min(bounds[-1] + _PART_BYTES, end) - 1, end)
        bounds.append(newline + 1 if newline >= 0 else end)
    if len(bounds) == 1:
        bounds.append(end)
    counts = [0] * (len(bounds) - 1)

    def count(place: int) -> None:
        with memoryview(source.data) as data, data[bounds[place] : bounds[place + 1]] as part:
            counts[place] = count_lines(part)
        forget(source, bounds[place + 1], bounds[place])

    _share(len(counts), source.threads, count)
    return Parts(bounds, [0, *itertools.accumulate(counts)])


def read_rows(
    source: Source,
    parts: Parts,
    matrix: NDArray[np.float32],
    mend: Mend,
    *,
    named: bool = True,
) -> Read:
    """Read lines into a matrix, as many as it has rows or as there are.

    Parameters
    ----------
    source : Source
        The file; its threads share the parts.
    parts : Parts
        Where its lines are.
    matrix : ndarray of float32, shape (n, dim)
        Receives the numbers.
    mend : callable
        Called with a line that is not a word and `dim` numbers.
    named : bool
        Whether each line begins with a word.

    Returns
    -------
    Read

    Raises
    ------
    DataError
        What `mend` raises for the first line that it refuses.
    """
    needed = sum(first < len(matrix) for first in parts.rows[:-1])
    words: list[NDArray[np.uint8]] = [np.empty(0, np.uint8)] * needed
    ends = [0] * needed

    def read(place: int) -> None:
        first = parts.rows[place]
        span = slice(*parts.bounds[place : place + 2])
        rows = matrix[first : parts.rows[place + 1]]

        def mend_row(row: int, start: int, column: int) -> tuple[bytes, int]:
            stop = source.data.find(b"\n", start, span.stop)
            line = source.data[start : stop if stop >= 0 else span.stop]
            return mend(first + row, line, column, rows[row : row + 1]), start + len(line) + 1

        words[place], ends[place] = _read_part(source, span, rows, mend_row, named=named)
        forget(source, span.stop, span.start)

    _share(needed, source.threads, read)
    return Read(np.concatenate(words), min(parts.rows[needed], len(matrix)), ends[-1])


def _read_part(
    source: Source,
    span: slice,
    matrix: NDArray[np.float32],
    mend: Callable[[int, int, int], tuple[bytes, int]],
    *,
    named: bool,
) -> tuple[NDArray[np.uint8], int]:
    """Return the words of the lines in `span`, and the byte after them."""
    words = np.empty(span.stop - span.start + 2 if named else 0, dtype=np.uint8)
    row = pos = used = 0
    with memoryview(source.data) as data, data[span] as part:
        while True:
            done, pos, length, column = read_lines(part, pos, matrix[row:], words[used:], named)
            row, used = row + done, used + length
            if row == len(matrix):
                return words[:used].copy(), span.start + pos
            word, end = mend(row, span.start + pos, column)
            words[used : used + len(word) + 1] = np.frombuffer(word + b"\n", dtype=np.uint8)
            row, used, pos = row + 1, used + len(word) + 1, end - span.start


def fault_of(field: bytes) -> str:
    """Return a field that `read_lines` did not take, and why: "'x', which is not a number"."""
    shown = field[:40].decode("utf-8", "backslashreplace")
    try:
        beyond = abs(float(field)) > float(np.finfo(np.float32).max)
    except ValueError:
        beyond = False
    return f"{shown!r}, which is " + ("beyond float32, 3.4e38" if beyond else "not a number")


def _share(places: int, threads: int, work: Callable[[int], None]) -> None:
    if threads == 1 or places == 1:
        for place in range(places):
            work(place)
        return
    from w2v.text.threads import share  # noqa: PLC0415 - slow to import

    share(places, threads, work)
