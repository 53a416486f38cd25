"""Test sets, told apart by what is in them."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

from w2v.errors import DataError
from w2v.evaluation.lines import Line, read_lines
from w2v.evaluation.questions import QuestionSet, parse_list, parse_questions
from w2v.evaluation.wordpairs import PairSet, common_layout, layout_of, parse_pairs

# Lines whose majority decides what a file is: some may be headers, or wrong.
_HEAD = 100


def read_set(path: str | os.PathLike[str]) -> QuestionSet | PairSet:
    """Read a test set of any kind.

    Parameters
    ----------
    path : str or os.PathLike
        A file of questions (four words a line), of word pairs (two words and a number),
        of a relation (a word and its counterparts, divided by ``/``), or a folder of
        such relations, as BATS, of which every ``.txt`` file is a section.

    Returns
    -------
    QuestionSet or PairSet
        What is in it.

    Raises
    ------
    FileError
        It cannot be read.
    DataError
        It is empty, a line is not like the others, or its kind cannot be told.
    """
    path = Path(path)
    if path.is_dir():
        return _read_folder(path)
    lines = read_lines(path)
    kind = _kind(path, lines)
    if kind == "questions":
        return parse_questions(path, lines)
    if kind == "list":
        return QuestionSet(str(path), (parse_list(path, lines),))
    layout = common_layout(lines[:_HEAD])
    assert layout is not None
    return parse_pairs(path, lines, layout)


def _read_folder(folder: Path) -> QuestionSet:
    files = sorted(path for path in folder.rglob("*.txt") if not path.name.startswith("."))
    if not files:
        raise DataError(f"{folder}: no .txt file in this folder: give a test set")
    sections = []
    for path in files:
        lines = read_lines(path)
        kind = _kind(path, lines)
        if kind != "list":
            raise DataError(
                f"{path}: holds {kind}, not a relation as the files of BATS: give {folder}/*.txt "
                "to have every file by itself"
            )
        sections.append(parse_list(path, lines))
    return QuestionSet(str(folder), tuple(sections))


def _kind(path: Path, lines: list[Line]) -> str:
    """Return what most lines are: "questions", "pairs" or "list"."""
    head = lines[:_HEAD]
    if any(line.text.startswith(":") for line in head):
        return "questions"
    kinds = Counter(kind for line in head if (kind := _kind_of_line(line)) is not None)
    if not kinds:
        raise DataError(
            f"{path}:{head[0].number}: {head[0].text[:60]!r} is neither four words (a question), "
            "nor two words and a number, nor a word and its counterparts"
        )
    return kinds.most_common(1)[0][0]


def _kind_of_line(line: Line) -> str | None:
    if layout_of(line) is not None:
        return "pairs"
    return {4: "questions", 2: "list"}.get(len(line.words))
