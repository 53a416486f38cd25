"""How good vectors are, by two customary measures: analogies and word similarity."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from w2v.errors import ConfigError, DataError, FileError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from w2v.vectors import Vectors

# Questions and rows in one matrix product: its scores, 2 MB, are read while still in the cache.
_QUESTIONS = 512
_ROWS = 1024


class Section(NamedTuple):
    """The outcome of one section of an analogy file.

    Attributes
    ----------
    name : str
        As in the file.
    correct : int
        Questions answered with the very word expected.
    total : int
        Questions of which all four words are known.
    skipped : int
        Questions with a word that is not.
    """

    name: str
    correct: int
    total: int
    skipped: int

    @property
    def accuracy(self) -> float:
        """Correct answers per question, 0 to 1; not-a-number without a question."""
        return self.correct / self.total if self.total else float("nan")


class AnalogyResult(NamedTuple):
    """The outcome of an analogy file.

    Attributes
    ----------
    correct, total, skipped : int
        Sums over the sections.
    accuracy : float
        Correct answers per question, 0 to 1.
    semantic, syntactic : float
        The same for the sections whose name does not, or does, begin with ``gram``;
        not-a-number where there is no such question.
    sections : tuple of Section
        In the order of the file.
    """

    correct: int
    total: int
    skipped: int
    accuracy: float
    semantic: float
    syntactic: float
    sections: tuple[Section, ...]


class SimilarityResult(NamedTuple):
    """The outcome of a file of word pairs.

    Attributes
    ----------
    spearman : float
        Rank correlation of people's scores and cosines, -1 to 1; not-a-number if either
        side does not vary.
    pairs : int
        Pairs of which both words are known.
    skipped : int
        Pairs with a word that is not.
    """

    spearman: float
    pairs: int
    skipped: int


def analogies(
    vectors: Vectors,
    path: str | os.PathLike[str],
    *,
    restrict: int | None = 70_000,
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
        Four words a line; a line that begins with a colon names a section.
    restrict : int or None
        Only this many first rows are known, as questions and as answers.
    lowercase : bool
        Compare words regardless of case. Of several spellings the first row counts and
        the others are no answers.

    Returns
    -------
    AnalogyResult
        Counts and accuracies.

    Raises
    ------
    FileError
        The file cannot be read.
    DataError
        A line has not four words, or no question can be asked with these vectors.
    ConfigError
        `restrict` is below 1.
    """
    if restrict is not None and restrict < 1:
        raise ConfigError(f"restrict is {restrict}: give 1 or more, or None for all rows")
    row_of = _known_rows(vectors, restrict, lowercase)
    # Questions hold places among the known rows, not rows of the matrix.
    place_of = {word: place for place, word in enumerate(row_of)}
    names, sections, questions = _read_questions(path, place_of, lowercase)
    asked: NDArray[np.bool_] = np.all(questions >= 0, axis=1)
    if not asked.any():
        raise DataError(
            f"{os.fspath(path)}: none of {len(questions)} questions has all its words in the "
            f"vocabulary ({len(row_of)} words)"
        )
    known = _unit_rows(vectors, list(row_of.values()))
    correct = np.zeros(len(questions), dtype=np.bool_)
    correct[asked] = _answers_are_right(known, questions[asked])
    return _summary(names, sections, asked, correct)


def _read_questions(
    path: str | os.PathLike[str], place_of: dict[str, int], lowercase: bool
) -> tuple[list[str], NDArray[np.intp], NDArray[np.intp]]:
    """Return section names, each question's section, and its words, -1 for unknown ones."""
    names: list[str] = []
    sections: list[int] = []
    questions: list[list[int]] = []
    for line, text in _lines(path, lowercase):
        if text.startswith(":"):
            names.append(text[1:].strip())
            continue
        words = text.split()
        if len(words) != 4:
            raise DataError(f"{os.fspath(path)}:{line}: {len(words)} words: give four, or ': NAME'")
        if not names:
            names.append("")
        sections.append(len(names) - 1)
        questions.append([place_of.get(word, -1) for word in words])
    shape = (len(questions), 4)
    return names, np.array(sections, np.intp), np.array(questions, np.intp).reshape(shape)


def similarity(
    vectors: Vectors, path: str | os.PathLike[str], *, lowercase: bool = True
) -> SimilarityResult:
    """Correlate cosines with people's judgments of how alike two words are.

    Parameters
    ----------
    vectors : Vectors
        The words and their vectors.
    path : str or os.PathLike
        Two words and a number a line, separated by tabs, commas or spaces. Lines that
        begin with ``#`` are left out, and so is a first line without a number.
    lowercase : bool
        Compare words regardless of case; of several spellings the first row counts.

    Returns
    -------
    SimilarityResult
        Spearman's rank correlation, tied ranks averaged, and counts.

    Raises
    ------
    FileError
        The file cannot be read.
    DataError
        A line is not of that form, or fewer than two pairs are in the vocabulary.
    """
    row_of = _known_rows(vectors, None, lowercase)
    left: list[int] = []
    right: list[int] = []
    scores: list[float] = []
    skipped = 0
    for line, text in _lines(path, lowercase):
        fields = re.split(r"\s*[\t,;]\s*|\s+", text)
        score = _number(fields[-1])
        if line == 1 and score is None:
            continue
        if len(fields) != 3 or score is None:
            raise DataError(
                f"{os.fspath(path)}:{line}: {text[:60]!r} is not two words and a number"
            )
        first, second = row_of.get(fields[0]), row_of.get(fields[1])
        if first is None or second is None:
            skipped += 1
            continue
        left.append(first)
        right.append(second)
        scores.append(score)
    if len(scores) < 2:
        raise DataError(
            f"{os.fspath(path)}: {len(scores)} of {len(scores) + skipped} pairs are in the "
            f"vocabulary ({len(row_of)} words): a correlation takes two"
        )
    # In float64: at float32 many cosines would tie that are not equal.
    pair = [_unit_rows(vectors, rows).astype(np.float64) for rows in (left, right)]
    cosines = np.einsum("ij,ij->i", *pair)
    return SimilarityResult(_spearman(cosines, np.array(scores)), len(scores), skipped)


def _lines(path: str | os.PathLike[str], lowercase: bool) -> Iterator[tuple[int, str]]:
    """Yield number and text of each line that holds something."""
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise FileError(f"{os.fspath(path)} cannot be read: {error.strerror or error}") from error
    if not data.strip():
        raise DataError(f"{os.fspath(path)} is empty")
    # Cut at newlines only: str.splitlines would also cut at characters inside words.
    text = data.decode("utf-8-sig", "surrogateescape")
    for number, line in enumerate(text.split("\n"), start=1):
        stripped = line.strip()
        if stripped and not stripped.startswith("#"):
            is_name = stripped.startswith(":")
            yield number, stripped.lower() if lowercase and not is_name else stripped


def _known_rows(vectors: Vectors, restrict: int | None, lowercase: bool) -> dict[str, int]:
    """Return the row of each of the first words, the first one of equal spellings."""
    words = vectors.words[:restrict]
    rows: dict[str, int] = {}
    for row, word in enumerate(words):
        rows.setdefault(word.lower() if lowercase else word, row)
    return rows


def _unit_rows(vectors: Vectors, rows: list[int]) -> NDArray[np.float32]:
    """Return these vectors scaled to length 1; those without a direction become zero."""
    norms = vectors.norms[rows]
    usable = np.isfinite(norms) & (norms > 0)
    matrix: NDArray[np.float32] = vectors.matrix[rows]
    matrix[~usable] = 0.0
    matrix /= np.where(usable, norms, 1.0)[:, None].astype(np.float32)
    return matrix


def _answers_are_right(
    known: NDArray[np.float32], questions: NDArray[np.intp]
) -> NDArray[np.bool_]:
    """Answer questions of shape (m, 4), places among the known rows; return shape (m,)."""
    correct = np.empty(len(questions), dtype=np.bool_)
    for start in range(0, len(questions), _QUESTIONS):
        part = questions[start : start + _QUESTIONS]
        a, b, c, expected = part.T
        queries = known[b] - known[a] + known[c]
        correct[start : start + len(part)] = _best(known, queries, part[:, :3]) == expected
    return correct


def _best(
    known: NDArray[np.float32], queries: NDArray[np.float32], excluded: NDArray[np.intp]
) -> NDArray[np.intp]:
    """Return the place with the highest score for each query, excluded ones left out."""
    m = len(queries)
    each = np.arange(m)
    best = np.zeros(m, dtype=np.intp)
    highest = np.full(m, -np.inf, dtype=np.float32)
    for first in range(0, len(known), _ROWS):
        scores = queries @ known[first : first + _ROWS].T
        for column in excluded.T:
            here = np.flatnonzero((column >= first) & (column < first + scores.shape[1]))
            scores[here, column[here] - first] = -np.inf
        place = scores.argmax(axis=1)
        score = scores[each, place]
        better = score > highest
        best[better] = place[better] + first
        highest[better] = score[better]
    return best


def _summary(
    names: list[str],
    sections: NDArray[np.intp],
    asked: NDArray[np.bool_],
    correct: NDArray[np.bool_],
) -> AnalogyResult:
    n = len(names)
    rights, totals, misses = (
        np.bincount(sections[which], minlength=n).tolist() for which in (correct, asked, ~asked)
    )
    each = tuple(map(Section, names, rights, totals, misses))
    whole = _sum(each)
    return AnalogyResult(
        correct=whole.correct,
        total=whole.total,
        skipped=whole.skipped,
        accuracy=whole.accuracy,
        semantic=_sum(one for one in each if not one.name.startswith("gram")).accuracy,
        syntactic=_sum(one for one in each if one.name.startswith("gram")).accuracy,
        sections=each,
    )


def _sum(sections: Iterable[Section]) -> Section:
    counts = [one[1:] for one in sections]
    return Section("all", *(sum(column) for column in zip((0, 0, 0), *counts, strict=True)))


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if np.isfinite(value) else None


def _spearman(x: NDArray[np.floating], y: NDArray[np.floating]) -> float:
    """Return Spearman's rank correlation; not-a-number if either side is constant."""
    ranks = [_ranks(values) - (len(values) + 1) / 2 for values in (x, y)]
    spread = np.sqrt((ranks[0] @ ranks[0]) * (ranks[1] @ ranks[1]))
    return float(ranks[0] @ ranks[1] / spread) if spread > 0 else float("nan")


def _ranks(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return ranks from 1, the mean of their ranks for equal values."""
    _, group, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    means: NDArray[np.float64] = last - (counts - 1) / 2
    return means[group]
