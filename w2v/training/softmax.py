"""The full softmax: dense products over the whole vocabulary, by numpy's BLAS.

For a source x (an input row or, for CBOW, the hidden vector h of a center) and a target o

    J = a - log sum_v exp(b_v)      a = x . u_o      b_v = x . u_v, v over all words
    dJ/db_v = [v = o] - p_v         p_v = exp(b_v) / sum exp(b)
    dJ/dx   = u_o - sum_v p_v u_v
    dJ/du_v = ([v = o] - p_v) x

The logits of a source do not depend on its targets: all pairs of a word within a block share
them, and a word that occurs twice in a block is one source. With w_ip the weight of the pair
of source i and center p, the gradient of the logits is sum_p w_ip ([v = c_p] - p_iv).
"""

from __future__ import annotations

import functools
import itertools
import math
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from w2v.config import Config
from w2v.errors import ConfigError
from w2v.training.epochs import chunk_bounds, run_threads
from w2v.training.facts import Facts, whole
from w2v.training.holdout import TrainingText
from w2v.training.progress import EpochMeter
from w2v.training.windows import Block, Examples, Windows, examples

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

# At that size one core trains on a thousand words a second or so.
LARGEST_VOCABULARY = 50_000
# Threads share the vocabulary out among them; a smaller part is not worth waking one for.
LEAST_PART = 2_048
# No component of a step is larger: the words of a small vocabulary occur so often in a block
# that their summed steps would overshoot. (The kernels have the same bound.)
DELTA_LIMIT = 0.5
# What the generator of this trainer is seeded with beside the run's seed.
STREAM = 1


def check_size(words: int, *, force: bool) -> None:
    """Refuse a vocabulary over which the full softmax would take too long.

    Raises
    ------
    ConfigError
        It has more than 50,000 words, and `force` is false.
    """
    if words > LARGEST_VOCABULARY and not force:
        raise ConfigError(
            f"loss softmax scores every pair against all {words:,} words, and above "
            f"{LARGEST_VOCABULARY:,} that takes hours to days: lower max_vocab, choose loss "
            "sampled-softmax, or say --force (force=True)"
        )


class SoftmaxTrainer:
    """Trains both matrices in place, a block of centers at a time.

    Parameters
    ----------
    inputs, outputs : float32 (words + 1, stride)
        The last row is padding and stays as it is.
    text : TrainingText
    config : Config
    frozen : uint8 (words + 1,), optional
        1 for words whose input rows stay as they are.
    """

    def __init__(
        self,
        inputs: Floats,
        outputs: Floats,
        text: TrainingText,
        config: Config,
        frozen: NDArray[np.uint8] | None = None,
    ) -> None:
        self._frozen = None if frozen is None else frozen[:-1] != 0
        self._inputs, self._outputs = inputs[:-1], outputs[:-1]
        self._text, self._config = text, config
        self._chunks = list(itertools.pairwise(chunk_bounds(text.corpus, 1)))
        self._total = max(1, text.tokens * config.epochs)
        self._windows = Windows(text.keep, config)
        self._generator = self._new_generator()
        self._chunk_generator = self._generator.bit_generator.state
        self._done = self._chunk = self._blocks = 0
        self._loss = self._pairs = 0.0
        self._stopped = False
        self.share = 0.0
        words = len(self._outputs)
        count = max(1, min(config.threads, words // LEAST_PART))
        edges = [words * k // count for k in range(count + 1)]
        self._slices = [slice(a, b) for a, b in itertools.pairwise(edges)]
        self._pool = ThreadPoolExecutor(count) if count > 1 else None

    def __enter__(self) -> SoftmaxTrainer:
        return self

    def __exit__(self, *_error: object) -> None:
        if self._pool is not None:
            self._pool.shutdown()

    @property
    def memory(self) -> int:
        """Bytes that one block takes: its logits, and a step of the output matrix."""
        sources = self._config.block_length + 2 * self._config.widest
        width = int(self._outputs.shape[1])
        return 4 * len(self._outputs) * (sources + 2 * width)

    def estimate(self) -> float:
        """Return about how many seconds all epochs will take, by the time of one block."""
        rows = self._text.rows(1, *self._chunks[0])
        first = itertools.islice(self._windows.blocks(rows, self._new_generator()), 8)
        fullest = max(first, key=lambda block: len(block.centers), default=None)
        if fullest is None:
            return 0.0
        for _ in range(2):  # the first time pays for memory and threads
            begun = time.perf_counter()
            self._step(fullest, 0.0)
            seconds = time.perf_counter() - begun
        blocks = self._text.expected * self._config.epochs / self._config.block_length
        return seconds * max(1.0, blocks)

    @property
    def diverged(self) -> bool:
        """Whether a loss was not finite."""
        return not math.isfinite(self._loss)

    def run(self, meter: EpochMeter, poll: Callable[[], object]) -> bool:
        """Train to the end of the epoch, or until stopped; return whether it is the end."""
        run_threads([functools.partial(self._work, meter)], self.stop, poll)
        return self._chunk == len(self._chunks)

    def stop(self) -> None:
        """Make `run` return at the next block."""
        self._stopped = True

    def go_on(self) -> None:
        """Take back `stop`."""
        self._stopped = False

    def next_epoch(self) -> None:
        """Go back to the front of the corpus."""
        self._chunk = 0

    def take_loss(self) -> tuple[float, float]:
        """Return the sums of the loss and of the pairs' weights since the last call."""
        sums = self._loss, self._pairs
        self._loss = self._pairs = 0.0
        return sums

    def position(self) -> Facts:
        """Return where it is, as plain values; only while it does not run."""
        return {
            "done": self._done,
            "chunk": self._chunk,
            "blocks": self._blocks,
            "generator": self._chunk_generator,
        }

    def buffers(self) -> None:
        """Return None: between two blocks it holds nothing."""

    def restore(self, facts: Facts) -> None:
        """Go to where another one was.

        Raises
        ------
        ValueError, KeyError, TypeError
            The position is damaged.
        """
        chunk, done = whole(facts["chunk"]), whole(facts["done"])
        if chunk > len(self._chunks) or done > self._total:
            raise ValueError(f"chunk {chunk} of {len(self._chunks)}")
        self._generator.bit_generator.state = facts["generator"]
        self._chunk_generator = facts["generator"]
        self._chunk, self._blocks, self._done = chunk, whole(facts["blocks"]), done

    def _work(self, meter: EpochMeter) -> None:
        while self._chunk < len(self._chunks):
            start, end = self._chunks[self._chunk]
            rows = self._text.rows(meter.epoch, start, end)
            # a stopped chunk is begun anew, with the same draws, and its first blocks left out
            self._generator.bit_generator.state = self._chunk_generator
            blocks = self._windows.blocks(rows, self._generator)
            for block in itertools.islice(blocks, self._blocks, None):
                if self._stopped:
                    return
                self.share = (self._done + block.tokens) / self._total
                loss, pairs = self._step(block, meter.alpha(self.share))
                self._loss += loss
                self._pairs += pairs
                self._blocks += 1
            self._done += int(np.count_nonzero(rows >= 0))
            self._text.corpus.release(start, end)
            self._chunk_generator = self._generator.bit_generator.state
            self._blocks = 0
            self._chunk += 1

    def _new_generator(self) -> np.random.Generator:
        return np.random.Generator(np.random.PCG64([self._config.seed, STREAM]))

    def _step(self, block: Block, alpha: float) -> tuple[float, float]:
        """Add the deltas of one block; all of it is computed from the rows before them."""
        if not len(block.centers):
            return 0.0, 0.0
        rows, places = np.unique(block.words, return_inverse=True)
        made = examples(block, places, len(rows), self._config)
        x = self._inputs[rows]
        if made.mixing is not None and made.sharing is not None:
            hidden = made.mixing.astype(np.float32) @ x
            loss, gradient = self._train(hidden, made, alpha)
            gradient = made.sharing.T.astype(np.float32) @ gradient
        else:
            loss, gradient = self._train(x, made, alpha)
        moved = x + limited(gradient, alpha)
        if self._frozen is not None:
            rows, moved = rows[~self._frozen[rows]], moved[~self._frozen[rows]]
        self._inputs[rows] = moved
        return loss, float(made.weights.sum())

    def _train(self, sources: Floats, made: Examples, alpha: float) -> tuple[float, Floats]:
        """Train the output rows; return the loss and the gradient of the sources."""
        true = np.einsum(
            "pd,pd->p", sources[made.source], self._outputs[made.target], dtype=np.float64
        )
        parts = [Part(sources, self._outputs[part], part.start) for part in self._slices]
        logs = np.logaddexp.reduce(self._each(parts, Part.exponentiate), axis=0)
        mass: Doubles = np.bincount(made.source, made.weights, len(sources)).astype(np.float64)

        def update(part: Part) -> Floats:
            return part.update(made, mass, logs, alpha)

        gradient: Floats = np.sum(self._each(parts, update), axis=0)
        return float(made.weights @ (logs[made.source] - true)), gradient

    def _each(self, parts: list[Part], function: Callable[[Part], NDArray]) -> list[NDArray]:  # type: ignore[type-arg]
        return list((self._pool.map if self._pool else map)(function, parts))


class Part:
    """The logits of a block's sources for one stretch of the vocabulary."""

    def __init__(self, sources: Floats, outputs: Floats, first: int) -> None:
        self._sources, self._outputs, self._first = sources, outputs, first

    def exponentiate(self) -> Doubles:
        """Compute the logits' exponentials; return the logarithms of their sums."""
        logits = self._sources @ self._outputs.T
        top = logits.max(axis=1)
        logits -= top[:, None]
        np.exp(logits, out=logits)
        self._exponentials, self._top = logits, top
        sums: Doubles = np.log(logits.sum(axis=1, dtype=np.float64)) + top
        return sums

    def update(self, made: Examples, mass: Doubles, logs: Doubles, alpha: float) -> Floats:
        """Train the rows of this stretch; return its part of the gradient of the sources."""
        coefficients = self._exponentials
        coefficients *= (-mass * np.exp(self._top - logs)).astype(np.float32)[:, None]
        place = made.target - self._first
        here = (place >= 0) & (place < len(self._outputs))
        pairs = (made.source[here], place[here])
        np.add.at(coefficients, pairs, made.weights[here].astype(np.float32))
        gradient: Floats = coefficients @ self._outputs
        self._outputs += limited(coefficients.T @ self._sources, alpha)
        return gradient


def limited(gradient: Floats, alpha: float) -> Floats:
    """Return the step along `gradient`, each component bounded."""
    gradient *= np.float32(alpha)
    return np.clip(gradient, -DELTA_LIMIT, DELTA_LIMIT, out=gradient)
