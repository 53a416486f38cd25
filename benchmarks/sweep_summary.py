"""Medians and ratios of the points of benchmarks.sweeps, from its single runs."""

from __future__ import annotations

from typing import Any

from .points import EFFORTS, GENERATED, LARGE_DIM, ONE_LINE, SHORT_LINES, SWEEPS
from .spreads import rounded, spread

Runs = list[dict[str, Any]]
Points = dict[str, dict[str, Any]]
FIGURES = ("words_per_second", "gflops", "peak_memory_bytes")
WIKI = "wiki100.txt"
# The goal is about so many words; more are only reported.
MILLION = 1_000_000


def summarize_sweeps(runs: Runs) -> dict[str, Any]:
    """Return every point's figures, the points of each sweep, and the ratios that can be made.

    Nothing where no run belongs to a sweep.
    """
    chosen = [run for run in runs if run["task"] == "sweep"]
    if not chosen:
        return {}
    points: Points = {}
    places: dict[str, dict[str, int]] = {}
    for name in dict.fromkeys(run["contender"] for run in chosen):
        runs = [run for run in chosen if run["contender"] == name]
        points[name] = _point(runs)
        for sweep, place in runs[0]["sweeps"].items():
            places.setdefault(sweep, {})[name] = place
    sweeps = {
        sweep: sorted(places[sweep], key=places[sweep].__getitem__)
        for sweep in SWEEPS
        if sweep in places
    }
    return {"points": points, "sweeps": sweeps, "ratios": ratios(points)}


def summarize_roofline(runs: Runs) -> dict[str, Any]:
    """Return the rates of benchmarks.roofline, by what was done and by threads."""
    found: dict[str, dict[str, Any]] = {}
    for run in runs:
        if run["task"] == "roofline":
            by_threads = found.setdefault(run["contender"], {})
            by_threads.setdefault(str(run["threads"]), []).append(run["rate"])
    return {
        name: {threads: spread(rates) for threads, rates in by_threads.items()}
        for name, by_threads in found.items()
    }


def _point(runs: Runs) -> dict[str, Any]:
    first = runs[0]
    return {
        **first["point"],
        **first.get("block", {}),
        "forced": bool(first["point"]["isa"]),
        "isa": first.get("isa", ""),
        "plain": first["plain"],
        "words": first["text"]["words"],
        "tokens": first["text"]["tokens"],
        "trained": first["text"]["trained"],
        "bytes": first["text"]["bytes"],
        "seconds": {
            phase: spread(run["seconds"][phase] for run in runs) for phase in first["seconds"]
        },
        **{figure: spread(run[figure] for run in runs) for figure in FIGURES if figure in first},
    }


def ratios(points: Points) -> list[dict[str, Any]]:
    """Return every ratio and time that has a goal, as far as its points were run.

    Each has ``name``, ``value``, ``unit``, and ``least`` or ``most``: its goal.
    """
    found: list[dict[str, Any]] = []
    found += _against_threads(points)
    found += _against_prose(points)
    found += _against_few_words(points)
    found += _against_gensim(points)
    found += _against_gzip(points)
    found += _times(points)
    return found


def _entry(name: str, value: float, unit: str, **goal: float) -> dict[str, Any]:
    return {"name": name, "value": rounded(value), "unit": unit, **goal}


def _rate(point: dict[str, Any]) -> float:
    return float(point["words_per_second"]["median"])


def _ours(points: Points, **wanted: Any) -> list[dict[str, Any]]:
    wanted = {"program": "w2v", "effort": "fast", **wanted}
    return [
        point
        for point in points.values()
        if all(point[key] == value for key, value in wanted.items())
    ]


def _base(points: Points) -> dict[str, Any] | None:
    """Return the plain run: the one that others are compared with."""
    found = [point for point in _ours(points, plain=True, dim=100) if not point["forced"]]
    return max(found, key=lambda point: int(point["threads"]), default=None)


def _against_threads(points: Points) -> list[dict[str, Any]]:
    return [
        _entry(f"two threads / one, {one['isa']}", _rate(two) / _rate(one), "x", least=1.85)
        for one in _ours(points, plain=True, threads=1, dim=100)
        for two in _ours(points, plain=True, threads=2, dim=100, isa=one["isa"])
    ]


def _against_prose(points: Points) -> list[dict[str, Any]]:
    base = _base(points)
    goals = {SHORT_LINES: ("lines of 3 words / prose", 0.6), ONE_LINE: ("one line / prose", 0.95)}
    return [
        _entry(name, _rate(point) / _rate(base), "x", least=goal)
        for text, (name, goal) in goals.items()
        for point in _ours(points, text=text)
        if base
    ]


def _against_few_words(points: Points) -> list[dict[str, Any]]:
    """Compare the seconds per word of generated texts with those of the one of fewest words."""
    made = [one for one in _ours(points, dim=LARGE_DIM) if one["text"].startswith(GENERATED)]
    made.sort(key=lambda point: int(point["words"]))
    found = []
    for one in made[1:]:
        name = f"cost per word, {one['words']:,} words / {made[0]['words']:,}"
        goal = {"most": 2.0} if one["words"] <= MILLION else {}
        found.append(_entry(name, _rate(made[0]) / _rate(one), "x", **goal))
        share = (one["trained"] / one["tokens"]) / (made[0]["trained"] / made[0]["tokens"])
        value = _rate(made[0]) / _rate(one) / share
        found.append(_entry(f"{name}, of words not thinned out", value, "x"))
    return found


def _against_gensim(points: Points) -> list[dict[str, Any]]:
    goals = {"baseline": {"least": 4.0}}
    return [
        _entry(f"{point['isa']} / gensim", _rate(point) / _rate(peer), "x",
               **goals.get(point["isa"], {}))
        for peer in points.values()
        if peer["program"] == "gensim"
        for point in _ours(points, threads=peer["threads"], dim=peer["dim"], text=peer["text"])
    ]  # fmt: skip


def _against_gzip(points: Points) -> list[dict[str, Any]]:
    found = []
    for gzip in points.values():
        if gzip["program"] != "gzip":
            continue
        for point in _ours(points, text=gzip["text"]):
            took = point["seconds"]["text"]["median"]
            value = gzip["seconds"]["whole"]["median"] / took
            found.append(_entry("gzip -dc / text to rows from .gz", value, "x", least=1.0))
    return found


def _times(points: Points) -> list[dict[str, Any]]:
    """Return whole runs, and what has a goal of its own at one dim."""
    base = _base(points)
    if base is None:
        return []
    same = {"plain": True, "threads": base["threads"], "isa": base["isa"]}
    found = []
    for effort in EFFORTS[:2]:
        for point in _ours(points, dim=100, effort=effort, **same):
            goal = {"most": 1.9} if point["text"] == WIKI else {}
            name = f"whole process, 1 epoch, {effort}"
            found.append(_entry(name, _whole(point), "s", **goal))
    for point in points.values():
        if point["epochs"] > 1:
            name = f"whole process, {point['text']}, {point['epochs']} epochs, {point['effort']}"
            found.append(_entry(name, _whole(point), "s", most=26.0))
    for point in _ours(points, dim=300, **same):
        found.append(_entry("rate, dim 300, fast", _rate(point) / 1e6, "M words/s", least=7.0))
    for point in _ours(points, dim=128, **same):
        value = point["gflops"]["median"] / base["gflops"]["median"]
        found.append(_entry("FLOP/s, dim 128 / dim 100", value, "x", least=1.0))
    return found


def _whole(point: dict[str, Any]) -> float:
    return float(point["seconds"]["whole"]["median"])
