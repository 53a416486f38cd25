"""Parquet: one row a word, a column ``word`` and a list column ``vector``.

pyarrow reads and writes it; it is imported only here. Words are strings, or, if the bytes
of one are not UTF-8, all of them binary.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from w2v.errors import ConfigError, DataError
from w2v.formats.arrays import HALF, SINGLE, blocks, check_shape
from w2v.formats.source import Source
from w2v.single import single
from w2v.vectors import Vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MAGIC = b"PAR1"
_BATCH_ROWS = 1 << 14


def looks_like(source: Source) -> bool:
    """Tell whether the file begins as Parquet does."""
    return source.data[: len(_MAGIC)] == _MAGIC


def require() -> None:
    """Import pyarrow.

    Raises
    ------
    ConfigError
        It is not installed; the message names the extra that brings it.
    """
    try:
        import pyarrow.parquet  # noqa: F401, PLC0415
    except ImportError as error:
        raise ConfigError("Parquet needs pyarrow: pip install 'w2v[parquet]'") from error


def load(source: Source) -> Vectors:
    """Read a Parquet file.

    Parameters
    ----------
    source : Source
        Its column ``vector`` is a list of float16, float32 or float64 of one length; its
        words are in the column ``word``, or in the only one of strings.

    Returns
    -------
    Vectors
        In the order of the file.

    Raises
    ------
    DataError
        It is damaged, a column is missing, a row has another length, or a number is beyond
        float32; the message names the row.
    ConfigError
        pyarrow is not installed.
    """
    require()
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import parquet  # noqa: PLC0415

    if source.data[-4:] != _MAGIC:
        raise DataError(
            f"{source.name}, byte {len(source.data)}: a Parquet file ends with 'PAR1', this one "
            "does not: it is cut short"
        )
    try:
        # Some damaged files are found out only by comparing the sums of their pages.
        file = parquet.ParquetFile(
            pa.BufferReader(pa.py_buffer(source.data)), page_checksum_verification=True
        )
        words, matrix = _read(source, file)
    except (DataError, MemoryError):
        raise
    except Exception as error:  # pyarrow's are of many kinds
        detail = " ".join(str(error).split())
        raise DataError(f"{source.name} is damaged (Parquet): {detail:.200}") from error
    return Vectors(words, matrix)


def _read(source: Source, file: Any) -> tuple[list[str], NDArray[np.float32]]:
    column = _word_column(source, file.schema_arrow)
    total, row = file.metadata.num_rows, 0
    words: list[str] = []
    parts: list[NDArray[np.float32]] = []
    for batch in file.iter_batches(_BATCH_ROWS, columns=[column, "vector"], use_threads=False):
        batch.validate(full=True)
        parts.append(_numbers(source, batch.column("vector"), row, parts))
        words += [_word(source, row + i, w) for i, w in enumerate(batch.column(column).to_pylist())]
        row = len(words)
    if row != total:
        raise DataError(f"{source.name}: word {row + 1} of {total} is missing: it is damaged")
    check_shape(source, 0, row, parts[0].shape[1] if parts else 0)
    return words, np.concatenate(parts)


def _word_column(source: Source, schema: Any) -> str:
    from pyarrow import types as kinds  # noqa: PLC0415

    tests = (kinds.is_string, kinds.is_large_string, kinds.is_binary, kinds.is_large_binary)
    found = [field.name for field in schema if any(test(field.type) for test in tests)]
    if "vector" in schema.names and ("word" in found or len(found) == 1):
        return "word" if "word" in found else str(found[0])
    raise DataError(
        f"{source.name}: the columns {', '.join(schema.names)!s:.200} are not 'word' (strings) and "
        "'vector' (a list of floats)"
    )


def _numbers(
    source: Source, column: Any, row: int, before: list[NDArray[np.float32]]
) -> NDArray[np.float32]:
    """Return the vectors of a batch, shape (rows, dim)."""
    from pyarrow import compute  # noqa: PLC0415
    from pyarrow import types as kinds  # noqa: PLC0415

    tests = (kinds.is_list, kinds.is_large_list, kinds.is_fixed_size_list)
    if not any(test(column.type) for test in tests):
        raise DataError(f"{source.name}: 'vector' is a {column.type}: it must be a list of floats")
    values = column.flatten()
    lengths = compute.list_value_length(column).to_pylist()
    dim = before[0].shape[1] if before else lengths[0]
    for i, length in enumerate(lengths):
        if length != dim or not length:
            raise DataError(
                f"{source.name}: the vector of row {row + i + 1} has {length or 'no'} numbers, "
                f"the first has {dim or 'none'}"
            )
    numbers: NDArray[Any] = values.to_numpy(zero_copy_only=False)
    if numbers.dtype.kind != "f" or values.null_count:
        raise DataError(
            f"{source.name}: 'vector' is a {column.type}, or a number of it is missing: it must "
            "be a list of floats"
        )
    matrix = numbers.reshape(len(lengths), -1)
    return single(matrix, lambda place: f"row {row + place + 1} of {source.name}")


def _word(source: Source, row: int, word: object) -> str:
    if isinstance(word, bytes):
        return word.decode("utf-8", "surrogateescape")
    if not isinstance(word, str):
        raise DataError(f"{source.name}: row {row + 1} has no word")
    return word


def save(vectors: Vectors, file: BinaryIO, dtype: str = SINGLE) -> None:
    """Write a Parquet file.

    Parameters
    ----------
    vectors : Vectors
        Words, which may hold any characters, and matrix.
    file : BinaryIO
        Receives it.
    dtype : str
        `arrays.SINGLE` or `arrays.HALF`.

    Raises
    ------
    DataError
        A word has no bytes, or a number is beyond float16.
    ConfigError
        pyarrow is not installed.
    """
    require()
    import pyarrow as pa  # noqa: PLC0415
    from pyarrow import parquet  # noqa: PLC0415

    words = _words_of(vectors)
    kind = pa.string() if _are_text(words) else pa.binary()
    number = pa.float16() if dtype == HALF else pa.float32()
    schema = pa.schema([("word", kind), ("vector", pa.list_(number))])
    first = 0
    with parquet.ParquetWriter(
        file, schema, use_dictionary=False, write_page_checksum=True
    ) as writer:
        for block in blocks(vectors, dtype):
            rows, dim = block.shape
            ends = np.arange(0, rows * dim + 1, dim, dtype=np.int32)
            lists = pa.ListArray.from_arrays(ends, pa.array(block.ravel(), number))
            part = pa.array(words[first : first + rows], pa.binary()).cast(kind)
            writer.write_batch(pa.record_batch([part, lists], schema=schema))
            first += rows


def _are_text(words: list[bytes]) -> bool:
    try:
        b"\n".join(words).decode("utf-8")  # at once: no character crosses a newline
    except UnicodeDecodeError:
        return False
    return True


def _words_of(vectors: Vectors) -> list[bytes]:
    words = []
    for word in vectors.words:
        try:
            words.append(word.encode("utf-8", "surrogateescape"))
        except UnicodeEncodeError as error:
            raise DataError(
                f"the word {word!r} cannot be written: {word[error.start]!r} is not a character: "
                "drop or rename it"
            ) from error
    return words
