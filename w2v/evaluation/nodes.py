"""Node classification: how well a linear model reads the labels of nodes off their vectors."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from w2v.errors import ConfigError, DataError
from w2v.evaluation.labels import Labeled, LabelSet, match_labels
from w2v.evaluation.logistic import fit, scores

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from w2v.vectors import Vectors

PERCENTS = (10, 20, 30, 40, 50, 60, 70, 80, 90)


@dataclasses.dataclass(frozen=True)
class LabelTest:
    """Labels, and how nodes are divided to learn them.

    Attributes
    ----------
    labels : LabelSet
        What is to be found.
    percents : tuple of float
        Shares of the nodes to learn from, in percent, each between 0 and 100.
    splits : int
        How often the nodes are divided at random.

    Raises
    ------
    ConfigError
        A share is not between 0 and 100, or there is no split.
    """

    labels: LabelSet
    percents: tuple[float, ...] = PERCENTS
    splits: int = 10

    def __post_init__(self) -> None:
        for percent in self.percents:
            if not 0 < percent < 100:
                raise ConfigError(f"a ratio is {percent:g}: give percents between 0 and 100")
        if not self.percents or self.splits < 1:
            raise ConfigError("no ratio or no split: give at least one of each")


class Spread(NamedTuple):
    """A score in several splits."""

    values: tuple[float, ...]

    @property
    def mean(self) -> float:
        """The mean of the splits."""
        return float(np.mean(self.values))

    @property
    def deviation(self) -> float:
        """The standard deviation between splits; not-a-number of one."""
        return float(np.std(self.values, ddof=1)) if len(self.values) > 1 else float("nan")


class RatioResult(NamedTuple):
    """The outcome for one share of nodes to learn from.

    Attributes
    ----------
    percent : float
        The share.
    learned, tested : int
        Nodes that were learned from, and those predicted.
    micro, macro : Spread
        F1 of all predictions together, and the mean of the labels' F1.
    """

    percent: float
    learned: int
    tested: int
    micro: Spread
    macro: Spread


class LabelResult(NamedTuple):
    """The outcome of a set of labels.

    Attributes
    ----------
    nodes : int
        Nodes in the file.
    known : int
        Nodes that have a vector: the others are left out.
    labels : int
        Labels of the known nodes.
    ratios : tuple of RatioResult
    """

    nodes: int
    known: int
    labels: int
    ratios: tuple[RatioResult, ...]


def score_labels(vectors: Vectors, test: LabelTest, seed: int = 1, threads: int = 1) -> LabelResult:
    """Classify nodes by logistic regression on their vectors, as DeepWalk was scored.

    One label against the rest; a node is given as many labels as it has, the likeliest ones;
    the vectors are taken as they are (Perozzi, Al-Rfou and Skiena, 2014, after Tang and Liu,
    2009). All shares of a split are the beginnings of one order.

    Parameters
    ----------
    vectors : Vectors
        Of the nodes.
    test : LabelTest
        Labels, shares and splits.
    seed : int
        Of the splits.
    threads : int
        How many labels are learned at a time.

    Returns
    -------
    LabelResult
        F1, 0 to 1. A label that is neither there nor predicted counts as 0 in the mean.

    Raises
    ------
    DataError
        No node has a vector, there is one label only, or a share leaves no node.
    ConfigError
        scikit-learn is not installed.
    """
    known = match_labels(test.labels, vectors)
    features = vectors.matrix[known.rows]
    ratios = []
    for percent in test.percents:
        count = int(len(known.rows) * percent / 100)
        if not 0 < count < len(known.rows):
            raise DataError(
                f"{test.labels.name}: {percent:g} % of {len(known.rows)} nodes leaves none to "
                "learn from or to test: give other ratios or more nodes"
            )
        found = [
            _score_split(features, known, count, np.random.default_rng([seed, split]), threads)
            for split in range(test.splits)
        ]
        micro, macro = (Spread(tuple(side)) for side in zip(*found, strict=True))
        ratios.append(RatioResult(percent, count, len(known.rows) - count, micro, macro))
    given = len(test.labels.labels)
    return LabelResult(given, len(known.rows), len(known.classes), tuple(ratios))


def _score_split(
    features: NDArray[np.float32],
    known: Labeled,
    count: int,
    rng: np.random.Generator,
    threads: int,
) -> tuple[float, float]:
    order = rng.permutation(len(features))
    learned, tested = order[:count], order[count:]
    weights = fit(features[learned], known.wanted[learned], threads)
    wanted = known.wanted[tested]
    return f1(wanted, likeliest(scores(features[tested], weights), wanted.sum(axis=1)))


def likeliest(odds: NDArray[np.float64], counts: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Mark the highest scores of each row.

    Parameters
    ----------
    odds : ndarray of float64, shape (m, labels)
        Of equal ones the first is the higher.
    counts : ndarray of int, shape (m,)
        How many to mark.

    Returns
    -------
    ndarray of bool, shape (m, labels)
    """
    order = np.argsort(-odds, axis=1, kind="stable")
    marked = np.zeros(odds.shape, dtype=np.bool_)
    chosen = np.arange(odds.shape[1]) < counts[:, None]
    np.put_along_axis(marked, order, chosen, axis=1)
    return marked


def f1(wanted: NDArray[np.bool_], found: NDArray[np.bool_]) -> tuple[float, float]:
    """Return the F1 of all predictions together, and the mean of the labels' F1.

    Parameters
    ----------
    wanted, found : ndarray of bool, shape (m, labels)

    Returns
    -------
    tuple of float
        Micro and macro, 0 to 1; 0 where nothing is wanted and nothing found.
    """
    right = (wanted & found).sum(axis=0)
    both = wanted.sum(axis=0) + found.sum(axis=0)
    macro = np.mean(2 * right / np.maximum(both, 1))
    return float(2 * right.sum() / max(int(both.sum()), 1)), float(macro)
