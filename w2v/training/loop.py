"""Epoch after epoch, and what is measured and decided between them."""

from __future__ import annotations

import math
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from w2v.config import Config
from w2v.errors import ConfigError, DataError
from w2v.training import report
from w2v.training.judging import Best, Judge
from w2v.training.progress import EpochMeter, Listener


class Trainer(Protocol):
    """What goes through the corpus: one for the kernels, one for the full softmax."""

    def epoch(self, meter: EpochMeter) -> tuple[float, float]:
        """Train on the corpus once; return the sums of the loss and of the pairs' weights."""


def run_epochs(
    trainer: Trainer,
    matrices: tuple[NDArray[np.float32], NDArray[np.float32]],
    words: int,
    config: Config,
    record: dict[str, Any],
    progress: Listener | None,
    judge: Judge | None,
) -> None:
    """Train until all epochs are done, or until patience with the held-out loss ends.

    Parameters
    ----------
    matrices : (inputs, outputs), float32 (words + 1, stride)
        After a run with patience they are those of the best epoch.
    words : int
        Raw words of an epoch.
    record : dict
        The run record; each epoch is added to it.
    """
    best = Best(*matrices, config.patience)
    for epoch in range(1, config.epochs + 1):
        alphas = (config.alpha, config.min_alpha)
        meter = EpochMeter(progress, epoch, config.epochs, words, alphas)
        loss = mean_loss(*trainer.epoch(meter), epoch, config)
        seconds, heldout = meter.seconds(), None
        if judge is not None:
            heldout = judge.loss(*(matrix[:-1, : config.dim] for matrix in matrices))
            if not math.isfinite(heldout):
                raise diverged(epoch, f"its held-out loss is {heldout}", config)
        meter.report(epoch / config.epochs, loss=loss, seconds=seconds, heldout_loss=heldout)
        report.add_epoch(record, words, loss, seconds, heldout)
        if heldout is not None and best.stop(epoch, heldout):
            break
    best.restore()
    if judge is not None:
        kept = best.epoch if config.patience else epoch
        record["heldout"].update(best_epoch=best.epoch, vectors_epoch=kept)


def mean_loss(loss: float, pairs: float, epoch: int, config: Config) -> float:
    """Return the mean loss per pair of an epoch that has just ended, if there is one.

    Raises
    ------
    DataError
        The epoch had no pair.
    ConfigError
        The loss is not finite.
    """
    if pairs == 0:
        thinned = f", or sample {config.sample:g} dropped the rest" if config.sample else ""
        remedy = ": try sample 0" if config.sample else ": a line is a sentence, put more on one"
        raise DataError(
            f"epoch {epoch} had no pair of words to learn from: lines have one known word{thinned}"
            f"{remedy}"
        )
    if not math.isfinite(loss):
        raise diverged(epoch, f"its loss is {loss}", config)
    return loss / pairs


def diverged(epoch: int, sign: str, config: Config) -> ConfigError:
    """Return the error that says so, and what to do."""
    return ConfigError(
        f"training diverged in epoch {epoch}: {sign}: lower alpha, which is {config.alpha:g}"
    )
