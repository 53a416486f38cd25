"""Files of word vectors: one module per format, a load/save pair each.

Formats are told apart by content on load and by suffix on save.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import BinaryIO, NamedTuple

from w2v.cpu import available_cpus
from w2v.errors import ConfigError
from w2v.formats import (
    binary,
    finalfusion,
    glove,
    npy,
    parquet,
    safetensors,
    tensorboard,
    text,
)
from w2v.formats.arrays import HALF
from w2v.formats.atomic import Output, check_writable, is_stream, write_all
from w2v.formats.source import Source, open_source
from w2v.queries import whole
from w2v.vectors import Vectors

__all__ = [
    "FORMATS",
    "Format",
    "Output",
    "check_output",
    "check_writable",
    "format_of",
    "is_stream",
    "load",
    "open_source",
    "outputs",
    "recognize",
    "save",
    "write_all",
]


class Words(NamedTuple):
    """The second file of a format whose matrix has no place for words.

    Attributes
    ----------
    path : callable
        From the path of the matrix to that of the words.
    save : callable
        From Vectors into an open binary file.
    """

    path: Callable[[str | os.PathLike[str]], Path]
    save: Callable[[Vectors, BinaryIO], None]


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
    looks_like : callable
        Whether a Source is such a file, by its first bytes.
    size : callable or None
        Bytes `save` will write, where that is known beforehand.
    save_half : callable or None
        As `save`, with numbers of float16, if the format has such.
    words : Words or None
        The second file, if there is one.
    require : callable or None
        Raises ConfigError unless the library it needs is installed.
    """

    suffixes: tuple[str, ...]
    load: Callable[[Source], Vectors]
    save: Callable[[Vectors, BinaryIO], None]
    looks_like: Callable[[Source], bool]
    size: Callable[[Vectors], int] | None = None
    save_half: Callable[[Vectors, BinaryIO], None] | None = None
    words: Words | None = None
    require: Callable[[], None] | None = None


# In the order in which their marks are looked for, the clearest first; where nothing is
# known, the reader of binary files says what is wrong.
_KNOWN = {
    "numpy": Format(
        (".npy",),
        npy.load,
        npy.save,
        npy.looks_like,
        save_half=partial(npy.save, dtype=HALF),
        words=Words(npy.words_path, npy.save_words),
    ),
    "safetensors": Format(
        (".safetensors",),
        safetensors.load,
        safetensors.save,
        safetensors.looks_like,
        save_half=partial(safetensors.save, dtype=HALF),
    ),
    "parquet": Format(
        (".parquet",),
        parquet.load,
        parquet.save,
        parquet.looks_like,
        save_half=partial(parquet.save, dtype=HALF),
        require=parquet.require,
    ),
    "finalfusion": Format((".fifu",), finalfusion.load, finalfusion.save, finalfusion.looks_like),
    "tensorboard": Format(
        (".tsv",),
        tensorboard.load,
        tensorboard.save,
        tensorboard.looks_like,
        words=Words(tensorboard.metadata_path, tensorboard.save_words),
    ),
    "glove": Format((".glove",), glove.load, glove.save, glove.looks_like),
    "text": Format((".txt", ".vec"), text.load, text.save, text.looks_like),
    "word2vec": Format((".bin",), binary.load, binary.save, lambda _: True, binary.size),
}
FORMATS = dict(reversed(_KNOWN.items()))


def load(
    path: str | os.PathLike[str], format: str | None = None, *, threads: int | None = None
) -> Vectors:
    """Read word vectors from a file.

    Parameters
    ----------
    path : str or os.PathLike
        A file of any of the formats in `FORMATS`, of any program; also compressed with
        gzip, bzip2 or xz. Of ``numpy`` and ``tensorboard`` the file of the numbers: the
        words are found beside it.
    format : str, optional
        What it is, a key of `FORMATS`; by default its content decides.
    threads : int, optional
        Threads that read lines of text: ``text``, ``glove``, ``tensorboard``. By default
        as many as there are CPUs.

    Returns
    -------
    Vectors
        Words and their vectors, in the order of the file.

    Raises
    ------
    FileError
        The file, or that of its words, cannot be opened or read.
    DataError
        It is not such a file, or damaged; the message says where.
    ConfigError
        There is no such format, the library it needs is not installed, or `threads` is
        below 1.
    """
    if format is not None:
        _check_name(format)
    source = open_source(path, available_cpus() if threads is None else whole(threads, "threads"))
    return FORMATS[format or recognize(source)].load(source)


def recognize(source: Source) -> str:
    """Return the name of the format a file is in, by its content.

    Parameters
    ----------
    source : Source
        The file.

    Returns
    -------
    str
        A key of `FORMATS`.

    Raises
    ------
    DataError
        It is none of them; the message says what it seems to be.
    """
    return next(name for name, known in _KNOWN.items() if known.looks_like(source))


def save(
    vectors: Vectors,
    path: str | os.PathLike[str],
    format: str | None = None,
    *,
    float16: bool = False,
) -> None:
    """Write word vectors to a file; an old one stays whole until the new one is complete.

    Parameters
    ----------
    vectors : Vectors
        What to write.
    path : str or os.PathLike
        The file. ``.bin`` is word2vec binary, ``.txt`` and ``.vec`` are word2vec text;
        the others are in `FORMATS`. ``numpy`` and ``tensorboard`` write a second file
        for the words, named after it.
    format : str, optional
        What to write, a key of `FORMATS`, whatever the suffix.
    float16 : bool
        Write numbers of half the size and 3 digits: ``numpy``, ``safetensors``,
        ``parquet``.

    Raises
    ------
    FileError
        A file cannot be written; the old ones are as they were.
    DataError
        A word cannot stand in this format, or a number is beyond float16.
    ConfigError
        There is no such format, the suffix names none, it has no float16, or the library
        it needs is not installed.
    """
    write_all(outputs(vectors, path, format, float16=float16))


def outputs(
    vectors: Vectors,
    path: str | os.PathLike[str],
    format: str | None = None,
    *,
    float16: bool = False,
) -> list[Output]:
    """Return what `write_all` needs to write these vectors together with other files.

    Parameters and errors are those of `save`. The first is the file `path`.
    """
    chosen = FORMATS[check_output(path, format, float16=float16)[0]]
    write = chosen.save_half if float16 and chosen.save_half else chosen.save
    size = chosen.size(vectors) if chosen.size else None
    files = [Output(path, partial(write, vectors), size)]
    if chosen.words:
        files.append(Output(chosen.words.path(path), partial(chosen.words.save, vectors)))
    return files


def check_output(
    path: str | os.PathLike[str], format: str | None = None, *, float16: bool = False
) -> tuple[str, list[Path]]:
    """Find out what `save` would write, and whether it could, before the long part.

    Parameters are those of `save`.

    Returns
    -------
    format : str
        A key of `FORMATS`.
    paths : list of Path
        The files besides `path` that it would write.

    Raises
    ------
    ConfigError
        As `save`; also if `path` is a pipe and the format needs two files.
    FileError
        `path` cannot be looked at.
    """
    name = format_of(path, format)
    chosen = FORMATS[name]
    if chosen.require:
        chosen.require()
    if float16 and chosen.save_half is None:
        able = " or ".join(name for name, known in FORMATS.items() if known.save_half)
        raise ConfigError(f"{name} files hold float32 only: for float16 write {able}")
    if chosen.words is None:
        return name, []
    if is_stream(path):
        raise ConfigError(
            f"{name} is a pair of files, numbers and words: give the name of a file, not "
            f"{os.fspath(path)}"
        )
    return name, [chosen.words.path(path)]


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
