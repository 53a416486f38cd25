"""From known labels and numbers to those of all other nodes, and how well that goes."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from w2v.errors import ConfigError, DataError
from w2v.evaluation.known import check_finite
from w2v.evaluation.labels import LabelSet, NumberSet, known_rows, match_labels
from w2v.evaluation.logistic import require
from w2v.imputing.models import Predict, Prediction, logistic, nearest, ridge

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from w2v.vectors import Vectors

Method = Literal["logistic", "ridge", "knn"]
METHODS: tuple[Method, ...] = ("logistic", "ridge", "knn")
# The held-out part is one in so many.
PARTS = 5
# Of a number's size: squares of it and of what is estimated have to stay finite.
LARGEST = 1e100
# Cosines computed together, 64 MB, and nodes filled in together at most.
_COSINES = 1 << 24
_MOST = 4096


@dataclasses.dataclass(frozen=True, kw_only=True)
class Imputing:
    """How labels or numbers are filled in.

    Attributes
    ----------
    method : {"logistic", "ridge", "knn"}
        Logistic regression for labels, one against the rest, which needs scikit-learn; ridge
        regression for numbers; or, for either, the nodes with the most similar vectors.
    neighbors : int
        How many of them, 1 or more (`method` = knn).
    seed : int
        Of the fifth that is held out.
    threads : int
        How many labels are learned at a time.

    Raises
    ------
    ConfigError
        There is no such method, or no neighbor.
    """

    method: Method = "logistic"
    neighbors: int = 10
    seed: int = 1
    threads: int = 1

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise ConfigError(f"method is {self.method!r}: give {', '.join(METHODS)}")
        if self.neighbors < 1:
            raise ConfigError(f"neighbors is {self.neighbors}: give 1 or more")


class Score(NamedTuple):
    """How well the held-out fifth was filled in from the others.

    Attributes
    ----------
    nodes : int
        The fifth.
    measures : dict of str to float
        For labels ``accuracy``, the share of nodes whose likeliest label is one of theirs, and
        ``most_frequent``, that of giving everybody the most frequent label. For numbers ``r2``,
        the share of their variance that is explained (below 0 if their mean is a better
        guess), and ``mean_absolute_error``.
    """

    nodes: int
    measures: dict[str, float]


class Filled(NamedTuple):
    """A node that was filled in.

    Attributes
    ----------
    node : str
    value : str or float
        A label or a number.
    confidence : float
        The probability of the label, or the standard deviation of the number.
    """

    node: str
    value: str | float
    confidence: float


class Imputed(NamedTuple):
    """What is filled in, and how well.

    Attributes
    ----------
    given, known : int
        Nodes in the file, and those of them that have a vector.
    wanting : int
        Nodes to be filled in.
    score : Score
        Of the held-out fifth.
    filled : iterator of Filled
        In the order of the vectors, the likeliest label of each first.
    """

    given: int
    known: int
    wanting: int
    score: Score
    filled: Iterator[Filled]


def impute_labels(vectors: Vectors, labels: LabelSet, how: Imputing, top: int = 1) -> Imputed:
    """Fill in the labels of all nodes that have a vector and no label.

    Parameters
    ----------
    vectors : Vectors
        Of all nodes.
    labels : LabelSet
        Those that are known.
    how : Imputing
    top : int
        How many labels a node gets, each with its probability: that of one label against the
        rest, or with ``knn`` the share of neighbors that have it.

    Raises
    ------
    DataError
        Fewer than five nodes have a vector, they have one label together, or a vector is not
        finite.
    ConfigError
        The method is for numbers, or scikit-learn is not installed.
    """
    if how.method == "ridge":
        raise ConfigError("method is ridge, which is for numbers: give logistic or knn for labels")
    if how.method == "logistic":
        require()
    known = match_labels(labels, vectors)

    def learn(features: NDArray[np.float32], wanted: NDArray[np.bool_]) -> Predict:
        if how.method == "knn":
            return nearest(features, wanted.astype(np.float64), how.neighbors)
        return logistic(features, wanted, how.threads)

    learned, held = _hold_out(labels.name, len(known.rows), how.seed)
    features, wanted = vectors.matrix[known.rows], known.wanted
    found = _all(learn(features[learned], wanted[learned]), features[held], len(learned))
    best = found.means.argmax(axis=1)
    commonest = wanted[learned].sum(axis=0).argmax()
    measures = {
        "accuracy": float(wanted[held, best].mean()),
        "most_frequent": float(wanted[held, commonest].mean()),
    }

    def fill(rows: NDArray[np.intp], found: Prediction) -> Iterator[Filled]:
        order = np.argsort(-found.means, axis=1, kind="stable")[:, :top]
        for row, columns, chances in zip(rows.tolist(), order, found.means, strict=True):
            for column in columns:
                yield Filled(vectors.words[row], known.classes[column], float(chances[column]))

    return _impute(
        vectors, labels.labels, known.rows, Score(len(held), measures),
        lambda: learn(features, wanted), fill,
    )  # fmt: skip


def impute_numbers(vectors: Vectors, numbers: NumberSet, how: Imputing) -> Imputed:
    """Fill in the numbers of all nodes that have a vector and no number.

    Parameters
    ----------
    vectors : Vectors
        Of all nodes.
    numbers : NumberSet
        Those that are known.
    how : Imputing

    Raises
    ------
    DataError
        Fewer than five nodes have a vector, a vector is not finite, or a number is beyond
        1e100 or -1e100.
    ConfigError
        The method is for labels.
    """
    if how.method == "logistic":
        raise ConfigError("method is logistic, which is for labels: give ridge or knn for numbers")
    nodes = [node for node in numbers.numbers if node in vectors]
    rows = known_rows(numbers.name, nodes, len(numbers.numbers), vectors)
    values = np.array([[numbers.numbers[node]] for node in nodes])
    largest = int(np.abs(values).argmax())
    if abs(values[largest, 0]) > LARGEST:
        raise DataError(
            f"{numbers.name}: the number of {nodes[largest]!r} is {values[largest, 0]:g}: "
            f"squares of numbers beyond {LARGEST:g} are infinite: divide all of them"
        )

    def learn(features: NDArray[np.float32], values: NDArray[np.float64]) -> Predict:
        if how.method == "knn":
            return nearest(features, values, how.neighbors)
        return ridge(features, values)

    learned, held = _hold_out(numbers.name, len(rows), how.seed)
    features = vectors.matrix[rows]
    found = _all(learn(features[learned], values[learned]), features[held], len(learned))
    errors = (found.means - values[held])[:, 0]
    variance = float(((values[held] - values[held].mean()) ** 2).sum())
    measures = {
        "r2": 1 - float((errors**2).sum()) / variance if variance else float("nan"),
        "mean_absolute_error": float(np.abs(errors).mean()),
    }

    def fill(rows: NDArray[np.intp], found: Prediction) -> Iterator[Filled]:
        for row, mean, deviation in zip(rows.tolist(), *found, strict=True):
            yield Filled(vectors.words[row], float(mean[0]), float(deviation[0]))

    return _impute(
        vectors, numbers.numbers, rows, Score(len(held), measures),
        lambda: learn(features, values), fill,
    )  # fmt: skip


def _hold_out(name: str, count: int, seed: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the places to learn from, and the fifth to test with."""
    if count < PARTS:
        raise DataError(
            f"{name}: {count} of its nodes have a vector: a fifth of them is held out to tell "
            f"how well it goes, which takes {PARTS}"
        )
    order = np.random.default_rng(seed).permutation(count)
    return order[count // PARTS :], order[: count // PARTS]


def _impute(
    vectors: Vectors,
    given: Iterable[str],
    known: NDArray[np.intp],
    score: Score,
    learn: Callable[[], Predict],
    fill: Callable[[NDArray[np.intp], Prediction], Iterator[Filled]],
) -> Imputed:
    """Learn from all that is known, and fill in the rest part by part."""
    names = set(given)
    others = dict.fromkeys(word for word in vectors.words if word not in names)
    rest = np.array([vectors.row(word) for word in others], dtype=np.intp)
    check_finite(vectors, rest)

    def filled() -> Iterator[Filled]:
        predict = learn()
        for part in _parts(rest, len(known)):
            yield from fill(part, predict(vectors.matrix[part]))

    return Imputed(len(names), len(known), len(rest), score, filled() if len(rest) else iter(()))


def _all(predict: Predict, features: NDArray[np.float32], known: int) -> Prediction:
    parts = [predict(features[part]) for part in _parts(np.arange(len(features)), known)]
    means, deviations = (np.concatenate(side) for side in zip(*parts, strict=True))
    return Prediction(means, deviations)


def _parts(rows: NDArray[np.intp], known: int) -> Iterator[NDArray[np.intp]]:
    step = max(1, min(_MOST, _COSINES // known))
    for start in range(0, len(rows), step):
        yield rows[start : start + step]
