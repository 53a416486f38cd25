"""Link prediction: how well vectors tell held-out edges from pairs that are none."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from w2v.errors import ConfigError, DataError
from w2v.evaluation.edges import EdgeSet, draw_non_edges
from w2v.evaluation.known import check_finite
from w2v.evaluation.logistic import fit, require, scores
from w2v.evaluation.pairs import pair_cosines
from w2v.evaluation.ranking import ranking, ranking_intervals
from w2v.evaluation.results import Interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from w2v.vectors import Vectors

Feature = Literal["dot", "cosine", "hadamard"]
FEATURES: tuple[Feature, ...] = ("dot", "cosine", "hadamard")
FOLDS = 5
# Pairs scored together: some 100 MB of float64.
_PAIRS = 1 << 15


@dataclasses.dataclass(frozen=True)
class LinkTest:
    """Held-out edges, and what they are to be told from.

    Attributes
    ----------
    links : EdgeSet
        The held-out edges.
    non_links : EdgeSet or None
        Pairs that are no edges; without them as many are drawn as there are links.
    known_links : EdgeSet or None
        Edges that are not to be drawn, beside `links`: those the vectors were made from.
    features : tuple of {"dot", "cosine", "hadamard"}
        What is made of the vectors of a pair.

    Raises
    ------
    ConfigError
        There is no feature, `known_links` have no use, or scikit-learn is not installed and
        ``hadamard`` needs it.
    """

    links: EdgeSet
    non_links: EdgeSet | None = None
    known_links: EdgeSet | None = None
    features: tuple[Feature, ...] = FEATURES

    def __post_init__(self) -> None:
        for feature in self.features:
            if feature not in FEATURES:
                raise ConfigError(f"no feature {feature!r}: give {', '.join(FEATURES)}")
        if not self.features:
            raise ConfigError(f"no feature: give some of {', '.join(FEATURES)}")
        if self.non_links is not None and self.known_links is not None:
            raise ConfigError(
                "known links only keep edges from being drawn, and non-links are given: leave "
                "one of them out"
            )
        if "hadamard" in self.features:
            try:
                require()
            except ConfigError as error:
                raise ConfigError(f"{error}, or do without the feature hadamard") from error


class FeatureResult(NamedTuple):
    """The outcome with one feature: AUC and average precision, 0 to 1, with 95 % intervals."""

    feature: Feature
    auc: float
    auc_interval: Interval
    precision: float
    precision_interval: Interval


class LinkResult(NamedTuple):
    """The outcome of a set of links.

    Attributes
    ----------
    pairs : int
        Links and non-links together.
    links, non_links : int
        Those of which both nodes have a vector: the others are left out.
    drawn : bool
        Whether the non-links were drawn.
    features : tuple of FeatureResult
    """

    pairs: int
    links: int
    non_links: int
    drawn: bool
    features: tuple[FeatureResult, ...]


def score_links(vectors: Vectors, test: LinkTest, seed: int = 1) -> LinkResult:
    """Score held-out edges against pairs that are none.

    ``dot`` and ``cosine`` score a pair at once. ``hadamard`` (Grover and Leskovec, 2016)
    multiplies the two vectors number by number and learns from four fifths of the pairs, by
    logistic regression, to score the last fifth, in turn. None knows a direction.

    Parameters
    ----------
    vectors : Vectors
        Of the nodes, made without the held-out edges.
    test : LinkTest
        Links and non-links.
    seed : int
        Of drawn pairs, of the fifths and of the intervals.

    Returns
    -------
    LinkResult

    Raises
    ------
    DataError
        No link or no non-link has two vectors, or too few for ``hadamard``; or a vector is
        not finite.
    """
    rng = np.random.default_rng(seed)
    links = _rows(test.links, vectors)
    if test.non_links is None:
        taken = links
        if test.known_links is not None:
            taken = np.concatenate([links, _rows(test.known_links, vectors)])
        non_links = draw_non_edges(len(vectors), taken, len(links), rng)
        if not len(non_links):
            raise DataError(f"{test.links.name}: every pair of nodes is an edge: give --non-links")
        given = len(test.links.pairs) + len(non_links)
    else:
        non_links = _rows(test.non_links, vectors)
        given = len(test.links.pairs) + len(test.non_links.pairs)
    pairs = np.concatenate([links, non_links])
    check_finite(vectors, np.unique(pairs))
    right = np.arange(len(pairs)) < len(links)
    results = []
    for feature in test.features:
        found = _score(vectors.matrix, pairs, right, feature, test.links.name, rng)
        auc, precision = ranking(found, right)
        intervals = ranking_intervals(found, right, rng)
        results.append(FeatureResult(feature, auc, intervals[0], precision, intervals[1]))
    drawn = test.non_links is None
    return LinkResult(given, len(links), len(non_links), drawn, tuple(results))


def _rows(edges: EdgeSet, vectors: Vectors) -> NDArray[np.intp]:
    """Return the rows of both nodes of each pair that has them; shape (m, 2)."""
    found = [
        (vectors.row(a), vectors.row(b)) for a, b in edges.pairs if a in vectors and b in vectors
    ]
    if not found:
        raise DataError(
            f"{edges.name}: none of its pairs ({len(edges.pairs):,}) has two vectors: spell the "
            "nodes as the vectors do"
        )
    return np.array(found, dtype=np.intp)


def _score(
    matrix: NDArray[np.float32],
    pairs: NDArray[np.intp],
    right: NDArray[np.bool_],
    feature: Feature,
    name: str,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    if feature == "hadamard":
        return _score_products(matrix, pairs, right, name, rng)
    score = pair_cosines if feature == "cosine" else _dots
    return np.concatenate(
        [score(matrix, pairs[start : start + _PAIRS]) for start in range(0, len(pairs), _PAIRS)]
    )


def _dots(matrix: NDArray[np.float32], pairs: NDArray[np.intp]) -> NDArray[np.float64]:
    left, right = (matrix[side].astype(np.float64) for side in pairs.T)
    dots: NDArray[np.float64] = np.einsum("ij,ij->i", left, right)
    return dots


def _score_products(
    matrix: NDArray[np.float32],
    pairs: NDArray[np.intp],
    right: NDArray[np.bool_],
    name: str,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Score each fold of the pairs by what was learned from the others."""
    fold = np.empty(len(pairs), dtype=np.intp)
    for side in (right, ~right):
        count = int(side.sum())
        if count < FOLDS:
            raise DataError(
                f"{name}: {count} links or non-links: the feature hadamard takes {FOLDS} of each"
            )
        fold[side] = rng.permutation(count) % FOLDS
    found = np.empty(len(pairs))
    products = matrix[pairs[:, 0]] * matrix[pairs[:, 1]]
    for number in range(FOLDS):
        tested = fold == number
        weights = fit(products[~tested], right[~tested, None])
        found[tested] = scores(products[tested], weights)[:, 0]
    return found
