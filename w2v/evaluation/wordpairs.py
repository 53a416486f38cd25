"""Word pairs with people's judgments of how alike they are."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from w2v.errors import DataError
from w2v.evaluation.lines import Line


class PairSet(NamedTuple):
    """The pairs of a file.

    Attributes
    ----------
    name : str
        Its path.
    pairs : tuple of (str, str, float)
        Two words and a score, in the order of the file.
    """

    name: str
    pairs: tuple[tuple[str, str, float], ...]


class Layout(NamedTuple):
    """How a line is laid out: what separates its fields, which is the score, how many there are.

    The separator "" stands for blanks.
    """

    separator: str
    score: int
    fields: int


def layout_of(line: Line) -> Layout | None:
    """Return the layout of a line of two words, a number behind them, and perhaps more fields.

    The number is the first after the words: WS-353, MEN and RW have it third, SimLex-999
    and SimVerb fourth, after the part of speech; RW and SimLex go on with other numbers.
    """
    separator = next((mark for mark in "\t,;" if mark in line.text), "")
    fields = _fields(line, separator)
    for column, field in enumerate(fields):
        if column >= 2 and _number(field) is not None:
            return Layout(separator, column, len(fields))
    return None


def common_layout(lines: Iterable[Line]) -> Layout | None:
    """Return the layout that most of these lines have, None if none has any."""
    layouts = Counter(layout for line in lines if (layout := layout_of(line)) is not None)
    return layouts.most_common(1)[0][0] if layouts else None


def parse_pairs(path: Path, lines: list[Line], layout: Layout) -> PairSet:
    """Read two words and a number a line; a first line without a number is a header.

    Raises
    ------
    DataError
        A line is not laid out like the others.
    """
    pairs: list[tuple[str, str, float]] = []
    for line in lines:
        fields = _fields(line, layout.separator)
        score = _number(fields[layout.score]) if len(fields) > layout.score else None
        if line is lines[0] and score is None and len(fields) > layout.score:
            continue
        if score is None or len(fields) != layout.fields or not (fields[0] and fields[1]):
            raise DataError(
                f"{path}:{line.number}: {line.text[:60]!r} is not two words and a number as the "
                f"other lines have them, in field {layout.score + 1} of {layout.fields}"
            )
        pairs.append((fields[0], fields[1], score))
    return PairSet(str(path), tuple(pairs))


def _fields(line: Line, separator: str) -> list[str]:
    if not separator:
        return line.words
    return [field.strip() for field in line.text.split(separator)]


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
