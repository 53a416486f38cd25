"""Files of word vectors: one module per format, a load/save pair each.

Formats are told apart by content on load and by suffix on save.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import BinaryIO, NamedTuple

from w2v.errors import ConfigError
from w2v.formats import binary, text
from w2v.formats.atomic import Output, check_writable, write_all
from w2v.formats.source import Source, open_source
from w2v.vectors import Vectors

__all__ = [
    "FORMATS",
    "Format",
    "Output",
    "check_writable",
    "format_of",
    "load",
    "output",
    "save",
    "write_all",
]


class Format(NamedTuple):
    """How to read and write one file format.

    Attributes
    ----------
    suffixes : tuple of str
        File names that choose it on save.
    load : callable
        From a Source to Vectors.
    save : callable
        From Vectors into an open binary file.
    size : callable or None
        Bytes `save` will write, where that is known beforehand.
    """

    suffixes: tuple[str, ...]
    load: Callable[[Source], Vectors]
    save: Callable[[Vectors, BinaryIO], None]
    size: Callable[[Vectors], int] | None


FORMATS = {
    "word2vec": Format((".bin",), binary.load, binary.save, binary.size),
    "text": Format((".txt", ".vec"), text.load, text.save, None),
}


def load(path: str | os.PathLike[str], format: str | None = None) -> Vectors:
    """Read word vectors from a file.

    Parameters
    ----------
    path : str or os.PathLike
        A word2vec binary or text file of any program, or a fastText ``.vec``; also
        compressed with gzip, bzip2 or xz.
    format : {"word2vec", "text"}, optional
        What it is; by default its content decides.

    Returns
    -------
    Vectors
        Words and their vectors, in the order of the file.

    Raises
    ------
    FileError
        The file cannot be opened or read.
    DataError
        It is not such a file, or damaged; the message says where.
    ConfigError
        There is no such format.
    """
    if format is not None:
        _check_name(format)
    source = open_source(path)
    if format is None:
        format = "text" if text.looks_like(source) else "word2vec"
    return FORMATS[format].load(source)


def save(vectors: Vectors, path: str | os.PathLike[str], format: str | None = None) -> None:
    """Write word vectors to a file; an old one stays whole until the new one is complete.

    Parameters
    ----------
    vectors : Vectors
        What to write.
    path : str or os.PathLike
        The file. ``.bin`` is word2vec binary, ``.txt`` and ``.vec`` are word2vec text.
    format : {"word2vec", "text"}, optional
        What to write, whatever the suffix.

    Raises
    ------
    FileError
        The file cannot be written; the old one is as it was.
    DataError
        A word is empty or holds a character that ends words in this format.
    ConfigError
        There is no such format, or the suffix names none.
    """
    write_all([output(vectors, path, format)])


def output(vectors: Vectors, path: str | os.PathLike[str], format: str | None = None) -> Output:
    """Return what `write_all` needs to write these vectors together with other files.

    Parameters and errors are those of `save`.
    """
    chosen = FORMATS[format_of(path, format)]
    size = chosen.size(vectors) if chosen.size else None
    return Output(path, partial(chosen.save, vectors), size)


def format_of(path: str | os.PathLike[str], format: str | None = None) -> str:
    """Return the name of the format that `save` would write.

    Parameters
    ----------
    path : str or os.PathLike
        The file.
    format : str, optional
        The format asked for; by default the suffix decides.

    Returns
    -------
    str
        A key of `FORMATS`.

    Raises
    ------
    ConfigError
        There is no such format, or the suffix names none.
    """
    if format is not None:
        _check_name(format)
        return format
    suffix = Path(path).suffix.lower()
    for name, known in FORMATS.items():
        if suffix in known.suffixes:
            return name
    suffixes = ", ".join(suffix for known in FORMATS.values() for suffix in known.suffixes)
    raise ConfigError(
        f"{os.fspath(path)}: the suffix {suffix!r} names no format: use one of {suffixes}, or "
        f"give the format: {' or '.join(FORMATS)}"
    )


def _check_name(format: str) -> None:
    if format not in FORMATS:
        raise ConfigError(f"there is no format {format!r}: give {' or '.join(FORMATS)}")
