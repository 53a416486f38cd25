"""The loss of held-out sentences, and when to stop for it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from w2v.config import Config
from w2v.errors import ConfigError
from w2v.training.holdout import Holdout, TrainingText
from w2v.training.objectives import Objective, objective
from w2v.training.windows import Block, Windows, examples

Floats = NDArray[np.float32]

STREAMS = (2, 3)  # what generators are seeded with beside the run's seed: windows, noise


class Judge:
    """Computes the loss of held-out sentences, by the formula of the run's objective.

    The sentences are thinned out and cut into windows as in training, and noise words are
    drawn for each pair; all that is drawn, it draws anew each time, in the same way: losses
    of two epochs differ by the model alone.

    Raises
    ------
    ConfigError
        The held-out sentences have no pair.
    """

    def __init__(self, holdout: Holdout, text: TrainingText, config: Config) -> None:
        self._holdout, self._vocab, self._config = holdout, text.vocab, config
        self._windows = Windows(text.keep, config)
        if not any(len(block.centers) for block in self._blocks()):
            raise ConfigError(
                f"holdout is {config.holdout:g}: what it takes, {holdout.tokens:,} words, has no "
                "pair of words: give more, or, if lines have one known word, put more on one: a "
                "line is a sentence"
            )

    def loss(self, inputs: Floats, outputs: Floats) -> float:
        """Return the mean loss per pair (of a center, for CBOW), in float64.

        Parameters
        ----------
        inputs, outputs : float32 (words, dim)
        """
        formula = objective(self._vocab, self._config, self._generator(STREAMS[1]))
        loss = pairs = 0.0
        for block in self._blocks():
            more = self._loss(formula, block, inputs, outputs)
            loss, pairs = loss + more[0], pairs + more[1]
        return loss / pairs

    def _generator(self, stream: int) -> np.random.Generator:
        return np.random.Generator(np.random.PCG64([self._config.seed, stream]))

    def _blocks(self) -> Iterator[Block]:
        generator = self._generator(STREAMS[0])
        for rows in self._holdout.sentences():
            yield from self._windows.blocks(rows, generator)

    def _loss(
        self, formula: Objective, block: Block, inputs: Floats, outputs: Floats
    ) -> tuple[float, float]:
        rows, places = np.unique(block.words, return_inverse=True)
        made = examples(block, places, len(rows), self._config)
        x = inputs[rows].astype(np.float64)
        if made.mixing is not None:
            x = made.mixing @ x
        losses = formula.losses(x[made.source], outputs, made.target)
        return float(made.weights @ losses), float(made.weights.sum())


class Best:
    """Remembers which epoch was best and, with patience, its matrices.

    Parameters
    ----------
    inputs, outputs : float32 (words + 1, stride)
        What is trained.
    patience : int
        Epochs without a lower loss after which to stop; 0 is never, and copies nothing.

    Attributes
    ----------
    epoch : int
        The best so far; 0 before there is one.
    loss : float
        Its loss.
    copies : tuple of float32 (words + 1, stride)
        Its inputs and outputs; empty without patience.
    """

    def __init__(self, inputs: Floats, outputs: Floats, patience: int) -> None:
        self._matrices = (inputs, outputs)
        self._patience = patience
        self.copies: tuple[Floats, ...] = ()
        self.loss = np.inf
        self.epoch = 0

    def stop(self, epoch: int, loss: float) -> bool:
        """Take note of the loss of an epoch; return whether to go no further.

        The end of an interrupted epoch is done again: a second call for it changes nothing, even
        if the first did not come to its end.
        """
        if loss < self.loss:
            if self._patience:
                self.copies = tuple(matrix.copy() for matrix in self._matrices)
            self.epoch, self.loss = epoch, loss  # the loss last: it says that all is done
        return 0 < self._patience <= epoch - self.epoch

    def restore(self) -> None:
        """Put the matrices back to what they were after the best epoch, if copied."""
        for matrix, copied in zip(self._matrices, self.copies, strict=False):
            matrix[:] = copied
