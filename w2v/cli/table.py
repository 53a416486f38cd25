"""Rows of text as lines: for programs, and for people."""

from __future__ import annotations


def tabbed(rows: list[list[str]], *, left: int) -> str:
    """Return rows with tabs between their fields; `left` is for the eye only."""
    del left
    return "".join("\t".join(row) + "\n" for row in rows)


def aligned(rows: list[list[str]], *, left: int) -> str:
    """Return rows in columns of equal width.

    Parameters
    ----------
    rows : list of list of str
        As many fields in each.
    left : int
        So many first columns are flush left, the others flush right.
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        fields = zip(row, widths, strict=True)
        padded = [
            field.ljust(width) if place < left else field.rjust(width)
            for place, (field, width) in enumerate(fields)
        ]
        lines.append("  ".join(padded).rstrip() + "\n")
    return "".join(lines)
