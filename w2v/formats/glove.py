"""GloVe's text: lines of a word and its numbers, without a header.

Words of some published files contain spaces (``. . .``): a line's last `dim` fields are
its numbers, whatever stands before them is the word. Such words are read but not
written, since other programs would not read them.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from w2v.errors import DataError
from w2v.formats._read_lines import read_lines
from w2v.formats.lines import cut, fault_of, read_rows
from w2v.formats.source import HEADER, Source
from w2v.formats.text import write_lines
from w2v.formats.words import decode_words
from w2v.vectors import Vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FIELD = re.compile(rb"[^ \t\r]+")
_NUMBER = re.compile(rb"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?|[-+]?(nan|inf)", re.IGNORECASE)
_SAMPLE_BYTES = 1 << 16
_SAMPLE_LINES = 100


def looks_like(source: Source) -> bool:
    """Tell whether the first line is a word and numbers, and no header.

    Parameters
    ----------
    source : Source
        The file.

    Returns
    -------
    bool
        True if all fields but the first are decimals, and more than one, which prose and
        damaged headers have too; or if at least ten at the end are.
    """
    sample = source.data[:_SAMPLE_BYTES]
    if HEADER.match(sample) or (b"\n" not in sample and len(sample) == _SAMPLE_BYTES):
        return False
    line = sample.split(b"\n", 1)[0]
    numbers = _count_numbers(line)
    return numbers >= 10 or 2 <= numbers == len(_FIELD.findall(line)) - 1


def _count_numbers(line: bytes) -> int:
    """Return how many decimals a line ends with, without its first field."""
    fields = _FIELD.findall(line)[1:]
    odd = (i for i, field in enumerate(reversed(fields)) if not _NUMBER.fullmatch(field))
    return next(odd, len(fields))


def load(source: Source) -> Vectors:
    """Read GloVe's text.

    Parameters
    ----------
    source : Source
        Its bytes.

    Returns
    -------
    Vectors
        In the order of the file.

    Raises
    ------
    DataError
        A line has too few numbers, or something that is no number; the message names it.
    """
    end = _end(source)
    dim = _find_dim(source)
    # A line takes two bytes for each number, and two. If there are more lines than that
    # allows, one of the first is too short, and no memory is taken for those behind it.
    parts = cut(source, 0, end)
    n = min(parts.rows[-1], (end + 1) // (2 * dim + 2) + 1)
    matrix = np.empty((n, dim), dtype=np.float32)

    def mend(row: int, line: bytes, _: int, numbers: NDArray[np.float32]) -> bytes:
        return _read_line(f"{source.name}:{row + 1}", line, numbers)

    return Vectors(decode_words(read_rows(source, parts, matrix, mend).words), matrix)


def _read_line(place: str, line: bytes, row: NDArray[np.float32]) -> bytes:
    """Read one line whose word may contain blanks into `row`, of shape (1, dim)."""
    dim = row.shape[1]
    fields = list(_FIELD.finditer(line))
    if not fields:
        raise DataError(f"{place}: the line is empty: the file is damaged")
    if fields[0].start() > 0:
        raise DataError(f"{place}: the line does not begin with a word")
    if len(fields) <= dim:
        raise DataError(
            f"{place}: {fields[0][0].decode('utf-8', 'backslashreplace')!r} has "
            f"{len(fields) - 1} numbers, the lines before have {dim}: the file is cut short or "
            "damaged"
        )
    word = line[: fields[-dim - 1].end()]
    numbers = b"w " + b" ".join(field[0] for field in fields[-dim:])
    done, _, _, column = read_lines(numbers, 0, row, np.empty(4, dtype=np.uint8))
    if not done:
        raise DataError(
            f"{place}: number {column + 1} of {word.decode('utf-8', 'backslashreplace')!r:.80} is "
            f"{fault_of(fields[column - dim][0])}"
        )
    return word


def _find_dim(source: Source) -> int:
    """Return how many numbers most of the first lines have: some words may look like more."""
    sample = source.data[: 16 * _SAMPLE_BYTES]
    lines = sample.split(b"\n")[:_SAMPLE_LINES]
    if len(lines) > 1 and (len(lines) < _SAMPLE_LINES or not lines[-1]):
        lines.pop()  # may be cut
    if HEADER.match(sample) and len(lines) > 1 and len(_FIELD.findall(lines[1])) > 2:
        raise DataError(f"{source.name}:1: a header, which GloVe's text has not: read it as 'text'")
    dim = Counter(map(_count_numbers, lines)).most_common(1)[0][0]
    if dim < 1:
        raise DataError(f"{source.name}: most of its first lines are not a word and numbers")
    return dim


def _end(source: Source) -> int:
    """Return the byte after the last character that is no white space."""
    tail = source.data[-_SAMPLE_BYTES:]
    return len(source.data) - len(tail) + len(tail.rstrip(b" \t\r\n"))


def save(vectors: Vectors, file: BinaryIO) -> None:
    """Write GloVe's text.

    Parameters
    ----------
    vectors : Vectors
        Words and matrix.
    file : BinaryIO
        Receives the lines.

    Raises
    ------
    DataError
        A word is empty or contains a space, a tab, a newline or a carriage return: without a
        header to count them, fields are told apart by all of these.
    """
    write_lines(vectors, file, separators=" \t\r\n")
