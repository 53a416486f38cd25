"""Tables of one matter each: graphs, labels of nodes, sessions, lines. render.py lists them."""

from __future__ import annotations

import statistics
from typing import Any

Results = dict[str, Any]

GRAPH_TASKS = {
    "graph-walk": "read, and walk twice",
    "graph-large": "the same",
    "graph-node2vec": "read, walk, train, save: node2vec",
    "graph-deepwalk": "read, walk, train, save: DeepWalk",
}
LARGE = "graph-large"
SLOW_LINE_NS = 90  # from which on threads have copies: w2v/training/hot.py


def graphs(results: Results) -> list[str]:
    """What benchmarks.graphs measured."""
    large = results["corpus"]["large"]
    lines = [
        "| | graph | program | whole process, s | reading, s | steps/s, p = q = 1 "
        "| steps/s, p = 1, q = 0.5 | peak memory, MB |",
        "|---|---|---|---:|---:|---:|---:|---:|",
    ]
    for task, found in results["summary"]["graphs"].items():
        graph = results["corpus"]["name"].split(".")[0]
        if task == LARGE:
            graph = f"generated, {large['nodes']:,} nodes, {large['edges']:,} edges"
        for name, one in found.items():
            whole = one["whole"]
            read = f"{one['read']['median']:.2f}" if "read" in one else ""
            lines.append(
                f"| {GRAPH_TASKS[task]} | {graph} | {name} "
                f"| {whole['median']:.1f} ({whole['min']:.1f} to {whole['max']:.1f}) | {read} "
                f"| {_steps(one, 'uniform')} | {_steps(one, 'biased')} "
                f"| {one['peak_memory_bytes']['max'] / 1e6:.0f} |"
            )
    missing = [f"Not measured: {one['title']}: {one['why']}." for one in results["missing"]]
    return [*lines, *(["", *missing] if missing else [])]


def _steps(one: dict[str, Any], kind: str) -> str:
    rate = one.get(f"{kind}_steps_per_second")
    return f"{rate['median'] / 1e6:.1f} M" if rate else ""


def lines(results: Results) -> list[str]:
    """Rates with and without copies of hot rows, by how long lines took meanwhile."""
    heads = [f"lines within {SLOW_LINE_NS} ns", "slower", "not measured"]
    rows = [
        f"| | {' | '.join(f'{head}: words/s | runs' for head in heads)} |",
        f"|---|{'---:|' * 2 * len(heads)}",
    ]
    for one in results["contenders"]:
        rates: list[list[int]] = [[] for _ in heads]
        for run in results["runs"]:
            if (run["task"], run["contender"]) == ("speed", one["name"]):
                ns = run.get("line_ns")
                rates[2 if ns is None else int(ns >= SLOW_LINE_NS)].append(run["words_per_second"])
        cells = [f"{_median(found)} | {len(found)}" for found in rates]
        rows.append(f"| {one['title']} | {' | '.join(cells)} |")
    return rows


def _median(rates: list[int]) -> str:
    return f"{statistics.median(rates) / 1e6:.1f} M" if rates else ""


def sessions(results: Results) -> list[str]:
    """Hit rate and reciprocal rank of everybody's vectors, and of popularity."""
    k = results["settings"]["k"]
    lines = [f"| | HR@{k} | MRR@{k} | training, s |", "|---|---:|---:|---:|"]
    for one in results["contenders"]:
        runs = [run for run in results["runs"] if run["contender"] == one["name"]]
        scores = [run["scores"] for run in runs]
        hits, ranks = (
            sum(score[key] for score in scores) / len(scores) for key in ("hit_rate", "mrr")
        )
        took = statistics.median(run["seconds"]["whole"] for run in runs)
        lines.append(f"| {one['title']} | {hits:.3f} | {ranks:.3f} | {took:.1f} |")
    popular = results["runs"][0]["scores"]["popularity"]
    hits, ranks = popular["hit_rate"], popular["mrr"]
    lines.append(f"| the most popular items | {hits:.3f} | {ranks:.3f} | |")
    seeds = len({run["seed"] for run in results["runs"]})
    return [*lines, "", f"Means over {seeds} seeds."]


def labels(results: Results) -> list[str]:
    """Micro and macro F1 of node labels, by the share that was learned from."""
    lines = ["| learned from | micro-F1 | macro-F1 |", "|---:|---:|---:|"]
    for run in results["runs"]:
        for one in run["scores"]["ratios"]:
            micro, macro = (100 * one[name]["mean"] for name in ("micro_f1", "macro_f1"))
            lines.append(f"| {one['percent']:g} % | {micro:.1f} | {macro:.1f} |")
    return [*lines, "", f"Means of {results['settings']['splits']} splits."]


def checkpoints(results: Results) -> list[str]:
    """What benchmarks.checkpoints measured: what checkpoints cost, and how fast they are."""
    found, settings, where = results["summary"], results["settings"], results["machine"]
    size, large = found["bytes"] / 1e6, f"{settings['words']:,} x {settings['dim']}"
    rates = {name: size / found[name] for name in ("write_alone", "write_training", "dd")}
    cost, took, others = "too short a run", "", ""
    if found["cost_each_minute"] is not None:
        cost = f"{found['cost_each_minute']:.1%}"
        took = (
            f"{found['seconds_each']:.2f} s of training lost, the mean of "
            f"{found['checkpoints']}, going by the rate before and after"
        )
    if results["others"] is not None:
        others = f" Others took {results['others']:.0%} of its CPUs meanwhile."
    return [
        f"Measured {results['started'].split()[0]} on {where['cpu'] or where['architecture']}, "
        f"{where['cpus']} CPUs, {where['system']}.{others} Medians of rounds: "
        f"{settings['rounds']}.",
        "",
        "| | measured | beside it |",
        "|---|---:|---|",
        f"| a checkpoint each minute, {found['words']:,.0f} x {settings['dim']}: share of training "
        f"| {cost} | {took} |",
        f"| training stands still, {large}, first checkpoint | {found['first_pause']:.2f} s "
        f"| both matrices copied: {found['copy_fresh']:.2f} s into new memory, "
        f"{found['copy_warm']:.2f} s into old |",
        f"| ... later ones | {found['later_pause']:.2f} s | |",
        f"| written with nothing else going on, {size:,.0f} MB | {rates['write_alone']:,.0f} MB/s "
        f"| `dd` with `conv=fsync` on the same disk: {rates['dd']:,.0f} MB/s |",
        f"| ... while training goes on | {rates['write_training']:,.0f} MB/s | |",
        f"| `resume` of {large} until it trains | {found['resume']:.1f} s | from the page cache; "
        f"{found['resume_disk']:.1f} s from the disk |",
    ]
