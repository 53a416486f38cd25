"""A first, coarse look at rows, at twice the rate of float32 products where there are bf16 ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from w2v.cpu import chosen_isa

if TYPE_CHECKING:
    from numpy.typing import NDArray

# What cosines may be off by when both vectors are rounded to eight binary digits.
ERROR = 2.0**-7 + 2.0**-16
# Fewer questions than this are answered sooner by a float32 product: they come 64 at a time.
_FEWEST = 24
# More hits than so many times the answers, and a coarse look saves nothing: all is close together.
_MOST_HITS = 4
# Kernels beside which screen.h has its products: who wants another has chosen exact ones.
_WITH_BF16 = ("avx512bf16", "amx")


class Screening:
    """Questions, to be compared with rows again and again.

    Parameters
    ----------
    questions : ndarray of float32, shape (m, dim)
        Vectors of length 1 or 0.
    k : int
        How many answers each wants.
    """

    def __init__(self, questions: NDArray[np.float32], k: int) -> None:
        from w2v._screen import Screen  # noqa: PLC0415 - only where it runs

        self._most = _MOST_HITS * k * len(questions)
        self._screen = Screen(questions, self._most)

    def reached(
        self,
        matrix: NDArray[np.float32],
        scales: NDArray[np.float32],
        thresholds: NDArray[np.float32],
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]] | None:
        """Return the rows that reach a threshold, and for which questions.

        Parameters
        ----------
        matrix : ndarray of float32, shape (n, dim)
            Rows one after the other in memory.
        scales : ndarray of float32, shape (n,)
            One over their lengths.
        thresholds : ndarray of float32, shape (m,)
            For cosines that are off by `ERROR` besides what float32 products are off by.

        Returns
        -------
        tuple of ndarray of intp, shape (hits,), or None
            None if there are too many for a coarse look to be worth it.
        """
        rows, of, done = self._screen.reached(matrix, scales, thresholds)
        if done < len(matrix) or len(of) > self._most:
            return None
        return rows.astype(np.intp), of.astype(np.intp)


def is_worth_it(matrix: NDArray[np.float32], questions: int) -> bool:
    """Tell whether there are bf16 products here, and enough questions for them."""
    if questions < _FEWEST or not matrix.flags.c_contiguous:
        return False
    from w2v._screen import runs_here  # noqa: PLC0415 - most commands do without

    return runs_here() and chosen_isa() in _WITH_BF16
