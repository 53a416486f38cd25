"""Text cut into blocks, each of which any thread can scan on its own."""

from __future__ import annotations

import dataclasses
import functools
import io
import os
import queue
import select
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Protocol, TypeVar

from w2v.errors import FileError
from w2v.text._scan import MAX_WORD, BlockReader, line_too_long, too_long
from w2v.text.compression import HEAD_BYTES, decompressed
from w2v.text.sources import BYTE_ORDER_MARK, STDIN, Source

R = TypeVar("R")

# A block and its numbers fit in a second-level cache.
BLOCK = 1 << 18

# Read at a time from what is compressed or a pipe.
CHUNK = 1 << 17


class Block(Protocol):
    """A piece of text whose words begin and end in it.

    Attributes
    ----------
    bytes : int
        Its length, for progress.
    """

    @property
    def bytes(self) -> int: ...  # noqa: D102

    def scan(self, reader: BlockReader[R]) -> R:
        """Have a reader scan it; see `BlockReader.scan_bytes`."""
        ...


@dataclasses.dataclass
class StreamBlock:
    """A block of a stream, already cut between words."""

    name: str
    offset: int
    text: bytes

    @property
    def bytes(self) -> int:  # noqa: D102
        return len(self.text)

    def scan(self, reader: BlockReader[R]) -> R:  # noqa: D102
        return reader.scan_bytes(self.text, self.name, self.offset)


class PlainFile:
    """An open file whose blocks are read by many threads; closed after the last of them."""

    def __init__(self, source: Source, blocks: int) -> None:
        assert source.size is not None
        self.source = source
        self.size = source.size
        try:
            self.fd = os.open(source.path, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
        except OSError as error:
            raise FileError(f"{source.name}: cannot be read: {error.strerror}") from error
        self._blocks = blocks
        self._lock = threading.Lock()

    def finished(self) -> None:
        """Note that a block was scanned."""
        with self._lock:
            self._blocks -= 1
            if self._blocks:
                return
        size = os.fstat(self.fd).st_size
        self.close()
        if size != self.size:
            raise FileError(
                f"{self.source.name}: changed from {self.size} to {size} bytes while it was read: "
                "run again when nothing writes to it"
            )

    def close(self) -> None:
        """Close the file if it still is open."""
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1


@dataclasses.dataclass
class FileBlock:
    """The words that begin in bytes [start, stop) of a plain file."""

    file: PlainFile
    start: int
    stop: int

    @property
    def bytes(self) -> int:  # noqa: D102
        return self.stop - self.start

    def scan(self, reader: BlockReader[R]) -> R:  # noqa: D102
        file = self.file
        result = reader.scan_file(
            file.fd, file.source.name, file.source.start, self.start, self.stop, file.size
        )
        file.finished()
        return result


def cut_blocks(
    sources: Iterable[Source],
    block: int,
    stopping: threading.Event,
    ahead: int,
    by_line: bool = False,
) -> Iterator[Block]:
    """Cut the texts into blocks, in order.

    Parameters
    ----------
    sources : iterable of Source
    block : int
        Bytes of a block, about.
    stopping : threading.Event
        Ends the reading of a stream early.
    ahead : int
        Blocks of a stream that are read and decompressed ahead, in a thread of their own.
    by_line : bool
        Cut streams only between lines. (Files are cut anywhere: their reader mends the edges.)
    """
    for source in sources:
        if source.size is not None:
            yield from _file_blocks(source, source.size, block)
        else:
            make = functools.partial(_stream_blocks, source, block, stopping, by_line)
            yield from _ahead(make, ahead, stopping)


def _file_blocks(source: Source, size: int, block: int) -> Iterator[Block]:
    starts = range(source.start, size, block)
    if not starts:
        return
    file = PlainFile(source, len(starts))
    try:
        for start in starts:
            yield FileBlock(file, start, min(start + block, size))
    except BaseException:
        file.close()
        raise


def _ahead(
    make: Callable[[], Iterator[Block]], depth: int, stopping: threading.Event
) -> Iterator[Block]:
    """Run a generator in a thread of its own."""
    ready: queue.Queue[Block | BaseException | None] = queue.Queue(depth)

    def put(item: Block | BaseException | None) -> bool:
        while not stopping.is_set():
            try:
                ready.put(item, timeout=0.1)
            except queue.Full:
                continue
            return True
        return False

    def run() -> None:
        try:
            for item in make():
                if not put(item):
                    return
            put(None)
        except BaseException as error:
            put(error)

    # A daemon: it may hang in a read that nobody ends.
    threading.Thread(target=run, daemon=True).start()
    while not stopping.is_set():
        try:
            item = ready.get(timeout=0.1)
        except queue.Empty:
            continue
        if item is None:
            return
        if isinstance(item, BaseException):
            raise item
        yield item


def _stream_blocks(
    source: Source, block: int, stopping: threading.Event, by_line: bool
) -> Iterator[Block]:
    """Cut a stream after separators, or after line ends only."""
    cuts = (b"\n",) if by_line else (b" ", b"\n", b"\t")
    name = source.name
    rest = b""
    offset = 0
    begun = False
    line_open = False
    for piece in decompressed(_chunks(source, stopping), name):
        text = rest + piece
        if not begun:
            if len(text) < len(BYTE_ORDER_MARK) and BYTE_ORDER_MARK.startswith(text):
                rest = text
                continue
            begun = True
            if text.startswith(BYTE_ORDER_MARK):
                offset = len(BYTE_ORDER_MARK)
                text = text[offset:]
        rest = text
        if len(text) < block:
            continue
        end = 1 + max(map(text.rfind, cuts))
        if end:
            yield StreamBlock(name, offset, text[:end])
            line_open = text[end - 1 : end] != b"\n"
            rest = text[end:]
            offset += end
        if len(rest) > 2 * MAX_WORD:  # the scanner finds the shorter ones
            raise line_too_long(name, offset) if by_line else too_long(name, offset)
    # The end of a stream is the end of a sentence, also where a block has taken its last byte.
    if rest or line_open:
        yield StreamBlock(name, offset, rest if rest.endswith(b"\n") else rest + b"\n")


def _chunks(source: Source, stopping: threading.Event) -> Iterator[bytes]:
    """Read a stream as it comes, but its first bytes together: they tell what it is."""
    try:
        if source.path == STDIN:
            yield from _gather(_stdin_chunks(stopping))
        else:
            with Path(source.path).open("rb", buffering=0) as file:
                yield from _gather(_fd_chunks(file.fileno(), stopping))
    except OSError as error:
        if isinstance(error, FileError):
            raise
        raise FileError(f"{source.name}: cannot be read: {error.strerror or error}") from error


def _gather(chunks: Iterator[bytes]) -> Iterator[bytes]:
    head = b""
    for chunk in chunks:
        head += chunk
        if len(head) >= HEAD_BYTES:
            break
    if head:
        yield head
    yield from chunks


def _stdin_chunks(stopping: threading.Event) -> Iterator[bytes]:
    stream = getattr(sys.stdin, "buffer", None)
    if stream is None:
        raise FileError("standard input: it is closed, or not a stream of bytes")
    try:
        fd = stream.fileno()
    except (AttributeError, io.UnsupportedOperation, ValueError):
        while chunk := stream.read(CHUNK):
            yield chunk
        return
    # Not through sys.stdin: a thread that waits in it keeps a lock which Python wants to have
    # when it ends.
    yield from _fd_chunks(fd, stopping)


def _fd_chunks(fd: int, stopping: threading.Event) -> Iterator[bytes]:
    poll = select.poll()  # unlike select.select() it takes any descriptor, also above 1,023
    poll.register(fd, select.POLLIN)
    while not stopping.is_set():
        # Never waits for long, so that Ctrl-C ends the thread.
        if poll.poll(100):
            chunk = os.read(fd, CHUNK)
            if not chunk:
                return
            yield chunk
