"""The bytes of a vector file, and what to say when they are something else."""

from __future__ import annotations

import importlib
import io
import mmap
import os
import re
import stat
from typing import NamedTuple

from w2v.errors import DataError, FileError

_HEADER_BYTES = 64
HEADER = re.compile(rb"[ \t]*(\d+)[ \t]+(\d+)[ \t\r]*\n")
_GLOVE = re.compile(rb"[^ \t\n]+[ \t]+-?\d+\.?\d*(?:[eE][-+]?\d+)?[ \t]+-?\d")

# Modules, imported only when needed: some builds of Python lack one or the other.
_COMPRESSED = {b"\x1f\x8b": "gzip", b"BZh": "bz2", b"\xfd7zXZ\x00": "lzma"}
_FOREIGN = {
    b"\x28\xb5\x2f\xfd": "compressed with zstd: decompress it first (zstd -d)",
    b"PK\x03\x04": "a zip archive: unpack it first",
    b"\x93NUMPY": "a NumPy array: read it as 'numpy'",
    b"PAR1": "a Parquet file: read it as 'parquet'",
    b"FiFu": "a finalfusion file: read it as 'finalfusion'",
    b"\xba\x16\x4f\x2f": "a fastText model: use the .vec file that fastText writes beside it",
    b"\x80": "a Python pickle, gensim's own format perhaps, which may run any program and is never "
    "read: in gensim, call save_word2vec_format instead of save",
}


class Source(NamedTuple):
    """A vector file in memory or mapped into it.

    Attributes
    ----------
    name : str
        Its path, for messages.
    data : bytes or mmap.mmap
        All of it, decompressed.
    threads : int
        How many threads may read it.
    """

    name: str
    data: bytes | mmap.mmap
    threads: int = 1


class Header(NamedTuple):
    """The first line: how many words, how many numbers each, and the byte after it."""

    words: int
    dim: int
    end: int


def open_source(path: str | os.PathLike[str], threads: int = 1) -> Source:
    """Map a file into memory; decompress it, or read it if it is a pipe.

    Parameters
    ----------
    path : str or os.PathLike
        A file; gzip, bzip2 and xz are recognised by their first bytes.
    threads : int
        How many threads may read it.

    Returns
    -------
    Source
        Its content.

    Raises
    ------
    FileError
        It cannot be opened or read.
    DataError
        It is empty, or its compressed data are damaged.
    """
    name = os.fspath(path)
    data: bytes | mmap.mmap
    try:
        with open(name, "rb") as file:  # noqa: PTH123 - pipes and descriptors too
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                data = file.read()
            elif status.st_size == 0:
                data = b""
            else:
                data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
                if hasattr(mmap, "MADV_SEQUENTIAL"):
                    data.madvise(mmap.MADV_SEQUENTIAL)
    except IsADirectoryError as error:
        raise FileError(f"{name} is a folder: give the vector file in it") from error
    except OSError as error:
        raise FileError(f"{name} cannot be read: {error.strerror or error}") from error
    if not data:
        raise DataError(f"{name} is empty: it has no vectors")
    for magic, module in _COMPRESSED.items():
        if data[: len(magic)] == magic:
            return Source(name, _decompress(name, data, module), threads)
    return Source(name, data, threads)


def forget(source: Source, end: int, start: int = 0) -> None:
    """Let the system take back the memory of a mapped file from byte `start` up to byte `end`.

    Otherwise a file that has been read counts twice: as it was mapped, and as it was copied.

    Parameters
    ----------
    source : Source
        The file; what is read again comes from the disk or its cache again.
    end : int
        The byte after the last one that was read.
    start : int
        The first byte that was read.
    """
    first, last = (place - place % mmap.PAGESIZE for place in (start, end))
    if isinstance(source.data, mmap.mmap) and last > first and hasattr(mmap, "MADV_DONTNEED"):
        source.data.madvise(mmap.MADV_DONTNEED, first, last - first)


def _decompress(name: str, data: bytes | mmap.mmap, module: str) -> bytes:
    file = io.BytesIO(data) if isinstance(data, bytes) else data
    try:
        with importlib.import_module(module).open(file) as plain:
            content: bytes = plain.read()
    except MemoryError:
        raise
    except Exception as error:  # each module has errors of its own
        raise DataError(f"{name} is damaged ({module}): {error}: fetch it again") from error
    if not content:
        raise DataError(f"{name} is empty once decompressed: it has no vectors")
    return content


def read_header(source: Source) -> Header:
    r"""Read the line ``words dim\n`` that both word2vec formats begin with.

    Parameters
    ----------
    source : Source
        The file.

    Returns
    -------
    Header
        Both at least 1.

    Raises
    ------
    DataError
        There is no such line; the message says what the file seems to be.
    """
    start = source.data[:_HEADER_BYTES]
    match = HEADER.match(start)
    if match is None:
        raise DataError(f"{source.name} {_describe(start)}")
    words, dim = int(match[1]), int(match[2])
    if words == 0 or dim == 0:
        raise DataError(
            f"{source.name}, byte 0: the header says {words} words of {dim} numbers: "
            "both must be at least 1"
        )
    return Header(words, dim, match.end())


def _describe(start: bytes) -> str:
    for magic, what in _FOREIGN.items():
        if start.startswith(magic):
            return f"is {what}"
    if _GLOVE.match(start):
        return "has no header; it looks like the text of GloVe: read it as 'glove'"
    return (
        f"does not begin with a header: {start[:24]!r} is not 'words dim' and a newline, "
        "as in word2vec binary and text files"
    )


def check_size(source: Source, header: Header, least: int) -> None:
    """Refuse a header that promises more than the file can hold, before memory is taken.

    Parameters
    ----------
    source : Source
        The file.
    header : Header
        What it promises.
    least : int
        Bytes that the shortest possible record takes.

    Raises
    ------
    DataError
        The file is too short.
    """
    have = len(source.data) - header.end
    # The last record may go without its newline.
    need = header.words * least - 1
    if have < need:
        raise DataError(
            f"{source.name}, byte 0: the header says {header.words} words of {header.dim} numbers, "
            f"which take at least {need:,} bytes, but {have:,} follow: the file is cut short or "
            "the header is wrong"
        )
