"""How good vectors are, by two customary measures: analogies and word similarity."""

from w2v.evaluation.analogies import analogies
from w2v.evaluation.correlation import spearman
from w2v.evaluation.pairs import similarity
from w2v.evaluation.questions import QuestionSet
from w2v.evaluation.results import AnalogyResult, Section, SimilarityResult
from w2v.evaluation.rules import QUESTION_ROWS, Rules
from w2v.evaluation.scoring import evaluate, score
from w2v.evaluation.sets import read_set
from w2v.evaluation.wordpairs import PairSet

__all__ = [
    "QUESTION_ROWS",
    "AnalogyResult",
    "PairSet",
    "QuestionSet",
    "Rules",
    "Section",
    "SimilarityResult",
    "analogies",
    "evaluate",
    "read_set",
    "score",
    "similarity",
    "spearman",
]
