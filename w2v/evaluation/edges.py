"""Pairs of nodes: as files list them, as rows, and drawn where there is no edge."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from w2v.errors import DataError
from w2v.evaluation.lines import read_lines

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SEPARATORS = re.compile(r"[ \t]*,[ \t]*|[ \t]+")
# Where there are so few pairs of nodes, all are listed: among a dense graph's few gaps, drawing
# would take forever.
_LISTED = 4_000_000


class EdgeSet(NamedTuple):
    """The pairs of a file.

    Attributes
    ----------
    name : str
        Its path.
    pairs : tuple of (str, str)
        In the order of the file.
    """

    name: str
    pairs: tuple[tuple[str, str], ...]


def read_edges(path: str | os.PathLike[str]) -> EdgeSet:
    """Read two nodes a line, and perhaps a weight, which does not count.

    Parameters
    ----------
    path : str or os.PathLike
        Space, tab or comma separates; ``#`` and ``%`` begin comments.

    Raises
    ------
    FileError
        The file cannot be read.
    DataError
        It is empty, or a line is something else.
    """
    pairs = []
    for line in read_lines(Path(path), "pairs of nodes", comments="#%"):
        fields = _SEPARATORS.split(line.text)
        if len(fields) not in (2, 3) or not all(fields) or not _is_number(fields[2:]):
            raise DataError(
                f"{path}:{line.number}: {line.text[:60]!r} is not two nodes, with or without a "
                "weight: give a pair of nodes a line"
            )
        pairs.append((fields[0], fields[1]))
    return EdgeSet(os.fspath(path), tuple(pairs))


def draw_non_edges(
    n: int, edges: NDArray[np.intp], count: int, rng: np.random.Generator
) -> NDArray[np.intp]:
    """Draw pairs of different nodes that are no edge in either direction, all pairs alike.

    Parameters
    ----------
    n : int
        Nodes.
    edges : ndarray of intp, shape (m, 2)
        What is not to be drawn.
    count : int
        How many to draw, none twice; fewer come back where there are not so many.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of intp, shape (count, 2)
        The smaller row first.
    """
    taken = np.unique(_keys(edges, n))
    if n * (n - 1) // 2 <= _LISTED:
        pairs = np.stack(np.triu_indices(n, 1), axis=1)
        free = pairs[~np.isin(_keys(pairs, n), taken)]
        return free[rng.permutation(len(free))[:count]]
    found = np.empty(0, dtype=np.int64)
    while len(found) < count:
        pairs = rng.integers(0, n, (count - len(found) + 16, 2))
        keys = _keys(pairs[pairs[:, 0] != pairs[:, 1]], n)
        keys = np.concatenate([found, keys[~np.isin(keys, taken)]])
        # The first of equal ones stays, in the order of drawing: sorted, the last would be few.
        found = keys[np.sort(np.unique(keys, return_index=True)[1])]
    return np.stack(np.divmod(found[:count], n), axis=1).astype(np.intp)


def _keys(pairs: NDArray[np.intp], n: int) -> NDArray[np.int64]:
    """Return a number for each pair, whatever its direction."""
    keys: NDArray[np.int64] = pairs.min(axis=1).astype(np.int64) * n + pairs.max(axis=1)
    return keys


def _is_number(fields: list[str]) -> bool:
    try:
        return all(float(field) == float(field) for field in fields)
    except ValueError:
        return False
