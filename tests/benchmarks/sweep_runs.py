"""Runs of sweeps as the results hold them, made up: for tests of summaries, tables and plots."""

import dataclasses

from benchmarks.points import SWEEPS, Ground

ISAS = ["avx512", "avx2", "baseline"]
BLOCKS = {"fast": (64, 16), "balanced": (128, 32), "accurate": (256, 64)}


def ground():
    return Ground(
        "wiki100.txt",
        2,
        ISAS,
        sizes=["first-10-MB.txt"],
        shapes=["lines-of-3.txt", "one-line.txt"],
        vocabularies=["zipf-73000.txt", "zipf-1000000.txt"],
        packed="wiki100.txt.gz",
        whole="wiki.txt",
    )


def rate_of(point):
    """Words/s: 10 M at the base; each way to be slower is a simple factor."""
    rate = 1e7 * point.threads / 2 * 100 / point.dim
    rate *= {"": 1, "avx2": 0.5, "baseline": 0.1}[point.isa]
    rate *= {"lines-of-3.txt": 0.75, "one-line.txt": 0.9375, "zipf-1000000.txt": 0.625}.get(
        point.text, 1
    )
    return rate * (0.02 if point.program == "gensim" else 1)


def sweep_run(point, sweeps, repeat=1):
    words = {"zipf-73000.txt": 73_000, "zipf-1000000.txt": 1_000_000}.get(point.text, 72_913)
    seconds = {"whole": 2.0}
    entry = {
        "task": "sweep",
        "contender": point.name,
        "threads": point.threads,
        "epochs": point.epochs,
        "seed": 1,
        "repeat": repeat,
        "command": ["w2v", "train"],
        "peak_memory_bytes": 200_000_000,
        "cpu_seconds": 3.0,
        "other_cpu_seconds": None,
        "point": dataclasses.asdict(point),
        "plain": point.text == "wiki100.txt",
        "text": {"words": words, "tokens": 16_000_000, "trained": 8_000_000, "bytes": 10**8},
        "sweeps": sweeps,
        "seconds": seconds,
    }
    if point.program != "gzip":
        entry["words_per_second"] = round(rate_of(point) * (1 + repeat / 100))
    if point.program == "w2v":
        seconds |= {"start": 0.25, "text": 0.5, "tables": 0.125, "epochs": 1.0, "saving": 0.125}
        length, noise = BLOCKS[point.effort]
        entry["block"] = {"window": 5, "block_length": length, "block_noise": noise}
        entry["gflops"] = entry["words_per_second"] / 2 * 6 * point.dim * (10 + noise) / 1e9
        entry["isa"] = point.isa or ISAS[0]
    return entry


def all_runs(rounds=3):
    here = {name: points(ground()) for name, points in SWEEPS.items()}
    once = dict.fromkeys(point for points in here.values() for point in points)
    return [
        sweep_run(
            point,
            {name: points.index(point) for name, points in here.items() if point in points},
            repeat,
        )
        for repeat in range(1, rounds + 1)
        for point in once
    ]


def roofline_runs():
    rates = {"fma-float32": 2e11, "fma-bf16": 4e11, "read-L1": 3e11, "update-L1": 3e11}
    rates |= {"update-memory": 2e10}
    keys = ("task", "threads", "epochs", "seed", "repeat", "command", "peak_memory_bytes")
    return [
        {
            **dict(zip(keys, ("roofline", threads, 0, 0, repeat, ["roofline"], 1), strict=True)),
            "contender": name,
            "seconds": {"whole": 0.5},
            "cpu_seconds": 0.5,
            "other_cpu_seconds": None,
            "rate": rate * threads - repeat,
        }
        for repeat in (1, 2)
        for threads in (1, 2)
        for name, rate in rates.items()
    ]
