"""What the head of a MatrixMarket file says (Boisvert, Pozo and Remington, NISTIR 5935, 1996)."""

from __future__ import annotations

import dataclasses

from w2v.errors import DataError
from w2v.graph.graph import MAX_NODES

FIELDS = ("pattern", "integer", "real")
SYMMETRIES = ("general", "symmetric")


@dataclasses.dataclass(frozen=True)
class Sizes:
    """A matrix of links.

    Attributes
    ----------
    nodes, entries : int
        Its rows, and the lines that follow.
    symmetric : bool
        Each entry stands for its mirror image too.
    """

    nodes: int
    entries: int
    symmetric: bool


def sizes(head: bytes, name: str) -> Sizes:
    """Read a head: banner, comments and the line of sizes.

    Raises
    ------
    DataError
        It is broken, or the matrix is dense, complex or not square.
    """
    lines = head.decode("utf-8", "replace").splitlines()
    words = lines[0].lower().split()
    if len(words) != 5 or words[1:3] != ["matrix", "coordinate"]:
        raise DataError(f"{name}: line 1: give a MatrixMarket file of a sparse matrix (coordinate)")
    if words[3] not in FIELDS or words[4] not in SYMMETRIES:
        raise DataError(
            f"{name}: line 1: links are {' or '.join(FIELDS)} numbers in a matrix that is "
            f"{' or '.join(SYMMETRIES)}, not {words[3]} {words[4]}"
        )
    numbers = lines[-1].split()
    if len(numbers) != 3 or not all(number.isdecimal() for number in numbers):
        raise DataError(f"{name}: line {len(lines)}: rows, columns and entries should stand here")
    rows, columns, entries = map(int, numbers)
    if rows != columns:
        raise DataError(
            f"{name}: line {len(lines)}: {rows} rows and {columns} columns: links between nodes "
            "are a square matrix"
        )
    if rows > MAX_NODES:
        raise DataError(f"{name}: line {len(lines)}: {rows:,} nodes, and {MAX_NODES:,} are most")
    return Sizes(rows, entries, words[4] == "symmetric")


def check(told: Sizes, found: int, name: str, *, directed: bool) -> None:
    """Refuse a file whose head does not fit its number of entries or the graph to be made."""
    if found != told.entries:
        raise DataError(
            f"{name}: {found:,} entries, and its head says {told.entries:,}: the file is "
            "truncated or damaged"
        )
    if directed and told.symmetric:
        raise DataError(f"{name}: the matrix is symmetric: leave out --directed")
