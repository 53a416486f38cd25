"""The rows that take part in an evaluation, and their directions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from w2v.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from w2v.vectors import Vectors


class Known:
    """The first rows of the vectors, found by words regardless of case or not.

    Parameters
    ----------
    vectors : Vectors
        Most frequent words first.
    restrict : int or None
        How many rows; None for all.
    lowercase : bool
        Whether spellings that differ only in case are one word.
    """

    def __init__(self, vectors: Vectors, restrict: int | None, *, lowercase: bool) -> None:
        self._lowercase = lowercase
        self.matrix = vectors.matrix[:restrict]
        words = vectors.words[:restrict]
        if lowercase:
            words = [word.lower() for word in words]
        # Backwards, so that the first row of several equal words is the one kept.
        last = len(words) - 1
        self._row_of = dict(zip(reversed(words), range(last, -1, -1), strict=True))
        self._words = words

    def __len__(self) -> int:
        return len(self._words)

    def row(self, word: str) -> int:
        """Return the first row of a word, -1 if it is not known."""
        return self._row_of.get(word.lower() if self._lowercase else word, -1)

    def first_rows(self) -> NDArray[np.intp]:
        """Return for each row the first that has the same word; shape (rows,)."""
        if len(self._row_of) == len(self._words):
            return np.arange(len(self._words))
        return np.array([self._row_of[word] for word in self._words], dtype=np.intp)


def unit_rows(matrix: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return a copy of these rows scaled to length 1.

    Parameters
    ----------
    matrix : ndarray of float32, shape (n, dim)
        Any rows. Those that are zero or not finite have no direction and become zero.
    """
    largest = np.abs(matrix).max(axis=1, initial=0.0)
    usable = np.isfinite(largest) & (largest > 0)
    # In two steps, so that no square overflows or vanishes.
    unit: NDArray[np.float32] = matrix / np.where(usable, largest, np.float32(1))[:, None]
    unit[~usable] = 0.0
    norms = np.sqrt(np.einsum("ij,ij->i", unit, unit))
    unit /= np.where(usable, norms, np.float32(1))[:, None]
    return unit


def check_finite(vectors: Vectors, rows: NDArray[np.intp] | None = None) -> None:
    """Refuse vectors with which nothing can be computed: these rows, or any.

    Raises
    ------
    DataError
        One of these rows is not finite; the message names its word.
    """
    matrix = vectors.matrix if rows is None else vectors.matrix[rows]
    # Sums, as they take no memory; those of float32 numbers cannot overflow.
    with np.errstate(invalid="ignore"):
        finite = np.isfinite(matrix.sum(axis=1, dtype=np.float64))
    if not finite.all():
        place = int(finite.argmin())
        word = vectors.words[place if rows is None else int(rows[place])]
        raise DataError(f"the vector of {word!r} is not finite: train it anew, or leave it out")
