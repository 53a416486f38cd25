"""Numbers made float32, of which none may become infinite by that."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from w2v.errors import DataError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BLOCK_NUMBERS = 1 << 18


def single(numbers: NDArray[Any], owner: Callable[[int], str]) -> NDArray[np.float32]:
    """Return a matrix as float32, in C order; one that is so already is copied, too.

    Parameters
    ----------
    numbers : ndarray of floats, shape (n, dim)
    owner : callable
        What messages call the owner of row i.

    Raises
    ------
    DataError
        A finite number is beyond float32.
    """
    if numbers.dtype.itemsize <= 4:
        return np.array(numbers, dtype=np.float32, order="C")
    made = np.empty(numbers.shape, dtype=np.float32)
    rows = max(1, _BLOCK_NUMBERS // max(1, numbers.shape[1]))
    for first in range(0, len(numbers), rows):
        block = numbers[first : first + rows]
        with np.errstate(all="ignore"):
            made[first : first + rows] = block
        place = lost(block, made[first : first + rows])
        if place is not None:
            raise DataError(
                f"number {place[1] + 1} of {owner(first + place[0])} is {block[place]:g}, which "
                "is beyond float32, 3.4e38: scale all vectors down"
            )
    return made


def lost(before: NDArray[Any], after: NDArray[Any]) -> tuple[int, int] | None:
    """Return row and column of the first finite number that has become infinite."""
    infinite = np.isinf(after)
    if not infinite.any():
        return None
    places = np.argwhere(infinite & np.isfinite(before))
    return (int(places[0][0]), int(places[0][1])) if len(places) else None
