"""Analogies: how often the nearest vector to b - a + c is that of the right word."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from w2v.errors import ConfigError, DataError
from w2v.evaluation.bootstrap import accuracy_interval
from w2v.evaluation.known import Known
from w2v.evaluation.questions import Question, QuestionSet
from w2v.evaluation.results import AnalogyResult, Section
from w2v.evaluation.rules import QUESTION_ROWS, Rules
from w2v.evaluation.sets import read_set
from w2v.evaluation.solver import solve

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from w2v.vectors import Vectors


def analogies(
    vectors: Vectors,
    path: str | os.PathLike[str],
    *,
    restrict: int | None = QUESTION_ROWS,
    lowercase: bool = True,
) -> AnalogyResult:
    """Answer questions "a is to b as c is to what?" by the nearest vector to b - a + c.

    The vectors are scaled to length 1 first; a, b and c are no answers (3CosAdd:
    Mikolov, Yih and Zweig, 2013, and Levy and Goldberg, 2014).

    Parameters
    ----------
    vectors : Vectors
        Most frequent words first.
    path : str or os.PathLike
        A file or folder that `read_set` finds to hold questions.
    restrict : int or None
        Only this many first rows are known, as questions and as answers.
    lowercase : bool
        Compare words regardless of case. Of several spellings the first row stands for the
        word in questions, all may answer.

    Returns
    -------
    AnalogyResult
        Counts and accuracies.

    Raises
    ------
    FileError
        The file cannot be read.
    DataError
        It holds something else, or no question can be asked with these vectors.
    ConfigError
        `restrict` is below 1.
    """
    if restrict is not None and restrict < 1:
        raise ConfigError(f"restrict is {restrict}: give 1 or more, or None for all rows")
    questions = read_set(path)
    if not isinstance(questions, QuestionSet):
        raise DataError(f"{os.fspath(path)}: holds word pairs: give four words a line")
    rules = Rules(restrict=restrict or 0, case="lower" if lowercase else "keep")
    return score_questions(vectors, questions, rules)


def score_questions(
    vectors: Vectors, questions: QuestionSet, rules: Rules, threads: int = 1
) -> AnalogyResult:
    """Score analogies.

    Raises
    ------
    DataError
        No question has all its words in the vocabulary.
    """
    known = Known(vectors, rules.rows(QUESTION_ROWS), lowercase=rules.case == "lower")
    asked = [question for _, section in questions.sections for question in section]
    rows = np.array([_rows(known, question) for question in asked], dtype=np.intp)
    rights = [_right(known, question) for question in asked]
    askable: NDArray[np.bool_] = (rows >= 0).all(axis=1) & np.fromiter(map(bool, rights), np.bool_)
    if not askable.any():
        raise DataError(
            f"{questions.name}: none of {len(asked)} questions has all its words in the "
            f"vocabulary ({len(known):,} words)"
        )
    answers = np.full(len(asked), -1, dtype=np.intp)
    answers[askable] = solve(known, rows[askable], threads)
    correct = np.fromiter(
        (answer in right for answer, right in zip(answers.tolist(), rights, strict=True)), np.bool_
    )
    return _summary(questions, askable, correct, rules)


def _rows(known: Known, question: Question) -> tuple[int, int, int]:
    """Return the rows of a, b and c, -1 for unknown ones; of several b the first known."""
    b = next((row for word in question.b if (row := known.row(word)) >= 0), -1)
    return known.row(question.a), b, known.row(question.c)


def _right(known: Known, question: Question) -> set[int]:
    """Return the rows that are right answers, the first of each word."""
    return {row for word in question.answers if (row := known.row(word)) >= 0}


def _summary(
    questions: QuestionSet, askable: NDArray[np.bool_], correct: NDArray[np.bool_], rules: Rules
) -> AnalogyResult:
    sections = []
    start = 0
    for name, asked in questions.sections:
        part = slice(start, start + len(asked))
        start = part.stop
        sections.append(
            _section(name, int(correct[part].sum()), int(askable[part].sum()), len(asked), rules)
        )
    rng = np.random.default_rng(rules.seed)
    grammar = [one for one in sections if one.name.startswith("gram")]
    meaning = [one for one in sections if not one.name.startswith("gram")]
    return AnalogyResult(
        whole=_with_interval(_sum("total", sections), rng),
        meaning=_with_interval(_sum("semantic", meaning), rng),
        grammar=_with_interval(_sum("syntactic", grammar), rng),
        sections=tuple(_with_interval(one, rng) for one in sections),
    )


def _section(name: str, correct: int, known: int, questions: int, rules: Rules) -> Section:
    total = known if rules.oov == "skip" else questions
    return Section(name, correct, total, questions - total, known)


def _sum(name: str, sections: Iterable[Section]) -> Section:
    counts = [one[1:5] for one in sections]
    correct, total, skipped, known = map(sum, zip((0,) * 4, *counts, strict=True))
    return Section(name, correct, total, skipped, known)


def _with_interval(section: Section, rng: np.random.Generator) -> Section:
    return section._replace(interval=accuracy_interval(section.correct, section.total, rng))
