"""Every block of a text handed to one of several threads."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator

from w2v.text.blocks import Block, cut_blocks
from w2v.text.sources import Source
from w2v.text.threads import Crew, Stopped


def total_bytes(sources: list[Source]) -> int | None:
    """Return the bytes of the text, or None if that is not known before it was read."""
    sizes = [source.size for source in sources if source.size is not None]
    return sum(sizes) if len(sizes) == len(sources) else None


def useful_threads(threads: int, sources: list[Source], block: int) -> int:
    """Return `threads`, or fewer if there are fewer blocks."""
    total = total_bytes(sources)
    # Every file has at least one block.
    return threads if total is None else min(threads, max(1, total // block + len(sources)))


def scan_blocks(
    sources: list[Source],
    block: int,
    threads: int,
    crew: Crew,
    scan: Callable[[int, int, Block], None],
    tick: Callable[[], None],
    *,
    by_line: bool = False,
) -> None:
    """Scan the sources with several threads; Ctrl-C and errors end them all.

    Parameters
    ----------
    sources : list of Source
    block : int
        Bytes of a block, about.
    threads : int
    crew : Crew
    scan : callable
        Called as ``scan(thread, place, block)`` for each block, whose place in the text is
        0, 1, ...; no thread has two at a time.
    tick : callable
        Called from this thread about ten times a second.
    by_line : bool
        Cut the text between lines, not words.
    """
    feed = _Feed(cut_blocks(sources, block, crew.stopping, 2 * threads, by_line))

    def work(number: int) -> None:
        while not crew.stopping.is_set():
            place, piece = feed.take(crew)
            if piece is None:
                return
            try:
                scan(number, place, piece)
            except Stopped:
                raise
            except BaseException as error:
                crew.fail(place, error)

    try:
        crew.run([functools.partial(work, number) for number in range(threads)], tick)
    finally:
        crew.stopping.set()
        feed.close()


class _Feed:
    """Hands out blocks with their places to many threads."""

    def __init__(self, blocks: Iterator[Block]) -> None:
        self._blocks = blocks
        self._place = 0
        self._lock = threading.Lock()

    def take(self, crew: Crew) -> tuple[int, Block | None]:
        with self._lock:
            place = self._place
            try:
                block = next(self._blocks, None)
            except BaseException as error:
                crew.fail(place, error)
                return place, None
            self._place += 1
            return place, block

    def close(self) -> None:
        """Close the file that is being cut; no thread may be taking."""
        self._blocks.close()  # type: ignore[attr-defined]
