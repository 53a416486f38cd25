"""How good vectors are, by customary measures.

Of words: analogies and similarity. Of the nodes of a graph: their labels, and edges that were
held out. Of items: what ends a session.
"""

from w2v.evaluation.analogies import analogies
from w2v.evaluation.correlation import spearman
from w2v.evaluation.edges import EdgeSet, read_edges
from w2v.evaluation.labels import LabelSet, NumberSet, read_labels, read_numbers
from w2v.evaluation.links import FEATURES, LinkResult, LinkTest, score_links
from w2v.evaluation.logistic import require as require_logistic
from w2v.evaluation.nodes import PERCENTS, LabelResult, LabelTest, score_labels
from w2v.evaluation.pairs import similarity
from w2v.evaluation.questions import QuestionSet
from w2v.evaluation.results import AnalogyResult, Section, SimilarityResult
from w2v.evaluation.rules import QUESTION_ROWS, Rules
from w2v.evaluation.scoring import Result, Test, evaluate, score
from w2v.evaluation.sessions import (
    NextItemResult,
    NextItemTest,
    SessionSet,
    read_popularity,
    read_sessions,
    score_next_items,
)
from w2v.evaluation.sets import read_set
from w2v.evaluation.wordpairs import PairSet

__all__ = [
    "FEATURES",
    "PERCENTS",
    "QUESTION_ROWS",
    "AnalogyResult",
    "EdgeSet",
    "LabelResult",
    "LabelSet",
    "LabelTest",
    "LinkResult",
    "LinkTest",
    "NextItemResult",
    "NextItemTest",
    "NumberSet",
    "PairSet",
    "QuestionSet",
    "Result",
    "Rules",
    "Section",
    "SessionSet",
    "SimilarityResult",
    "Test",
    "analogies",
    "evaluate",
    "read_edges",
    "read_labels",
    "read_numbers",
    "read_popularity",
    "read_sessions",
    "read_set",
    "require_logistic",
    "score",
    "score_labels",
    "score_links",
    "score_next_items",
    "similarity",
    "spearman",
]
