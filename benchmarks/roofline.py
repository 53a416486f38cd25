"""Measure what this machine's cores and caches can do at most: ``python -m benchmarks.roofline``.

Compiles drivers/roofline.c for this processor and runs it on one thread and on all, each
measurement a process of its own, round by round; results/roofline.json. docs/performance.md sets
what benchmarks.sweeps measured of training against it.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from w2v.cpu import cache_sizes

from . import store
from .bench import entry_of
from .contenders import MissingError
from .contenders.base import DRIVERS, last_json
from .machine import usable_cpus
from .plan import Task
from .prepare import SetupError, new_results, now, say
from .process import ProcessError, measure
from .trials import cpu_paths, own_versions

NAME = "roofline"
# Of a cache a thread goes through so much: half of it, so that nothing else drives it out.
SHARE = 0.5
MEMORY_BYTES = 256 << 20
ARITHMETIC = ("fma-float32", "fma-bf16", "fma-amx")
MOVING = ("read", "update")


def main(arguments: list[str] | None = None) -> int:
    """Measure everything; return 0, or 2 if that cannot be."""
    options = parse(sys.argv[1:] if arguments is None else arguments)
    try:
        with tempfile.TemporaryDirectory(prefix="w2v-bench-", dir=options.tmpdir) as scratch:
            session(options, Path(scratch))
    except (SetupError, ProcessError, MissingError, store.StoreError) as error:
        print(f"benchmarks.roofline: {error}", file=sys.stderr)
        return 2
    return 0


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.roofline", description=__doc__)
    parser.add_argument("--threads", type=int, default=usable_cpus())
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=0.5, help="of each run (%(default)s)")
    parser.add_argument("--name", default=NAME, help="name of the results (%(default)s)")
    parser.add_argument("--results", type=Path, default=store.RESULTS, help="where they are kept")
    parser.add_argument("--tmpdir", type=Path, help="where the scratch folder goes")
    return parser.parse_args(arguments)


def session(options: argparse.Namespace, scratch: Path) -> None:
    """Compile, measure, write the results."""
    if not options.results.is_dir():
        raise SetupError(f"--results: no folder {options.results}")
    program = compiled(scratch)
    sizes = {f"L{level}": size for level, size in cache_sizes().items()}
    settings = {"threads": options.threads, "seconds": options.seconds, "caches": sizes}
    results = new_results(options.name, settings, {}, [], [], own_versions(), cpu_paths(scratch)[0])
    results["contenders"] = [{"name": name, "title": name} for name, _, _ in points(sizes, 1)]
    for repeat in range(1, options.rounds + 1):
        for threads in sorted({1, options.threads}):
            for name, what, size in points(sizes, threads):
                command = [str(program), what, str(size), str(threads), str(options.seconds)]
                outcome = measure(command, cwd=scratch)
                rate = last_json(outcome)["rate"]
                if not rate:
                    continue
                task = Task(NAME, name, threads, 0, 0, repeat)
                entry = {**entry_of(task, command, outcome, {}), "rate": rate}
                results["runs"].append(entry)
                say(f"{name}, threads {threads}: {rate / 1e9:.1f} G/s")
    results["finished"] = now()
    path = store.final_path(options.results, options.name)
    store.save(path, results)
    say(f"written: {path.name}")


def compiled(scratch: Path) -> Path:
    """Compile the C program for the processor that is here."""
    program = scratch / NAME
    compiler = os.environ.get("CC", "cc").split()
    command = [*compiler, "-O3", "-march=native", "-pthread", str(DRIVERS / "roofline.c")]
    try:
        subprocess.run([*command, "-o", str(program)], check=True, capture_output=True, text=True)
    except OSError as error:
        raise SetupError(f"{compiler[0]}: no C compiler: {error.strerror}: set CC") from error
    except subprocess.CalledProcessError as error:
        raise SetupError(f"{compiler[0]} fails: {error.stderr.strip()[-300:]}") from error
    return program


def points(sizes: dict[str, int], threads: int) -> list[tuple[str, str, int]]:
    """Return name, what the program is told, and bytes of each measurement."""
    found = [(what, what, 0) for what in ARITHMETIC]
    for level in [*sizes, "memory"]:
        size = MEMORY_BYTES
        if level in sizes:
            # the last cache is shared by all
            size = int(sizes[level] * SHARE) // (threads if level == "L3" else 1)
        found += [(f"{what}-{level}", what, size) for what in MOVING]
    return found


if __name__ == "__main__":
    sys.exit(main())
