"""Train, stop and go on, in one process, again and again; watch memory and file descriptors.

    python -m benchmarks.soak [--minutes 60] [--memory-mb 2000] [--keep-freed]

writes benchmarks/results/counts/soak.json (or soak-kept.json): memory and descriptors after each
round, and how memory grew over the second half of them. Every objective takes its turn, with two
threads, and every run is interrupted once and resumed. The process may not take more address space
than the limit: a run that needs more ends with an error, and so does the soak.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import itertools
import json
import os
import random
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

from w2v import Config, resume, save, train
from w2v.errors import ConfigError

from .machine import describe
from .reliability import COUNTS

LOSSES = ("ns", "nce", "sampled-softmax", "hs")
MODELS = ("skipgram", "cbow")
PAGE = os.sysconf("SC_PAGESIZE")
FREE = 0.05  # growth over the second half, as a share, that is still taken for flat


def configs() -> list[Config]:
    """Return one configuration of each objective."""
    found = []
    for model, loss, negatives in itertools.product(MODELS, LOSSES, ("shared", "private")):
        with contextlib.suppress(ConfigError):  # not every loss has private noise
            settings: dict[str, Any] = {"model": model, "loss": loss, "negatives": negatives}
            found.append(Config(**settings, dim=100, epochs=2, min_count=1, threads=2))
    return found


def write_text(path: Path) -> None:
    """Write two million words by Zipf's law."""
    draw = random.Random(1)
    with path.open("w") as file:
        for _ in range(100_000):
            words = (f"w{min(int(draw.paretovariate(0.7)), 50_000)}" for _ in range(20))
            file.write(" ".join(words) + "\n")


def round_of(text: Path, folder: Path, config: Config) -> None:
    """Train, be interrupted at the end of the first epoch, go on, read the result again."""

    def interrupt(report: Any) -> None:
        if report.epoch_end:
            raise KeyboardInterrupt

    run = folder / "run"
    try:
        train(text, config, checkpoint=run, progress=interrupt)
    except KeyboardInterrupt:
        model = resume(run)
    else:
        raise AssertionError("it was not interrupted")
    assert model.record["finished"] and model.record["resumes"] == 1
    path = folder / "vectors.bin"
    save(model.vectors, path)
    for file in [*run.iterdir(), *folder.glob("vectors.*")]:
        file.unlink()


def measure() -> tuple[int, int]:
    """Return resident bytes, without pages of files, and open descriptors."""
    _, resident, shared, *_ = map(int, Path("/proc/self/statm").read_text().split())
    return (resident - shared) * PAGE, len(list(Path("/proc/self/fd").iterdir()))


def return_freed() -> None:
    """Have malloc return what is freed, if it is large, so that what is measured is held by w2v.

    Otherwise glibc keeps freed buffers of up to 32 MB in each of its arenas, which threads come to
    use by chance: memory then grows in steps, to a limit that has nothing to do with time.
    """
    mmap_threshold = -3  # M_MMAP_THRESHOLD of glibc's malloc.h; other libraries have no mallopt
    with contextlib.suppress(AttributeError):
        ctypes.CDLL(None).mallopt(mmap_threshold, 1 << 20)


def growth(values: list[int]) -> float:
    """Return by how much the last quarter's mean is above that of the quarter before it."""
    quarter = max(1, len(values) // 4)
    before, last = values[-2 * quarter : -quarter], values[-quarter:]
    return sum(last) / len(last) / (sum(before) / len(before)) - 1 if before else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--memory-mb", type=int, default=2000, help="limit of address space")
    parser.add_argument("--results", type=Path, default=COUNTS)
    parser.add_argument("--keep-freed", action="store_true", help="malloc as it is by default")
    given = parser.parse_args()
    if not given.keep_freed:
        return_freed()
    limit = given.memory_mb << 20
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    begun = time.monotonic()
    rounds: list[dict[str, Any]] = []
    every = itertools.cycle(configs())
    with tempfile.TemporaryDirectory() as name:
        text = Path(name) / "text.txt"
        write_text(text)
        while time.monotonic() - begun < 60 * given.minutes:
            config = next(every)
            round_of(text, Path(name), config)
            resident, descriptors = measure()
            seconds = round(time.monotonic() - begun, 1)
            what = f"{config.model} {config.loss} {config.negatives}"
            rounds.append(
                {"seconds": seconds, "bytes": resident, "descriptors": descriptors, "trained": what}
            )
            print(json.dumps(rounds[-1]), flush=True)
    cycle = len(configs())
    peaks = [
        max(entry["bytes"] for entry in rounds[start : start + cycle])
        for start in range(0, len(rounds) - cycle + 1, cycle)
    ]
    result = {
        "machine": describe(),
        "memory_limit_bytes": limit,
        "rounds": len(rounds),
        "runs_per_cycle": cycle,
        "peak_bytes_per_cycle": peaks,
        "memory_growth": growth(peaks),
        "descriptors": sorted({entry["descriptors"] for entry in rounds}),
        "samples": rounds,
    }
    given.results.mkdir(parents=True, exist_ok=True)
    name = "soak-kept.json" if given.keep_freed else "soak.json"
    (given.results / name).write_text(json.dumps(result, indent=1) + "\n")
    flat = result["memory_growth"] <= FREE and len(result["descriptors"]) == 1
    print(f"{len(rounds)} rounds: {'flat' if flat else 'NOT flat'}")
    raise SystemExit(0 if flat else 1)


if __name__ == "__main__":
    main()
