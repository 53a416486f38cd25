"""Matrices as they lie in files: plain numbers, one row after another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from w2v.errors import DataError
from w2v.formats.source import Source
from w2v.single import lost, single
from w2v.vectors import Vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

SINGLE = "<f4"
HALF = "<f2"
_BLOCK_NUMBERS = 1 << 18


def check_shape(source: Source, pos: int, rows: int, dim: int) -> None:
    """Refuse a matrix without rows or columns.

    Parameters
    ----------
    source : Source
        The file, for the message.
    pos : int
        The byte where the shape stands.
    rows, dim : int
        The shape.

    Raises
    ------
    DataError
        One of them is below 1.
    """
    if rows < 1 or dim < 1:
        raise DataError(
            f"{source.name}, byte {pos}: the header says {rows} words of {dim} numbers: both "
            "must be at least 1"
        )


def read_matrix(
    source: Source,
    start: int,
    shape: tuple[int, int],
    dtype: str,
    *,
    by_column: bool = False,
) -> NDArray[np.float32]:
    """Read a matrix that lies in a file number after number.

    Parameters
    ----------
    source : Source
        The file.
    start : int
        The byte of its first number.
    shape : tuple of int
        Words, and numbers each.
    dtype : str
        How numpy names its numbers, byte order included, as ``"<f2"``.
    by_column : bool
        Whether the numbers of a column, not of a row, are neighbors.

    Returns
    -------
    ndarray of float32, shape `shape`
        A copy.

    Raises
    ------
    DataError
        The file ends before the matrix does; nothing has been allocated by then. Or a number
        is beyond float32.
    """
    check_shape(source, start, *shape)
    rows, dim = shape
    kind = np.dtype(dtype)
    need, have = rows * dim * kind.itemsize, len(source.data) - start
    if have < need:
        word = (
            "" if by_column else f" in word {max(have, 0) // (dim * kind.itemsize) + 1} of {rows}"
        )
        raise DataError(
            f"{source.name}, byte {len(source.data)}: the file ends{word}: {rows} words of {dim} "
            f"numbers take {need:,} bytes, {max(have, 0):,} are there: it is cut short or its "
            "header is wrong"
        )
    flat: NDArray[Any] = np.frombuffer(source.data, kind, rows * dim, start)
    matrix = flat.reshape(dim, rows).T if by_column else flat.reshape(rows, dim)
    return single(matrix, lambda row: f"word {row + 1} of {source.name}")


def blocks(vectors: Vectors, dtype: str) -> Iterator[NDArray[Any]]:
    """Yield the matrix, some rows at a time, as the numbers of a file.

    Parameters
    ----------
    vectors : Vectors
        Words and matrix.
    dtype : str
        `SINGLE` or `HALF`.

    Yields
    ------
    ndarray of shape (some, dim)
        Contiguous.

    Raises
    ------
    DataError
        A finite number is beyond float16; the message names the word.
    """
    rows = max(1, _BLOCK_NUMBERS // vectors.dim)
    for first in range(0, len(vectors), rows):
        block = vectors.matrix[first : first + rows]
        with np.errstate(all="ignore"):
            converted: NDArray[Any] = np.ascontiguousarray(block, dtype=dtype)
        if dtype == HALF:
            place = lost(block, converted)
            if place is not None:
                row, column = place
                raise DataError(
                    f"number {column + 1} of {vectors.words[first + row]!r} is "
                    f"{block[row, column]:g}, and float16 ends at 65504: normalize the vectors "
                    "or write float32"
                )
        yield converted


def write_matrix(vectors: Vectors, file: BinaryIO, dtype: str) -> None:
    """Write the matrix number after number; parameters and errors are those of `blocks`."""
    for block in blocks(vectors, dtype):
        file.write(block.data)
