"""One function for test sets of every kind."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, overload

from w2v.errors import ConfigError
from w2v.evaluation.analogies import score_questions
from w2v.evaluation.links import LinkResult, LinkTest, score_links
from w2v.evaluation.nodes import LabelResult, LabelTest, score_labels
from w2v.evaluation.pairs import score_pairs
from w2v.evaluation.questions import QuestionSet
from w2v.evaluation.results import AnalogyResult, SimilarityResult
from w2v.evaluation.rules import Case, Oov, Rules
from w2v.evaluation.sessions import NextItemResult, NextItemTest, score_next_items
from w2v.evaluation.sets import read_set
from w2v.evaluation.wordpairs import PairSet

if TYPE_CHECKING:
    from w2v.vectors import Vectors

Test = QuestionSet | PairSet | LabelTest | LinkTest | NextItemTest
Result = AnalogyResult | SimilarityResult | LabelResult | LinkResult | NextItemResult


def evaluate(
    vectors: Vectors,
    path: str | os.PathLike[str],
    *,
    restrict: int | None = None,
    case: Case = "lower",
    oov: Oov = "skip",
    seed: int = 1,
    threads: int = 1,
) -> AnalogyResult | SimilarityResult:
    """Score vectors on analogies or word pairs, whichever the file holds.

    Parameters
    ----------
    vectors : Vectors
        Most frequent words first.
    path : str or os.PathLike
        Questions as Google's (four words a line, ``: NAME`` begins a section), a folder or
        file of BATS (a word and its counterparts, divided by ``/``), or word pairs (two
        words and a number, separated by blanks, tabs, commas or semicolons, with or without
        a header and more columns: WS-353, MEN, SimLex-999, RW, SimVerb).
    restrict : int or None
        Only this many first rows are known, to ask and to answer; 0 for all of them.
        By default 70,000 for analogies and all for word pairs.
    case : {"lower", "keep"}
        Lower-case the words of both sides, or compare them as they are.
    oov : {"skip", "wrong"}
        Leave a question with an unknown word out, or count it as wrong. A word pair
        with an unknown word is left out, or gets the cosine 0.
    seed : int
        Of the resampling behind the 95 % intervals.
    threads : int
        How many answer analogies together, from 1. Numpy's linear algebra may start more.

    Returns
    -------
    AnalogyResult or SimilarityResult
        Accuracies of 3CosAdd, or Spearman's correlation, with counts and intervals.

    Raises
    ------
    FileError
        The file cannot be read.
    DataError
        A line is not like the others, or no question and no two pairs are in the vocabulary.
    ConfigError
        A setting is out of range.
    """
    rules = Rules(restrict=restrict, case=case, oov=oov, seed=seed)
    if isinstance(threads, bool) or not isinstance(threads, int) or threads < 1:
        raise ConfigError(f"threads is {threads!r}: give a whole number, 1 or more")
    return score(vectors, read_set(path), rules, threads)


@overload
def score(
    vectors: Vectors, test_set: QuestionSet | PairSet, rules: Rules, threads: int = 1
) -> AnalogyResult | SimilarityResult: ...


@overload
def score(vectors: Vectors, test_set: Test, rules: Rules, threads: int = 1) -> Result: ...


def score(vectors: Vectors, test_set: Test, rules: Rules, threads: int = 1) -> Result:
    """Score vectors on a test that has been read.

    Parameters
    ----------
    vectors : Vectors
        Most frequent words first.
    test_set : QuestionSet, PairSet, LabelTest, LinkTest or NextItemTest
    rules : Rules
        For questions and word pairs; the seed for all.
    threads : int
        How many work together, from 1.

    Returns
    -------
    AnalogyResult, SimilarityResult, LabelResult, LinkResult or NextItemResult

    Raises
    ------
    DataError
        Nothing of the test can be asked with these vectors.
    ConfigError
        The test needs a package that is not installed.
    """
    if isinstance(test_set, LabelTest):
        return score_labels(vectors, test_set, rules.seed, threads)
    if isinstance(test_set, LinkTest):
        return score_links(vectors, test_set, rules.seed)
    if isinstance(test_set, NextItemTest):
        return score_next_items(vectors, test_set, rules.seed, threads)
    if isinstance(test_set, QuestionSet):
        return score_questions(vectors, test_set, rules, threads)
    return score_pairs(vectors, test_set, rules)
