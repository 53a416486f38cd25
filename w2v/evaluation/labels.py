"""Labels and numbers of nodes, as files give them and as the rows of vectors have them."""

from __future__ import annotations

import math
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from w2v.errors import DataError
from w2v.evaluation.known import check_finite
from w2v.evaluation.lines import read_lines

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from w2v.vectors import Vectors

_SEPARATORS = re.compile(r"[ \t,]+")


class LabelSet(NamedTuple):
    """The labels of a file.

    Attributes
    ----------
    name : str
        Its path.
    labels : dict of str to tuple of str
        For each node its labels, without repeats, both in the order of the file.
    """

    name: str
    labels: dict[str, tuple[str, ...]]


class NumberSet(NamedTuple):
    """The numbers of a file.

    Attributes
    ----------
    name : str
        Its path.
    numbers : dict of str to float
        For each node its number, in the order of the file.
    """

    name: str
    numbers: dict[str, float]


class Labeled(NamedTuple):
    """The nodes of a `LabelSet` that have a vector.

    Attributes
    ----------
    rows : ndarray of intp, shape (m,)
        Their rows.
    classes : tuple of str
        Every label that one of them has, numbers in order, other labels behind.
    wanted : ndarray of bool, shape (m, classes)
        Which node has which label.
    """

    rows: NDArray[np.intp]
    classes: tuple[str, ...]
    wanted: NDArray[np.bool_]


def read_labels(path: str | os.PathLike[str]) -> LabelSet:
    """Read a node and its labels a line.

    Parameters
    ----------
    path : str or os.PathLike
        Space, tab and comma separate; lines of the same node add up; ``#`` and ``%`` begin
        comments.

    Raises
    ------
    FileError
        The file cannot be read.
    DataError
        It is empty, or a line has no label.
    """
    labels: dict[str, tuple[str, ...]] = {}
    for number, fields in _fields(path, "a node and its labels"):
        if len(fields) < 2:
            raise DataError(
                f"{path}:{number}: {fields[0]!r} has no label: give a node and its labels"
            )
        node, *found = fields
        labels[node] = tuple(dict.fromkeys((*labels.get(node, ()), *found)))
    return LabelSet(os.fspath(path), labels)


def read_numbers(path: str | os.PathLike[str]) -> NumberSet:
    """Read a node and a number a line; otherwise as `read_labels`.

    Raises
    ------
    FileError
        The file cannot be read.
    DataError
        It is empty, a line is something else, or a node comes twice.
    """
    numbers: dict[str, float] = {}
    for number, fields in _fields(path, "a node and a number"):
        value = _number(fields[1]) if len(fields) == 2 else math.nan
        if not math.isfinite(value):
            raise DataError(
                f"{path}:{number}: {' '.join(fields)[:60]!r} is not a node and a finite number"
            )
        if fields[0] in numbers:
            raise DataError(f"{path}:{number}: {fields[0]!r} had a number before: give one")
        numbers[fields[0]] = value
    return NumberSet(os.fspath(path), numbers)


def match_labels(labels: LabelSet, vectors: Vectors) -> Labeled:
    """Find the nodes that have a vector.

    Raises
    ------
    DataError
        None has, they have one label together, or a vector is not finite.
    """
    known = [node for node in labels.labels if node in vectors]
    rows = known_rows(labels.name, known, len(labels.labels), vectors)
    classes = sorted({label for node in known for label in labels.labels[node]}, key=_order)
    if len(classes) < 2:
        raise DataError(
            f"{labels.name}: {classes[0]!r} is the only label of the nodes that have a vector: "
            "give two labels or more"
        )
    column = {label: place for place, label in enumerate(classes)}
    wanted = np.zeros((len(known), len(classes)), dtype=np.bool_)
    for place, node in enumerate(known):
        wanted[place, [column[label] for label in labels.labels[node]]] = True
    return Labeled(rows, tuple(classes), wanted)


def known_rows(name: str, known: list[str], given: int, vectors: Vectors) -> NDArray[np.intp]:
    """Return the rows of nodes; shape (nodes,).

    Raises
    ------
    DataError
        There is no node, or one of the vectors is not finite.
    """
    if not known:
        raise DataError(
            f"{name}: none of its nodes ({given:,}) has a vector: spell them as the vectors do"
        )
    rows = np.array([vectors.row(node) for node in known], dtype=np.intp)
    check_finite(vectors, rows)
    return rows


def _fields(path: str | os.PathLike[str], wanted: str) -> list[tuple[int, list[str]]]:
    return [
        (line.number, [field for field in _SEPARATORS.split(line.text) if field] or [","])
        for line in read_lines(Path(path), wanted, comments="#%")
    ]


def _order(label: str) -> tuple[float, str]:
    value = _number(label)
    return (value if math.isfinite(value) else math.inf, label)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
