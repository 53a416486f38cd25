"""Vectors made from other vectors: fewer words, fewer numbers, length 1."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

import numpy as np

from w2v.errors import ConfigError, DataError, NotFoundError
from w2v.vectors import Vectors

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BLOCK_ROWS = 1 << 14


def selected(
    vectors: Vectors, words: Collection[str] | None = None, top: int | None = None
) -> Vectors:
    """Return some of the words, in the order they have.

    Parameters
    ----------
    vectors : Vectors
        All of them.
    words : collection of str, optional
        Keep these; those that are not there are passed over.
    top : int, optional
        Keep this many of the first.

    Returns
    -------
    Vectors
        Rows of the same matrix, or a copy of them.

    Raises
    ------
    NotFoundError
        None of the words is there.
    ConfigError
        `top` is below 1.
    """
    if top is not None and top < 1:
        raise ConfigError(f"top is {top}: give 1 or more")
    kept, matrix = vectors.words, vectors.matrix
    if words is not None:
        wanted = frozenset(words)
        rows = [row for row, word in enumerate(kept) if word in wanted]
        if not rows:
            raise NotFoundError(f"none of the words ({len(wanted):,}) is among the vectors")
        kept, matrix = [kept[row] for row in rows], matrix[rows]
    return Vectors(kept[:top], matrix[:top], record=vectors.record)


def normalized(vectors: Vectors) -> Vectors:
    """Return the vectors scaled to length 1.

    Parameters
    ----------
    vectors : Vectors
        Those that are zero or not finite stay as they are.

    Returns
    -------
    Vectors
        A copy.
    """
    norms = vectors.norms.copy()
    norms[~np.isfinite(norms) | (norms == 0)] = 1
    matrix = np.empty_like(vectors.matrix)
    for start, block in _blocks(vectors.matrix):
        with np.errstate(all="ignore"):
            matrix[start : start + len(block)] = block / norms[start : start + len(block), None]
    return Vectors(vectors.words, matrix, record=vectors.record)


def reduced(vectors: Vectors, dim: int) -> Vectors:
    """Return the vectors in fewer dimensions, by principal component analysis.

    The mean is subtracted, then each vector is projected on the `dim` directions of the
    largest variance, in falling order; sums are in float64. The largest component of
    each direction is positive, so that the same vectors always give the same result.

    Parameters
    ----------
    vectors : Vectors
        All finite.
    dim : int
        Numbers per vector of the result.

    Returns
    -------
    Vectors
        The same words.

    Raises
    ------
    ConfigError
        `dim` is below 1 or more than there is.
    DataError
        A vector is not finite; the message names the word.
    """
    if not 1 <= dim <= vectors.dim:
        raise ConfigError(f"vectors of {vectors.dim} numbers cannot be reduced to {dim}")
    total = np.zeros(vectors.dim)
    for start, block in _blocks(vectors.matrix):
        finite = np.isfinite(block).all(axis=1)
        if not finite.all():
            word = vectors.words[start + int(np.argmin(finite))]
            raise DataError(f"the vector of {word!r} is not finite: drop the word first")
        total += block.sum(axis=0)
    mean = total / len(vectors)
    covariance = np.zeros((vectors.dim, vectors.dim))
    for _, block in _blocks(vectors.matrix):
        centered = block - mean
        covariance += centered.T @ centered
    directions: NDArray[np.float64] = np.linalg.eigh(covariance)[1][:, : -dim - 1 : -1]
    largest = np.abs(directions).argmax(axis=0)
    directions = directions * np.sign(directions[largest, np.arange(dim)])
    matrix = np.empty((len(vectors), dim), dtype=np.float32)
    for start, block in _blocks(vectors.matrix):
        matrix[start : start + len(block)] = (block - mean) @ directions
    return Vectors(vectors.words, matrix, record=vectors.record)


def _blocks(matrix: NDArray[np.float32]) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """Yield copies in float64 of some rows at a time, and the number of the first."""
    for start in range(0, len(matrix), _BLOCK_ROWS):
        yield start, matrix[start : start + _BLOCK_ROWS].astype(np.float64)
