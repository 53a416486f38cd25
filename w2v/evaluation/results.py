"""The outcomes of test sets."""

from __future__ import annotations

from typing import NamedTuple

Interval = tuple[float, float]
_NAN = float("nan")


class Section(NamedTuple):
    """The outcome of one section of an analogy file, or of several together.

    Attributes
    ----------
    name : str
        As in the file.
    correct : int
        Questions answered with the very word expected, or one of those expected.
    total : int
        Questions that count.
    skipped : int
        Questions left out for a word that is not known.
    known : int
        Questions of which all words are known; `total` unless unknown ones count as wrong.
    interval : tuple of float
        95 % interval of the accuracy, not-a-number without a question.
    """

    name: str
    correct: int
    total: int
    skipped: int
    known: int
    interval: Interval = (_NAN, _NAN)

    @property
    def accuracy(self) -> float:
        """Correct answers per question, 0 to 1; not-a-number without a question."""
        return self.correct / self.total if self.total else _NAN

    @property
    def questions(self) -> int:
        """Questions in the file."""
        return self.total + self.skipped

    @property
    def coverage(self) -> float:
        """Share of the file's questions of which all words are known, 0 to 1."""
        return self.known / self.questions if self.questions else _NAN


class AnalogyResult(NamedTuple):
    """The outcome of a set of analogies.

    Attributes
    ----------
    whole : Section
        All questions together.
    meaning, grammar : Section
        The sections whose name does not, or does, begin with ``gram``.
    sections : tuple of Section
        In the order of the file.
    """

    whole: Section
    meaning: Section
    grammar: Section
    sections: tuple[Section, ...]

    @property
    def correct(self) -> int:
        """Questions answered rightly."""
        return self.whole.correct

    @property
    def total(self) -> int:
        """Questions that count."""
        return self.whole.total

    @property
    def skipped(self) -> int:
        """Questions left out for a word that is not known."""
        return self.whole.skipped

    @property
    def accuracy(self) -> float:
        """Correct answers per question, 0 to 1."""
        return self.whole.accuracy

    @property
    def interval(self) -> Interval:
        """95 % interval of the accuracy."""
        return self.whole.interval

    @property
    def coverage(self) -> float:
        """Share of the questions of which all words are known, 0 to 1."""
        return self.whole.coverage

    @property
    def semantic(self) -> float:
        """Accuracy on meaning; not-a-number where there is no such question."""
        return self.meaning.accuracy

    @property
    def syntactic(self) -> float:
        """Accuracy on grammar; not-a-number where there is no such question."""
        return self.grammar.accuracy


class SimilarityResult(NamedTuple):
    """The outcome of a set of word pairs.

    Attributes
    ----------
    spearman : float
        Rank correlation of people's scores and cosines, -1 to 1; not-a-number if either
        side does not vary.
    pairs : int
        Pairs that count.
    skipped : int
        Pairs left out for a word that is not known.
    known : int
        Pairs of which both words are known.
    interval : tuple of float
        95 % interval of `spearman`; not-a-number where that is.
    """

    spearman: float
    pairs: int
    skipped: int
    known: int
    interval: Interval = (_NAN, _NAN)

    @property
    def coverage(self) -> float:
        """Share of the file's pairs of which both words are known, 0 to 1."""
        return self.known / (self.pairs + self.skipped)
