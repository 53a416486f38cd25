"""Analogy questions, as Google's file and as the word lists of BATS have them."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from w2v.errors import DataError
from w2v.evaluation.lines import Line


class Question(NamedTuple):
    """What is to c as b is to a: where b and the answer have several forms, all of them."""

    a: str
    b: tuple[str, ...]
    c: str
    answers: tuple[str, ...]


class QuestionSet(NamedTuple):
    """The questions of a file or folder.

    Attributes
    ----------
    name : str
        Its path.
    sections : tuple of (str, tuple of Question)
        In the order of the file.
    """

    name: str
    sections: tuple[tuple[str, tuple[Question, ...]], ...]


def parse_questions(path: Path, lines: list[Line]) -> QuestionSet:
    """Read four words a line; a line that begins with a colon names a section.

    That is the form of Google's ``questions-words.txt`` (Mikolov, Chen, Corrado and
    Dean, 2013).

    Raises
    ------
    DataError
        A line has not four words, or there is no question.
    """
    sections: list[tuple[str, list[Question]]] = []
    for line in lines:
        if line.text.startswith(":"):
            sections.append((line.text[1:].strip(), []))
            continue
        words = line.words
        if len(words) != 4:
            raise DataError(f"{path}:{line.number}: {len(words)} words: give four, or ': NAME'")
        if not sections:
            sections.append(("", []))
        a, b, c, answer = words
        sections[-1][1].append(Question(a, (b,), c, (answer,)))
    if not any(questions for _, questions in sections):
        raise DataError(f"{path}: no question in it: give lines of four words")
    return QuestionSet(str(path), tuple((name, tuple(each)) for name, each in sections))


def parse_list(path: Path, lines: list[Line]) -> tuple[str, tuple[Question, ...]]:
    """Read a word and its counterparts a line, divided by ``/``; ask every line of every other.

    That is the form of BATS (Gladkova, Drozd and Matsuoka, 2016).

    Returns
    -------
    tuple of (str, tuple of Question)
        A section that has the name of the file.

    Raises
    ------
    DataError
        A line is not of that form, or there is only one.
    """
    entries: list[tuple[str, tuple[str, ...]]] = []
    for line in lines:
        words = line.words
        forms = tuple(form for form in words[-1].split("/") if form)
        if len(words) != 2 or not forms:
            raise DataError(
                f"{path}:{line.number}: {line.text[:60]!r} is not a word and its counterparts: "
                "give WORD<TAB>ANSWER/OTHER"
            )
        entries.append((words[0], forms))
    if len(entries) < 2:
        raise DataError(f"{path}: one pair makes no question: give two lines or more")
    asked = tuple(
        Question(*given, *wanted)
        for i, given in enumerate(entries)
        for j, wanted in enumerate(entries)
        if i != j
    )
    return path.stem, asked
