"""Text with its phrases joined, by several threads, in the order of the text."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

from w2v.text._phrases import PhraseTable, Rewriter
from w2v.text.blocks import BLOCK, Block
from w2v.text.scanning import scan_blocks, useful_threads
from w2v.text.sources import Source
from w2v.text.threads import TICK, Crew, InOrder, Stopped

if TYPE_CHECKING:
    from w2v.text._phrases import Rewritten


def rewrite_text(
    sources: list[Source], table: PhraseTable, threads: int, block: int = BLOCK
) -> Generator[bytes, None, None]:
    """Join phrases in a text, and give it back piece by piece.

    Reading and joining go on in other threads while the caller deals with a piece; closing the
    generator ends them.

    Parameters
    ----------
    sources : list of Source
    table : PhraseTable
    threads : int
    block : int
        Bytes of a block, about. No result depends on it.

    Yields
    ------
    bytes
    """
    ready: queue.Queue[bytes | BaseException | None] = queue.Queue(2 * threads)
    left = threading.Event()
    crew = Crew()

    def put(item: bytes | BaseException | None) -> None:
        while not left.is_set():
            try:
                ready.put(item, timeout=TICK)
            except queue.Full:
                continue
            return
        raise Stopped

    def run() -> None:
        try:
            glue = _Glue(Rewriter(1, table), put)
            _rewrite_blocks(sources, table, threads, block, crew, glue)
            put(None)
        except Stopped:
            pass
        except BaseException as error:
            if not left.is_set():
                put(error)

    driver = threading.Thread(target=run, daemon=True)
    driver.start()
    try:
        while (item := _next(ready)) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        left.set()
        crew.stopping.set()
        driver.join()


def _rewrite_blocks(
    sources: list[Source], table: PhraseTable, threads: int, block: int, crew: Crew, glue: _Glue
) -> None:
    threads = useful_threads(threads, sources, block)
    # Its results stay valid: nothing to copy.
    order = InOrder(glue.add, lambda result: result, crew.stopping, 2 * threads)
    rewriters = [Rewriter(block, table) for _ in range(threads)]

    def scan(number: int, place: int, piece: Block) -> None:
        order.put(place, piece.scan(rewriters[number]))

    scan_blocks(sources, block, threads, crew, scan, lambda: None)
    glue.finish()


def _next(ready: queue.Queue[bytes | BaseException | None]) -> bytes | BaseException | None:
    # Not one long wait: some systems let no signal through to it.
    while True:
        try:
            return ready.get(timeout=TICK)
        except queue.Empty:
            continue


class _Glue:
    """Puts rewritten blocks together: what was left at their edges is rewritten here."""

    def __init__(self, rewriter: Rewriter, hand_on: Callable[[bytes], None]) -> None:
        self._rewriter = rewriter
        self._hand_on = hand_on
        self._pending: list[bytes] = []

    def add(self, result: Rewritten) -> None:
        """Take the next block of the text."""
        head, body, tail = result
        self._pending.append(head)
        # Else a phrase may go on in the next block.
        if body or tail or head.endswith(b"\n"):
            self.finish()
            if body:
                self._hand_on(body)
            self._pending.append(tail)

    def finish(self) -> None:
        """Hand on what waits: no phrase goes on after it."""
        text = b"".join(self._pending)
        self._pending = []
        if text:
            self._hand_on(self._rewriter.rewrite_whole(text, "phrases"))
