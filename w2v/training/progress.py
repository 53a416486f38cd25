"""What a run tells its caller while it goes on."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from typing import Literal


@dataclasses.dataclass(frozen=True, kw_only=True)
class Progress:
    """Where a run is.

    Attributes
    ----------
    phase : {"text", "training"}
    done, total : int
        Bytes of text, or raw corpus words over all epochs; `total` is None when unknown.
    epoch, epochs : int
        Counted from 1.
    alpha : float
        The learning rate now.
    words_per_second : float
        Raw corpus words, in this epoch so far.
    loss : float or None
        Mean loss per pair of the epoch that this report ends; None in all other reports.
    seconds : float
        Since the phase began, or for the report that ends an epoch, what it took.
    heldout_loss : float or None
        Mean loss per pair of the held-out sentences, with the report that ends an epoch.
    estimate : float or None
        Seconds that training will take, measured before it begins; with the first report of
        the full softmax only.
    note : str
        Something a user should know; then nothing else is reported.
    """

    phase: Literal["text", "training"]
    done: int
    total: int | None
    epoch: int = 1
    epochs: int = 1
    alpha: float = 0.0
    words_per_second: float = 0.0
    loss: float | None = None
    seconds: float = 0.0
    heldout_loss: float | None = None
    estimate: float | None = None
    note: str = ""

    @property
    def epoch_end(self) -> bool:
        """Whether this report ends an epoch."""
        return self.loss is not None


Listener = Callable[[Progress], None]


class EpochMeter:
    """Turns tokens done into `Progress`, for one epoch.

    Parameters
    ----------
    listener : callable or None
        Gets each `Progress`.
    epoch, epochs : int
        Counted from 1.
    tokens : int
        Raw words of an epoch.
    alphas : (float, float)
        Learning rate at the start and the end of the run.
    before : float
        Seconds of this epoch before it was interrupted.
    """

    def __init__(
        self,
        listener: Listener | None,
        epoch: int,
        epochs: int,
        tokens: int,
        alphas: tuple[float, float],
        before: float = 0.0,
    ) -> None:
        self._listener = listener
        self.epoch = epoch
        self._epochs = epochs
        self._tokens = tokens
        self._alphas = alphas
        self._begun = time.perf_counter() - before

    def alpha(self, share: float) -> float:
        """Return the learning rate when `share` (0 to 1) of the run is done."""
        start, end = self._alphas
        return start + (end - start) * min(share, 1.0)

    def seconds(self) -> float:
        """Return the seconds since the epoch began."""
        return time.perf_counter() - self._begun

    def report(self, share: float, **facts: float | None) -> None:
        """Report that `share` (0 to 1) of the run is done, with further fields of `Progress`."""
        if self._listener is None:
            return
        total = self._epochs * self._tokens
        done = min(round(share * total), self.epoch * self._tokens)
        words = done - (self.epoch - 1) * self._tokens
        seconds = facts.pop("seconds", None) or self.seconds()
        self._listener(
            Progress(
                phase="training",
                done=done,
                total=total,
                epoch=self.epoch,
                epochs=self._epochs,
                alpha=self.alpha(share),
                words_per_second=words / max(seconds, 1e-9),
                seconds=seconds,
                **facts,  # type: ignore[arg-type] # mypy thinks of `note`
            )
        )
