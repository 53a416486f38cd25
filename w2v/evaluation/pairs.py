"""Word similarity: how nearly cosines order word pairs as people do."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import numpy as np

from w2v.errors import DataError
from w2v.evaluation.bootstrap import spearman_interval
from w2v.evaluation.correlation import spearman
from w2v.evaluation.known import Known
from w2v.evaluation.results import SimilarityResult
from w2v.evaluation.rules import Rules
from w2v.evaluation.sets import read_set
from w2v.evaluation.wordpairs import PairSet

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from w2v.vectors import Vectors

# Of float64's sixteen, those that rounding errors of sums over a thousand numbers leave alone.
_DECIMALS = 12


def similarity(
    vectors: Vectors, path: str | os.PathLike[str], *, lowercase: bool = True
) -> SimilarityResult:
    """Correlate cosines with people's judgments of how alike two words are.

    Parameters
    ----------
    vectors : Vectors
        The words and their vectors.
    path : str or os.PathLike
        A file that `read_set` finds to hold word pairs.
    lowercase : bool
        Compare words regardless of case; of several spellings the first row counts.

    Returns
    -------
    SimilarityResult
        Spearman's rank correlation, tied ranks averaged, and counts.

    Raises
    ------
    FileError
        The file cannot be read.
    DataError
        It holds something else, or fewer than two pairs are in the vocabulary.
    """
    pairs = read_set(path)
    if not isinstance(pairs, PairSet):
        raise DataError(f"{os.fspath(path)}: holds questions: give two words and a number a line")
    return score_pairs(vectors, pairs, Rules(case="lower" if lowercase else "keep"))


def score_pairs(vectors: Vectors, pairs: PairSet, rules: Rules) -> SimilarityResult:
    """Score word pairs.

    Raises
    ------
    DataError
        Fewer than two pairs are in the vocabulary.
    """
    known = Known(vectors, rules.rows(None), lowercase=rules.case == "lower")
    rows = np.array([(known.row(a), known.row(b)) for a, b, _ in pairs.pairs], dtype=np.intp)
    scores = np.array([score for *_, score in pairs.pairs])
    found: NDArray[np.bool_] = np.all(rows >= 0, axis=1)
    count = int(found.sum())
    if count < 2:
        raise DataError(
            f"{pairs.name}: {count} of {len(rows)} pairs are in the vocabulary "
            f"({len(known):,} words): a correlation takes two"
        )
    cosines = np.zeros(len(rows))
    cosines[found] = pair_cosines(known.matrix, rows[found])
    if rules.oov == "skip":
        cosines, scores = cosines[found], scores[found]
    return SimilarityResult(
        spearman=spearman(cosines, scores),
        pairs=len(scores),
        skipped=len(rows) - len(scores),
        known=count,
        interval=spearman_interval(cosines, scores, np.random.default_rng(rules.seed)),
    )


def pair_cosines(matrix: NDArray[np.float32], rows: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the cosine of each pair of rows; 0 where a row has no direction."""
    left, right = (_unit(matrix[side]) for side in rows.T)
    # Vectors that point the same way must tie, whatever their lengths were rounded to.
    cosines: NDArray[np.float64] = np.einsum("ij,ij->i", left, right).round(_DECIMALS)
    return cosines


def _unit(matrix: NDArray[np.float32]) -> NDArray[np.float64]:
    # In float64: at float32 many cosines would tie that are not equal. No square of a
    # float32 overflows or vanishes there.
    exact = matrix.astype(np.float64)
    exact[~np.isfinite(exact).all(axis=1)] = 0.0
    norms = np.sqrt(np.einsum("ij,ij->i", exact, exact))
    exact /= np.where(norms > 0, norms, 1.0)[:, None]
    return exact
