"""Names of nodes as bytes, ready to be written quickly."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from w2v.graph._walks import rows_as_text


class Names:
    """The names of all nodes, one after the other.

    Parameters
    ----------
    names : sequence of str
    """

    def __init__(self, names: Sequence[str]) -> None:
        words = [name.encode("utf-8", "surrogateescape") for name in names]
        self._starts = np.zeros(len(words) + 1, np.int64)
        np.cumsum([len(word) for word in words], out=self._starts[1:])
        self._text = np.frombuffer(b"".join(words), np.uint8)

    def lines(self, rows: NDArray[np.int32]) -> bytes:
        """Return rows of nodes, int32 (n,), as lines of names; -1 ends a line."""
        return rows_as_text(np.ascontiguousarray(rows, np.int32), self._text, self._starts)
