r"""word2vec binary files.

``words dim\n``, then for each word its bytes (UTF-8, or whatever they were), a space,
`dim` little-endian float32, and a newline. gensim leaves that newline out; files of
either kind are read, files with it are written.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from w2v.errors import DataError
from w2v.formats._records import copy_records
from w2v.formats.source import Header, Source, check_size, forget, read_header
from w2v.formats.words import decode_words, encode_words
from w2v.vectors import Vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SEPARATORS = " \n"
_BLOCK_BYTES = 1 << 20
_PART_BYTES = 1 << 25
_SLACK = 64  # bytes of white space allowed after the last record


def load(source: Source) -> Vectors:
    """Read a word2vec binary file.

    Parameters
    ----------
    source : Source
        Its bytes.

    Returns
    -------
    Vectors
        Words in the order of the file; undecodable bytes as lone surrogates.

    Raises
    ------
    DataError
        The file is cut short, a word is empty, or the header is wrong; the message
        names the word and the byte.
    """
    header = read_header(source)
    record = header.dim * 4 + 2
    check_size(source, header, record)
    matrix = np.empty((header.words, header.dim), dtype=np.float32)
    # All bytes that are not numbers, and a newline for each word.
    room = len(source.data) - header.end - header.words * (header.dim * 4 - 1)
    words = np.empty(room, dtype=np.uint8)
    row, pos, used = _copy(source, header, matrix, words)
    if row < header.words:
        raise DataError(_broken_record(source, header, row, pos))
    if len(source.data) - pos > _SLACK or source.data[pos:].strip():
        raise DataError(
            f"{source.name}, byte {pos}: {len(source.data) - pos:,} bytes follow the last of "
            f"{header.words} words: the header is wrong, or two files were joined"
        )
    if sys.byteorder == "big":
        matrix.byteswap(inplace=True)
    return Vectors(decode_words(words[:used]), matrix)


def _copy(
    source: Source, header: Header, matrix: NDArray[np.float32], words: NDArray[np.uint8]
) -> tuple[int, int, int]:
    """Do what `copy_records` does, keeping no more than a part of the file in memory."""
    rows = max(1, _PART_BYTES // (header.dim * 4))
    pos, used = header.end, 0
    for first in range(0, header.words, rows):
        part = matrix[first : first + rows]
        row, pos, more = copy_records(source.data, pos, part, words[used:])
        used += more
        if row < len(part):
            return first + row, pos, used
        forget(source, pos)
    return header.words, pos, used


def _broken_record(source: Source, header: Header, row: int, pos: int) -> str:
    rest = source.data[pos : pos + 256]
    place = f"{source.name}, byte {pos}: word {row + 1} of {header.words}"
    word, space, _ = rest.partition(b" ")
    if not rest:
        return f"{place} is missing: the file is cut short or the header is wrong"
    if rest.startswith(b" "):
        return f"{place} is empty: the file is damaged or the header's dim is wrong"
    if b"\n" in word:
        return (
            f"{place} contains a newline: {header.dim} numbers a word, as the header says, "
            "do not fit this file"
        )
    if not space and len(source.data) - pos > len(rest):
        return f"{place} never ends: the file is damaged or the header's dim is wrong"
    return (
        f"{place} ({word.decode('utf-8', 'backslashreplace')!r}) is cut short: the file is "
        "incomplete or the header's dim is wrong"
    )


def save(vectors: Vectors, file: BinaryIO) -> None:
    """Write a word2vec binary file.

    Parameters
    ----------
    vectors : Vectors
        Words and matrix.
    file : BinaryIO
        Receives ``size(vectors)`` bytes.

    Raises
    ------
    DataError
        A word is empty or contains a space or a newline.
    """
    matrix = vectors.matrix
    n, dim = matrix.shape
    words = encode_words(vectors.words, _SEPARATORS).split(b"\n")
    file.write(b"%d %d\n" % (n, dim))
    numbers = dim * 4
    rows = max(1, _BLOCK_BYTES // numbers)
    for first in range(0, n, rows):
        last = min(first + rows, n)
        block: NDArray[np.float32] = np.ascontiguousarray(matrix[first:last], dtype="<f4")
        data = block.tobytes()
        parts: list[bytes] = []
        for i, word in enumerate(words[first:last]):
            parts += word, b" ", data[i * numbers : (i + 1) * numbers], b"\n"
        file.write(b"".join(parts))


def size(vectors: Vectors) -> int:
    """Return how many bytes `save` writes."""
    n, dim = vectors.matrix.shape
    words = len(encode_words(vectors.words, _SEPARATORS)) - (n - 1)
    return int(len(b"%d %d\n" % (n, dim)) + words + n * (dim * 4 + 2))
