"""The objectives side by side: the formula of each, its gradient, and what trains it.

For one pair x is the source (the input row of the context or, for CBOW, the hidden vector of
all contexts of the center), o the target (the center), u the output rows, and

    a = x . u_o         b_j = x . u_nj, for k noise words n_j drawn from P_n

J is maximized; losses are -J. Here each is computed plainly in float64, for the loss of held-out
sentences; the trainers' own arithmetic is held to the same formulas by the tests.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from w2v.config import NOISE_LOSSES, Config
from w2v.text.vocab import Vocab
from w2v.training import tables
from w2v.training.huffman import huffman_tree

Doubles = NDArray[np.float64]
Integers = NDArray[np.int64]

LARGEST_GATHER = 1 << 22  # numbers gathered at a time


class Objective(Protocol):
    """What a held-out pair costs."""

    def losses(self, x: Doubles, outputs: NDArray[np.float32], o: Integers) -> Doubles:
        """Return -J of each pair: sources (pairs, dim), all output rows, targets (pairs,)."""


class Noise:
    """An objective that scores pairs against noise words.

    Parameters
    ----------
    vocab : Vocab
    config : Config
    generator : numpy.random.Generator
        Noise words come from it: the same seed, the same loss.
    """

    def __init__(self, vocab: Vocab, config: Config, generator: np.random.Generator) -> None:
        weights = np.cumsum(tables.noise_weights(vocab.counts, config.noise_exponent))
        self._shares = weights / weights[-1]
        self._negative, self._generator = config.negative, generator
        draws = tables.log_draws(vocab.counts, config.noise_exponent, config.negative)
        self._corrected = config.loss == "nce" or config.log_q
        self._log_draws = draws.astype(np.float64) if self._corrected else np.zeros(len(draws))

    def losses(self, x: Doubles, outputs: NDArray[np.float32], o: Integers) -> Doubles:
        """Return -J of each pair, with noise words drawn for each."""
        found = [np.empty(0)]
        for part in _parts(len(o), (self._negative + 1) * x.shape[1]):
            drawn = self._generator.random((len(o[part]), self._negative))
            noise = np.searchsorted(self._shares, drawn, "right")
            rows = np.column_stack([o[part], noise])
            logits = np.einsum("pd,pkd->pk", x[part], outputs[rows], dtype=np.float64)
            logits -= self._log_draws[rows]
            absent = (noise == o[part, None]) & (not self._corrected)
            found.append(self.of_logits(logits[:, 0], logits[:, 1:], absent))
        return np.concatenate(found)

    def of_logits(self, a: Doubles, b: Doubles, absent: NDArray[np.bool_]) -> Doubles:
        """Return -J by the logits (pairs,) and (pairs, k), of which some are `absent`."""
        raise NotImplementedError


class NegativeSampling(Noise):
    """J = log s(a) + sum_j log s(-b_j), noise that is the target itself left out.

    dJ/da = 1 - s(a), dJ/db_j = -s(b_j). Trained by kernels/skipgram.h and cbow.h, with noise drawn
    once for a block, and kernels/private.h.
    """

    def of_logits(self, a: Doubles, b: Doubles, absent: NDArray[np.bool_]) -> Doubles:
        """Return -J."""
        losses: Doubles = softplus(-a) + np.where(absent, 0.0, softplus(b)).sum(axis=1)
        return losses


class NoiseContrastive(Noise):
    """J = log s(a - log k P_n(o)) + sum_j log s(-(b_j - log k P_n(n_j))).

    Its gradient is that of negative sampling at the lowered logits (Gutmann and Hyvarinen
    2010, Mnih and Teh 2012). Noise that is the target counts: without it the optimum would be
    the odds p / (1 - p) of a word and not its probability. Trained by the same kernels.
    """

    def of_logits(self, a: Doubles, b: Doubles, absent: NDArray[np.bool_]) -> Doubles:
        """Return -J; the logits have been lowered."""
        losses: Doubles = softplus(-a) + softplus(b).sum(axis=1)
        return losses


class SampledSoftmax(Noise):
    """J = a - log(exp(a) + sum_j exp(b_j)), noise that is the target itself left out.

    dJ/da = 1 - p_a, dJ/db_j = -p_j, with p the softmax of a and all b_j. With `log_q` every
    logit is lowered by log(k P_n) first (Bengio and Senecal 2008), and noise that is the
    target counts: then the objective is consistent for any k (Ma and Collins 2018). Trained
    by the same kernels.
    """

    def of_logits(self, a: Doubles, b: Doubles, absent: NDArray[np.bool_]) -> Doubles:
        """Return -J."""
        every = np.column_stack([a, np.where(absent, -np.inf, b)])
        losses: Doubles = np.logaddexp.reduce(every, axis=1) - a
        return losses


class FullSoftmax:
    """J = a - log sum_v exp(x . u_v), v over all words.

    dJ/d(x . u_v) = [v = o] - p_v, with p the softmax of all logits. Trained by
    w2v/training/softmax.py, on numpy's BLAS.
    """

    def losses(self, x: Doubles, outputs: NDArray[np.float32], o: Integers) -> Doubles:
        """Return -J of each pair."""
        found = [np.empty(0)]
        rows = outputs.astype(np.float64)
        for part in _parts(len(o), len(rows)):
            logits = x[part] @ rows.T
            true = logits[np.arange(len(logits)), o[part]]
            found.append(np.logaddexp.reduce(logits, axis=1) - true)
        return np.concatenate(found)


class HierarchicalSoftmax:
    """J = sum over nodes v on the path of o of log s(d_v x . v), d_v = 1 on side 1, else -1.

    dJ/d(x . v) = [d_v = 1] - s(x . v). The path is that of `huffman_tree`, v the node's row of
    the outputs. Trained by kernels/hierarchical.h.
    """

    def __init__(self, vocab: Vocab) -> None:
        self._tree = huffman_tree(vocab.counts)
        self._longest = int(self._tree.lengths.max())

    def losses(self, x: Doubles, outputs: NDArray[np.float32], o: Integers) -> Doubles:
        """Return -J of each pair."""
        found = [np.empty(0)]
        for part in _parts(len(o), self._longest * x.shape[1]):
            pair, nodes, sides = self._tree.paths(o[part])
            logits = np.einsum("nd,nd->n", x[part][pair], outputs[nodes], dtype=np.float64)
            losses = softplus(np.where(sides, -logits, logits))
            sums = np.bincount(pair, losses, minlength=len(o[part]))
            found.append(sums.astype(np.float64))
        return np.concatenate(found)


NOISE_OBJECTIVES: dict[str, type[Noise]] = {
    "ns": NegativeSampling,
    "nce": NoiseContrastive,
    "sampled-softmax": SampledSoftmax,
}


def objective(vocab: Vocab, config: Config, generator: np.random.Generator) -> Objective:
    """Return the objective that `config` names."""
    if config.loss in NOISE_LOSSES:
        return NOISE_OBJECTIVES[config.loss](vocab, config, generator)
    return HierarchicalSoftmax(vocab) if config.loss == "hs" else FullSoftmax()


def softplus(logits: Doubles) -> Doubles:
    """Return log(1 + exp(logits)), which is -log s(-logits)."""
    values: Doubles = np.logaddexp(0.0, logits)
    return values


def _parts(pairs: int, numbers: int) -> Iterator[slice]:
    """Cut so many pairs, each with so many numbers to gather, into bearable stretches."""
    step = max(1, LARGEST_GATHER // numbers)
    return (slice(start, start + step) for start in range(0, pairs, step))
