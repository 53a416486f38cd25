"""The rows that score highest: exact answers, however many questions are asked at once.

A float32 matrix product, or a coarser one in bf16, finds the few rows that can be among the
best, with a proven bound on its error; these alone are scored again, each by itself, in
float64. So answers neither depend on which questions share a product nor on the library that
computes it.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from w2v.screening import ERROR as SCREENING_ERROR
from w2v.screening import Screening, is_worth_it

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Scores in one matrix product, 8 MB: larger ones are not faster, and leave the cache.
_SCORES = 1 << 21
_FEWEST_ROWS, _MOST_ROWS = 1 << 11, 1 << 15
# Rows whose highest score is looked at first: most groups hold no answer.
_GROUP = 64
# Numbers brought to float64 at a time: half a megabyte, which stays in the cache.
_EXACT_NUMBERS = 1 << 16
# Cosines this close differ by rounding alone: they count as equal and keep their order.
_DECIMALS = 12
# Below every score; what is not to be answered has minus infinity.
_FLOOR = np.float32(-2)
# Added to the divisor of 3CosMul, as in Levy and Goldberg (2014).
_EPSILON = 0.001


class Candidates(NamedTuple):
    """The rows that can be answers.

    Attributes
    ----------
    matrix : ndarray of float32, shape (n, dim)
        All vectors.
    scales : ndarray of float32, shape (n,)
        One over each vector's length; 0 for the odd rows.
    odd : ndarray of intp
        Rows in order whose scores float32 cannot hold: zero, not finite, tiny or huge.
    rows : ndarray of intp or None
        The candidates in order; None for the first `total` rows.
    barred : ndarray of intp
        Rows in order that are no candidates after all.
    total : int
        Candidates, the barred ones among them.
    """

    matrix: NDArray[np.float32]
    scales: NDArray[np.float32]
    odd: NDArray[np.intp]
    rows: NDArray[np.intp] | None
    barred: NDArray[np.intp]
    total: int

    def places(self, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return each row's place among the candidates, -1 for those that are none."""
        if self.rows is None:
            return np.where(rows < self.total, rows, -1)
        places = np.minimum(np.searchsorted(self.rows, rows), self.total - 1)
        return np.where(self.rows[places] == rows, places, -1)

    def rows_at(self, places: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return the rows at these places."""
        return places if self.rows is None else self.rows[places]

    def stretch(self, first: int, last: int) -> slice | NDArray[np.intp]:
        """Return what picks the candidates from place `first` up to `last`."""
        return slice(first, last) if self.rows is None else self.rows[first:last]


def best_rows(
    candidates: Candidates,
    sides: NDArray[np.float64],
    excluded: list[tuple[int, ...]],
    k: int,
    threads: int = 1,
) -> list[tuple[NDArray[np.intp], NDArray[np.float64]]]:
    """Return the `k` best candidates for each of m questions, the best first.

    Parameters
    ----------
    candidates : Candidates
        What can be answered.
    sides : ndarray of float64, shape (m, 1, dim) or (m, 3, dim)
        Vectors of length 1 or 0. One to a question: the score is the cosine with it.
        Three: b, c and a of an analogy; the score is cos(b) cos(c) / (cos(a) + 0.001),
        each cosine brought from -1..1 to 0..1 (3CosMul: Levy and Goldberg, 2014).
    excluded : list of tuple of int
        Rows that do not answer the question of that number.
    k : int
        At least 1.
    threads : int
        Threads that share the questions, beside those that numpy's products may start.

    Returns
    -------
    list of (ndarray of intp, ndarray of float64)
        For each question rows and scores, equal scores by row; fewer than `k` where
        there are not so many candidates.
    """
    questions, per_question, _ = sides.shape
    k = min(k, candidates.total)
    most = _SCORES // (max(_FEWEST_ROWS, 4 * k) * per_question)
    at_once = max(1, min(-(-questions // threads), most))
    rows = min(_MOST_ROWS, _SCORES // threads // (at_once * per_question))
    rows = min(max(rows, _FEWEST_ROWS, 4 * k), candidates.total)

    def answers(first: int) -> list[tuple[NDArray[np.intp], NDArray[np.float64]]]:
        part = slice(first, first + at_once)
        return _Batch(candidates, sides[part], excluded[part], k).answers(rows)

    starts = range(0, questions, at_once)
    if len(starts) == 1 or threads == 1:
        return [one for first in starts for one in answers(first)]
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - slow to import

    with ThreadPoolExecutor(threads) as pool:
        return [one for batch in pool.map(answers, starts) for one in batch]


class _Batch:
    """Questions whose scores come from the same matrix products."""

    def __init__(
        self,
        candidates: Candidates,
        sides: NDArray[np.float64],
        excluded: list[tuple[int, ...]],
        k: int,
    ) -> None:
        self.candidates = candidates
        self.sides = sides
        self.k = k
        self.questions, self.per_question, dim = sides.shape
        # One column a side: the first side of every question, then the second, ...
        by_side = sides.transpose(1, 0, 2).reshape(-1, dim)
        self.columns = np.ascontiguousarray(by_side.T, dtype=np.float32)
        # A sum of dim products in any order is off by dim roundings at most (Higham,
        # 2002, section 3.1), the length by half as many; some more for single steps.
        self.error = (1.5 * dim + 16) * 2.0**-24
        self.screening: Screening | None = None
        if (
            self.per_question == 1
            and candidates.rows is None
            and is_worth_it(candidates.matrix, self.questions)
        ):
            self.screening = Screening(np.ascontiguousarray(self.columns.T), k)
            self.error += SCREENING_ERROR
        # What an approximate score has to reach to be looked at.
        self.threshold = np.full(self.questions, _FLOOR)
        self.kept = _Hits.none()
        self.pending: list[tuple[NDArray[np.intp], NDArray[np.intp]]] = []
        self._place_excluded(excluded)

    def _place_excluded(self, excluded: list[tuple[int, ...]]) -> None:
        rows = np.array([row for each in excluded for row in each], dtype=np.intp)
        of = np.repeat(np.arange(len(excluded)), [len(each) for each in excluded])
        places = self.candidates.places(rows)
        order = np.argsort(places, kind="stable")
        self.excluded, self.excluded_of = places[order], of[order]
        # Negative places, those of no candidate, come first and are never reached.
        self.barred = np.sort(self.candidates.places(self.candidates.barred))
        self.odd = np.sort(self.candidates.places(self.candidates.odd))

    def answers(self, rows: int) -> list[tuple[NDArray[np.intp], NDArray[np.float64]]]:
        """Look at all candidates, `rows` at a time."""
        groups = -(-rows // _GROUP)
        buffer = np.empty((groups * _GROUP, self.questions * self.per_question), np.float32)
        for first in range(0, self.candidates.total, rows):
            last = min(first + rows, self.candidates.total)
            # Without a threshold, a coarse look would find everything.
            if first == 0 or not self._screen(first, last):
                upper = self._upper(first, last, buffer)
                if first == 0:
                    self._first_threshold(upper)
                self._look(upper, first)
            # Merged whenever they double, which is seldom: log2 of the stretches.
            if sum(len(of) for of, _ in self.pending) >= self.k * self.questions:
                self._merge()
        self._merge()
        ends = np.searchsorted(self.kept.of, np.arange(self.questions + 1))
        return [
            (self.kept.rows[start:end], self.kept.scores[start:end])
            for start, end in pairwise(ends.tolist())
        ]

    def _screen(self, first: int, last: int) -> bool:
        """Note what reaches its threshold at a coarse look; return whether that was possible."""
        if self.screening is None or len(_within(self.odd, first, last)):
            return False
        part = slice(first, last)
        matrix, scales = self.candidates.matrix[part], self.candidates.scales[part]
        reached = self.screening.reached(matrix, scales, self.threshold)
        if reached is None:
            self.screening = None
            self.error -= SCREENING_ERROR
            return False
        places, of = reached[0] + first, reached[1]
        start, end = np.searchsorted(self.excluded, [first, last])
        excluded = self.excluded[start:end] * self.questions + self.excluded_of[start:end]
        keep = ~np.isin(places * self.questions + of, excluded)
        keep &= ~np.isin(places, _within(self.barred, first, last))
        self.pending.append((of[keep], places[keep]))
        return True

    def _upper(self, first: int, last: int, buffer: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return approximate scores, for three sides upper bounds of them.

        The shape is (groups * _GROUP, questions); rows past `last` and whatever is no
        answer have minus infinity.
        """
        picked = self.candidates.stretch(first, last)
        cosines = buffer[: last - first]
        with np.errstate(all="ignore"):  # the odd rows, put right below
            vectors, scales = self.candidates.matrix[picked], self.candidates.scales[picked]
            # Scaled are the fewer numbers, before the product or after it.
            if vectors.shape[1] < cosines.shape[1]:
                np.matmul(vectors * scales[:, None], self.columns, out=cosines)
            else:
                np.matmul(vectors, self.columns, out=cosines)
                cosines *= scales[:, None]
        odd = _within(self.odd, first, last)
        if len(odd):
            vectors64 = self.candidates.matrix[self.candidates.rows_at(odd)].astype(np.float64)
            norms = _usable_norms(vectors64)[:, None]
            cosines[odd - first] = vectors64 @ self.columns.astype(np.float64) / norms
        upper = self._products(cosines) if self.per_question > 1 else cosines
        upper[_within(self.barred, first, last) - first] = -np.inf
        start, end = np.searchsorted(self.excluded, [first, last])
        upper[self.excluded[start:end] - first, self.excluded_of[start:end]] = -np.inf
        whole = -(-len(upper) // _GROUP) * _GROUP
        padded: NDArray[np.float32] = buffer[:whole, : self.questions]
        if self.per_question > 1:
            padded = np.empty((whole, self.questions), np.float32)
            padded[: len(upper)] = upper
        padded[len(upper) :] = -np.inf
        return padded

    def _products(self, cosines: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the largest scores of 3CosMul that cosines off by `error` allow."""
        b, c, a = (
            cosines[:, side * self.questions : (side + 1) * self.questions] for side in range(3)
        )
        error = np.float32(self.error)
        low = np.maximum((a + 1 - error) / 2, 0) + np.float32(_EPSILON)
        upper: NDArray[np.float32] = (b + 1 + error) * (c + 1 + error) / 4 / low
        upper *= np.float32(1 + 1e-5)  # the roundings of these lines themselves
        return upper

    def _first_threshold(self, upper: NDArray[np.float32]) -> None:
        """Let the `k` that look best set what the others have to reach."""
        skip = len(upper) - self.k
        best = np.argpartition(upper, skip, axis=0)[skip:]
        complete = np.isfinite(np.take_along_axis(upper, best, axis=0)).all(axis=0)
        of = np.repeat(np.flatnonzero(complete), self.k)
        if not len(of):
            return
        places = best[:, complete].T.ravel()
        scores = self._exact(of, self.candidates.rows_at(places))
        self.threshold[complete] = self._must_reach(scores.reshape(-1, self.k).min(axis=1))

    def _must_reach(self, scores: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return what `_upper` is at least for a row with one of these scores."""
        return scores - self.error if self.per_question == 1 else scores * (1 - 1e-6)

    def _look(self, upper: NDArray[np.float32], first: int) -> None:
        """Note what reaches its threshold."""
        groups = upper.reshape(-1, _GROUP, self.questions)
        group, of = np.nonzero(groups.max(axis=1) >= self.threshold)
        hit, place = np.nonzero(groups[group, :, of] >= self.threshold[of, None])
        rows = self.candidates.rows_at(first + group[hit] * _GROUP + place)
        self.pending.append((of[hit], rows))

    def _merge(self) -> None:
        """Score what was noted, keep the best of each question, and raise the thresholds."""
        of = np.concatenate([self.kept.of, *(of for of, _ in self.pending)])
        new = [rows for _, rows in self.pending]
        rows = np.concatenate([self.kept.rows, *new])
        old = len(self.kept.of)
        scores = np.concatenate([self.kept.scores, self._exact(of[old:], rows[old:])])
        order = np.lexsort((rows, -scores, of))
        of, rows, scores = of[order], rows[order], scores[order]
        rank = np.arange(len(of)) - np.searchsorted(of, of)
        last = rank == self.k - 1
        self.threshold[of[last]] = self._must_reach(scores[last])
        keep = rank < self.k
        self.kept = _Hits(of[keep], rows[keep], scores[keep])
        self.pending = []

    def _exact(self, of: NDArray[np.intp], rows: NDArray[np.intp]) -> NDArray[np.float64]:
        """Return the scores of rows for the questions `of`, the same in whatever company."""
        scores = np.empty(len(of))
        step = max(1, _EXACT_NUMBERS // self.sides.shape[2])
        for first in range(0, len(of), step):
            part = slice(first, first + step)
            vectors = self.candidates.matrix[rows[part]].astype(np.float64)
            norms = _usable_norms(vectors)
            # Not @, whose sums may run in another order for another number of rows.
            cosines = [
                np.clip((vectors * self.sides[of[part], side]).sum(axis=1) / norms, -1, 1)
                for side in range(self.per_question)
            ]
            if self.per_question > 1:
                b, c, a = ((cosine + 1) / 2 for cosine in cosines)
                cosines = [b * c / (a + _EPSILON)]
            scores[part] = cosines[0]
        rounded: NDArray[np.float64] = scores.round(_DECIMALS)
        return rounded + 0.0  # no negative zero


class _Hits(NamedTuple):
    """Scored rows: question, row and score, by question and then from the best on."""

    of: NDArray[np.intp]
    rows: NDArray[np.intp]
    scores: NDArray[np.float64]

    @classmethod
    def none(cls) -> _Hits:
        empty = np.empty(0, dtype=np.intp)
        return cls(empty, empty, np.empty(0))


def _within(places: NDArray[np.intp], first: int, last: int) -> NDArray[np.intp]:
    start, end = np.searchsorted(places, [first, last])
    return places[start:end]


def _usable_norms(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return lengths; what has no direction becomes zeros in place, of length 1."""
    # Of numbers that were float32 no square overflows or vanishes in float64.
    with np.errstate(invalid="ignore"):
        norms: NDArray[np.float64] = np.sqrt((vectors * vectors).sum(axis=1))
    useless = ~(np.isfinite(norms) & (norms > 0))
    vectors[useless] = 0.0
    norms[useless] = 1.0
    return norms
