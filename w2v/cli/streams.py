"""Results to stdout as bytes, notes to stderr: readers may leave, disks may fill."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

from w2v.errors import DataError, FileError

STDIO = "-"
BLANKS = " \t\r\n"


def encode(text: str) -> bytes:
    """Return `text` as the bytes it came from: invalid UTF-8 goes out as it came in."""
    return text.encode("utf-8", "surrogateescape")


def word_from_argument(argument: str) -> str:
    """Return a command-line argument as a word, whatever encoding the locale decoded it with."""
    return os.fsencode(argument).decode("utf-8", "surrogateescape")


def json_line(record: dict[str, object]) -> bytes:
    r"""Return `record` as one line of JSON, readable where UTF-8 allows it.

    Bytes that are not UTF-8 become ``\udcXX`` escapes, so that the line itself
    is valid and Python's reader restores them.
    """
    import json

    try:
        return json.dumps(record, ensure_ascii=False).encode("utf-8") + b"\n"
    except UnicodeEncodeError:
        return json.dumps(record).encode("ascii") + b"\n"


class Output:
    """Standard output for bytes, whose failures are told and whose closed pipe is not.

    Raises
    ------
    FileError
        On construction if stdout is closed; from `write` and `flush` if it
        cannot be written, say because a disk is full.
    BrokenPipeError
        From `write` and `flush`: the reader has left.
    """

    def __init__(self) -> None:
        if sys.stdout is None:
            raise FileError("standard output is closed: send it to a file or a pipe")
        self._buffer: BinaryIO = sys.stdout.buffer

    def write(self, data: bytes) -> None:
        """Write `data`; it may stay in a buffer until `flush`."""
        with _named("standard output"):
            self._buffer.write(data)

    def fill(self, write: Callable[[BinaryIO], None]) -> None:
        """Let `write` write into stdout, and flush it."""
        with _named("standard output"):
            write(self._buffer)
            self._buffer.flush()

    def flush(self) -> None:
        """Hand everything written so far to the reader."""
        with _named("standard output"):
            self._buffer.flush()


def write_pieces(path: str, pieces: Iterable[bytes]) -> None:
    """Write bytes to stdout if `path` is ``-``, or to a file that is replaced as a whole."""
    if path == STDIO:
        out = Output()
        for piece in pieces:
            out.write(piece)
        out.flush()
        return
    from w2v.formats import Output as File
    from w2v.formats import write_all

    def write(file: BinaryIO) -> None:
        file.writelines(pieces)

    write_all([File(path, write)])


@contextlib.contextmanager
def _named(name: str) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise FileError(f"{name}: {error.strerror or error}") from error


def settle_stdout(*, interrupted: bool = False) -> None:
    """Flush stdout, or drop what it holds: the interpreter must not fail on it at its end.

    After an interrupt all is dropped: a reader that does not read would keep us waiting.
    """
    try:
        if not interrupted:
            sys.stdout.flush()
            return
    except (OSError, ValueError, AttributeError):
        pass
    with contextlib.suppress(OSError, ValueError, AttributeError):
        descriptor = sys.stdout.fileno()
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, descriptor)
        os.close(null)


class Notes:
    """Standard error for people: a failure to write there never ends the work itself.

    ``w2v train ... 2>&1 | head`` must not lose an hour of training to the end of ``head``.
    """

    def __init__(self, *, quiet: bool = False) -> None:
        self.quiet = quiet

    @property
    def terminal(self) -> bool:
        """Whether a person watches."""
        return not self.quiet and sys.stderr is not None and sys.stderr.isatty()

    def line(self, text: str) -> None:
        """Write one line, unless quiet."""
        if not self.quiet:
            complain(text)


class StderrForBars:
    """Stderr as tqdm wants it, minus the errors of a terminal that went away."""

    encoding = "utf-8"

    def write(self, text: str) -> None:
        """Write `text` as it is."""
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.write(text)

    def flush(self) -> None:
        """Flush stderr."""
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.flush()

    def fileno(self) -> int:
        """Return the descriptor, from which tqdm learns the width of the terminal."""
        return sys.stderr.fileno()

    def isatty(self) -> bool:
        """Return whether stderr is a terminal."""
        return sys.stderr.isatty()


def some(count: int, what: str) -> str:
    """Return a count of `what`, which is named in the plural: "1 edge", "2,000 edges"."""
    return f"{count:,} {what.removesuffix('s') if count == 1 else what}"


def complain(text: str) -> None:
    """Write one line to stderr, if anything listens there."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(text + "\n")
        sys.stderr.flush()


def readable(path: str) -> str:
    """Return `path`, or for ``-`` the name under which the system opens stdin."""
    return "/dev/stdin" if path == STDIO else path


def read_words(path: str, option: str) -> list[str]:
    """Return the words of a file, one a line, each of them once.

    Raises
    ------
    FileError
        It cannot be read; the message names the `option` that it was given for.
    DataError
        There is no word in it.
    """
    try:
        with open(readable(path), "rb") as file:  # noqa: PTH123 - pipes too
            text = file.read().decode("utf-8", "surrogateescape")
    except OSError as error:
        raise FileError(f"{path}: {error.strerror}: give {option} a file of words") from error
    words = [word for line in text.split("\n") if (word := line.strip(BLANKS))]
    if not words:
        raise DataError(f"{path}: empty: give {option} a file of words, one a line")
    return list(dict.fromkeys(words))
