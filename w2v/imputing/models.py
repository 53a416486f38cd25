"""What predicts labels and numbers from vectors: each is a function of known vectors and values."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from w2v.evaluation.known import unit_rows
from w2v.evaluation.logistic import fit, probabilities, scores

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Penalties tried, as shares of the features' mean square.
_PENALTIES = 10.0 ** np.arange(-6, 5)


class Prediction(NamedTuple):
    """Values, and how sure they are.

    Attributes
    ----------
    means, deviations : ndarray of float64, shape (m, columns)
        A label's probability, or a number; and the standard deviation of a number.
    """

    means: NDArray[np.float64]
    deviations: NDArray[np.float64]


Predict = Callable[["NDArray[np.float32]"], Prediction]


def logistic(features: NDArray[np.float32], wanted: NDArray[np.bool_], threads: int) -> Predict:
    """Learn each label against the rest."""
    weights = fit(features, wanted, threads)

    def predict(others: NDArray[np.float32]) -> Prediction:
        chances = probabilities(scores(others, weights))
        return Prediction(chances, np.sqrt(chances * (1 - chances)))

    return predict


def nearest(features: NDArray[np.float32], values: NDArray[np.float64], count: int) -> Predict:
    """Average the values of the `count` vectors with the highest cosines."""
    known = unit_rows(features)
    count = min(count, len(known))

    def predict(others: NDArray[np.float32]) -> Prediction:
        cosines = unit_rows(others) @ known.T
        neighbors = np.argpartition(-cosines, count - 1, axis=1)[:, :count]
        near = values[neighbors]
        return Prediction(near.mean(axis=1), near.std(axis=1))

    return predict


def ridge(features: NDArray[np.float32], values: NDArray[np.float64]) -> Predict:
    """Fit a ridge regression (Hoerl and Kennard, 1970) to each column of values.

    Of several penalties the one is taken that errs least on a value left out, which needs no
    fitting anew: the error is the residual divided by one less its leverage (Golub, Heath and
    Wahba, 1979). The deviation is that of a value to come: noise, and the uncertainty of the
    weights.
    """
    m, dim = features.shape
    center, mean = features.mean(axis=0, dtype=np.float64), values.mean(axis=0)
    samples = features.astype(np.float64) - center
    squares, axes = np.linalg.eigh(samples.T @ samples)
    squares = squares.clip(min=0)
    turned = samples @ axes
    # Any will do where no feature varies.
    penalties = _PENALTIES * (float(squares.sum()) / dim or 1.0)

    def fitted(penalty: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        weights = turned.T @ (values - mean) / (squares + penalty)[:, None]
        return weights, values - mean - turned @ weights

    def left_out(penalty: float) -> float:
        leverage = 1 / m + turned**2 @ (1 / (squares + penalty))
        errors = fitted(penalty)[1] / np.maximum(1 - leverage, 1e-9)[:, None]
        return float((errors**2).sum())

    penalty = min(penalties.tolist(), key=left_out)
    weights, residuals = fitted(penalty)
    freedom = max(m - 1 - float((squares / (squares + penalty)).sum()), 1.0)
    noise = (residuals**2).sum(axis=0) / freedom

    def predict(others: NDArray[np.float32]) -> Prediction:
        rows = (others.astype(np.float64) - center) @ axes
        spread = 1 + 1 / m + rows**2 @ (1 / (squares + penalty))
        return Prediction(mean + rows @ weights, np.sqrt(spread[:, None] * noise))

    return predict
