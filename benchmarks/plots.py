"""Draw what was measured: ``python -m benchmarks.plots`` writes docs/plots/*.png and *.svg.

Every figure is made of results/*.json alone. matplotlib is in ``pip install '.[bench]'``.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from . import store
from .contenders import Settings
from .points import SWEEPS
from .render import DOCS, RenderError, load_finished
from .sweep_tables import label
from .traffic import intensities

Results = dict[str, Any]
# The same program has the same color in every figure (Okabe and Ito, for all eyes).
COLORS = {
    "w2v": "#0072b2",
    "gensim": "#d55e00",
    "word2vec": "#009e73",
    "fasttext": "#cc79a7",
    "gzip": "#999999",
}
LIMIT = "#555555"
EFFORT_MARKS = {"fast": "^", "balanced": "o", "accurate": "s"}
# FLOP for each byte that the roofline shows.
SPAN = (0.5, 50.0)
WIDTH, HEIGHT, DPI = 6.4, 3.6, 110
STYLE = {
    "svg.hashsalt": "w2v",  # the same results make the same file
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#dddddd",
    "axes.axisbelow": True,
}
# Sweeps over a number are lines, over a kind of thing bars.
LINES: dict[str, tuple[str, Callable[[Any], float]]] = {
    "threads": ("threads", lambda point: float(point["threads"])),
    "dim": ("dim", lambda point: float(point["dim"])),
    "size": ("size of the text, MB", lambda point: point["bytes"] / 1e6),
    "vocabulary": ("words of the vocabulary, dim 300", lambda point: float(point["words"])),
}
LOGARITHMIC = ("size", "vocabulary")
# Numbers nearer than this on a logarithmic axis would be written over each other.
NEAR = 1.3
TITLES = {
    "threads": "Rate by threads",
    "path": "Rate by processor path, dim 100",
    "dim": "Rate by dim",
    "effort": "Rate by --effort",
    "size": "Rate by size of the text",
    "shape": "Rate by shape of the text",
    "vocabulary": "Rate by vocabulary",
    "gzip": "Seconds to read the text",
}


class PlotError(Exception):
    """There is nothing to draw with, or nothing to draw."""


def main(arguments: list[str] | None = None) -> int:
    """Draw everything there are results for; return 0, or 2 if that cannot be."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.plots", description=__doc__)
    parser.add_argument("--folder", type=Path, default=DOCS / "plots", help="where they go")
    options = parser.parse_args(arguments)
    try:
        for name in draw_all(options.folder, load_finished):
            print(name)
    except (PlotError, RenderError, store.StoreError) as error:
        print(f"benchmarks.plots: {error}", file=sys.stderr)
        return 2
    return 0


def draw_all(folder: Path, load: Callable[[str], Results]) -> list[str]:
    """Write every figure, each as PNG and SVG; return their names.

    Raises
    ------
    PlotError
        matplotlib is not installed.
    """
    try:
        import matplotlib  # noqa: PLC0415
        from matplotlib.figure import Figure  # noqa: PLC0415
    except ImportError:
        raise PlotError("drawing needs matplotlib: pip install '.[bench]'") from None
    folder.mkdir(parents=True, exist_ok=True)
    sweeps = load("sweeps")
    drawn = sweeps["summary"]["sweeps"]
    jobs: dict[str, Callable[[Any], None]] = {
        "accuracy": lambda axes: draw_accuracy(axes, load),
        "roofline": lambda axes: draw_roofline(axes, load("roofline"), sweeps),
    }
    for sweep in SWEEPS:
        if sweep in drawn["sweeps"]:
            points = [drawn["points"][name] for name in drawn["sweeps"][sweep]]
            jobs[sweep] = _sweep_job(sweep, points)
    with matplotlib.rc_context(STYLE):
        for name, draw in jobs.items():
            figure = Figure(figsize=(WIDTH, HEIGHT), facecolor="white", layout="constrained")
            draw(figure.add_subplot())
            figure.savefig(folder / f"{name}.png", dpi=DPI, metadata={"Software": None})
            figure.savefig(folder / f"{name}.svg", metadata={"Date": None})
    return sorted(jobs)


def _sweep_job(sweep: str, points: list[Any]) -> Callable[[Any], None]:
    def draw(axes: Any) -> None:
        if sweep in LINES:
            draw_line(axes, sweep, points)
        else:
            draw_bars(axes, sweep, points)
        axes.set_title(TITLES[sweep])

    return draw


def draw_line(axes: Any, sweep: str, points: list[Any]) -> None:
    """Rates over a number, with the least and greatest of the rounds."""
    title, place = LINES[sweep]
    for kind, mark in ((True, "o-"), (False, "s--")):
        # generated texts are not comparable with prose: a line of their own
        chosen = [one for one in points if sweep != "vocabulary" or one["plain"] is kind]
        if not chosen or (sweep != "vocabulary" and not kind):
            continue
        chosen.sort(key=place)
        rates = [one["words_per_second"] for one in chosen]
        name = ("text" if kind else "generated") if sweep == "vocabulary" else None
        _with_range(axes, list(map(place, chosen)), rates, mark, name)
        if sweep == "threads" and len(chosen) > 1:
            ideal = [rates[0]["median"] * one["threads"] / 1e6 for one in chosen]
            axes.plot(list(map(place, chosen)), ideal, ":", color=LIMIT, label="in proportion")
    if sweep in LOGARITHMIC:
        axes.set_xscale("log")
        axes.margins(x=0.15)
        _plain_ticks(axes.xaxis, _apart(map(place, points)))
    else:
        axes.set_xticks(sorted(map(place, points)))
    axes.set_ylim(0, 1.12e-6 * max(one["words_per_second"]["max"] for one in points))
    axes.set_xlabel(title)
    axes.set_ylabel("million words/s")
    if axes.get_legend_handles_labels()[0]:
        axes.legend(frameon=False)


def _with_range(
    axes: Any, places: list[float], rates: list[dict[str, float]], mark: str, name: str | None
) -> None:
    middle = [rate["median"] / 1e6 for rate in rates]
    below = [(rate["median"] - rate["min"]) / 1e6 for rate in rates]
    above = [(rate["max"] - rate["median"]) / 1e6 for rate in rates]
    axes.errorbar(
        places, middle, yerr=[below, above], fmt=mark, color=COLORS["w2v"], capsize=3, label=name
    )


def draw_bars(axes: Any, sweep: str, points: list[Any]) -> None:
    """Rates of a few things, or for gzip the seconds of reading."""
    figures = [reading(one) if sweep == "gzip" else one["words_per_second"] for one in points]
    scale = 1.0 if sweep == "gzip" else 1e6
    names = [label(sweep, one).replace("`", "") for one in points]
    middle = [figure["median"] / scale for figure in figures]
    edges = [
        [(figure["median"] - figure["min"]) / scale for figure in figures],
        [(figure["max"] - figure["median"]) / scale for figure in figures],
    ]
    colors = [COLORS[one["program"]] for one in points]
    axes.barh(names, middle, xerr=edges, color=colors, height=0.6, ecolor=LIMIT, capsize=2)
    axes.invert_yaxis()
    axes.grid(visible=False, axis="y")
    axes.set_xlabel("seconds" if sweep == "gzip" else "million words/s")


def reading(point: Any) -> dict[str, float]:
    """Return the seconds from file to rows, or of a program that does nothing else."""
    seconds = point["seconds"]
    found: dict[str, float] = seconds.get("text", seconds["whole"])
    return found


def draw_accuracy(axes: Any, load: Callable[[str], Results]) -> None:
    """Analogies after all epochs over the time they take; a line joins the efforts of a dim."""
    rows = timed_accuracy(load)
    for dim in sorted({row.dim for row in rows if row.effort}):
        chosen = sorted((row for row in rows if row.dim == dim), key=lambda row: row.seconds)
        places = [(row.seconds, row.analogies) for row in chosen if row.effort]
        axes.plot(*zip(*places, strict=True), "-", color=COLORS["w2v"], linewidth=0.8)
        _note(axes, f"dim {dim}", places[-1])
    for effort, mark in EFFORT_MARKS.items():
        places = [(row.seconds, row.analogies) for row in rows if row.effort == effort]
        if places:
            name = f"w2v, {effort}"
            axes.plot(*zip(*places, strict=True), mark, color=COLORS["w2v"], label=name)
    for row in rows:
        if not row.effort:
            axes.plot(row.seconds, row.analogies, "o", color=COLORS[row.program])
            _note(axes, row.name, (row.seconds, row.analogies))
    axes.set_xscale("log")
    axes.margins(x=0.2, y=0.12)
    _plain_ticks(axes.xaxis, (5, 10, 20, 50, 100, 200, 500))
    axes.set_xlabel("seconds, whole process (logarithmic)")
    axes.set_ylabel("Google's analogies, %")
    axes.set_title("Time and accuracy: skip-gram, 5 epochs of 100 MB")
    axes.legend(frameon=False)


def _note(axes: Any, text: str, place: tuple[float, float]) -> None:
    axes.annotate(text, place, textcoords="offset points", xytext=(6, 3), fontsize=7.5)


def _plain_ticks(axis: Any, places: Iterable[float]) -> None:
    """Write numbers as they are on a logarithmic axis, at these places only."""
    low, high = axis.get_view_interval()
    chosen = [place for place in places if low <= place <= high]
    axis.set_ticks(chosen, [f"{place:,g}" if place < 1e6 else f"{place:,.0f}" for place in chosen])
    axis.set_ticks([], minor=True)


def _apart(places: Iterable[float]) -> list[float]:
    """Return places, but of those that would be written over each other the first alone."""
    found: list[float] = []
    for place in sorted(places):
        if not found or place > NEAR * found[-1]:
            found.append(place)
    return found


@dataclasses.dataclass(frozen=True)
class Timed:
    """One contender in seconds and accuracy; `effort` and `dim` only of w2v with shared noise."""

    program: str
    name: str
    seconds: float
    analogies: float
    effort: str = ""
    dim: int = 0


def timed_accuracy(load: Callable[[str], Results]) -> list[Timed]:
    """Return all that were timed and scored.

    The time is that of the whole process for one epoch, and of training alone for each further
    one: medians of the runs in turn, since runs that are scored are not repeated.
    """
    rows: dict[str, Timed] = {}
    for results, names in (
        (load("efforts100"), None),
        (load("objectives100"), ("gensim", "word2vec")),
        (load("wiki100"), ("w2v-private", "gensim", "word2vec", "fasttext")),
    ):
        summary = results["summary"]
        for name in names or summary["accuracy"]:
            if name not in summary["accuracy"] or name not in summary["speed"]:
                continue
            scored, timed = summary["accuracy"][name], summary["speed"][name]
            further = (scored["epochs"] - 1) * timed["training"]["median"]
            seconds, found = timed["whole"]["median"] + further, scored["analogies"]["mean"]
            rows[name] = Timed(name.split("-")[0], _shown(name), seconds, found, *_effort(name))
    return list(rows.values())


def _shown(name: str) -> str:
    return {"w2v-private": "w2v, private negatives", "fasttext": "fastText"}.get(name, name)


def _effort(name: str) -> tuple[str, int]:
    """Return effort and dim out of the name that benchmarks.efforts gives a contender."""
    if not name.startswith("w2v-shared"):
        return "", 0
    words = [word for word in name.removeprefix("w2v-shared").split("-") if word]
    given = dict(zip(words[::2], words[1::2], strict=True))
    return given.get("effort", "balanced"), int(given.get("dim", Settings.dim))


def draw_roofline(axes: Any, roof: Results, sweeps: Results) -> None:
    """FLOP/s over FLOPs for each byte, under what the machine can do."""
    threads = str(roof["settings"]["threads"])
    limits = roof["summary"]["roofline"]
    best = {name: rates[threads]["max"] / 1e9 for name, rates in limits.items()}
    for name, style in (("fma-float32", "-"), ("fma-bf16", "--"), ("fma-amx", "-.")):
        if name in best:
            axes.plot(SPAN, [best[name]] * 2, style, color=LIMIT)
            what = name.removeprefix("fma-") + " multiply-adds"
            axes.annotate(what, (SPAN[1], best[name]), fontsize=7.5, ha="right", va="bottom")
    peak = max(best[name] for name in best if name.startswith("fma-"))
    for name in [name for name in best if name.startswith("update-")]:
        end = min(SPAN[1], peak / best[name])
        heights = (SPAN[0] * best[name], end * best[name])
        axes.plot((SPAN[0], end), heights, "-", color=LIMIT, linewidth=0.8)
        _note(axes, name.removeprefix("update-"), (SPAN[0], heights[0]))
    drawn = sweeps["summary"]["sweeps"]
    for kind, fill, title in (
        ("matrices", "full", "bytes of the matrices"),
        ("step", "none", "bytes of the worker's own rows"),
    ):
        for name in drawn["sweeps"].get("effort", []):
            point = drawn["points"][name]
            place = (intensities(point)[kind], point["gflops"]["median"])
            mark, first = EFFORT_MARKS[point["effort"]], point["effort"] == "fast"
            label = title if first else None
            axes.plot(*place, mark, color=COLORS["w2v"], fillstyle=fill, label=label)
            _note(axes, point["effort"], place)
    axes.set_xscale("log")
    axes.set_yscale("log")
    _plain_ticks(axes.xaxis, (0.25, 0.5, 1, 2, 5, 10, 20, 50, 100))
    _plain_ticks(axes.yaxis, (5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000))
    axes.set_xlabel("FLOP for each byte that is moved")
    axes.set_ylabel("GFLOP/s")
    axes.set_title(f"Roofline, {threads} thread{'' if threads == '1' else 's'}, dim 100")
    if axes.get_legend_handles_labels()[0]:
        axes.legend(frameon=False, loc="lower right")


if __name__ == "__main__":
    sys.exit(main())
