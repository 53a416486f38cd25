"""Logistic regression, one label against the rest: the only place that needs scikit-learn."""

from __future__ import annotations

import warnings
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

from w2v.errors import ConfigError

if TYPE_CHECKING:
    from numpy.typing import NDArray

# The gradient of the mean loss at which fitting ends. The default, 1e-4, is reached before rare
# labels have moved; from 1e-5 on F1 on BlogCatalog is that of liblinear to the third decimal.
_TOLERANCE = 1e-6
_STEPS = 10_000


def require() -> Any:
    """Import scikit-learn; return its logistic regression.

    Raises
    ------
    ConfigError
        It is not installed; the message names the extra that brings it. Or it is, and broken.
    """
    try:
        from sklearn import linear_model  # noqa: PLC0415
    except Exception as error:  # compiled for another numpy, it may raise anything
        if isinstance(error, ModuleNotFoundError) and error.name == "sklearn":
            raise ConfigError(
                "logistic regression needs scikit-learn: pip install 'w2v[labels]'"
            ) from error
        raise ConfigError(
            "logistic regression needs scikit-learn, which is installed but cannot be imported "
            f"({type(error).__name__}: {error}): install it anew"
        ) from error
    return linear_model.LogisticRegression


def fit(features: NDArray[Any], wanted: NDArray[np.bool_], threads: int = 1) -> NDArray[np.float64]:
    """Fit one logistic regression per label, with an L2 penalty and C = 1.

    The intercept is the weight of a feature that is always 1 and is penalized like the others:
    that is the problem that liblinear solves, with which DeepWalk was scored (Perozzi, Al-Rfou
    and Skiena, 2014), solved with L-BFGS, which is several times as fast.

    Parameters
    ----------
    features : ndarray of float, shape (m, dim)
        Finite.
    wanted : ndarray of bool, shape (m, labels)
        Which has which label.
    threads : int
        How many labels are fitted at a time.

    Returns
    -------
    ndarray of float64, shape (dim + 1, labels)
        For `scores`. A label that none has, or all, scores minus or plus infinity.

    Raises
    ------
    ConfigError
        scikit-learn is not installed.
    """
    regression = require()
    from threadpoolctl import threadpool_limits  # noqa: PLC0415 -- scikit-learn brings it

    samples = _with_ones(features)
    weights = np.zeros((samples.shape[1], wanted.shape[1]))

    def fit_label(label: int) -> None:
        own = wanted[:, label]
        if own.all() or not own.any():
            weights[-1, label] = np.inf if own.all() else -np.inf
            return
        model = regression(fit_intercept=False, tol=_TOLERANCE, max_iter=_STEPS)
        weights[:, label] = model.fit(samples, own).coef_[0]

    # Products this small are slower with threads of their own, on a busy machine a hundredfold.
    limit = threadpool_limits(1)
    with limit, warnings.catch_warnings(), ThreadPoolExecutor(threads) as pool:
        # Said of the last digits, where a line search can get no further; by name, since
        # the class is scikit-learn's.
        warnings.filterwarnings("ignore", message="(?s).*lbfgs failed to converge")
        list(pool.map(fit_label, range(wanted.shape[1])))
    return weights


def scores(features: NDArray[Any], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the log-odds of each label, shape (m, labels)."""
    odds: NDArray[np.float64] = features.astype(np.float64) @ weights[:-1] + weights[-1]
    return odds


def probabilities(odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the probabilities that belong to log-odds."""
    # exp of what is not above 0 cannot overflow.
    small = np.exp(-np.abs(odds))
    found: NDArray[np.float64] = np.where(odds >= 0, 1, small) / (1 + small)
    return found


def _with_ones(features: NDArray[Any]) -> NDArray[np.float64]:
    samples = np.ones((len(features), features.shape[1] + 1))
    samples[:, :-1] = features
    return samples
