"""A checkpoint on the disk: a folder of arrays, and one JSON file that says which are valid.

Arrays are written under names with a number that grows, ``inputs.7.npy``; then
``checkpoint.json`` is replaced in one step by one that names the new numbers, and the old
arrays are removed. So the folder holds a whole checkpoint at every moment. File names are
made here from numbers: no path is ever taken from the JSON file.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from w2v.errors import ConfigError, DataError, FileError
from w2v.formats.atomic import Output, remove_stale, write_all
from w2v.training.facts import Facts
from w2v.training.pieces import Content, Reader, header_of

FORMAT = 2
INDEX = "checkpoint.json"
LONGEST_INDEX = 256 << 20  # a million epochs in the run record take less
_FILES = {
    **dict.fromkeys(("inputs", "outputs", "best_inputs", "best_outputs"), "npy"),
    **dict.fromkeys(("workers", "counts", "rows"), "npy"),
    **dict.fromkeys(("absent_inputs", "absent_outputs", "frozen"), "npy"),
    **dict.fromkeys(("graph_offsets", "graph_neighbors", "graph_weights"), "npy"),
    **dict.fromkeys(("words", "absent_words", "graph_types"), "txt"),
}
_NAME = re.compile(rf"({'|'.join(_FILES)})\.\d+\.(npy|txt)")


class Folder:
    """The folder of a checkpoint.

    Parameters
    ----------
    path : path
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._lock: int | None = None
        self._made = False
        self._files: dict[str, Facts] = {}
        self._number = 0

    @property
    def complete(self) -> bool:
        """Whether there is a checkpoint in it that this process has written or goes on with."""
        return bool(self._files)

    @contextlib.contextmanager
    def claimed(self, *, go_on: bool) -> Iterator[Folder]:
        """`claim` it and, in the end, `release` it."""
        try:  # an interrupt may come within `claim` too
            self.claim(go_on=go_on)
            yield self
        finally:
            self.release()

    def claim(self, *, go_on: bool) -> None:
        """Make the folder if need be, and keep other processes from writing into it.

        Parameters
        ----------
        go_on : bool
            Whether the checkpoint in it is the one that is gone on with. If not, one of a run
            that is not finished is not overwritten.

        Raises
        ------
        FileError
            It cannot be made or written, or another process writes into it.
        ConfigError
            It holds the checkpoint of another run, not finished.
        """
        try:
            self._made = not self.path.exists()
            self.path.mkdir(exist_ok=True)
            self._lock = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError as error:
            raise FileError(
                f"{self.path}: no checkpoint can be kept here: {error.strerror}: "
                "give --checkpoint a folder that can be written"
            ) from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self.release()
            raise FileError(
                f"{self.path}: another process keeps its checkpoint here: give another folder"
            ) from error
        except OSError:
            pass  # a file system without locks
        try:
            self._prepare(go_on)
        except BaseException:
            self.release()
            raise

    def release(self) -> None:
        """Let other processes write into the folder."""
        if self._made and not self.complete:
            with contextlib.suppress(OSError):
                self.path.rmdir()  # only if it is empty
        self._made = False
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def facts(self) -> Facts:
        """Read the JSON file and see that it is whole and of this version.

        Raises
        ------
        FileError
            It is missing or cannot be read.
        DataError
            It is damaged, or of another version of w2v.
        """
        path = self.path / INDEX
        try:
            with path.open("rb") as file:
                # as long as the file is: a longer read would take that memory, for nothing
                data = file.read(min(os.fstat(file.fileno()).st_size, LONGEST_INDEX) + 1)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise FileError(f"{self.path}: no checkpoint: there is no {path}") from error
        except OSError as error:
            raise FileError(f"{path}: cannot be read: {error.strerror}") from error
        return _checked(path, data)

    def read(self, facts: Facts, name: str, dtype: str, shape: tuple[int, ...]) -> Reader:
        """Open an array of the checkpoint, and see that its size is right.

        Nothing is allocated: only a file as long as this shape needs is accepted.

        Raises
        ------
        FileError
            It is missing or cannot be read.
        DataError
            It is not as long as it was, or not such an array.
        """
        header = header_of(np.dtype(dtype), shape)
        size = len(header) + int(np.prod(shape, dtype=object)) * np.dtype(dtype).itemsize
        reader = self.open(facts, name)
        if reader.size != size or reader.take(len(header)) != header:
            with reader:
                reader.refuse(f"not an array of {np.dtype(dtype)} of shape {shape}")
        return reader

    def open(self, facts: Facts, name: str) -> Reader:
        """Open a file of the checkpoint, as `read` does, whatever it holds."""
        fact = facts["files"].get(name)
        if fact is None:
            raise DataError(f"{self.path / INDEX}: names no file for {name}: it is damaged")
        return Reader(self._file(name, fact["number"]), fact["bytes"], fact["crc32"])

    def write(self, facts: Facts, contents: dict[str, Content]) -> None:
        """Write a checkpoint; the one before stays until this one is complete on the disk.

        Parameters
        ----------
        facts : dict
            For the JSON file.
        contents : dict
            Files by name; those that an earlier call has written and this one does not stay.

        Raises
        ------
        FileError
            The disk is full, or the folder cannot be written any more.
        """
        number = self._number + 1
        files = dict(self._files)

        def writer(name: str, content: Content) -> Callable[[BinaryIO], None]:
            def write(file: BinaryIO) -> None:
                crc = 0
                for piece in content.pieces():
                    crc = zlib.crc32(piece, crc)
                    file.write(piece)
                files[name] = {"number": number, "bytes": content.size, "crc32": crc}

            return write

        outputs = [
            # read again only after an interruption: no reason to push the text out of memory
            Output(self._file(name, number), writer(name, content), content.size, cached=False)
            for name, content in contents.items()
        ]
        index = Output(
            self.path / INDEX, lambda file: _write_index(file, {**facts, "files": files})
        )
        write_all([*outputs, index])
        self._number, self._files = number, files
        self._remove_others()

    def _prepare(self, go_on: bool) -> None:
        remove_stale(self.path)
        if not (self.path / INDEX).exists():
            if any(not _NAME.fullmatch(path.name) for path in self.path.iterdir()):
                raise ConfigError(
                    f"{self.path} holds other files: give --checkpoint a folder of its own"
                )
        else:
            facts = self.facts()
            self._number = max((int(fact["number"]) for fact in facts["files"].values()), default=0)
            if go_on:
                self._files = dict(facts["files"])
            elif not facts.get("finished"):
                raise ConfigError(
                    f"{self.path} holds the checkpoint of a run that is not finished: go on with "
                    f"it (w2v resume {self.path}), remove it, or give another folder"
                )
        if go_on:
            self._remove_others()

    def _file(self, name: str, number: int) -> Path:
        return self.path / f"{name}.{number}.{_FILES[name]}"

    def _remove_others(self) -> None:
        """Remove what belongs to no checkpoint any more."""
        wanted = {self._file(name, fact["number"]) for name, fact in self._files.items()}
        for path in list(self.path.iterdir()):
            if _NAME.fullmatch(path.name) and path not in wanted:
                with contextlib.suppress(OSError):
                    path.unlink()


def _write_index(file: BinaryIO, facts: Facts) -> None:
    from w2v import __version__  # noqa: PLC0415 -- the package imports this module

    facts = {"format": FORMAT, "w2v": __version__, **facts}
    file.write(json.dumps({**facts, "crc32": _crc(facts)}, indent=1).encode("ascii") + b"\n")


def _crc(facts: Facts) -> int:
    return zlib.crc32(json.dumps(facts, sort_keys=True).encode("ascii"))


def _checked(path: Path, data: bytes) -> Facts:
    from w2v import __version__  # noqa: PLC0415

    try:
        facts: Any = json.loads(data.decode("ascii")) if len(data) <= LONGEST_INDEX else None
    except (ValueError, RecursionError) as error:
        raise DataError(f"{path}: damaged: not JSON: {error}") from error
    if not isinstance(facts, dict) or "format" not in facts or "w2v" not in facts:
        raise DataError(f"{path}: not the JSON file of a checkpoint")
    if facts["format"] != FORMAT or facts["w2v"] != __version__:
        made = f"w2v {facts['w2v']!s:.40}, format {facts['format']!s:.40}"
        raise DataError(
            f"{path}: made by {made}; this is w2v {__version__}, format {FORMAT}: "
            "go on with the version that made it"
        )
    try:
        whole = facts.pop("crc32", None) == _crc(facts)
    except (ValueError, RecursionError):
        whole = False
    if not whole or not _sound_files(facts.get("files")):
        raise DataError(f"{path}: damaged: its checksum is not what it was when it was written")
    return facts


def _sound_files(files: Any) -> bool:
    """Whether the entries of the files are such that names can be made of them."""
    return isinstance(files, dict) and all(
        name in _FILES
        and isinstance(fact, dict)
        and fact.keys() == {"number", "bytes", "crc32"}
        and all(type(number) is int and 0 <= number < 1 << 62 for number in fact.values())
        for name, fact in files.items()
    )
