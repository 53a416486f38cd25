"""Render results as tables of the documents: ``python -m benchmarks.render [--check]``.

A table stands between ``<!-- benchmark:NAME/TABLE -->`` and ``<!-- /benchmark:NAME/TABLE -->``,
each on a line of its own; NAME is a file of results/, TABLE one of `TABLES`.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import store
from .spreads import run_counts
from .summary import OURS
from .sweep_tables import TableError, goals, roofline, sweeps, traffic
from .task_tables import checkpoints, graphs, labels, lines, sessions

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
DOCS = ROOT / "docs"
OTHERS = {
    "planted": ROOT / "benchmarks" / "planted.json",
    "checkpoints": store.RESULTS / "counts" / "checkpoints.json",
}
BLOCK = re.compile(
    r"^<!-- benchmark:(?P<key>(?P<name>[\w-]+)/(?P<table>\w+)) -->\n"
    r"(?P<body>.*?)"
    r"^<!-- /benchmark:(?P=key) -->$",
    re.MULTILINE | re.DOTALL,
)
MARKER = re.compile(r"^<!-- /?benchmark:.*-->$", re.MULTILINE)
Results = dict[str, Any]


class RenderError(Exception):
    """A marker that cannot be served; the message names it."""


def render(readme: str, load: Callable[[str], Results]) -> str:
    """Return `readme` with every marked table made anew from ``load(NAME)``.

    Raises
    ------
    RenderError
        There is no marker at all, one is not closed, or one names an unknown table.
    """
    blocks = list(BLOCK.finditer(readme))
    if not blocks:
        raise RenderError("no <!-- benchmark:NAME/TABLE --> marker")
    if len(MARKER.findall(readme)) != 2 * len(blocks):
        raise RenderError("a benchmark marker has no partner, or two tables are nested")

    def replace(match: re.Match[str]) -> str:
        key, table = match["key"], match["table"]
        if table not in TABLES:
            raise RenderError(f"benchmark:{key}: no table {table}; there are {', '.join(TABLES)}")
        body = "\n".join(TABLES[table](load(match["name"])))
        return f"<!-- benchmark:{key} -->\n{body}\n<!-- /benchmark:{key} -->"

    return BLOCK.sub(replace, readme)


def load_finished(name: str) -> Results:
    """Return the finished results called `name`; `RenderError` where there are none."""
    if name in OTHERS:
        return load_other(OTHERS[name])
    path = store.final_path(store.RESULTS, name)
    if not path.exists():
        raise RenderError(f"benchmark:{name}: no results/{path.name}")
    return store.load(path)


def load_other(path: Path) -> Results:
    """Return results of another shape than a session's; `RenderError` where there are none."""
    if not path.exists():
        raise RenderError(f"no {path.name}: run python -m benchmarks.{path.stem}")
    found: Results = json.loads(path.read_text(encoding="utf-8"))
    return found


def planted(results: Results) -> list[str]:
    """What each loss makes of a language whose probabilities are known."""
    lines = [
        "| loss | noise | KL | KL, log P_n added | log of the sum of exp | correlation with PMI "
        "| mean of x . u - PMI | products below 0 |",
        "|---|---|---:|---:|---:|---:|---:|---:|",
    ]
    for run in results["runs"]:
        noise = "" if run["loss"] == "softmax" else run["negatives"]
        lines.append(
            f"| `{run['loss']}` | {noise} | {run['kl']:.3f} | {run['kl_corrected']:.3f} "
            f"| {round(run['log_sum'], 2) + 0.0:.2f} | {run['pmi_r']:.2f} "
            f"| {run['pmi_offset']:.2f} "
            f"| {run['negative_share']:.0%} |"
        )
    return [*lines, "", f"Means of {results['runs'][0]['seeds']} seeds; negative 5."]


def objectives(results: Results) -> list[str]:
    """Every model and loss: rate, time of an epoch and accuracy."""
    summary, base = results["summary"], results["summary"]["speed"][OURS]["training"]["median"]
    lines = [
        "| | training, s per epoch | words/s | rate, skip-gram ns = 1 | analogies, % | WS-353 "
        "| MEN | SimLex-999 |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name, title in _titles(results):
        if name not in summary["speed"]:
            lines.append(_absent(results, name, title, 7))
            continue
        one, scored = summary["speed"][name], summary["accuracy"].get(name)
        keys = ("analogies", "ws353", "men", "simlex")
        cells = [_score(scored[key]) for key in keys] if scored else [""] * len(keys)
        seconds, rate = one["training"]["median"], one["words_per_second"]["median"]
        lines.append(
            f"| {title} | {_seconds(seconds)} | {_rate(rate)} | {base / seconds:.3g} "
            f"| {' | '.join(cells)} |"
        )
    return lines


def setup(results: Results) -> list[str]:
    """Say in one paragraph what was measured, on what, and when."""
    settings = results["settings"]
    return [
        f"{_where(results)} "
        f"Text: {results['corpus']['name']}, {results['corpus']['bytes']:,} bytes, "
        f"{results['corpus']['tokens']:,} words. Settings: skip-gram, dim {settings['dim']}, "
        f"window {settings['window']}, negative {settings['negative']}, "
        f"sample {settings['sample']:g}, min-count {settings['min_count']}, "
        f"alpha {settings['alpha']:g}, {settings['threads']} threads. {_versions(results)}"
    ]


def machine(results: Results) -> list[str]:
    """Say on what and when something was measured, and with which versions."""
    return [f"{_where(results)} {_versions(results)}"]


def _where(results: Results) -> str:
    where = results["machine"]
    return (
        f"Measured {results['started'].split()[0]} on {where['cpu'] or where['architecture']}, "
        f"{where['cores'] or where['cpus']} cores, {where['memory_bytes'] / 2**30:.0f} GiB, "
        f"{where['system']}, {where['compiler'] or 'compiler unknown'}; w2v used its "
        f"{results['isa']} kernel."
    )


def _versions(results: Results) -> str:
    found = ", ".join(f"{name} {version}" for name, version in results["versions"].items())
    return f"Versions: {found}."


def speed(results: Results) -> list[str]:
    """One epoch of everybody: whole process, training alone, memory."""
    found = results["summary"]["speed"]
    ratios = results["summary"]["ratios"]
    lines = [
        "| 1 epoch | whole process, s | w2v is faster by | training, words/s "
        "| w2v is faster by | peak memory, MB |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for name, title in _titles(results):
        if name not in found:
            lines.append(_absent(results, name, title, 5))
            continue
        one, ratio = found[name], ratios[name]
        whole, rate = one["whole"], one["words_per_second"]
        lines.append(
            f"| {title} | {_seconds(whole['median'])} ({_seconds(whole['min'])} to "
            f"{_seconds(whole['max'])}) | {_times(ratio['whole'], name)} "
            f"| {_rate(rate['median'])} | {_times(ratio['training'], name)} "
            f"| {one['peak_memory_bytes']['max'] / 1e6:.0f} |"
        )
    runs = run_counts(one["whole"]["n"] for one in found.values())
    return [*lines, "", f"Medians of {runs} runs in turn (least to greatest)."]


def accuracy(results: Results) -> list[str]:
    """Full-length runs of everybody: mean and standard deviation over seeds."""
    found = results["summary"]["accuracy"]
    if not found:
        raise RenderError(f"benchmark:{results['name']}/accuracy: measured without --full")
    epochs = next(iter(found.values()))["epochs"]
    lines = [
        f"| {epochs} epochs | runs | analogies, % | semantic | syntactic "
        "| WS-353 | MEN | SimLex-999 |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for name, title in _titles(results):
        if name not in found:
            lines.append(_absent(results, name, title, 7))
            continue
        one = found[name]
        cells = (_score(one[key]) for key in SCORE_COLUMNS)
        lines.append(f"| {title} | {one['analogies']['n']} | {' | '.join(cells)} |")
    return [
        *lines,
        "",
        "Means over the runs (standard deviation); correlations are Spearman's, x 100.",
    ]


def commands(results: Results) -> list[str]:
    """Text to rows, and how long the short commands take."""
    summary = results["summary"]
    lines = ["| | median | runs |", "|---|---:|---:|"]
    for threads, rate in summary["text"].items():
        plural = "" if threads == "1" else "s"
        lines.append(
            f"| text to rows, {threads} thread{plural} "
            f"| {rate['median'] / 1e6:.0f} M words/s | {rate['n']} |"
        )
    for task, title in (("similar", "`w2v similar king`"), ("help", "`w2v --help`")):
        if task in summary["startup"]:
            took = summary["startup"][task]
            lines.append(f"| {title} | {took['median']:.2f} s | {took['n']} |")
    return lines


def vectors(results: Results) -> list[str]:
    """What benchmarks.vectors measured: w2v against everybody who can do the same."""
    if "vectors" not in results["summary"]:
        raise RenderError(f"benchmark:{results['name']}: not a session of benchmarks.vectors")
    sizes = results["settings"]
    lines = ["| | program | amount | median, s | rate | w2v is faster by | peak memory, MB |"]
    lines.append("|---|---|---:|---:|---:|---:|---:|")
    for task, found in results["summary"]["vectors"].items():
        for name, one in found.items():
            took, (amount, unit) = one["seconds"], one["amount"]
            title = VECTOR_TITLES[task].format(**sizes) if name == next(iter(found)) else ""
            times = f"{one['times']:.1f} x" if name != "w2v" and "times" in one else ""
            lines.append(
                f"| {title} | {name} | {amount:,} {unit} "
                f"| {took['median']:.2f} ({took['min']:.2f} to {took['max']:.2f}) "
                f"| {amount / took['median']:,.0f} {unit}/s | {times} "
                f"| {one['peak_memory_bytes']['max'] / 1e6:.0f} |"
            )
    reasons = [f"{one['title']}: {one['why']}" for one in results["missing"]]
    reasons += [f"{one['task']} of {one['contender']}: failed" for one in results["failed"]]
    if reasons:
        lines += ["", f"Not measured: {'; '.join(reasons)}."]
    return lines


VECTOR_TITLES = {
    "cold": "`w2v similar w123456`, whole process, {words:,} x {dim}",
    "queries": "`w2v similar` with queries on stdin, k = 10, whole process, {words:,} x {dim}",
    "load": "read word2vec binary, {words:,} x {dim}",
    "load-text": "read word2vec text, {text_words:,} x {dim}",
    "write-text": "write word2vec text, {text_words:,} x {dim}",
    "evaluate": "Google's analogies, vectors of 100 numbers",
    "phrases-20": "phrases counted and joined",
    "phrases-100": "phrases counted and joined",
}
TABLES: dict[str, Callable[[Results], list[str]]] = {
    "setup": setup,
    "machine": machine,
    "speed": speed,
    "accuracy": accuracy,
    "commands": commands,
    "vectors": vectors,
    "objectives": objectives,
    "planted": planted,
    "graphs": graphs,
    "labels": labels,
    "sessions": sessions,
    "lines": lines,
    "checkpoints": checkpoints,
    "sweeps": sweeps,
    "goals": goals,
    "roofline": roofline,
    "traffic": traffic,
}
SCORE_COLUMNS = ("analogies", "semantic", "syntactic", "ws353", "men", "simlex")


def _titles(results: Results) -> list[tuple[str, str]]:
    """Everybody, those who are missing last: none is dropped in silence."""
    return [(one["name"], one["title"]) for one in results["contenders"] + results["missing"]]


def _absent(results: Results, name: str, title: str, columns: int) -> str:
    reasons = {one["name"]: one["why"] for one in results["missing"]}
    reasons |= {one["contender"]: "failed" for one in results["failed"]}
    return f"| {title} | not measured: {reasons.get(name, 'not asked for')} |{' |' * (columns - 1)}"


def _seconds(value: float) -> str:
    return f"{value:.1f}" if value < 100 else f"{value:.0f}"


def _rate(value: float) -> str:
    return f"{value / 1e6:.1f} M" if value >= 1e6 else f"{value / 1e3:.0f} k"


def _times(ratio: float, name: str) -> str:
    if name.startswith(OURS):
        return ""
    return f"{ratio:.1f} x" if ratio < 10 else f"{ratio:.0f} x"


def _score(one: dict[str, float | None]) -> str:
    return f"{one['mean']:.1f}" + ("" if one["sd"] is None else f" ({one['sd']:.1f})")


def main() -> int:
    """Bring summaries and README.md up to date, or with --check only say whether they are."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.render", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; 1 if out of date")
    options = parser.parse_args()
    documents = [README]
    documents += [path for path in sorted(DOCS.glob("*.md")) if BLOCK.search(path.read_text())]
    try:
        before = [path.read_text(encoding="utf-8") for path in documents]
        if not options.check:
            for path in sorted(store.RESULTS.glob("*.json")):
                store.refresh(path)
        after = [render(text, load_finished) for text in before]
    except (RenderError, TableError, store.StoreError, FileNotFoundError) as error:
        print(f"benchmarks.render: {error}", file=sys.stderr)
        return 2
    changed = [k for k, text in enumerate(after) if text != before[k]]
    for k in changed:
        if options.check:
            print(f"{documents[k].name}: the tables are not those of the results", file=sys.stderr)
        else:
            documents[k].write_text(after[k], encoding="utf-8")
    return 1 if options.check and changed else 0


if __name__ == "__main__":
    sys.exit(main())
