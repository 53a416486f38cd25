"""Rank correlation, of data and of resampled data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Weights handled together: 8 MB of float64.
_WEIGHTS = 1 << 20


def spearman(x: NDArray[np.floating], y: NDArray[np.floating]) -> float:
    """Return Spearman's rank correlation, equal values getting the mean of their ranks.

    Parameters
    ----------
    x, y : ndarray of float, shape (n,)
        Finite values.

    Returns
    -------
    float
        -1 to 1; not-a-number if either side does not vary.
    """
    return float(weighted_spearman(x, y, np.ones((1, len(x))))[0])


def weighted_spearman(
    x: NDArray[np.floating], y: NDArray[np.floating], weights: NDArray[np.floating]
) -> NDArray[np.float64]:
    """Return the rank correlation of several samples of the same data.

    Parameters
    ----------
    x, y : ndarray of float, shape (n,)
        Finite values.
    weights : ndarray of float, shape (samples, n)
        How often each value is in each sample; every sample has the same size.

    Returns
    -------
    ndarray of float64, shape (samples,)
        Not-a-number where either side does not vary.
    """
    middle = (weights[0].sum() + 1) / 2
    # Sorting once serves all samples: their ranks are running sums of weights.
    left, right = (_ranks(values, weights) - middle for values in (x, y))
    products = np.einsum("ij,ij,ij->i", weights, left, right)
    spreads = np.einsum("ij,ij,ij->i", weights, left, left)
    spreads *= np.einsum("ij,ij,ij->i", weights, right, right)
    constant = spreads <= 0
    spreads[constant] = 1
    correlations: NDArray[np.float64] = products / np.sqrt(spreads)
    correlations[constant] = np.nan
    return correlations


def resampled_spearman(
    x: NDArray[np.floating], y: NDArray[np.floating], times: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Return the rank correlations of `times` samples drawn from the pairs with replacement.

    Returns
    -------
    ndarray of float64, shape (times,)
        Not-a-number for samples of which either side does not vary.
    """
    n = len(x)
    step = max(1, _WEIGHTS // n)
    found = []
    for start in range(0, times, step):
        counts = rng.multinomial(n, np.full(n, 1 / n), size=min(step, times - start))
        found.append(weighted_spearman(x, y, counts.astype(np.float64)))
    return np.concatenate(found)


def _ranks(values: NDArray[np.floating], weights: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return ranks from 1 in each sample, the mean of their ranks for equal values."""
    _, first, group = np.unique(
        values[order := np.argsort(values, kind="stable")], return_index=True, return_inverse=True
    )
    sizes = np.add.reduceat(weights[:, order], first, axis=1)
    means = np.cumsum(sizes, axis=1) - (sizes - 1) / 2
    ranks = np.empty(weights.shape)
    ranks[:, order] = means[:, group]
    return ranks
