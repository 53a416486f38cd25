"""95 % intervals by resampling (the percentile bootstrap: Efron, 1979)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from w2v.evaluation.correlation import resampled_spearman
from w2v.evaluation.results import Interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

TIMES = 1_000
_PERCENT = (2.5, 97.5)


def accuracy_interval(correct: int, total: int, rng: np.random.Generator) -> Interval:
    """Return the interval of an accuracy.

    Questions are drawn as if they were independent. They share words, so that the
    true uncertainty about other words is larger.

    Returns
    -------
    tuple of float
        Low and high, 0 to 1; not-a-number without a question.
    """
    if total == 0:
        return float("nan"), float("nan")
    # The correct answers among questions drawn with replacement are binomially
    # distributed: drawing their number is drawing the questions.
    return interval(rng.binomial(total, correct / total, TIMES) / total)


def spearman_interval(
    x: NDArray[np.floating], y: NDArray[np.floating], rng: np.random.Generator
) -> Interval:
    """Return the interval of a rank correlation, pairs being drawn anew.

    Returns
    -------
    tuple of float
        Low and high, -1 to 1; not-a-number if either side does not vary.
    """
    found = resampled_spearman(x, y, TIMES, rng)
    found = found[~np.isnan(found)]
    return interval(found) if len(found) else (float("nan"), float("nan"))


def interval(found: NDArray[np.float64]) -> Interval:
    """Return the middle 95 % of scores of resampled data."""
    low, high = np.percentile(found, _PERCENT).tolist()
    return low, high
