"""NumPy's ``.npy``, with the words one a line in ``.words.txt`` beside it.

``vectors.npy`` is what ``numpy.load`` reads; its words are in ``vectors.words.txt``.
"""

from __future__ import annotations

import ast
import os
import warnings
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from w2v.errors import DataError
from w2v.formats.arrays import SINGLE, read_matrix, write_matrix
from w2v.formats.beside import check_words, name_beside, read_lines_beside
from w2v.formats.source import Source
from w2v.formats.words import encode_words
from w2v.vectors import Vectors

_MAGIC = b"\x93NUMPY"
_LONGEST_HEADER = 10_000  # numpy's own limit, past which parsing takes long


class _Header(NamedTuple):
    dtype: str
    by_column: bool
    shape: tuple[int, int]
    end: int


def looks_like(source: Source) -> bool:
    """Tell whether the file begins as NumPy's do."""
    return source.data[: len(_MAGIC)] == _MAGIC


def words_path(path: str | os.PathLike[str]) -> Path:
    """Return the file of the words: ``a.npy`` has ``a.words.txt``."""
    return name_beside(path, ".words.txt")


def load(source: Source) -> Vectors:
    """Read a matrix of NumPy and the words beside it.

    Parameters
    ----------
    source : Source
        The matrix: float16, float32 or float64, shape (n, dim).

    Returns
    -------
    Vectors
        In the order of the file.

    Raises
    ------
    DataError
        It holds something else, is cut short, or the words do not fit it.
    FileError
        There is no file of words.
    """
    header = _read_header(source)
    matrix = read_matrix(source, header.end, header.shape, header.dtype, by_column=header.by_column)
    more = len(source.data) - header.end - matrix.size * np.dtype(header.dtype).itemsize
    if more:
        raise DataError(
            f"{source.name}, byte {len(source.data) - more}: {more:,} bytes follow the last "
            "number: the header is wrong"
        )
    words = read_lines_beside(source, [words_path(source.name)])
    check_words(source, words, len(matrix))
    return Vectors(words, matrix)


def _read_header(source: Source) -> _Header:
    """Parse the header as ``numpy.lib.format`` describes it, without its warnings and copies."""
    data = source.data
    width = 2 if data[6:7] == b"\x01" else 4
    start = 8 + width
    length = int.from_bytes(data[8:start], "little")
    damaged = f"{source.name}, byte 6: the header of this NumPy array is damaged"
    if data[6:7] not in (b"\x01", b"\x02", b"\x03") or length > _LONGEST_HEADER:
        raise DataError(damaged)
    text = data[start : start + length]
    if len(text) < length:
        raise DataError(f"{damaged}: the file ends in it")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            content: Any = ast.literal_eval(text.decode("utf-8").strip())
        names = content["descr"], content["fortran_order"], content["shape"]
        dtype = np.dtype(names[0])
    except (ValueError, TypeError, SyntaxError, KeyError, MemoryError, RecursionError) as error:
        raise DataError(damaged) from error
    shape = names[2]
    if dtype.kind != "f" or dtype.itemsize > 8 or not _is_matrix(shape):
        raise DataError(
            f"{source.name}, byte {start}: an array of {dtype} of shape {shape!r:.60}: vectors are "
            "float16, float32 or float64 of shape (words, dim)"
        )
    return _Header(dtype.str, bool(names[1]), shape, start + length)


def _is_matrix(shape: object) -> bool:
    return (
        isinstance(shape, tuple)
        and len(shape) == 2
        and all(type(length) is int and 0 <= length < 1 << 63 for length in shape)
    )


def save(vectors: Vectors, file: BinaryIO, dtype: str = SINGLE) -> None:
    """Write the matrix, as ``numpy.save`` would.

    Parameters
    ----------
    vectors : Vectors
        Words and matrix.
    file : BinaryIO
        Receives it.
    dtype : str
        `arrays.SINGLE` or `arrays.HALF`.

    Raises
    ------
    DataError
        A number is beyond float16.
    """
    np.lib.format.write_array_header_1_0(
        file, {"descr": dtype, "fortran_order": False, "shape": vectors.matrix.shape}
    )
    write_matrix(vectors, file, dtype)


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
        A word is empty or contains a newline.
    """
    file.write(encode_words(vectors.words, "\n") + b"\n")
