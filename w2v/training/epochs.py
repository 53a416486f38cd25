"""Threads that train on the chunks of a corpus, one epoch at a time."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from w2v._core import Run, Worker
from w2v.errors import ConfigError

POLL_SECONDS = 0.1
LONGEST_CHUNK = 1 << 17  # 10 ms of work: threads end an epoch about that far apart
SHORTEST_CHUNK = 1 << 12


class Chunks(Protocol):
    """What a run trains on: a text, or walks that are made when they are asked for.

    Attributes
    ----------
    tokens, kept : int
        Words of an epoch, and those of them that are in the vocabulary.
    """

    @property
    def tokens(self) -> int: ...  # noqa: D102
    @property
    def kept(self) -> int: ...  # noqa: D102

    def __len__(self) -> int:
        """Return about how many rows an epoch has."""
        ...

    def cut(self, size: int) -> list[int]:
        """Return places that cut an epoch into chunks of at most about `size` rows."""
        ...

    def chunk(self, epoch: int, start: int, end: int) -> NDArray[np.int32]:
        """Return the rows between two places, in an epoch counted from 1; -1 ends a sentence."""
        ...

    def release(self, start: int, end: int) -> None:
        """Let go of rows that have been used."""
        ...

    def about(self) -> dict[str, Any]:
        """Return what a run record says of it."""
        ...


def chunk_bounds(corpus: Chunks, threads: int) -> list[int]:
    """Return places that cut a corpus into chunks, a worker taking one at a time."""
    return corpus.cut(min(LONGEST_CHUNK, max(SHORTEST_CHUNK, len(corpus) // (16 * threads))))


def run_epoch(
    run: Run,
    workers: list[Worker],
    corpus: Chunks,
    bounds: list[int],
    poll: Callable[[], object],
    epoch: int = 1,
) -> None:
    """Train once on all of a corpus, a thread for each worker.

    Chunks go to whichever worker is free. `poll` is called from this thread every tenth of
    a second. An exception there or in a worker (KeyboardInterrupt too) stops all workers at
    their next block and is raised here once they have ended.
    """
    chunks = iter(list(itertools.pairwise(bounds)))
    lock = threading.Lock()
    failures: list[BaseException] = []
    threads = [
        threading.Thread(
            target=_work, args=(worker, corpus, epoch, chunks, lock, failures), daemon=True
        )
        for worker in workers
    ]
    try:
        for thread in threads:
            _start(thread, len(threads))
        while any(thread.is_alive() for thread in threads):
            for thread in threads:
                thread.join(POLL_SECONDS / len(threads))
            if failures:
                break
            poll()
    except BaseException:
        run.stop()
        raise
    finally:
        if failures:
            run.stop()
        for thread in threads:
            if thread.ident is not None:
                thread.join()
    if failures:
        raise failures[0]


def _start(thread: threading.Thread, count: int) -> None:
    try:
        thread.start()
    except RuntimeError as error:  # a limit of the system or the container
        raise ConfigError(
            f"threads is {count}: the system refuses to start so many: give fewer"
        ) from error


def _work(
    worker: Worker,
    corpus: Chunks,
    epoch: int,
    chunks: Iterator[tuple[int, int]],
    lock: threading.Lock,
    failures: list[BaseException],
) -> None:
    try:
        while True:
            with lock:
                start, end = next(chunks, (0, 0))
            if start == end or not worker.train(corpus.chunk(epoch, start, end)):
                break
            corpus.release(start, end)
        worker.flush()
    except BaseException as error:
        failures.append(error)
