"""Measure w2v over threads, paths, dim, effort, texts: ``python -m benchmarks.sweeps --help``.

Every run is a process of its own, all points in turn, round by round; what several sweeps have
in common is run once. Results are kept after each run, and the session goes on as that of
benchmarks.run.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from pathlib import Path
from typing import Any

from . import texts
from .bench import Bench, entry_of
from .contenders import Contender, Gensim, Job, Ours, Settings
from .machine import usable_cpus
from .plan import ROUNDS, Task
from .points import SWEEPS, Ground, Point, tasks_of
from .prepare import Roster, gather, place_corpus, say
from .process import measure
from .run import carry_on, checked, guarded, parser_of
from .texts import SweepText
from .traffic import flop
from .trials import cpu_paths

PROGRAM = "benchmarks.sweeps"
SIZES = "10,50"
VOCABULARIES = "73000,1000000"
# About those of the first 100,000,000 bytes of Wikipedia.
TOKENS = 16_800_000
# Settings that say what a word costs.
BLOCK = ("window", "block_length", "block_noise")


def main() -> int:
    """Run a session; return 0 if nothing failed, 1 if a run failed, 2 if it cannot begin."""
    return guarded(PROGRAM, parse(sys.argv[1:]), session)


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = parser_of(PROGRAM, __doc__, "sweeps")
    parser.set_defaults(threads=usable_cpus())
    parser.add_argument("--only", help=f"some of {','.join(SWEEPS)}")
    parser.add_argument(
        "--rounds", type=int, default=ROUNDS, help="two runs each of what takes seconds"
    )
    parser.add_argument(
        "--sizes", default=SIZES, help="sizes of texts cut off, in MB (%(default)s)"
    )
    parser.add_argument(
        "--vocabularies",
        default=VOCABULARIES,
        help="words of the texts that are generated (%(default)s; 5000000 takes 13 GB)",
    )
    parser.add_argument(
        "--tokens", type=int, default=TOKENS, help="of a generated text, at least (%(default)s)"
    )
    parser.add_argument("--whole", type=Path, help="a text for 5 epochs in the sweep of sizes")
    options = checked(parser, arguments, "threads", "rounds")
    options.only = options.only.split(",") if options.only else list(SWEEPS)
    for name in options.only:
        if name not in SWEEPS:
            parser.error(f"--only: no sweep {name!r}; there are {', '.join(SWEEPS)}")
    for name, kind in (("sizes", float), ("vocabularies", int)):
        try:
            found = [kind(part) for part in getattr(options, name).split(",") if part]
        except ValueError:
            parser.error(f"--{name}: give numbers, comma-separated")
        setattr(options, name, found)
    return options


def session(options: argparse.Namespace, scratch: Path) -> int:
    """Make the texts, run every point not yet done, and write the results."""
    roster = gather(options.peers_python, None, everyone)
    base = place_corpus(options.corpus, options.wiki, scratch)
    # the one in use first: it need not be forced
    ground = prepare(options, base, list(dict.fromkeys(cpu_paths(scratch))))
    sweeps = {name: SWEEPS[name](ground) for name in options.only}
    settings = Settings(threads=options.threads)
    found = described(sweeps, scratch, settings)
    bench = SweepBench(scratch, found, settings, roster, sweeps, base=base.name)
    bench.timeout = options.timeout
    return carry_on(options, bench, roster, tasks_of(bench.points.values(), options.rounds))


def everyone(python: Path, peers_python: Path) -> list[Contender]:
    """Return the programs; for sweeps alone w2v is enough."""
    return [Ours(python, "shared"), Gensim(peers_python)]


def prepare(options: argparse.Namespace, base: Path, isas: list[str]) -> Ground:
    """Make the texts that the chosen sweeps need."""
    only, folder = options.only, base.parent
    say("making texts")
    ground = Ground(base.name, options.threads, isas)
    changes: dict[str, Any] = {}
    if "size" in only:
        changes["sizes"] = [texts.cut(base, size).name for size in options.sizes]
        if options.whole is not None:
            changes["whole"] = place_corpus(options.whole, None, folder).name
    if "shape" in only:
        changes["shapes"] = [texts.short_lines(base).name, texts.one_line(base).name]
    if "vocabulary" in only:
        made = (texts.generated(folder, words, options.tokens) for words in options.vocabularies)
        changes["vocabularies"] = [path.name for path in made]
    if "gzip" in only:
        changes["packed"] = texts.packed(base).name
    return dataclasses.replace(ground, **changes)


def described(
    sweeps: dict[str, list[Point]], folder: Path, settings: Settings
) -> dict[str, SweepText]:
    """Count every text once, and so bring it into the file cache."""
    found: dict[str, SweepText] = {}
    for name in sorted({point.text for points in sweeps.values() for point in points}):
        plain = name.removesuffix(".gz")
        if plain not in found:
            found[plain] = texts.describe(folder / plain, settings.min_count, settings.sample)
        found[name] = dataclasses.replace(found[plain], name=name)
    return found


class SweepBench(Bench):
    """Runs points: a name of a point stands where other sessions have a contender."""

    def __init__(
        self,
        scratch: Path,
        found: dict[str, SweepText],
        settings: Settings,
        roster: Roster,
        sweeps: dict[str, list[Point]],
        *,
        base: str,
    ) -> None:
        programs = {one.name: one for one in roster.here}
        text = found[base]
        super().__init__(scratch, text, settings, programs, test_sets=None, timeout=7_200.0)
        self.texts = found
        here = {"w2v", "gzip"} | set(programs)
        self.points = {
            point.name: point
            for points in sweeps.values()
            for point in points
            if point.program in here
        }
        self.sweeps = {
            name: [point.name for point in points if point.program in here]
            for name, points in sweeps.items()
        }

    def carry_out(self, task: Task) -> dict[str, Any]:
        """Run one point; return its entry for the results."""
        point = self.points[task.contender]
        text = self.texts[point.text]
        if point.program == "gzip":
            command = ["gzip", "-dc", point.text]  # read from a pipe, and dropped
            phases: dict[str, float] = {}
            outcome = measure(command, cwd=self.scratch, timeout=self.timeout)
        else:
            changes = {"threads": point.threads, "dim": point.dim}
            job = Job(point.text, "trained.bin", point.epochs, 1,
                      dataclasses.replace(self.settings, **changes))  # fmt: skip
            contender = self._program(point)
            command = [*forced(point), *contender.command(job)]
            outcome = measure(command, cwd=self.scratch, timeout=self.timeout)
            phases = contender.phases(outcome, job, self.scratch)
        entry = entry_of(task, command, outcome, phases)
        entry["point"] = dataclasses.asdict(point)
        entry["plain"] = text.name == self.text.name
        entry["text"] = dataclasses.asdict(text)
        entry["sweeps"] = {
            name: points.index(point.name)
            for name, points in self.sweeps.items()
            if point.name in points
        }
        if point.program == "w2v":
            record = json.loads((self.scratch / "trained.run.json").read_text())
            entry.update(closer(record, outcome.seconds, text, point.epochs))
        elif "training" in phases:
            entry["words_per_second"] = round(text.tokens * point.epochs / phases["training"])
        for path in self.scratch.glob("trained.*"):
            path.unlink()
        return entry

    def _program(self, point: Point) -> Contender:
        if point.program != "w2v":
            return self.contenders[point.program]
        return Ours(Path(sys.executable), "shared", ("--effort", point.effort))


def forced(point: Point) -> list[str]:
    """Return what stands before a command, so that a processor path is forced."""
    return ["env", f"W2V_ISA={point.isa}"] if point.isa else []


def closer(record: dict[str, Any], whole: float, text: SweepText, epochs: int) -> dict[str, Any]:
    """Return what a run record says beyond a contender's phases.

    ``start`` is what lies around text, training and saving: the interpreter, its imports, its
    end. ``tables`` is the part of training that is in no epoch: noise, first vectors, a look at
    the last ones. The rate is that of the epochs.
    """
    seconds = record["seconds"]
    trained = sum(epoch["seconds"] for epoch in record["epochs"])
    around = whole - sum(seconds[phase] for phase in ("text", "training", "saving"))
    settings = record["settings"]
    rate = text.tokens * epochs / trained
    counted = flop(settings["dim"], settings["window"], settings["block_noise"])
    work = rate * counted * text.trained / text.tokens
    return {
        "seconds": {
            "whole": round(whole, 4),
            "start": round(around, 4),
            "text": round(seconds["text"], 4),
            "tables": round(seconds["training"] - trained, 4),
            "epochs": round(trained, 4),
            "saving": round(seconds["saving"], 4),
        },
        "words_per_second": round(rate),
        "gflops": round(work / 1e9, 2),
        "isa": record["isa"],
        "hot_rows": record["hot_rows"],
        "line_ns": record["line_ns"],
        "block": {key: settings[key] for key in BLOCK},
    }


if __name__ == "__main__":
    sys.exit(main())
