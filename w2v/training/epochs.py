"""Threads that train on the chunks of a corpus, one epoch at a time."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator

from w2v._core import Run, Worker
from w2v.errors import ConfigError
from w2v.training.chunks import Chunks
from w2v.training.holdout import TrainingText
from w2v.training.progress import EpochMeter

POLL_SECONDS = 0.1
LONGEST_CHUNK = 1 << 17  # 10 ms of work: threads end an epoch about that far apart
SHORTEST_CHUNK = 1 << 12


def chunk_bounds(corpus: Chunks, threads: int) -> list[int]:
    """Return places that cut a corpus into chunks, a worker taking one at a time."""
    return corpus.cut(min(LONGEST_CHUNK, max(SHORTEST_CHUNK, len(corpus) // (16 * threads))))


class CompiledTrainer:
    """Trains with the kernels, by all workers.

    Parameters
    ----------
    run : Run
    workers : list of Worker
        Not more than there are chunks.
    text : TrainingText
    bounds : list of int
        Where the corpus is cut into chunks.
    total : int
        Tokens to train on, all epochs together.
    """

    def __init__(
        self, run: Run, workers: list[Worker], text: TrainingText, bounds: list[int], total: int
    ) -> None:
        self._run, self._workers, self._text = run, workers, text
        self._bounds, self._total = bounds, total

    def epoch(self, meter: EpochMeter) -> tuple[float, float]:
        """Train on the corpus once; return the sums of the loss and of the pairs' weights."""

        def poll() -> None:
            meter.report(self._run.done / self._total)

        run_epoch(self._run, self._workers, self._text, self._bounds, poll, meter.epoch)
        sums = [worker.take_loss() for worker in self._workers]
        return sum(loss for loss, _ in sums), sum(pairs for _, pairs in sums)


def run_epoch(
    run: Run,
    workers: list[Worker],
    text: TrainingText,
    bounds: list[int],
    poll: Callable[[], object],
    epoch: int = 1,
) -> None:
    """Train once on all of a text, a thread for each worker.

    Chunks go to whichever worker is free. `poll` is called from this thread every tenth of
    a second. An exception there or in a worker (KeyboardInterrupt too) stops all workers at
    their next block and is raised here once they have ended.
    """
    chunks = iter(list(itertools.pairwise(bounds)))
    lock = threading.Lock()
    failures: list[BaseException] = []
    threads = [
        threading.Thread(
            target=_work, args=(worker, text, epoch, chunks, lock, failures), daemon=True
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
    text: TrainingText,
    epoch: int,
    chunks: Iterator[tuple[int, int]],
    lock: threading.Lock,
    failures: list[BaseException],
) -> None:
    try:
        while True:
            with lock:
                start, end = next(chunks, (0, 0))
            if start == end or not all(map(worker.train, text.parts(epoch, start, end))):
                break
            text.corpus.release(start, end)
        worker.flush()
    except BaseException as error:
        failures.append(error)
