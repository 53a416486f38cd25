"""What trains, seen from outside, and what its sums say."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from w2v.config import NOISE_LOSSES, Config
from w2v.errors import ConfigError, DataError
from w2v.training.facts import Facts
from w2v.training.progress import EpochMeter


class Trainer(Protocol):
    """What goes through the corpus: one for the kernels, one for the full softmax."""

    @property
    def share(self) -> float:
        """How much of the whole run is done, 0 to 1."""

    @property
    def diverged(self) -> bool:
        """Whether a loss was not finite."""

    def run(self, meter: EpochMeter, poll: Callable[[], object]) -> bool:
        """Train to the end of the epoch, or until stopped; return whether it is the end."""

    def stop(self) -> None:
        """Make `run` return soon, in a state that it can go on from."""

    def go_on(self) -> None:
        """Take back `stop`."""

    def next_epoch(self) -> None:
        """Go back to the front of the corpus."""

    def take_loss(self) -> tuple[float, float]:
        """Return the sums of the loss and of the pairs' weights since the last call."""

    def position(self) -> Facts:
        """Return where it is, as plain values; only while it does not run."""

    def buffers(self) -> NDArray[np.uint8] | None:
        """Return what it holds beside, uint8 (workers, bytes); only while it does not run."""


def mean_loss(loss: float, pairs: float, epoch: int, config: Config) -> float:
    """Return the mean loss per pair of an epoch that has just ended, if there is one.

    Raises
    ------
    DataError
        The epoch had no pair.
    ConfigError
        The loss is not finite, or vectors that know nothing would have less of it.
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
    mean = loss / pairs
    # Steps of a bounded size can diverge without ever becoming infinite: windows of a whole line
    # over a small catalogue do. A start that overshoots and then settles is no error.
    untrained = (1 + config.negative) * math.log(2)
    allowed = 1.25 if epoch == config.epochs else 10
    if config.loss == "ns" and mean > allowed * untrained:
        raise diverged(epoch, f"its loss is {mean:.3g}, untrained it is {untrained:.3g}", config)
    return mean


def diverged(epoch: int, sign: str, config: Config) -> ConfigError:
    """Return the error that says so, and what to do."""
    shared = config.loss in NOISE_LOSSES and config.negatives == "shared"
    private = ", or, with few words, give negatives private" if shared else ""
    return ConfigError(
        f"training diverged in epoch {epoch}: {sign}: lower alpha, which is {config.alpha:g}"
        f"{private}"
    )
