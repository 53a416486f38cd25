"""Medians, spread and ratios of a session's single runs."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from typing import Any

from .spreads import rounded, spread
from .sweep_summary import summarize_roofline, summarize_sweeps

OURS = "w2v-shared"
VECTOR_TASKS = (
    "cold",
    "queries",
    "load",
    "load-text",
    "write-text",
    "evaluate",
    "phrases-20",
    "phrases-100",
)
SCORES = ("analogies", "semantic", "syntactic", "ws353", "men", "simlex")
Runs = list[dict[str, Any]]


def scores(values: Iterable[float]) -> dict[str, float | None]:
    """Return mean, standard deviation (None for one value) and number of some scores."""
    found = list(values)
    deviation = statistics.stdev(found) if len(found) > 1 else None
    return {
        "mean": round(statistics.fmean(found), 2),
        "sd": None if deviation is None else round(deviation, 2),
        "n": len(found),
    }


def summarize(runs: Runs) -> dict[str, Any]:
    """Return everything the tables show, computed from the single runs alone."""
    speed = {name: _speed(chosen) for name, chosen in _by_contender(runs, "speed")}
    vectors = {task: _work(runs, task) for task in VECTOR_TASKS}
    found = {task: work for task, work in vectors.items() if work}
    return {
        "speed": speed,
        "ratios": {name: _ratios(speed, name) for name in speed} if OURS in speed else {},
        "accuracy": {name: _accuracy(chosen) for name, chosen in _by_contender(runs, "accuracy")},
        "text": _text(runs),
        "startup": {
            task: spread(run["seconds"]["whole"] for run in chosen)
            for task in ("similar", "help")
            if (chosen := [run for run in runs if run["task"] == task])
        },
        **({"vectors": found} if found else {}),
        **({"graphs": graphs} if (graphs := _graphs(runs)) else {}),
        **({"sweeps": sweeps} if (sweeps := summarize_sweeps(runs)) else {}),
        **({"roofline": roof} if (roof := summarize_roofline(runs)) else {}),
    }


def _graphs(runs: Runs) -> dict[str, Any]:
    """Spread of every figure of each task on graphs, by contender; steps as rates."""
    found: dict[str, Any] = {}
    for task in dict.fromkeys(run["task"] for run in runs if run["task"].startswith("graph-")):
        for name, chosen in _by_contender(runs, task):
            figures = [run["figures"] for run in chosen]
            one = {"whole": spread(run["seconds"]["whole"] for run in chosen)}
            one["peak_memory_bytes"] = spread(run["peak_memory_bytes"] for run in chosen)
            for figure in figures[0]:
                if figure.endswith("_steps"):
                    kind = figure.removesuffix("_steps")
                    one[f"{kind}_steps_per_second"] = spread(
                        run[figure] / run[kind] for run in figures
                    )
                else:
                    one[figure] = spread(run[figure] for run in figures)
            found.setdefault(task, {})[name] = one
    return found


def _by_contender(runs: Runs, task: str) -> Iterable[tuple[str, Runs]]:
    chosen = [run for run in runs if run["task"] == task]
    for name in dict.fromkeys(run["contender"] for run in chosen):
        yield name, [run for run in chosen if run["contender"] == name]


def _speed(runs: Runs) -> dict[str, Any]:
    return {
        "whole": spread(run["seconds"]["whole"] for run in runs),
        "training": spread(run["seconds"]["training"] for run in runs),
        "words_per_second": spread(run["words_per_second"] for run in runs),
        "peak_memory_bytes": spread(run["peak_memory_bytes"] for run in runs),
    }


def _ratios(speed: dict[str, Any], name: str) -> dict[str, float]:
    """How many times as long as ours, by the medians."""
    return {
        phase: rounded(speed[name][phase]["median"] / speed[OURS][phase]["median"])
        for phase in ("whole", "training")
    }


def _work(runs: Runs, task: str) -> dict[str, Any]:
    """What everybody took for a task of benchmarks.vectors, and how many times as long as w2v."""
    found: dict[str, Any] = {}
    for name, chosen in _by_contender(runs, task):
        found[name] = {
            "seconds": spread(work_seconds(run) for run in chosen),
            "peak_memory_bytes": spread(run["peak_memory_bytes"] for run in chosen),
            "amount": chosen[0]["amount"],
            "answer": chosen[0]["answer"],
        }
    if "w2v" in found:
        for one in found.values():
            one["times"] = rounded(one["seconds"]["median"] / found["w2v"]["seconds"]["median"])
    return found


def work_seconds(run: dict[str, Any]) -> float:
    """Return what counts of a run: the work alone where it was timed, else the whole process."""
    seconds: dict[str, float] = run["seconds"]
    return seconds.get("work", seconds["whole"])


def _accuracy(runs: Runs) -> dict[str, Any]:
    return {
        "epochs": runs[0]["epochs"],
        "whole": spread(run["seconds"]["whole"] for run in runs),
        **{score: scores(run["accuracy"][score] for run in runs) for score in SCORES},
    }


def _text(runs: Runs) -> dict[str, Any]:
    chosen = [run for run in runs if run["task"] == "text"]
    return {
        str(threads): spread(run["words_per_second"] for run in chosen if run["threads"] == threads)
        for threads in sorted({run["threads"] for run in chosen})
    }
