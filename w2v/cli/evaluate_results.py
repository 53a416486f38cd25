"""The results of ``w2v evaluate`` as JSON and as the lines of a table."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from w2v.evaluation import LabelResult, LinkResult, NextItemResult, Result, Section
    from w2v.evaluation.nodes import Spread
    from w2v.evaluation.sessions import Hits


def record(result: Result) -> dict[str, object]:
    """Return a result as JSON holds it: not-a-number becomes null."""
    from w2v import evaluation

    if isinstance(result, evaluation.SimilarityResult):
        return {
            "kind": "pairs",
            "spearman": _finite(result.spearman),
            "interval": [_finite(end) for end in result.interval],
            "pairs": result.pairs,
            "skipped": result.skipped,
            "known": result.known,
            "coverage": result.coverage,
        }
    if isinstance(result, evaluation.LabelResult):
        return _label_record(result)
    if isinstance(result, evaluation.LinkResult):
        return _link_record(result)
    if isinstance(result, evaluation.NextItemResult):
        return _item_record(result)
    return {
        "kind": "analogies",
        **_section_record(result.whole),
        "semantic": _finite(result.semantic),
        "syntactic": _finite(result.syntactic),
        "sections": [{"name": one.name, **_section_record(one)} for one in result.sections],
    }


def _section_record(section: Section) -> dict[str, object]:
    return {
        "accuracy": _finite(section.accuracy),
        "interval": [_finite(end) for end in section.interval],
        "correct": section.correct,
        "total": section.total,
        "skipped": section.skipped,
        "known": section.known,
        "coverage": _finite(section.coverage),
    }


def _label_record(result: LabelResult) -> dict[str, object]:
    return {
        "kind": "labels",
        "nodes": result.nodes,
        "known": result.known,
        "coverage": result.known / result.nodes,
        "labels": result.labels,
        "ratios": [
            {
                "percent": one.percent,
                "learned": one.learned,
                "tested": one.tested,
                "micro_f1": _spread_record(one.micro),
                "macro_f1": _spread_record(one.macro),
            }
            for one in result.ratios
        ],
    }


def _spread_record(spread: Spread) -> dict[str, object]:
    return {
        "mean": spread.mean,
        "deviation": _finite(spread.deviation),
        "splits": list(spread.values),
    }


def _link_record(result: LinkResult) -> dict[str, object]:
    return {
        "kind": "links",
        "pairs": result.pairs,
        "known": result.links + result.non_links,
        "links": result.links,
        "non_links": result.non_links,
        "drawn": result.drawn,
        "features": [
            {
                "feature": one.feature,
                "auc": one.auc,
                "auc_interval": list(one.auc_interval),
                "average_precision": one.precision,
                "average_precision_interval": list(one.precision_interval),
            }
            for one in result.features
        ],
    }


def _item_record(result: NextItemResult) -> dict[str, object]:
    return {
        "kind": "next-item",
        "sessions": result.sessions,
        "known": result.known,
        "tested": result.tested,
        "coverage": result.known / result.sessions,
        "k": result.k,
        **_hit_record(result.vectors),
        "popularity": _hit_record(result.popularity),
    }


def _hit_record(hits: Hits) -> dict[str, object]:
    return {
        "hit_rate": hits.hit_rate,
        "hit_rate_interval": list(hits.hit_interval),
        "mrr": hits.reciprocal_rank,
        "mrr_interval": list(hits.reciprocal_interval),
        "recall": hits.hit_rate,
        "recall_interval": list(hits.hit_interval),
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def lines(result: Result) -> list[list[str]]:
    """Return section, measure, questions, score, low, high and known, for each line of a table."""
    from w2v import evaluation

    if isinstance(result, evaluation.SimilarityResult):
        questions = str(result.pairs + result.skipped)
        scores = _digits(result.spearman, *result.interval)
        return [["total", "spearman", questions, *scores, str(result.known)]]
    if isinstance(result, evaluation.LabelResult):
        return _label_lines(result)
    if isinstance(result, evaluation.LinkResult):
        return _link_lines(result)
    if isinstance(result, evaluation.NextItemResult):
        return _item_lines(result)
    sections = [*result.sections]
    if result.meaning.questions and result.grammar.questions:
        sections += [result.meaning, result.grammar]
    return [
        [
            one.name or "-",
            "accuracy",
            str(one.questions),
            *_digits(one.accuracy, *one.interval),
            str(one.known),
        ]
        for one in [*sections, result.whole]
    ]


def _label_lines(result: LabelResult) -> list[list[str]]:
    return [
        [
            f"{one.percent:g}%",
            measure,
            str(result.nodes),
            *_digits(spread.mean, min(spread.values), max(spread.values)),
            str(result.known),
        ]
        for one in result.ratios
        for measure, spread in (("micro-F1", one.micro), ("macro-F1", one.macro))
    ]


def _link_lines(result: LinkResult) -> list[list[str]]:
    known = str(result.links + result.non_links)
    return [
        [one.feature, measure, str(result.pairs), *_digits(score, *interval), known]
        for one in result.features
        for measure, score, interval in (
            ("AUC", one.auc, one.auc_interval),
            ("AP", one.precision, one.precision_interval),
        )
    ]


def _item_lines(result: NextItemResult) -> list[list[str]]:
    found: list[list[str]] = []
    for name, hits in (("vectors", result.vectors), ("popularity", result.popularity)):
        measures: list[tuple[str, float, Any]] = [
            ("HR", hits.hit_rate, hits.hit_interval),
            ("MRR", hits.reciprocal_rank, hits.reciprocal_interval),
            ("recall", hits.hit_rate, hits.hit_interval),
        ]
        for measure, score, interval in measures:
            numbers = [str(result.sessions), *_digits(score, *interval), str(result.known)]
            found.append([name, f"{measure}@{result.k}", *numbers])
    return found


def _digits(*values: float) -> list[str]:
    return [f"{value:.4f}" if math.isfinite(value) else "-" for value in values]
