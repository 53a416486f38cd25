"""3CosAdd for many questions at once.

Questions share words: those of a section of Google's file have about a hundred. So the
cosines of every row with each word are computed once, and (b - a + c) . x is put together
from them: adding numbers in the cache is cheaper than a product of vectors per question.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Event
from typing import TYPE_CHECKING

import numpy as np

from w2v.evaluation.known import Known, unit_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Questions and rows scored together: 2 MB, read again while still in the cache.
_QUESTIONS = 512
_ROWS = 1024


def solve(known: Known, questions: NDArray[np.intp], threads: int = 1) -> NDArray[np.intp]:
    """Answer questions with the nearest row to b - a + c, in vectors of length 1.

    Parameters
    ----------
    known : Known
        The rows that may answer. No row of the same word as a, b or c does.
    questions : ndarray of intp, shape (m, 3)
        The rows of a, b and c, each the first of its word.
    threads : int
        How many share the questions.

    Returns
    -------
    ndarray of intp, shape (m,)
        The first row of the word that answers; of equal scores the first row wins, and -1
        stands for no answer, when every row is of a, b or c.
    """
    first_rows = known.first_rows()
    spellings = _Spellings(first_rows)
    batches = [
        _Batch(known.matrix, questions[start : start + _QUESTIONS], spellings)
        for start in range(0, len(questions), _QUESTIONS)
    ]
    shares = [batches[number::threads] for number in range(min(threads, len(batches)))]
    # Threads of our own, as most of the time goes into sums, which linear algebra's do not share.
    stop = Event()
    with ThreadPoolExecutor(len(shares)) as pool:
        try:
            list(pool.map(partial(_compare_all, known.matrix, stop), shares))
        finally:
            # After an interrupt the pool waits for its threads: they must not go on for minutes.
            stop.set()
    best = np.concatenate([batch.best for batch in batches])
    return np.where(best >= 0, first_rows[best], -1)


def _compare_all(matrix: NDArray[np.float32], stop: Event, batches: list[_Batch]) -> None:
    scratch = np.empty((2, _QUESTIONS * _ROWS), dtype=np.float32)
    for start in range(0, len(matrix), _ROWS):
        if stop.is_set():
            return
        unit = unit_rows(matrix[start : start + _ROWS])
        for batch in batches:
            batch.compare(unit, start, scratch)


class _Spellings:
    """All rows of a word, by its first row."""

    def __init__(self, first_rows: NDArray[np.intp]) -> None:
        self._rows = np.argsort(first_rows, kind="stable")
        self._counts = np.bincount(first_rows)
        self._starts = np.cumsum(self._counts) - self._counts

    def of(self, words: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return the rows of several words, and to which of the words each belongs."""
        counts = self._counts[words]
        owners = np.repeat(np.arange(len(words)), counts)
        offsets = np.arange(len(owners)) - np.repeat(np.cumsum(counts) - counts, counts)
        return self._rows[self._starts[words][owners] + offsets], owners


class _Batch:
    """Some questions and the best answers so far.

    Parameters
    ----------
    matrix : ndarray of float32, shape (n, dim)
        All rows.
    questions : ndarray of intp, shape (m, 3)
        Rows of a, b and c.
    spellings : _Spellings
        Which rows are of the same word.
    """

    def __init__(
        self, matrix: NDArray[np.float32], questions: NDArray[np.intp], spellings: _Spellings
    ) -> None:
        m = len(questions)
        words, places = np.unique(questions, return_inverse=True)
        a, b, self._c = places.reshape(m, 3).T
        # In a section every pair (a, b) comes with every c.
        pairs, self._pair = np.unique(a * len(words) + b, return_inverse=True)
        self._pair_a, self._pair_b = np.divmod(pairs, len(words))
        self._words = unit_rows(matrix[words])
        rows, owners = spellings.of(questions.ravel())
        order = np.argsort(rows, kind="stable")
        self._excluded_rows, self._excluded_from = rows[order], owners[order] // 3
        self._highest = np.full(m, -np.inf, dtype=np.float32)
        self.best = np.full(m, -1, dtype=np.intp)

    def compare(self, unit: NDArray[np.float32], start: int, scratch: NDArray[np.float32]) -> None:
        """Try the rows from `start` on, given at length 1, as answers."""
        m, n = len(self.best), len(unit)
        scores, part = (one[: m * n].reshape(m, n) for one in scratch)
        cosines = self._words @ unit.T
        differences = cosines[self._pair_b] - cosines[self._pair_a]
        # clip: with the default mode numpy would buffer what it writes to `out`.
        np.take(differences, self._pair, axis=0, out=scores, mode="clip")
        scores += np.take(cosines, self._c, axis=0, out=part, mode="clip")
        low, high = np.searchsorted(self._excluded_rows, (start, start + n))
        scores[self._excluded_from[low:high], self._excluded_rows[low:high] - start] = -np.inf
        place = scores.argmax(axis=1)
        score = scores[np.arange(m), place]
        better = score > self._highest
        self.best[better] = place[better] + start
        self._highest[better] = score[better]
