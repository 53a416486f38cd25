"""safetensors: the tensor ``vectors``, and the words as the bytes of the tensor ``words``.

Eight bytes with the length of the header, the header in JSON, then the tensors. That is
simple enough to need no library; whatever reads safetensors reads these files. The words
are UTF-8, each followed by a newline.
"""

from __future__ import annotations

import json
from typing import Any, BinaryIO, NamedTuple

import numpy as np

from w2v.errors import DataError
from w2v.formats.arrays import HALF, SINGLE, read_matrix, write_matrix
from w2v.formats.beside import check_words
from w2v.formats.source import Source
from w2v.formats.words import decode_words, encode_words
from w2v.vectors import Vectors

_KINDS = {"F16": "<f2", "F32": "<f4", "F64": "<f8", "U8": "|u1"}
_NAMES = {HALF: "F16", SINGLE: "F32"}
_LONGEST_HEADER = 100_000_000  # the limit of the format's own library
# JSON takes many times its size when read. Two tensors need a hundred bytes; this is enough for
# ten thousand more beside them.
_LONGEST_READ = 1 << 20


class _Tensor(NamedTuple):
    kind: str
    shape: tuple[int, ...]
    start: int
    end: int


def looks_like(source: Source) -> bool:
    """Tell whether a length stands before what may be JSON."""
    length = int.from_bytes(source.data[:8], "little")
    return source.data[8:9] == b"{" and 2 <= length <= _LONGEST_HEADER


def load(source: Source) -> Vectors:
    """Read the tensors ``vectors`` and ``words``.

    Parameters
    ----------
    source : Source
        The file. Its matrix is float16, float32 or float64; it may have any name if it
        is the only one.

    Returns
    -------
    Vectors
        In the order of the file.

    Raises
    ------
    DataError
        A tensor is missing, of another type or cut short; the message says where.
    """
    tensors = _read_header(source)
    matrices = [
        name for name, t in tensors.items() if len(t.shape) == 2 and t.kind.startswith(("F", "BF"))
    ]
    name = "vectors" if "vectors" in matrices else next(iter(matrices), "")
    if not matrices or (name != "vectors" and len(matrices) > 1) or "words" not in tensors:
        names = ", ".join(map(repr, tensors)) or "none"
        raise DataError(
            f"{source.name}, byte 8: the tensors are {names:.200}: there "
            "must be a matrix 'vectors' of floats and the bytes 'words'"
        )
    vectors, words = tensors[name], tensors["words"]
    if words.kind != "U8" or vectors.kind not in _KINDS:
        raise DataError(
            f"{source.name}, byte 8: {name!r} is {vectors.kind} and 'words' {words.kind}: they "
            "must be F16, F32 or F64, and U8"
        )
    rows, dim = vectors.shape
    matrix = read_matrix(source, vectors.start, (rows, dim), _KINDS[vectors.kind])
    data = source.data[words.start : words.end]
    if not data.endswith(b"\n"):
        raise DataError(f"{source.name}, byte {words.end}: the last word is cut short")
    decoded = decode_words(np.frombuffer(data, dtype=np.uint8))
    check_words(source, decoded, rows)
    return Vectors(decoded, matrix)


def _read_header(source: Source) -> dict[str, _Tensor]:
    length = int.from_bytes(source.data[:8], "little")
    if length > len(source.data) - 8:
        raise DataError(
            f"{source.name}, byte 0: a header of {length:,} bytes in a file of "
            f"{len(source.data):,}: it is cut short or not safetensors"
        )
    if length > _LONGEST_READ:
        raise DataError(
            f"{source.name}, byte 0: a header of {length:,} bytes: at most {_LONGEST_READ:,} are "
            "read: write the words and their matrix into a file of their own"
        )
    try:
        content = json.loads(source.data[8 : 8 + length])
        return {
            name: _read_tensor(source, name, entry, 8 + length)
            for name, entry in content.items()
            if name != "__metadata__"
        }
    except DataError:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise DataError(f"{source.name}, byte 8: the header is damaged: {error}") from error


def _read_tensor(source: Source, name: str, entry: Any, start: int) -> _Tensor:
    kind, shape, (first, last) = entry["dtype"], entry["shape"], entry["data_offsets"]
    if not all(type(number) is int and number >= 0 for number in [*shape, first, last]):
        raise ValueError(f"a length of {name!r} is not a number")
    size = last - first
    if start + last > len(source.data) or size < 0:
        raise DataError(
            f"{source.name}, byte {len(source.data)}: the file ends within {name!r}, which lies "
            f"at bytes {start + first} to {start + last}: it is cut short or damaged"
        )
    if kind in _KINDS:
        need = int(np.dtype(_KINDS[kind]).itemsize)
        for length in shape:
            need *= length
        if need != size:
            raise ValueError(f"{name!r} of shape {shape} has {size:,} bytes")
    return _Tensor(str(kind), tuple(shape), start + first, start + last)


def save(vectors: Vectors, file: BinaryIO, dtype: str = SINGLE) -> None:
    """Write a safetensors file.

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
        A word is empty or contains a newline, or a number is beyond float16.
    """
    words = encode_words(vectors.words, "\n") + b"\n"
    middle = vectors.matrix.size * np.dtype(dtype).itemsize
    header = {
        "vectors": {
            "dtype": _NAMES[dtype],
            "shape": list(vectors.matrix.shape),
            "data_offsets": [0, middle],
        },
        "words": {
            "dtype": "U8",
            "shape": [len(words)],
            "data_offsets": [middle, middle + len(words)],
        },
    }
    text = json.dumps(header, separators=(",", ":")).encode("ascii")
    text += b" " * (-len(text) % 8)  # so that the numbers are aligned
    file.write(len(text).to_bytes(8, "little") + text)
    write_matrix(vectors, file, dtype)
    file.write(words)
