"""The pair of files that TensorBoard's embedding projector loads.

``vectors.tsv`` has a row of numbers a line, separated by tabs; ``vectors.metadata.tsv``
has the words, one a line. Metadata of several columns begin with a line of their names,
and the first column holds the words.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NoReturn

import numpy as np

from w2v.errors import DataError
from w2v.formats._write_lines import format_lines
from w2v.formats.beside import check_words, name_beside, read_lines_beside
from w2v.formats.lines import cut, read_rows
from w2v.formats.source import HEADER, Source
from w2v.formats.words import encode_words
from w2v.vectors import Vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ROW = re.compile(rb"[-+.\deE]+(\t[-+.\deEnaif]+)*[\t\r]*")
_SAMPLE_BYTES = 1 << 16
_BLOCK_NUMBERS = 1 << 18


def metadata_path(path: str | os.PathLike[str]) -> Path:
    """Return the file of the words: ``a.tsv`` has ``a.metadata.tsv``."""
    return name_beside(path, ".metadata.tsv")


def _candidates(path: str) -> list[Path]:
    """Return where the words may be: our name, gensim's, and that of TensorFlow's guides."""
    matrix = Path(path)
    others = [matrix.with_name(matrix.name.replace("tensor", "metadata"))]
    others.append(matrix.with_name("metadata.tsv"))
    return [metadata_path(path), *(other for other in others if other != matrix)]


def looks_like(source: Source) -> bool:
    """Tell whether the first line holds numbers only, separated by tabs.

    Parameters
    ----------
    source : Source
        The file.

    Returns
    -------
    bool
        True if so; a single number, or a line that is a header of word2vec text too,
        counts only if there is a file of words beside it.
    """
    sample = source.data[:_SAMPLE_BYTES]
    line = sample.split(b"\n", 1)[0]
    if not _ROW.fullmatch(line):
        return False
    if b"\t" in line and not HEADER.match(sample):
        return True
    return any(path.exists() for path in _candidates(source.name))


def load(source: Source) -> Vectors:
    """Read the rows, and the words beside them.

    Parameters
    ----------
    source : Source
        The rows.

    Returns
    -------
    Vectors
        In the order of the file.

    Raises
    ------
    DataError
        A line has more or fewer numbers than the first, or something that is no number,
        or the words do not fit; the message names the line.
    FileError
        There is no file of words.
    """
    words = read_lines_beside(source, _candidates(source.name))
    if "\t" in words[0]:
        words = [line.partition("\t")[0] for line in words[1:]]
    first = source.data.find(b"\n")
    line = source.data[: first if first >= 0 else len(source.data)]
    dim = len(line.rstrip(b"\t\r").split(b"\t"))
    if len(source.data) < len(words) * 2 * dim - 1:
        raise DataError(
            f"{source.name}: {len(words)} rows of {dim} numbers, as many as there are words, take "
            f"more than its {len(source.data):,} bytes: one of the two files is cut short"
        )
    matrix = np.empty((len(words), dim), dtype=np.float32)
    parts = cut(source, 0, len(source.data))
    check_words(source, words, parts.rows[-1])

    def refuse(row: int, _: bytes, column: int, __: NDArray[np.float32]) -> NoReturn:
        what = (
            f"more than {dim} numbers, which the first line has"
            if column == dim
            else f"something that is no number, or nothing, as number {column + 1} of {dim}"
        )
        raise DataError(f"{source.name}:{row + 1}: the row of {words[row]!r} has {what}")

    read_rows(source, parts, matrix, refuse, named=False)
    return Vectors(words, matrix)


def save(vectors: Vectors, file: BinaryIO) -> None:
    """Write the rows: the shortest decimals that read back to the same float32.

    Parameters
    ----------
    vectors : Vectors
        Words and matrix.
    file : BinaryIO
        Receives the lines.
    """
    rows = max(1, _BLOCK_NUMBERS // vectors.dim)
    for first in range(0, len(vectors), rows):
        block = vectors.matrix[first : first + rows]
        lines = format_lines(b"\n" * len(block), block)  # of words without letters
        file.write(lines.replace(b"\n ", b"\n")[1:].replace(b" ", b"\t"))


def save_words(vectors: Vectors, file: BinaryIO) -> None:
    """Write the words, one a line.

    Parameters
    ----------
    vectors : Vectors
        Words and matrix.
    file : BinaryIO
        Receives the words.

    Raises
    ------
    DataError
        A word is empty or contains a tab or a newline.
    """
    file.write(encode_words(vectors.words, "\t\n") + b"\n")
