"""A run between its first word and its last: what goes on, and what a checkpoint keeps of it."""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from w2v.config import Config
from w2v.text.vocab import Vocab
from w2v.training import report
from w2v.training.holdout import TrainingText
from w2v.training.judging import Best, Judge
from w2v.training.loop import Trainer, diverged, mean_loss
from w2v.training.model import Carried
from w2v.training.progress import EpochMeter, Listener

if TYPE_CHECKING:
    from w2v.training.keeper import Keeper


@dataclasses.dataclass(kw_only=True)
class State:
    """Where a run is, apart from what its trainer knows: plain values, for a checkpoint.

    Attributes
    ----------
    epoch : int
        Counted from 1; past the last one when training is done.
    loss, pairs : float
        Sums of this epoch that the trainer no longer holds.
    seconds : float
        Of this epoch so far.
    trained : float
        Seconds of the epochs before.
    resumes : int
        How often the run was gone on with.
    chunk_threads : int
        For how many threads the corpus was cut into chunks.
    best_epoch : int
        The epoch with the least held-out loss, 0 if there is none yet.
    best_loss : float
        Its held-out loss.
    """

    epoch: int = 1
    loss: float = 0.0
    pairs: float = 0.0
    seconds: float = 0.0
    trained: float = 0.0
    resumes: int = 0
    chunk_threads: int = 1
    best_epoch: int = 0
    best_loss: float = 0.0


class Session:
    """Trains epoch after epoch; can stop at any block and be written down there.

    Parameters
    ----------
    trainer : Trainer
    inputs, outputs : float32 (words + 1, stride)
        What `trainer` trains. After a run with patience they are those of the best epoch.
    text : TrainingText
    config : Config
    record : dict
        The run record, to which epochs are added.
    state : State
        A new one, or that of a checkpoint.
    isa : str
        The kernel in use.
    judge : Judge or None
        Computes the held-out loss.
    carried : Carried
        What there is of an earlier model beside the matrices.

    Attributes
    ----------
    torn : bool
        Whether an interrupt has fallen between two states: then there is none to be kept.
    """

    def __init__(
        self,
        *,
        trainer: Trainer,
        inputs: NDArray[np.float32],
        outputs: NDArray[np.float32],
        text: TrainingText,
        config: Config,
        record: dict[str, Any],
        state: State,
        isa: str,
        judge: Judge | None,
        carried: Carried,
    ) -> None:
        self.trainer, self.inputs, self.outputs = trainer, inputs, outputs
        self.text, self.config, self.record, self.isa = text, config, record, isa
        self.carried = carried
        self.best = Best(inputs, outputs, config.patience)
        self.torn = False
        self._judge, self._state = judge, state
        self._meter: EpochMeter | None = None

    @property
    def vocab(self) -> Vocab:
        """The vocabulary."""
        return self.text.vocab

    @property
    def epoch(self) -> int:
        """The epoch it is in, from 1."""
        return self._state.epoch

    @property
    def finished(self) -> bool:
        """Whether training is done."""
        return self._state.epoch > self.config.epochs

    @property
    def trained_seconds(self) -> float:
        """Seconds of training so far, those before a resume included."""
        return self._state.trained + self._seconds()

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
            meter = self._meter = self._meter or self._new_meter(progress)
            if self.trainer.run(meter, lambda: self._poll(keeper)):
                self._end_epoch(meter)
            if keeper is not None and keeper.due(self):
                keeper.write_copy(self)
            self.trainer.go_on()

    def snapshot(self) -> State:
        """Return where the run is; only while it stands still."""
        state = self._state
        loss, pairs = self.trainer.take_loss()
        state.loss += loss
        state.pairs += pairs
        return dataclasses.replace(
            state,
            seconds=self._seconds(),
            best_epoch=self.best.epoch,
            best_loss=self.best.loss if self.best.epoch else 0.0,
        )

    def _seconds(self) -> float:
        return self._state.seconds if self._meter is None else self._meter.seconds()

    def _poll(self, keeper: Keeper | None) -> None:
        if self.trainer.diverged:
            raise diverged(self.epoch, "its loss is not finite", self.config)
        assert self._meter is not None
        self._meter.report(self.trainer.share)
        if keeper is not None:
            keeper.tell()
            if keeper.due(self):
                self.trainer.stop()

    def _new_meter(self, progress: Listener | None) -> EpochMeter:
        config, state = self.config, self._state
        alphas = (config.alpha, config.min_alpha)
        words = self.text.words
        return EpochMeter(progress, state.epoch, config.epochs, words, alphas, state.seconds)

    def _end_epoch(self, meter: EpochMeter) -> None:
        state = self.snapshot()
        loss = mean_loss(state.loss, state.pairs, state.epoch, self.config)
        seconds, heldout = meter.seconds(), None
        if self._judge is not None:
            heldout = self._judge.loss(*(m[:-1, : self.config.dim] for m in self._matrices()))
            if not math.isfinite(heldout):
                raise diverged(state.epoch, f"its held-out loss is {heldout}", self.config)
        ended, epochs = self._state, len(self.record["epochs"])
        self.torn = True
        try:
            report.add_epoch(self.record, self.text.words, loss, seconds, heldout)
            self._begin_next(state, seconds, heldout)
        except BaseException:  # taken back, so that going on ends the epoch once more
            del self.record["epochs"][epochs:]
            self._state, self._meter, self.torn = ended, meter, False
            raise
        if self.finished:
            self._choose_vectors(state.epoch)
        self.trainer.next_epoch()
        self.torn = False
        meter.report(
            state.epoch / self.config.epochs, loss=loss, seconds=seconds, heldout_loss=heldout
        )

    def _begin_next(self, state: State, seconds: float, heldout: float | None) -> None:
        last = state.epoch == self.config.epochs
        if heldout is not None and self.best.stop(state.epoch, heldout):
            last = True
        self._state = dataclasses.replace(
            state,
            epoch=self.config.epochs + 1 if last else state.epoch + 1,
            loss=0.0,
            pairs=0.0,
            seconds=0.0,
            trained=state.trained + seconds,
        )
        self._meter = None

    def _choose_vectors(self, last: int) -> None:
        self.best.restore()
        if self._judge is not None:
            kept = self.best.epoch if self.config.patience else last
            self.record["heldout"].update(best_epoch=self.best.epoch, vectors_epoch=kept)

    def _matrices(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        return self.inputs, self.outputs
