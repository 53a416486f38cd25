"""Carry out one task and describe what it took."""

from __future__ import annotations

import dataclasses
import json
import math
import sys
from pathlib import Path
from typing import Any

from .contenders import Contender, Job, Settings
from .contenders.base import DRIVERS, last_json
from .corpus import Text
from .plan import Task
from .process import Outcome, ProcessError, measure

# Made by the first, untimed run, for the commands that read vectors.
VECTORS = "vectors.bin"
QUERY = "king"


class Bench:
    """The scratch folder with the corpus in it, and everybody who can run there."""

    def __init__(
        self,
        scratch: Path,
        text: Text,
        settings: Settings,
        contenders: dict[str, Contender],
        *,
        test_sets: Path | None,
        timeout: float,
    ) -> None:
        self.scratch = scratch
        self.text = text
        self.settings = settings
        self.contenders = contenders
        self.test_sets = test_sets
        self.timeout = timeout
        self.w2v = Path(sys.executable).parent / "w2v"

    def warm_up(self) -> str:
        """Train once, untimed, so that caches are warm; return the instruction set it used."""
        job = Job(self.text.name, VECTORS, 1, 1, self.settings)
        command = self.contenders["w2v-shared"].command(job)
        measure(command, cwd=self.scratch, timeout=self.timeout)
        record = json.loads((self.scratch / VECTORS).with_suffix(".run.json").read_text())
        return str(record["isa"])

    def carry_out(self, task: Task) -> dict[str, Any]:
        """Run one task; return its entry for the results.

        Raises
        ------
        ProcessError
            It, or what has to follow it, failed.
        """
        if task.task in ("speed", "accuracy"):
            return self._train(task)
        if task.task == "text":
            return self._text(task)
        arguments = {"similar": ["similar", QUERY], "help": ["--help"]}[task.task]
        command = [str(self.w2v), *arguments]
        outcome = measure(command, cwd=self.scratch, timeout=self.timeout)
        return entry_of(task, command, outcome, {})

    def _train(self, task: Task) -> dict[str, Any]:
        contender = self.contenders[task.contender]
        settings = dataclasses.replace(self.settings, threads=task.threads)
        job = Job(self.text.name, "trained.bin", task.epochs, task.seed, settings)
        command = contender.command(job)
        outcome = measure(command, cwd=self.scratch, mark=contender.mark, timeout=self.timeout)
        phases = contender.phases(outcome, job, self.scratch)
        entry = entry_of(task, command, outcome, phases)
        entry["words_per_second"] = round(self.text.tokens * task.epochs / phases["training"])
        entry.update(contender.notes(job, self.scratch))
        if task.task == "accuracy":
            entry["accuracy"] = self._score(contender, job)
        for path in self.scratch.glob("trained.*"):
            path.unlink()
        return entry

    def _score(self, contender: Contender, job: Job) -> dict[str, float]:
        convert = contender.convert(job)
        if convert:
            measure(convert, cwd=self.scratch, timeout=self.timeout)
        score = [sys.executable, str(DRIVERS / "accuracy.py"), job.output, str(self.test_sets)]
        found = last_json(measure(score, cwd=self.scratch, timeout=self.timeout))
        for name, value in found.items():
            if not math.isfinite(value):
                raise ProcessError(f"{name} is not a number: the text knows too few of its words")
        return found

    def _text(self, task: Task) -> dict[str, Any]:
        command = [sys.executable, str(DRIVERS / "text_rows.py"), self.text.name]
        command += [str(task.threads), str(self.settings.min_count)]
        outcome = measure(command, cwd=self.scratch, timeout=self.timeout)
        found = last_json(outcome)
        if found["tokens"] != self.text.tokens:
            raise ProcessError(
                f"found {found['tokens']:.0f} words where there are {self.text.tokens}"
            )
        entry = entry_of(task, command, outcome, {"rows": found["rows"]})
        entry["words_per_second"] = round(self.text.tokens / found["rows"])
        return entry


def entry_of(
    task: Task, command: list[str], outcome: Outcome, phases: dict[str, float]
) -> dict[str, Any]:
    """Return what the results hold of any run."""
    other = outcome.other_cpu_seconds
    return {
        **dataclasses.asdict(task),
        "command": shown(command),
        "seconds": {
            "whole": round(outcome.seconds, 4),
            **{phase: round(seconds, 4) for phase, seconds in phases.items()},
        },
        "peak_memory_bytes": outcome.peak_memory_bytes,
        "cpu_seconds": round(outcome.cpu_seconds, 3),
        "other_cpu_seconds": None if other is None else round(other, 3),
    }


def shown(command: list[str]) -> list[str]:
    """Return a command as a reader can repeat it: no path of this machine in it."""
    program = "python" if Path(command[0]).name.startswith("python") else Path(command[0]).name
    return [program, *map(_without_folder, command[1:])]


def _without_folder(part: str) -> str:
    path = Path(part)
    if path.parent == DRIVERS:
        return f"benchmarks/drivers/{path.name}"
    # a program behind env, say
    return path.name if path.parent == Path(sys.executable).parent else part
