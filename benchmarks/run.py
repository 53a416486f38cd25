"""Measure w2v against its peers: ``python -m benchmarks.run --help``."""

from __future__ import annotations

import argparse
import dataclasses
import os
import re
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import plan, store
from .bench import Bench
from .contenders import Contender, MissingError, Settings, everyone
from .corpus import inspect
from .prepare import (
    TEST_SETS,
    Roster,
    SetupError,
    begin,
    check_test_sets,
    gather,
    now,
    place_corpus,
    say,
    take_over,
)
from .process import ProcessError
from .spreads import NOISE, noise

TASK_KEYS = tuple(field.name for field in dataclasses.fields(plan.Task))


@dataclasses.dataclass(frozen=True)
class Kind:
    """What one program of measurements does otherwise than another.

    Attributes
    ----------
    program, description : str
        For its help.
    name : str
        Of its results, unless ``--name`` is given.
    everyone : callable
        Returns the contenders, ours first, for two Pythons: of w2v and of the peers.
    shortest : bool
        Measure text and the quickest commands too.
    """

    program: str = "benchmarks.run"
    description: str | None = __doc__
    name: str = "wiki100"
    everyone: Callable[[Path, Path], list[Contender]] = everyone
    shortest: bool = True


def main(kind: Kind = Kind()) -> int:
    """Run a session; return 0 if nothing failed, 1 if a run failed, 2 if it cannot begin."""

    def work(options: argparse.Namespace, scratch: Path) -> int:
        return session(options, scratch, kind)

    return guarded(kind.program, parse(sys.argv[1:], kind), work)


def guarded(
    program: str, options: argparse.Namespace, work: Callable[[argparse.Namespace, Path], int]
) -> int:
    """Call `work` with the options and a scratch folder; return the exit code."""
    # A terminated session cleans up as an interrupted one does.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        with tempfile.TemporaryDirectory(prefix="w2v-bench-", dir=options.tmpdir) as scratch:
            return work(options, Path(scratch))
    except (SetupError, ProcessError, store.StoreError, MissingError) as error:
        print(f"{program}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        say("interrupted; the same command goes on where this one stopped")
        return 130


def parser_of(program: str, description: str | None, name: str) -> argparse.ArgumentParser:
    """Return a parser of what every session is told: its text, its peers, where results go."""
    parser = argparse.ArgumentParser(prog=f"python -m {program}", description=description)
    text = parser.add_mutually_exclusive_group(required=True)
    text.add_argument("--corpus", type=Path, help="a text file")
    text.add_argument(
        "--wiki", type=Path, help="an .xz file, of which the first 100,000,000 bytes are used"
    )
    parser.add_argument("--name", default=name, help="name of the results (%(default)s)")
    parser.add_argument("--results", type=Path, default=store.RESULTS, help="where they are kept")
    parser.add_argument("--eval", type=Path, help="folder with the analogy and similarity sets")
    parser.add_argument(
        "--peers-python",
        type=Path,
        default=Path(os.environ.get("W2V_PEERS_PYTHON", sys.executable)),
        help="Python of the environment with the peers (default: W2V_PEERS_PYTHON, else this one)",
    )
    parser.add_argument("--threads", type=int, default=Settings.threads)
    parser.add_argument("--timeout", type=float, default=7_200.0, help="seconds for one run")
    parser.add_argument("--tmpdir", type=Path, help="where the scratch folder goes")
    parser.add_argument("--fresh", action="store_true", help="drop an unfinished session")
    return parser


def checked(
    parser: argparse.ArgumentParser, arguments: list[str], *counts: str
) -> argparse.Namespace:
    """Return the options; the name must be one of a file, and `counts` at least 1."""
    options = parser.parse_args(arguments)
    if not re.fullmatch(r"[\w-]+", options.name):
        parser.error(f"--name is {options.name!r}: give letters, digits, _ and - only")
    for name in counts:
        if getattr(options, name) < 1:
            parser.error(f"--{name} is {getattr(options, name)}: give at least 1")
    return options


def parse(arguments: list[str], kind: Kind = Kind()) -> argparse.Namespace:
    """Read the command line."""
    parser = parser_of(kind.program, kind.description, kind.name)
    extent = parser.add_mutually_exclusive_group()
    extent.add_argument(
        "--quick", action="store_true", help="speed only, one epoch (this is the default)"
    )
    extent.add_argument(
        "--full", action="store_true", help="also the accuracy of full-length runs; needs --eval"
    )
    extent.add_argument(
        "--accuracy",
        action="store_true",
        help="that accuracy alone, which other work on the machine does not disturb; needs --eval",
    )
    parser.add_argument("--only", help="names of contenders, comma-separated")
    parser.add_argument(
        "--repeats",
        type=int,
        default=plan.ROUNDS,
        help="rounds, two runs each of what takes seconds",
    )
    parser.add_argument("--seeds", type=int, default=3, help="full-length runs of ours, each mode")
    parser.add_argument("--peer-seeds", type=int, default=1, help="and of each peer; 0: none")
    parser.add_argument(
        "--peers-from",
        type=Path,
        metavar="JSON",
        help="results whose accuracy of the peers is taken over: same text, settings and versions",
    )
    options = checked(parser, arguments, "threads", "repeats", "seeds")
    if (options.full or options.accuracy) and options.eval is None:
        extent_given = "--full" if options.full else "--accuracy"
        parser.error(f"{extent_given} needs --eval FOLDER, with " + ", ".join(TEST_SETS))
    return options


def session(options: argparse.Namespace, scratch: Path, kind: Kind = Kind()) -> int:
    """Prepare, carry out every task not yet done, and write the results."""
    if options.full or options.accuracy:
        check_test_sets(options.eval)
    roster = gather(options.peers_python, options.only, kind.everyone)
    corpus = place_corpus(options.corpus, options.wiki, scratch)
    say(f"counting the words of {corpus.name}")
    text = inspect(corpus)
    say(f"{text.bytes:,} bytes, {text.tokens:,} words; one training run to warm up, not counted")
    bench = Bench(
        scratch,
        text,
        Settings(threads=options.threads),
        {contender.name: contender for contender in roster.here},
        test_sets=options.eval and options.eval.resolve(),
        timeout=options.timeout,
    )
    tasks = tasks_of(options, roster.here, kind)
    return carry_on(options, bench, roster, tasks, options.peers_from)


def carry_on(
    options: argparse.Namespace,
    bench: Bench,
    roster: Roster,
    tasks: list[plan.Task],
    peers_from: Path | None = None,
) -> int:
    """Warm up, begin or take up the session, carry out what is not done; return the exit code."""
    try:
        isa = bench.warm_up()
    except ProcessError as error:
        raise SetupError(f"w2v does not train: {error}") from error
    partial = store.partial_path(options.results, options.name)
    results = begin(partial, bench, roster, isa, fresh=options.fresh)
    if peers_from is not None:
        take_over(peers_from, results, [one.name for one in roster.here if one.peer])
    perform(bench, tasks, results, partial)
    return finish(results, partial)


def tasks_of(
    options: argparse.Namespace,
    contenders: list[Contender],
    kind: Kind = Kind(),
) -> list[plan.Task]:
    """Return the session's tasks, the short ones first."""
    tasks: list[plan.Task] = []
    if not options.accuracy:
        tasks += plan.text_and_startup(options.threads) if kind.shortest else []
        tasks += plan.speed(contenders, options.threads, options.repeats)
    if options.full or options.accuracy:
        tasks += plan.accuracy(contenders, options.threads, options.seeds, options.peer_seeds)
    return tasks


def perform(bench: Bench, tasks: list[plan.Task], results: dict[str, Any], partial: Path) -> None:
    """Carry out what is not done yet; keep the results on disk after every run."""
    done = {plan.Task(**{key: run[key] for key in TASK_KEYS}) for run in results["runs"]}
    broken: set[tuple[str, str]] = set()
    for number, task in enumerate(tasks, 1):
        # What failed once fails again, and some take an hour to.
        if task in done or (task.task, task.contender) in broken:
            continue
        label = f"[{number}/{len(tasks)}] {describe(task)}"
        try:
            entry = bench.carry_out(task)
        except ProcessError as error:
            broken.add((task.task, task.contender))
            why = store.without_paths(str(error))
            results["failed"].append({"task": task.task, "contender": task.contender, "why": why})
            say(f"{label}: FAILED: {error}")
        else:
            results["runs"].append(entry)
            say(f"{label}: {took(entry, results['machine']['cpus'])}")
        store.save(partial, results)


def finish(results: dict[str, Any], partial: Path) -> int:
    """Write the final file and say how it went; after a failure the session can still go on."""
    results["finished"] = now()
    final = store.final_path(partial.parent, results["name"])
    store.save(final, results)
    if not results["failed"]:
        partial.unlink(missing_ok=True)
    for other, ratio in results["summary"]["ratios"].items():
        say(f"{other}: whole {ratio['whole']:g} x ours, training {ratio['training']:g} x ours")
    for one in results["summary"].get("sweeps", {}).get("ratios", []):
        goal = {"least": "at least", "most": "at most"}
        aims = " ".join(f"(goal: {goal[key]} {one[key]:g})" for key in goal if key in one)
        say(f"{one['name']}: {one['value']:g} {one['unit']} {aims}".rstrip())
    for entry in results["missing"]:
        say(f"not measured: {entry['name']}: {entry['why']}")
    for entry in results["failed"]:
        say(f"FAILED (the same command tries again): {entry['contender']}: {entry['why']}")
    say(f"written: {final.name}; python -m benchmarks.render puts it into README")
    return 1 if results["failed"] else 0


def describe(task: plan.Task) -> str:
    """Return what a task is, for a line of progress."""
    if task.task == "accuracy":
        return f"accuracy of {task.contender}, {task.epochs} epochs, seed {task.seed}"
    return f"{task.task} of {task.contender}, threads {task.threads}, run {task.repeat}"


def took(entry: dict[str, Any], cpus: int) -> str:
    """Return what a run took, and whether something else was using the machine."""
    words = f"{entry['seconds']['whole']:.2f} s, {entry['peak_memory_bytes'] / 1e6:.0f} MB"
    if "words_per_second" in entry:
        words += f", {entry['words_per_second'] / 1e6:.3f} M words/s"
    if "accuracy" in entry:
        words += ", " + " ".join(f"{name} {score}" for name, score in entry["accuracy"].items())
    share = noise(entry, cpus)
    if share > NOISE:
        words += f" (noisy: {share:.0%} of the CPUs were in use by others)"
    return words


if __name__ == "__main__":
    sys.exit(main())
