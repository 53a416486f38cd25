"""Threads that train on the chunks of a corpus, one epoch at a time."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from w2v._core import Run, Worker
from w2v.errors import ConfigError
from w2v.text.corpus import Corpus

POLL_SECONDS = 0.1
LONGEST_CHUNK = 1 << 17  # 10 ms of work: threads end an epoch about that far apart
SHORTEST_CHUNK = 1 << 12
NEAR = 1 << 11  # rows before a cut in which a sentence end is looked for
SENTENCE_END = -1


def chunk_bounds(corpus: Corpus, threads: int) -> list[int]:
    """Return places that cut a corpus into chunks, from 0 to its length.

    Cuts fall on sentence ends where one is near, so that no window is cut. One in the
    middle of a sentence costs the few pairs across it, unless one worker takes both sides.
    """
    rows = corpus.rows
    size = min(LONGEST_CHUNK, max(SHORTEST_CHUNK, len(rows) // (16 * threads)))
    bounds = [0]
    while len(rows) - bounds[-1] > size:
        cut = bounds[-1] + size
        ends = np.flatnonzero(rows[cut - NEAR : cut] == SENTENCE_END)
        bounds.append(cut - NEAR + int(ends[-1]) + 1 if len(ends) else cut)
        corpus.release(bounds[-2], cut)
    bounds.append(len(rows))
    return bounds


@dataclasses.dataclass
class Place:
    """Where one worker is in an epoch.

    Attributes
    ----------
    chunk : int or None
        The chunk it is in.
    skip : int
        Rows at the front of that chunk that another worker has trained.
    last : int or None
        The chunk it finished last, whose last sentence may go on in the next.
    finished : bool
        Whether it is done with the epoch, and its buffers are empty.
    """

    chunk: int | None = None
    skip: int = 0
    last: int | None = None
    finished: bool = False


class Epoch:
    """One pass over a corpus, which can stop at any block and go on.

    Parameters
    ----------
    corpus : Corpus
    bounds : list of int
        From `chunk_bounds`.
    places : list of Place
        One for each worker.
    next_chunk : int
        The first chunk that no worker has begun.
    leftovers : list of (int, int)
        Chunks whose first so many rows were trained by workers that are no more.
    """

    def __init__(
        self,
        corpus: Corpus,
        bounds: list[int],
        places: list[Place],
        next_chunk: int = 0,
        leftovers: list[tuple[int, int]] | None = None,
    ) -> None:
        self.places = places
        self.next_chunk = next_chunk
        self.leftovers = leftovers or []
        self._corpus = corpus
        self._bounds = bounds
        self._lock = threading.Lock()

    def run(self, run: Run, workers: list[Worker], poll: Callable[[], object]) -> bool:
        """Train, a thread for each worker, until the pass is done or the run is stopped.

        Chunks go to whichever worker is free. `poll` is called from this thread every tenth
        of a second; it may stop the run. An exception there or in a worker (KeyboardInterrupt
        too) stops all workers at their next block and is raised here once they have ended.

        Returns
        -------
        bool
            Whether the pass is done. If not, `run` goes on with it after `Run.go_on`.
        """
        failures: list[BaseException] = []
        threads = [
            threading.Thread(target=self._work, args=(worker, place, failures), daemon=True)
            for worker, place in zip(workers, self.places, strict=True)
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
        return all(place.finished for place in self.places)

    def rows(self, chunk: int) -> NDArray[np.int32]:
        """Return the rows of a chunk, int32 (n,)."""
        return self._corpus.rows[self._bounds[chunk] : self._bounds[chunk + 1]]

    def _work(self, worker: Worker, place: Place, failures: list[BaseException]) -> None:
        try:
            while not place.finished:
                if place.chunk is None and not self._take_chunk(place):
                    worker.flush()
                    place.finished = True
                elif place.chunk is not None:
                    if not worker.train(self.rows(place.chunk)[place.skip :]):
                        return
                    self._corpus.release(self._bounds[place.chunk], self._bounds[place.chunk + 1])
                    place.last, place.chunk, place.skip = place.chunk, None, 0
        except BaseException as error:
            failures.append(error)

    def _take_chunk(self, place: Place) -> bool:
        """Give a worker the next chunk; return whether there was one."""
        with self._lock:
            if self.leftovers:
                place.chunk, place.skip = self.leftovers.pop()
            elif self.next_chunk < len(self._bounds) - 1:
                place.chunk, place.skip = self.next_chunk, 0
                self.next_chunk += 1
            else:
                return False
            return True


def _start(thread: threading.Thread, count: int) -> None:
    try:
        thread.start()
    except RuntimeError as error:  # a limit of the system or the container
        raise ConfigError(
            f"threads is {count}: the system refuses to start so many: give fewer"
        ) from error
