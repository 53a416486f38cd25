"""finalfusion files: embeddings with a simple vocabulary and a matrix of float32.

A header, then chunks, each with its number and its length. finalfusion keeps vectors at
length 1 and their former lengths in a chunk of their own: these are multiplied back on
load and divided out on save. Subword vocabularies and quantized matrices are refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from struct import pack
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

import numpy as np

from w2v.errors import DataError
from w2v.formats.arrays import SINGLE, blocks, read_matrix
from w2v.formats.beside import check_words
from w2v.formats.source import Source
from w2v.formats.words import encode_words
from w2v.vectors import Vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MAGIC = b"FiFu"
_WORDS, _MATRIX, _NORMS = 1, 2, 6
_FLOAT32 = 10
_NAMES = {
    3: "a vocabulary of subwords in buckets",
    4: "a quantized matrix",
    7: "fastText's vocabulary of subwords",
    8: "a vocabulary of explicit subwords",
    9: "floret's vocabulary of subwords",
}
_MOST_CHUNKS = 64  # there are ten kinds


class _Chunk(NamedTuple):
    kind: int
    start: int
    end: int


def looks_like(source: Source) -> bool:
    """Tell whether the file begins as finalfusion's do."""
    return source.data[: len(_MAGIC)] == _MAGIC


def load(source: Source) -> Vectors:
    """Read a finalfusion file.

    Parameters
    ----------
    source : Source
        Its bytes.

    Returns
    -------
    Vectors
        In the order of the file, with the lengths they had before finalfusion divided
        by them, if it says them.

    Raises
    ------
    DataError
        It is damaged or holds what is not supported; the message names byte and word.
    """
    chunks = {chunk.kind: chunk for chunk in _read_chunks(source)}
    for kind in chunks.keys() & _NAMES.keys():
        raise DataError(
            f"{source.name}, byte {chunks[kind].start}: {_NAMES[kind]}, which w2v does not read: "
            "convert it to a simple vocabulary and an array of float32 first"
        )
    if not {_WORDS, _MATRIX} <= chunks.keys():
        raise DataError(f"{source.name}, byte 8: words or vectors are missing among its chunks")
    words = _read_words(source, chunks[_WORDS])
    chunk = chunks[_MATRIX]
    rows = _number(source, chunk, 0, 8)
    dim = _number(source, chunk, 8, 4)
    matrix = _read_floats(source, chunk, 12, (rows, dim))
    check_words(source, words, rows)
    if _NORMS in chunks:
        norms = _read_floats(source, chunks[_NORMS], 8, (rows, 1))
        with np.errstate(all="ignore"):
            matrix *= norms
    return Vectors(words, matrix)


def _read_chunks(source: Source) -> Iterator[_Chunk]:
    data = source.data
    head = _Chunk(0, 4, len(data))
    version, count = _number(source, head, 0, 4), _number(source, head, 4, 4)
    if version != 0 or not 1 <= count <= _MOST_CHUNKS:
        raise DataError(
            f"{source.name}, byte 4: version {version} with {count} chunks: finalfusion has "
            "version 0 only, or the file is damaged"
        )
    pos = 12 + 4 * count
    for number in range(count):
        head = _Chunk(0, pos, len(data))
        kind, length = _number(source, head, 0, 4), _number(source, head, 4, 8)
        if pos + 12 + length > len(data):
            raise DataError(
                f"{source.name}, byte {len(data)}: the file ends in chunk {number + 1} of {count}, "
                f"which has {length:,} bytes from byte {pos + 12} on: it is cut short or damaged"
            )
        yield _Chunk(kind, pos + 12, pos + 12 + length)
        pos += 12 + length


def _number(source: Source, chunk: _Chunk, offset: int, size: int) -> int:
    pos = chunk.start + offset
    if pos + size > chunk.end:
        raise DataError(f"{source.name}, byte {pos}: a number is cut short")
    return int.from_bytes(source.data[pos : pos + size], "little")


def _read_words(source: Source, chunk: _Chunk) -> list[str]:
    count = _number(source, chunk, 0, 8)
    data = memoryview(source.data)
    words: list[str] = []
    pos = chunk.start + 8
    # By the word, not by the count: a count that lies takes no memory.
    while len(words) < count and pos + 4 <= chunk.end:
        start = pos + 4
        pos = start + int.from_bytes(data[pos:start], "little")
        if pos > chunk.end:
            raise DataError(
                f"{source.name}, byte {start}: word {len(words) + 1} of {count} reaches beyond its "
                "chunk: the file is damaged"
            )
        words.append(str(data[start:pos], "utf-8", "surrogateescape"))
    if len(words) < count or pos != chunk.end:
        raise DataError(
            f"{source.name}, byte {pos}: {len(words)} of {count} words end here, the chunk at byte "
            f"{chunk.end}: the file is damaged"
        )
    return words


def _read_floats(
    source: Source, chunk: _Chunk, offset: int, shape: tuple[int, int]
) -> NDArray[np.float32]:
    """Read the floats of a chunk: a number for their type, 1 to 4 zeros, floats."""
    kind = _number(source, chunk, offset, 4)
    if kind != _FLOAT32:
        raise DataError(
            f"{source.name}, byte {chunk.start + offset}: numbers of type {kind}: only float32 "
            f"({_FLOAT32}) is supported"
        )
    start = _aligned(chunk.start + offset + 4)
    if chunk.end - start != shape[0] * shape[1] * 4:
        raise DataError(
            f"{source.name}, byte {start}: {shape[0]} words of {shape[1]} numbers do not fill the "
            f"{chunk.end - start:,} bytes of their chunk: the file is damaged"
        )
    return read_matrix(source, start, shape, SINGLE)


def save(vectors: Vectors, file: BinaryIO) -> None:
    """Write a finalfusion file: vectors of length 1, and their former lengths.

    Parameters
    ----------
    vectors : Vectors
        Words and matrix. A vector that is zero or not finite stays as it is.
    file : BinaryIO
        Receives it.

    Raises
    ------
    DataError
        A word is empty or not UTF-8; the message names it.
    """
    n, dim = vectors.matrix.shape
    words = b"".join(map(_record, vectors.words))
    with np.errstate(over="ignore"):
        norms = vectors.norms.astype(SINGLE)
    norms[~np.isfinite(norms) | (norms == 0)] = 1
    file.write(_MAGIC + pack("<5I", 0, 3, _WORDS, _MATRIX, _NORMS))
    file.write(pack("<IQQ", _WORDS, 8 + len(words), n) + words)
    pos = 24 + 20 + len(words) + 28
    padding = bytes(_aligned(pos) - pos)
    file.write(pack("<IQQII", _MATRIX, 16 + len(padding) + n * dim * 4, n, dim, _FLOAT32))
    file.write(padding)
    first = 0
    for block in blocks(vectors, SINGLE):
        last = first + len(block)
        with np.errstate(all="ignore"):
            file.write((block / norms[first:last, None]).astype(SINGLE, copy=False).data)
        first = last
    # The matrix ended at a multiple of 4, and this head has 24 bytes.
    file.write(pack("<IQQI4x", _NORMS, 16 + n * 4, n, _FLOAT32) + norms.tobytes())


def _aligned(pos: int) -> int:
    """Return where floats begin: finalfusion goes on by 4 bytes where none are needed."""
    return pos + 4 - pos % 4


def _record(word: str) -> bytes:
    try:
        plain = word.encode("utf-8")
    except UnicodeEncodeError:
        raise DataError(
            f"the word {word!r} is not UTF-8, which finalfusion demands: drop or rename it"
        ) from None
    if not plain:
        encode_words([word], "\n")  # says that it is empty
    return len(plain).to_bytes(4, "little") + plain
