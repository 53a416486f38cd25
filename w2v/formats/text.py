r"""word2vec text files, among them fastText's ``.vec``.

``words dim\n``, then one line for each word: its bytes, a space, and `dim` decimals
separated by spaces. Read are also tabs, spaces at line ends and carriage returns before
newlines. Written are the shortest decimals that read back to the same float32.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, NoReturn

import numpy as np

from w2v.errors import DataError
from w2v.formats._write_lines import format_lines
from w2v.formats.lines import cut, fault_of, read_rows
from w2v.formats.source import Header, Source, check_size, read_header
from w2v.formats.words import decode_words, encode_words
from w2v.vectors import Vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SEPARATORS = " \t\n"
_BLOCK_NUMBERS = 1 << 18
_SAMPLE_BYTES = 1 << 16
_LONG_LINE = 1 << 20  # too much to take apart for a message
_NUMERIC = b"0123456789+-.eEnNaAiIfFtTyY \t\r"


def load(source: Source) -> Vectors:
    """Read a word2vec text file.

    Parameters
    ----------
    source : Source
        Its bytes.

    Returns
    -------
    Vectors
        Words in the order of the file; undecodable bytes as lone surrogates. Each number
        is the float32 nearest to the decimal; ``nan`` and ``inf`` are taken, and
        decimals too large for float32 are not.

    Raises
    ------
    DataError
        A line has too few or too many numbers, or something that is no number, or the
        header is wrong; the message names the line.
    """
    header = read_header(source)
    check_size(source, header, 2 * header.dim + 2)
    matrix = np.empty((header.words, header.dim), dtype=np.float32)

    def refuse(row: int, line: bytes, column: int, _: NDArray[np.float32]) -> NoReturn:
        raise DataError(_broken_line(source, header, row, line, column))

    parts = cut(source, header.end, len(source.data))
    words, row, end = read_rows(source, parts, matrix, refuse)
    if row < header.words:
        raise DataError(
            f"{source.name}:{row + 2}: word {row + 1} of {header.words} is missing: the file is "
            "cut short or the header is wrong"
        )
    if end < len(source.data) and source.data[end:].strip():
        raise DataError(
            f"{source.name}:{row + 2}: a line follows the last of {header.words} words: the "
            "header is wrong"
        )
    return Vectors(decode_words(words), matrix)


def _broken_line(source: Source, header: Header, row: int, line: bytes, column: int) -> str:
    place = f"{source.name}:{row + 2}"
    if not line.strip():
        return f"{place}: the line is empty: the file is damaged or the header is wrong"
    if column < 0:
        return f"{place}: the line does not begin with a word"
    if len(line) > _LONG_LINE:
        return (
            f"{place}: the line is {len(line):,} bytes, and not a word and {header.dim} numbers: "
            "line ends are missing or the header is wrong"
        )
    word = line.replace(b"\t", b" ").partition(b" ")[0].decode("utf-8", "backslashreplace")
    # Not split(): it would also cut at bytes that do not separate numbers here.
    fields = [field for field in _numbers(line).split(b" ") if field]
    if column < header.dim and column < len(fields):
        return f"{place}: number {column + 1} of {word!r} is {fault_of(fields[column])}"
    return (
        f"{place}: {word!r} has {len(fields)} numbers, the header says {header.dim}: the file is "
        "cut short or damaged"
    )


def save(vectors: Vectors, file: BinaryIO) -> None:
    """Write a word2vec text file.

    Parameters
    ----------
    vectors : Vectors
        Words and matrix.
    file : BinaryIO
        Receives the lines.

    Raises
    ------
    DataError
        A word is empty or contains a space, a tab or a newline.
    """
    write_lines(vectors, file, b"%d %d\n" % vectors.matrix.shape)


def write_lines(
    vectors: Vectors, file: BinaryIO, header: bytes = b"", separators: str = _SEPARATORS
) -> None:
    """Write a line of a word and its numbers for each word.

    Parameters
    ----------
    vectors : Vectors
        Words and matrix.
    file : BinaryIO
        Receives the lines.
    header : bytes
        What stands before them; not written if a word cannot be.
    separators : str
        Characters that no word may contain.

    Raises
    ------
    DataError
        A word is empty or contains a separator.
    """
    matrix = vectors.matrix
    n, dim = matrix.shape
    words = encode_words(vectors.words, separators).split(b"\n")
    file.write(header)
    rows = max(1, _BLOCK_NUMBERS // dim)
    for first in range(0, n, rows):
        last = min(first + rows, n)
        block = b"\n".join(words[first:last]) + b"\n"
        file.write(format_lines(block, matrix[first:last]))


def looks_like(source: Source) -> bool:
    """Tell whether what follows the header is text rather than binary.

    Parameters
    ----------
    source : Source
        A file with the header of both formats.

    Returns
    -------
    bool
        True if what follows the first word are decimals, even too few or too many.

    Raises
    ------
    DataError
        There is no header.
    """
    header = read_header(source)
    lines = source.data[header.end : header.end + _SAMPLE_BYTES].split(b"\n")
    numbers = _numbers(lines[0])
    if not numbers or numbers.translate(None, _NUMERIC):
        return False
    # The bytes of one ordinary float32 (2**-13 to 2) never are all numeric characters.
    if len(numbers) >= 4 or len(lines) == 1:
        return True
    # Less than one float32: a newline may stand anywhere among the numbers of a binary
    # file, but then its other lines do not look right.
    return all(
        len(_numbers(line).split()) == header.dim and not _numbers(line).translate(None, _NUMERIC)
        for line in lines[: min(header.words, len(lines) - 1)]
    )


def _numbers(line: bytes) -> bytes:
    """Return what follows the word of a line."""
    return line.replace(b"\t", b" ").partition(b" ")[2].replace(b"\r", b" ")
