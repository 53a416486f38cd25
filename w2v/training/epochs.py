"""The kernels' trainer: threads that train on the chunks of a corpus, one epoch at a time."""

from __future__ import annotations

import dataclasses
import functools
import threading
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2v._core import Run, Worker
from w2v.errors import DataError
from w2v.text.corpus import Corpus
from w2v.text.threads import start_thread
from w2v.training.chunks import Chunks
from w2v.training.facts import Facts, truth, whole, whole_or_none
from w2v.training.holdout import TrainingText
from w2v.training.hot import note_sharing
from w2v.training.progress import EpochMeter

POLL_SECONDS = 0.1
LONGEST_CHUNK = 1 << 17  # 10 ms of work: threads end an epoch about that far apart
SHORTEST_CHUNK = 1 << 12


def chunk_bounds(corpus: Chunks, threads: int) -> list[int]:
    """Return places that cut a corpus into chunks, a worker taking one at a time."""
    return corpus.cut(min(LONGEST_CHUNK, max(SHORTEST_CHUNK, len(corpus) // (16 * threads))))


def run_threads(
    works: Sequence[Callable[[], None]], stop: Callable[[], None], poll: Callable[[], object]
) -> None:
    """Run every function in a thread of its own until all have returned.

    `poll` is called from this thread every tenth of a second; it may call `stop`, after which
    the functions return soon. An exception there or in a function (KeyboardInterrupt too)
    stops them all, and is raised here once they have ended.
    """
    failures: list[BaseException] = []

    def run(work: Callable[[], None], ended: threading.Event) -> None:
        try:
            work()
        except BaseException as error:
            failures.append(error)
        finally:
            ended.set()

    # Events, not join(): before Python 3.13 an interrupt that arrives within join() marks the
    # thread as ended while it still runs.
    ends = [threading.Event() for _ in works]
    threads = [
        threading.Thread(target=run, args=pair, daemon=True)
        for pair in zip(works, ends, strict=True)
    ]
    try:
        for thread in threads:
            start_thread(thread, len(threads))
        while not all(end.is_set() for end in ends):
            for end in ends:
                end.wait(POLL_SECONDS / len(threads))
            if failures:
                break
            poll()
    except BaseException:
        stop()
        raise
    finally:
        if failures:
            stop()
        for thread, end in zip(threads, ends, strict=True):
            if thread.ident is not None:
                end.wait()
    if failures:
        raise failures[0]


@dataclasses.dataclass
class Place:
    """Where one worker is in an epoch.

    Attributes
    ----------
    chunk : int or None
        The chunk it is in.
    skip : int
        Rows at the front of that chunk that are behind it, those of `Worker.taken` not counted.
    last : int or None
        The chunk it finished last, whose last sentence may go on in the next.
    finished : bool
        Whether it is done with the epoch, and its buffers are empty.
    """

    chunk: int | None = None
    skip: int = 0
    last: int | None = None
    finished: bool = False


@dataclasses.dataclass(kw_only=True)
class Position:
    """Where all workers are: plain values, for a checkpoint.

    Attributes
    ----------
    done : int
        Tokens that workers have reported, in all epochs.
    next_chunk : int
        The first chunk that no worker has begun.
    leftovers : list of (int, int)
        Chunks whose first so many rows were trained by workers that are no more.
    places : list of Place
        One for each worker.
    taken : list of int
        `Worker.taken` of each.
    fresh : bool
        Whether new workers go on with what these leave.
    """

    done: int = 0
    next_chunk: int = 0
    leftovers: list[tuple[int, int]] = dataclasses.field(default_factory=list)
    places: list[Place] = dataclasses.field(default_factory=list)
    taken: list[int] = dataclasses.field(default_factory=list)
    fresh: bool = False

    def dismiss(self, text: TrainingText, bounds: list[int], epoch: int) -> None:
        """Leave what the workers have begun to others."""
        for place, taken in zip(self.places, self.taken, strict=True):
            if place.chunk is not None:
                first, end = bounds[place.chunk] + place.skip, bounds[place.chunk + 1]
                used = place.skip + text.corpus.places(epoch, first, end, taken)
                self.leftovers.append((place.chunk, used))
        self.places, self.taken = [], []

    def check(self, text: TrainingText, bounds: list[int], epoch: int) -> None:
        """Refuse places outside the corpus: they come from a file.

        Raises
        ------
        DataError
            There is one.
        """
        chunks = len(bounds) - 1
        sizes = np.diff(bounds)
        pieces = [(-1, 0)]
        if len(self.taken) == len(self.places):
            begun = [(place.chunk, place.skip) for place in self.places if place.chunk is not None]
            pieces = [*self.leftovers, *begun]
        lasts = [place.last for place in self.places if place.last is not None]
        if not (
            all(0 <= chunk < chunks and 0 <= used <= sizes[chunk] for chunk, used in pieces)
            and all(0 <= last < chunks for last in lasts)
            and 0 <= self.next_chunk <= chunks
        ):
            raise DataError("it is at a place that this corpus does not have")
        for place, taken in zip(self.places, self.taken, strict=True):
            if place.chunk is not None and taken:
                first, end = bounds[place.chunk] + place.skip, bounds[place.chunk + 1]
                if taken > len(text.corpus.chunk(epoch, first, end)):
                    raise DataError("it has taken more of its corpus than there is")

    def tokens(self, text: TrainingText, bounds: list[int], epoch: int) -> int:
        """Return how many tokens of this epoch had been taken, once workers are dismissed."""
        taken = 0
        for chunk in range(self.next_chunk):
            rows = text.rows(epoch, bounds[chunk], bounds[chunk + 1])
            taken += int(np.count_nonzero(rows >= 0))
            text.corpus.release(bounds[chunk], bounds[chunk + 1])
        for chunk, used in self.leftovers:
            rest = text.rows(epoch, bounds[chunk] + used, bounds[chunk + 1])
            taken -= int(np.count_nonzero(rest >= 0))
        return taken


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
    record : dict
        Of the run: ``hot_rows`` and ``line_ns`` are noted in it.
    position : Position, optional
        Of workers whose places these take. Their buffers follow with `restore`; without,
        these go on with what is left.
    """

    def __init__(
        self,
        run: Run,
        workers: list[Worker],
        text: TrainingText,
        bounds: list[int],
        total: int,
        record: dict[str, Any],
        position: Position | None = None,
    ) -> None:
        self._run, self._workers, self._text = run, workers, text
        self._bounds, self._total, self._record = bounds, total, record
        self._lock = threading.Lock()
        self._now = Position(places=[Place() for _ in workers])
        if position is not None:
            self._now.next_chunk = position.next_chunk
            self._now.leftovers = list(position.leftovers)

    @property
    def share(self) -> float:
        """How much of the whole run is done, 0 to 1."""
        return self._run.done / self._total

    @property
    def diverged(self) -> bool:
        """Whether a loss was not finite."""
        return bool(self._run.diverged)

    @property
    def state_bytes(self) -> int:
        """Bytes that each worker's part of `buffers` takes."""
        return self._run.state_bytes

    def run(self, meter: EpochMeter, poll: Callable[[], object]) -> bool:
        """Train to the end of the epoch, or until stopped; return whether it is the end.

        Chunks go to whichever worker is free.
        """
        works = [
            functools.partial(self._work, worker, place, meter.epoch)
            for worker, place in zip(self._workers, self._now.places, strict=True)
        ]
        try:
            run_threads(works, self.stop, poll)
        finally:
            note_sharing(self._run, self._record)
        return all(place.finished for place in self._now.places)

    def stop(self) -> None:
        """Make `run` return at each worker's next block."""
        self._run.stop()

    def go_on(self) -> None:
        """Take back `stop`."""
        self._run.go_on()

    def next_epoch(self) -> None:
        """Go back to the front of the corpus."""
        self._now = Position(places=[Place() for _ in self._workers])

    def take_loss(self) -> tuple[float, float]:
        """Return the sums of the loss and of the pairs' weights since the last call."""
        sums = [worker.take_loss() for worker in self._workers]
        return sum(loss for loss, _ in sums), sum(pairs for _, pairs in sums)

    def position(self) -> Facts:
        """Return where it is, as plain values; only while it does not run."""
        now = dataclasses.asdict(self._now)
        return {**now, "done": self._run.done, "taken": [w.taken for w in self._workers]}

    def buffers(self) -> NDArray[np.uint8]:
        """Return what the workers hold, uint8 (workers, bytes); only while none trains."""
        states = b"".join(worker.state() for worker in self._workers)
        return np.frombuffer(states, np.uint8).reshape(len(self._workers), -1)

    def restore(self, position: Position, buffers: NDArray[np.uint8]) -> None:
        """Put every worker where another one was.

        Raises
        ------
        DataError
            There are not as many, or the buffers are damaged.
        """
        count = len(self._workers)
        if not len(position.places) == len(position.taken) == len(buffers) == count:
            raise DataError(f"it has {len(position.places)} workers where {count} are needed")
        for worker, place, taken, held in zip(
            self._workers, position.places, position.taken, buffers, strict=True
        ):
            before = None
            if place.last is not None and isinstance(self._text.corpus, Corpus):
                before = self._rows(place.last)  # walks end with their chunk
            try:
                worker.restore(held, taken, before)
            except ValueError as error:
                raise DataError(str(error)) from error
        self._now = position

    def _rows(self, chunk: int) -> NDArray[np.int32]:
        return self._text.corpus.chunk(1, self._bounds[chunk], self._bounds[chunk + 1])

    def _work(self, worker: Worker, place: Place, epoch: int) -> None:
        while not place.finished:
            if place.chunk is not None:
                if not self._train_chunk(worker, place, place.chunk, epoch):
                    return
                place.last, place.chunk, place.skip = place.chunk, None, 0
            elif not self._take_chunk(place):
                worker.flush()
                place.finished = True

    def _train_chunk(self, worker: Worker, place: Place, chunk: int, epoch: int) -> bool:
        """Train what is left of a chunk; return False if stopped in it."""
        start, end = self._bounds[chunk], self._bounds[chunk + 1]
        for first, behind in self._text.parts(start + place.skip, end):
            place.skip = first - start
            if not worker.train(self._text.corpus.chunk(epoch, first, behind)):
                return False
            place.skip = behind - start
        self._text.corpus.release(start, end)
        return True

    def _take_chunk(self, place: Place) -> bool:
        """Give a worker the next chunk; return whether there was one."""
        now = self._now
        with self._lock:
            if now.leftovers:
                place.chunk, place.skip = now.leftovers.pop()
            elif now.next_chunk < len(self._bounds) - 1:
                place.chunk, place.skip = now.next_chunk, 0
                now.next_chunk += 1
            else:
                return False
            return True


def position_of(facts: Facts) -> Position:
    """Return the position that `CompiledTrainer.position` gave, out of a file.

    Raises
    ------
    ValueError, KeyError, TypeError
        It is damaged.
    """
    return Position(
        done=whole(facts["done"]),
        next_chunk=whole(facts["next_chunk"]),
        leftovers=[(whole(chunk), whole(skip)) for chunk, skip in facts["leftovers"]],
        places=[
            Place(
                chunk=whole_or_none(entry["chunk"]),
                skip=whole(entry["skip"]),
                last=whole_or_none(entry["last"]),
                finished=truth(entry["finished"]),
            )
            for entry in facts["places"]
        ],
        taken=[whole(taken) for taken in facts["taken"]],
    )
