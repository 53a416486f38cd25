"""How well scores put some things before others: AUC and average precision, ties told rightly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from w2v.evaluation.bootstrap import TIMES, interval
from w2v.evaluation.results import Interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Numbers drawn for one pair of intervals, and the fewest samples whatever that takes.
_DRAWN = 20_000_000
_FEWEST = 100
# Weights handled together: 8 MB of float64.
_WEIGHTS = 1 << 20


def ranking(scores: NDArray[np.floating], right: NDArray[np.bool_]) -> tuple[float, float]:
    """Return AUC and average precision.

    AUC is the share of pairs (one right, one wrong) that the scores put in order, equal scores
    counting half. Average precision is the mean, over the right ones, of the share of right
    ones among all that score no lower.

    Parameters
    ----------
    scores : ndarray of float, shape (n,)
        Finite or infinite.
    right : ndarray of bool, shape (n,)
        At least one is true and one false.

    Returns
    -------
    tuple of float
        0 to 1 each.
    """
    auc, precision = _weighted(scores, right, np.ones((1, len(scores))))
    return float(auc[0]), float(precision[0])


def ranking_intervals(
    scores: NDArray[np.floating], right: NDArray[np.bool_], rng: np.random.Generator
) -> tuple[Interval, Interval]:
    """Return the 95 % intervals of AUC and of average precision.

    Right and wrong ones are drawn anew apart from each other, a thousand times; with more than
    20,000 of them less often, but a hundred times at least.
    """
    n = len(scores)
    times = min(TIMES, max(_FEWEST, _DRAWN // n))
    sides = [np.flatnonzero(right), np.flatnonzero(~right)]
    found = []
    step = max(1, _WEIGHTS // n)
    for start in range(0, times, step):
        weights = np.empty((min(step, times - start), n))
        for row in weights:
            for side in sides:
                drawn = rng.integers(0, len(side), len(side))
                row[side] = np.bincount(drawn, minlength=len(side))
        found.append(_weighted(scores, right, weights))
    auc, precision = (np.concatenate(side) for side in zip(*found, strict=True))
    return interval(auc), interval(precision)


def _weighted(
    scores: NDArray[np.floating], right: NDArray[np.bool_], weights: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return both for several samples; `weights` (samples, n) say how often each score is in."""
    order = np.argsort(-scores, kind="stable")
    falling = scores[order]
    # Equal scores stand or fall together.
    first = np.flatnonzero(np.r_[True, falling[1:] != falling[:-1]])
    weights = weights[:, order]
    good = np.add.reduceat(weights * right[order], first, axis=1)
    bad = np.add.reduceat(weights * ~right[order], first, axis=1)
    good_above, bad_above = np.cumsum(good, axis=1), np.cumsum(bad, axis=1)
    all_good, all_bad = good_above[:, -1], bad_above[:, -1]
    auc = 1 - np.einsum("ij,ij->i", good, bad_above - bad / 2) / (all_good * all_bad)
    above = good_above + bad_above
    precision = np.einsum("ij,ij->i", good, good_above / np.maximum(above, 1)) / all_good
    return auc, precision
