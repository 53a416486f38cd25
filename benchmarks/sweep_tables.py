"""Tables of benchmarks.sweeps and benchmarks.roofline. render.py lists them."""

from __future__ import annotations

from typing import Any

from . import traffic as counted
from .spreads import NOISE, noise, run_counts

Results = dict[str, Any]
Point = dict[str, Any]


class TableError(Exception):
    """Results that a table cannot be made of."""


PHASES = ("start", "text", "tables", "epochs", "saving", "whole")
ARITHMETIC = {
    "fma-float32": "multiply-adds, float32",
    "fma-bf16": "multiply-adds, bf16 with float32 sums",
    "fma-amx": "products of bf16 tiles (AMX)",
}


def sweeps(results: Results) -> list[str]:
    """Every point: its rate, its FLOP/s, and where the time of a whole run goes."""
    found = _part(results, "sweeps")
    lines = [
        "| sweep | run | words/s | GFLOP/s | start, s | text | tables | epochs | saving "
        "| whole process, s | peak memory, MB |",
        "|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for sweep, names in found["sweeps"].items():
        for place, name in enumerate(names):
            point = found["points"][name]
            cells = [sweep if place == 0 else "", label(sweep, point), *_cells(point)]
            lines.append(f"| {' | '.join(cells)} |")
    runs = run_counts(point["seconds"]["whole"]["n"] for point in found["points"].values())
    rounds = (
        "One round." if runs == "1" else f"Medians of {runs} rounds in turn (least to greatest)."
    )
    reasons = [f"{one['title']}: {one['why']}" for one in results["missing"]]
    reasons += [f"{one['contender']}: failed" for one in results["failed"]]
    note = [f"Not measured: {'; '.join(reasons)}."] if reasons else []
    return [*lines, "", rounds, *note, *noisy(results)]


def noisy(results: Results) -> list[str]:
    """Say if others used the CPUs: then no figure is worth much."""
    runs, cpus = results["runs"], results["machine"]["cpus"]
    disturbed = sum(noise(run, cpus) > NOISE for run in runs)
    if not disturbed:
        return []
    return [
        f"**Disturbed**: in {disturbed} of {len(runs)} runs something else took more than "
        f"{NOISE:.0%} of the CPUs."
    ]


def goals(results: Results) -> list[str]:
    """What the sweeps come to, beside what was aimed at."""
    lines = ["| | measured | goal |", "|---|---:|---:|"]
    for one in _part(results, "sweeps")["ratios"]:
        goal = ""
        if "least" in one:
            goal = f"at least {one['least']:g}"
        elif "most" in one:
            goal = f"at most {one['most']:g}"
        lines.append(f"| {one['name']} | {one['value']:.3g} {one['unit']} | {goal} |")
    return lines


def traffic(results: Results) -> list[str]:
    """What a word costs at each effort, and how much that is in a second."""
    found = _part(results, "sweeps")
    lines = [
        "| `--effort` | kFLOP for a word | bytes of the matrices | bytes of own rows, at least "
        "| trained words/s | GFLOP/s | GB/s, matrices | GB/s, own rows |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name in found["sweeps"].get("effort", []):
        point = found["points"][name]
        dim, window, noise = point["dim"], point["window"], point["block_noise"]
        work = counted.flop(dim, window, noise)
        far = counted.matrix_bytes(dim, noise, point["block_length"])
        near = counted.step_bytes(dim, window, noise)
        rate = point["gflops"]["median"] * 1e9 / work
        lines.append(
            f"| {point['effort']} | {work / 1e3:.1f} | {far:,.0f} | {near:,.0f} "
            f"| {rate / 1e6:.1f} M | {point['gflops']['median']:.0f} "
            f"| {rate * far / 1e9:.0f} | {rate * near / 1e9:.0f} |"
        )
    return lines


def roofline(results: Results) -> list[str]:
    """What the machine can do: the best of the rounds, as a limit is."""
    found = _part(results, "roofline")
    counts = list(dict.fromkeys(count for rates in found.values() for count in rates))
    heads = [f"{count} thread" + ("" if count == "1" else "s") for count in counts]
    lines = [f"| | {' | '.join(heads)} |", "|---|" + "---:|" * len(counts)]
    for name, rates in found.items():
        unit = "GFLOP/s" if name in ARITHMETIC else "GB/s"
        cells = [f"{rates[count]['max'] / 1e9:.0f} {unit}" for count in counts]
        lines.append(f"| {_limit(name, results)} | {' | '.join(cells)} |")
    return lines


def label(sweep: str, point: Point) -> str:
    """Return what tells a point from the others of its sweep."""
    if point["program"] != "w2v":
        return {"gensim": "gensim", "gzip": "`gzip -dc`, into a pipe"}[point["program"]]
    plural = "" if point["threads"] == 1 else "s"
    threads = f"{point['threads']} thread{plural}"
    return {
        "threads": threads,
        "path": f"{point['isa']}, {threads}",
        "dim": f"dim {point['dim']}",
        "effort": f"`--effort {point['effort']}`",
        "size": f"{point['bytes'] / 1e6:g} MB"
        + (f", {point['epochs']} epochs" if point["epochs"] > 1 else ""),
        "shape": point["text"],
        "vocabulary": f"{point['words']:,} words, {'text' if point['plain'] else 'generated'}",
        "gzip": point["text"],
    }[sweep]


def _part(results: Results, part: str) -> dict[str, Any]:
    """Return a part of the summary; `TableError` where these are other results."""
    if part not in results["summary"]:
        raise TableError(f"benchmark:{results['name']}: not a session of benchmarks.{part}")
    found: dict[str, Any] = results["summary"][part]
    return found


def _cells(point: Point) -> list[str]:
    seconds = point["seconds"]
    cells = []
    rate = point.get("words_per_second")
    cells.append(_rate(rate) if rate else "")
    cells.append(f"{point['gflops']['median']:.0f}" if "gflops" in point else "")
    for phase in PHASES:
        cells.append(f"{seconds[phase]['median']:.2f}" if phase in seconds else "")
    cells.append(f"{point['peak_memory_bytes']['max'] / 1e6:.0f}")
    return cells


def _rate(rate: dict[str, float]) -> str:
    middle = f"{rate['median'] / 1e6:.2f} M"
    if rate["n"] == 1:
        return middle
    return f"{middle} ({rate['min'] / 1e6:.2f} to {rate['max'] / 1e6:.2f})"


def _limit(name: str, results: Results) -> str:
    if name in ARITHMETIC:
        return ARITHMETIC[name]
    what, level = name.split("-")
    words = {"read": "read", "update": "read, add and write"}[what]
    size = results["settings"]["caches"].get(level)
    size = "" if size is None else f" ({size // 1024:,} KiB)"
    return f"{words}, {level}{size}"
