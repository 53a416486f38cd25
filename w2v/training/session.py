"""A run between its first word and its last: what goes on, and what a checkpoint keeps of it."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from w2v._core import Run, Worker
from w2v.config import MAX_THREADS, Config
from w2v.errors import ConfigError, DataError
from w2v.text.corpus import Corpus
from w2v.text.vocab import Vocab
from w2v.training import report
from w2v.training.epochs import Epoch, Place
from w2v.training.progress import EpochMeter, Listener

if TYPE_CHECKING:
    from w2v.training.keeper import Keeper


@dataclasses.dataclass(kw_only=True)
class State:
    """Where a run is, apart from matrices and workers' buffers; plain values for JSON.

    Attributes
    ----------
    epoch : int
        Counted from 1; past the last one when training is done.
    done : int
        Tokens that workers have taken, in all epochs.
    next_chunk, leftovers, places
        As in `Epoch`.
    taken : list of int
        For each worker, `Worker.taken`.
    loss, pairs : float
        Sums of this epoch that workers no longer hold.
    seconds : float
        Of this epoch so far.
    trained : float
        Seconds of the epochs before.
    resumes : int
        How often the run was gone on with.
    chunk_threads : int
        For how many threads the corpus was cut into chunks.
    """

    epoch: int = 1
    done: int = 0
    next_chunk: int = 0
    leftovers: list[tuple[int, int]] = dataclasses.field(default_factory=list)
    places: list[Place] = dataclasses.field(default_factory=list)
    taken: list[int] = dataclasses.field(default_factory=list)
    loss: float = 0.0
    pairs: float = 0.0
    seconds: float = 0.0
    trained: float = 0.0
    resumes: int = 0
    chunk_threads: int = 1


class Session:
    """Trains epoch after epoch; can stop at any block and be written down there.

    Parameters
    ----------
    run : Run
    inputs, outputs : float32 (words + 1, stride)
        What `run` trains.
    corpus : Corpus
    vocab : Vocab
    config : Config
    record : dict
        The run record, to which epochs are added.
    state : State
        A new one, or that of a checkpoint.
    isa : str
        The kernel of `run`.
    bounds : list of int
        The corpus cut into chunks for `state.chunk_threads` threads.
    buffers : uint8 (workers, Run.state_bytes), optional
        With the state of a checkpoint: what its workers held. Without them new workers go
        on with what is left, which is not bit for bit the same.

    Raises
    ------
    DataError
        State and buffers cannot be those of a run on this corpus.
    """

    def __init__(
        self,
        *,
        run: Run,
        inputs: NDArray[np.float32],
        outputs: NDArray[np.float32],
        corpus: Corpus,
        vocab: Vocab,
        config: Config,
        record: dict[str, Any],
        state: State,
        isa: str,
        bounds: list[int],
        buffers: NDArray[np.uint8] | None = None,
    ) -> None:
        self.run, self.inputs, self.outputs = run, inputs, outputs
        self.corpus, self.vocab, self.config = corpus, vocab, config
        self.record, self.isa = record, isa
        self._bounds = bounds
        count = worker_count(config, bounds)
        if buffers is not None and not (
            len(state.places) == len(state.taken) == len(buffers) == count
        ):
            raise DataError(f"it has {len(state.places)} workers where {count} are needed")
        # workers that take the place of others draw other numbers than those did
        first = state.resumes * MAX_THREADS
        self._workers = [Worker(run, config.seed, first + number) for number in range(count)]
        # One attribute, so that an interrupt never finds half of a change.
        self._now = state, self._first_epoch(state, buffers)
        self._meter: EpochMeter | None = None

    @property
    def finished(self) -> bool:
        """Whether all epochs are done."""
        return self._now[0].epoch > self.config.epochs

    @property
    def epoch(self) -> int:
        """The epoch it is in, from 1."""
        return self._now[0].epoch

    @property
    def trained_seconds(self) -> float:
        """Seconds of training so far, those before a resume included."""
        state = self._now[0]
        return state.trained + (state.seconds if self._meter is None else self._meter.seconds)

    @property
    def share(self) -> float:
        """How much of the training is done, 0 to 1."""
        return min(1.0, self.run.done / max(1, self.corpus.kept * self.config.epochs))

    def train(self, progress: Listener | None, keeper: Keeper | None) -> None:
        """Train to the end; `keeper` writes checkpoints meanwhile.

        Raises
        ------
        ConfigError
            Numbers are not finite any more: alpha is too high.
        DataError
            There was nothing to learn from in an epoch.
        """
        while not self.finished:
            if self._meter is None:
                self._meter = self._new_meter(progress)
            epoch = self._now[1]
            if epoch.run(self.run, self._workers, lambda: self._poll(keeper)):
                self._end_epoch()
            if keeper is not None and keeper.due:
                keeper.write_copy(self)
            self.run.go_on()

    def snapshot(self) -> State:
        """Return where the run is; only while no worker trains."""
        state, epoch = self._now
        for worker in self._workers:
            loss, pairs = worker.take_loss()
            state.loss += loss
            state.pairs += pairs
        return dataclasses.replace(
            state,
            done=self.run.done,
            next_chunk=epoch.next_chunk,
            leftovers=list(epoch.leftovers),
            places=[dataclasses.replace(place) for place in epoch.places],
            taken=[worker.taken for worker in self._workers],
            seconds=state.seconds if self._meter is None else self._meter.seconds,
        )

    def buffers(self) -> NDArray[np.uint8]:
        """Return what the workers hold, uint8 (workers, bytes); only while none trains."""
        states = b"".join(worker.state() for worker in self._workers)
        return np.frombuffer(states, np.uint8).reshape(len(self._workers), -1)

    def _poll(self, keeper: Keeper | None) -> None:
        if self.run.diverged:
            raise diverged(self._now[0].epoch, "its loss is not finite", self.config)
        assert self._meter is not None
        self._meter.report(self.share)
        if keeper is not None:
            keeper.tell()
            if keeper.due:
                self.run.stop()

    def _new_meter(self, progress: Listener | None) -> EpochMeter:
        alphas = (self.config.alpha, self.config.min_alpha)
        state = self._now[0]
        tokens = self.corpus.tokens
        return EpochMeter(progress, state.epoch, self.config.epochs, tokens, alphas, state.seconds)

    def _end_epoch(self) -> None:
        state, meter = self.snapshot(), self._meter
        assert meter is not None
        loss = _mean_loss(state, self.config)
        report.add_epoch(self.record, self.corpus, loss, meter.seconds)
        trained = state.trained + meter.seconds
        self._now = (
            State(
                epoch=state.epoch + 1,
                trained=trained,
                resumes=state.resumes,
                chunk_threads=state.chunk_threads,
            ),
            Epoch(self.corpus, self._bounds, [Place() for _ in self._workers]),
        )
        self._meter = None
        meter.report(state.epoch / self.config.epochs, loss)

    def _first_epoch(self, state: State, buffers: NDArray[np.uint8] | None) -> Epoch:
        count = len(self._workers)
        if buffers is None:
            leftovers = _unfinished(state) if state.places else []
            places = [Place() for _ in range(count)]
            return Epoch(self.corpus, self._bounds, places, state.next_chunk, leftovers)
        places = [dataclasses.replace(place) for place in state.places]
        epoch = Epoch(self.corpus, self._bounds, places, state.next_chunk, list(state.leftovers))
        for worker, place, taken, bytes_of in zip(
            self._workers, places, state.taken, buffers, strict=True
        ):
            before = None if place.last is None else epoch.rows(place.last)
            try:
                worker.restore(bytes_of, taken, before)
            except ValueError as error:
                raise DataError(str(error)) from error
        return epoch


def worker_count(config: Config, bounds: list[int]) -> int:
    """Return how many workers to make: one without a chunk would only cost memory."""
    return min(config.threads, len(bounds) - 1)


def _unfinished(state: State) -> list[tuple[int, int]]:
    """Return the chunks that workers had not finished, and how much of each they had taken."""
    begun = [
        (place.chunk, place.skip + taken)
        for place, taken in zip(state.places, state.taken, strict=True)
        if place.chunk is not None
    ]
    return [*state.leftovers, *begun]


def _mean_loss(state: State, config: Config) -> float:
    """Return the mean loss per pair of an epoch that has just ended, if there is one."""
    if state.pairs == 0:
        thinned = f", or sample {config.sample:g} dropped the rest" if config.sample else ""
        remedy = ": try sample 0" if config.sample else ": a line is a sentence, put more on one"
        raise DataError(
            f"epoch {state.epoch} had no pair of words to learn from: lines have one known "
            f"word{thinned}{remedy}"
        )
    if not math.isfinite(state.loss):
        raise diverged(state.epoch, f"its loss is {state.loss}", config)
    return state.loss / state.pairs


def diverged(epoch: int, sign: str, config: Config) -> ConfigError:
    """Return the error for numbers that are not finite any more."""
    return ConfigError(
        f"training diverged in epoch {epoch}: {sign}: lower alpha, which is {config.alpha:g}"
    )


def check_state(state: State, corpus: Corpus, bounds: list[int], config: Config) -> None:
    """Refuse a state with places outside the corpus: it comes from a file.

    Raises
    ------
    DataError
        There is such a place.
    """
    chunks = len(bounds) - 1
    sizes = np.diff(bounds)
    pieces = _unfinished(state) if len(state.taken) == len(state.places) else [(-1, 0)]
    lasts = [place.last for place in state.places if place.last is not None]
    if not (
        all(0 <= chunk < chunks and 0 <= used <= sizes[chunk] for chunk, used in pieces)
        and all(0 <= last < chunks for last in lasts)
        and 0 <= state.next_chunk <= chunks
        and 1 <= state.epoch <= config.epochs + 1
        and 0 <= state.done <= corpus.kept * config.epochs
    ):
        raise DataError("it is at a place that this corpus does not have")


def tokens_taken(state: State, corpus: Corpus, bounds: list[int]) -> int:
    """Return how many tokens workers had taken, counted in the corpus."""
    taken = (state.epoch - 1) * corpus.kept
    for chunk in range(state.next_chunk):
        taken += int(np.count_nonzero(corpus.rows[bounds[chunk] : bounds[chunk + 1]] >= 0))
        corpus.release(bounds[chunk], bounds[chunk + 1])
    for chunk, used in _unfinished(state):
        rest = corpus.rows[bounds[chunk] + used : bounds[chunk + 1]]
        taken -= int(np.count_nonzero(rest >= 0))
    return max(0, taken)
