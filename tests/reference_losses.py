"""Every loss by its formula, in float64, with its gradient."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def sigmoid(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))


def objective(
    x: Array,
    y: Array,
    z: Array,
    weights: Array,
    noise_weights: Array,
    y_shift: Array | float = 0.0,
    z_shift: Array | float = 0.0,
) -> float:
    """Return J of kernel.md, section 2, for contexts x, centers y and noise words z.

    `weights` (contexts, centers) are those of the pairs; `noise_weights` (contexts, noise)
    what each noise pair counts, k / N included. The shifts (centers,), (noise,) are what nce
    subtracts from logits.
    """
    pairs = weights * np.log(sigmoid(x @ y.T - y_shift))
    noise = noise_weights * np.log(sigmoid(-(x @ z.T - z_shift)))
    return float(pairs.sum() + noise.sum())


def coefficients(
    x: Array,
    y: Array,
    z: Array,
    weights: Array,
    noise_weights: Array,
    y_shift: Array | float = 0.0,
    z_shift: Array | float = 0.0,
) -> tuple[Array, Array]:
    """Return dJ / d(x . y) and dJ / d(x . z) for all pairs."""
    pairs = weights * (1 - sigmoid(x @ y.T - y_shift))
    return pairs, -noise_weights * sigmoid(x @ z.T - z_shift)


def gradient(
    x: Array, y: Array, z: Array, weights: Array, noise_weights: Array
) -> tuple[Array, Array, Array]:
    """Return dJ/dx, dJ/dy and dJ/dz."""
    pairs, noise = coefficients(x, y, z, weights, noise_weights)
    return pairs @ y + noise @ z, pairs.T @ x, noise.T @ x


def pair_objective(loss: str, a: float, b: Array, share: float) -> float:
    """Return J of one source and its center.

    `a` is the logit of the center, `b` (k,) those of the noise words, each of which counts
    `share`; what a loss subtracts from logits has been subtracted.
    """
    if loss == "sampled-softmax":
        return a - float(np.log(np.exp(a) + share * np.exp(b).sum()))
    return float(np.log(sigmoid(np.float64(a))) + share * np.log(sigmoid(-b)).sum())


def pair_gradient(loss: str, a: float, b: Array, share: float) -> tuple[float, Array]:
    """Return dJ/da and dJ/db of `pair_objective`."""
    if loss == "sampled-softmax":
        whole = np.exp(a) + share * np.exp(b).sum()
        return 1 - float(np.exp(a) / whole), -share * np.exp(b) / whole
    return 1 - float(sigmoid(np.float64(a))), -share * sigmoid(b)


def softmax_objective(x: Array, outputs: Array, row: int) -> float:
    """Return J of a source x (dim,) and its center `row` over all output rows (words, dim)."""
    logits = outputs @ x
    return float(logits[row] - np.log(np.exp(logits).sum()))


def softmax_gradient(x: Array, outputs: Array, row: int) -> tuple[Array, Array]:
    """Return dJ/dx and dJ/doutputs of `softmax_objective`."""
    logits = outputs @ x
    coefficients = -np.exp(logits) / np.exp(logits).sum()
    coefficients[row] += 1
    return coefficients @ outputs, np.outer(coefficients, x)
