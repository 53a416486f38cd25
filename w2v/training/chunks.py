"""What a run trains on, as its workers see it."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray


class Chunks(Protocol):
    """What a run trains on: a text, or walks that are made when they are asked for.

    Attributes
    ----------
    tokens, kept : int
        Words of an epoch, and those of them that are in the vocabulary.
    """

    @property
    def tokens(self) -> int: ...  # noqa: D102
    @property
    def kept(self) -> int: ...  # noqa: D102

    def __len__(self) -> int:
        """Return about how many rows an epoch has."""
        ...

    def longest(self) -> int:
        """Return the most rows that a sentence has, or at most can have."""
        ...

    def cut(self, size: int) -> list[int]:
        """Return places that cut an epoch into chunks of at most about `size` rows."""
        ...

    def chunk(self, epoch: int, start: int, end: int) -> NDArray[np.int32]:
        """Return the rows between two places, in an epoch counted from 1; -1 ends a sentence."""
        ...

    def places(self, epoch: int, start: int, end: int, rows: int) -> int:
        """Return how many places the first so many rows of a chunk are, whole ones only."""
        ...

    def release(self, start: int, end: int) -> None:
        """Let go of rows that have been used."""
        ...

    def about(self) -> dict[str, Any]:
        """Return what a run record says of it."""
        ...
