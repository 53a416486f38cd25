"""Which texts were asked for: files, folders, globs, standard input; what each of them is."""

from __future__ import annotations

import dataclasses
import glob
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from w2v.errors import DataError, FileError
from w2v.text.compression import HEAD_BYTES, compression_of, refuse_binary

STDIN = "-"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclasses.dataclass(frozen=True)
class Source:
    """One text.

    Attributes
    ----------
    path : str
        ``"-"`` is standard input.
    size : int or None
        Bytes of a plain file, which is read in blocks by all threads. None for what has to be
        read from front to back: compressed files, pipes, standard input.
    start : int
        Where the text of a plain file begins: after a byte order mark.
    label : str or None
        What messages call it, if that is not its path.
    """

    path: str
    size: int | None = None
    start: int = 0
    label: str | None = None

    @property
    def name(self) -> str:
        """What messages call it."""
        if self.label is not None:
            return self.label
        return "standard input" if self.path == STDIN else self.path


def find_sources(
    paths: str | os.PathLike[str] | Sequence[str | os.PathLike[str]],
) -> list[Source]:
    """Find every text behind the paths, look at its first bytes, and refuse what is no text.

    Parameters
    ----------
    paths : path or sequence of paths
        Files (also compressed with gzip, bzip2, xz or zstd), folders (searched recursively in
        sorted order, hidden files left out), patterns with ``*``, ``?``, ``[...]`` and ``**``
        where no file has that very name, ``"-"`` for standard input.

    Returns
    -------
    list of Source
        In the order given.

    Raises
    ------
    FileError
        Nothing is there, or it cannot be read.
    DataError
        A folder without files, or a file that is recognised as something else than text.
    """
    if isinstance(paths, (str, os.PathLike)):
        paths = [paths]
    try:
        names = [os.fspath(path) for path in paths]
    except TypeError as error:
        raise DataError(f"{paths!r:.60} is no path and no list of paths: give one") from error
    if names.count(STDIN) > 1:
        raise DataError("standard input (-) is named twice: it can be read only once")
    found = [_inspect(file) for name in names for file in _expand(name)]
    if not found:
        raise DataError("no text was named: give at least one file, folder or -")
    return found


def _expand(path: str) -> Iterator[str]:
    if path == STDIN:
        yield path
    elif not path:
        raise FileError("'': an empty name names no file")
    elif Path(path).is_dir():
        yield from _folder(path)
    elif os.path.lexists(path) or not glob.has_magic(path):
        yield path
    else:
        matches = sorted(glob.glob(path, recursive=True))  # noqa: PTH207  (also absolute patterns)
        if not matches:
            raise FileError(f"{path}: no file has this name or matches it")
        # "**" has found what is in the folders already.
        folders = "**" not in path
        files = [match for match in matches if folders or not Path(match).is_dir()]
        if not files:
            raise DataError(f"{path}: only folders match, no file")
        for match in files:
            yield from _folder(match) if Path(match).is_dir() else [match]


def _folder(path: str) -> Iterable[str]:
    def refuse(error: OSError) -> None:
        raise FileError(f"{error.filename}: cannot be read: {error.strerror}") from error

    files = []
    for folder, subfolders, names in os.walk(path, onerror=refuse):
        subfolders[:] = sorted(name for name in subfolders if not name.startswith("."))
        for name in names:
            file = Path(folder, name)
            # Sockets, pipes and the like in a folder were not asked for by name.
            if not name.startswith(".") and (file.is_file() or file.is_symlink()):
                files.append(file)
    if not files:
        raise DataError(f"{path}: the folder holds no file (hidden files are left out)")
    return [str(file) for file in sorted(files)]


def _inspect(path: str) -> Source:
    if path == STDIN:
        return Source(path)
    try:
        status = Path(path).stat()
        if not stat.S_ISREG(status.st_mode):
            return Source(path)
        with Path(path).open("rb", buffering=0) as file:
            head = file.read(HEAD_BYTES)
    except OSError as error:
        raise FileError(f"{path}: cannot be read: {error.strerror}") from error
    if compression_of(head) is not None:
        return Source(path)
    refuse_binary(head, path)
    start = len(BYTE_ORDER_MARK) if head.startswith(BYTE_ORDER_MARK) else 0
    return Source(path, status.st_size, start)
