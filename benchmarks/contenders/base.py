"""What run.py knows of a contender."""

from __future__ import annotations

import dataclasses
import json
import subprocess
from pathlib import Path
from typing import Any

from ..process import Outcome, ProcessError

DRIVERS = Path(__file__).resolve().parent.parent / "drivers"


class MissingError(Exception):
    """A contender is not installed; the message says what was looked for."""


@dataclasses.dataclass(frozen=True)
class Settings:
    """The settings every contender trains with (kernel figures in the README are about these)."""

    dim: int = 100
    window: int = 5
    negative: int = 5
    sample: float = 1e-3
    min_count: int = 5
    alpha: float = 0.025
    threads: int = 2


@dataclasses.dataclass(frozen=True)
class Job:
    """One training run. Paths are relative to the scratch folder it runs in."""

    corpus: str
    output: str
    epochs: int
    seed: int
    settings: Settings


class Contender:
    """One program that trains word vectors.

    Attributes
    ----------
    name, title : str
        Key in the results; text in the tables (Markdown).
    peer : bool
        Somebody else's program.
    mark : bytes or None
        What it prints over and over while it trains, so that training can be told from the rest.
    accuracy_threads : int or None
        Threads for runs that are scored and not timed, where they have to differ.
    quick : bool
        Takes seconds, in which whatever comes by tells: it is run twice a round.
    slow : bool
        Takes so long that one round and one seed have to do.
    """

    name: str
    title: str
    peer = True
    mark: bytes | None = None
    accuracy_threads: int | None = None
    quick = False
    slow = False

    def __init__(self, python: Path) -> None:
        """Remember the interpreter of the environment that this contender lives in."""
        self.python = python

    def version(self) -> str:
        """Return its version; raise `MissingError` where it is not installed."""
        raise NotImplementedError

    def command(self, job: Job) -> list[str]:
        """Return the command line of one training run."""
        raise NotImplementedError

    def phases(self, outcome: Outcome, job: Job, scratch: Path) -> dict[str, float]:
        """Return the seconds of the phases that can be told apart; ``training`` always."""
        raise NotImplementedError

    def notes(self, job: Job, scratch: Path) -> dict[str, Any]:
        """Return what the results keep of a run beside times."""
        return {}

    def convert(self, job: Job) -> list[str] | None:
        """Return the command that turns its own output into vectors w2v reads, not timed."""
        return None

    def distribution_version(self, distribution: str) -> str:
        """Return the version of a distribution installed in this contender's environment."""
        code = "import importlib.metadata, sys; print(importlib.metadata.version(sys.argv[1]))"
        try:
            done = subprocess.run(
                [str(self.python), "-c", code, distribution],
                capture_output=True,
                text=True,
                check=False,
                timeout=60,
            )
        except OSError as error:
            raise MissingError(f"no Python at the given place: {error.strerror}") from error
        if done.returncode != 0:
            raise MissingError(f"{distribution} is not installed beside the Python given for peers")
        return done.stdout.strip()

    def beside_python(self, program: str) -> Path:
        """Return a program of this contender's environment; `MissingError` without it."""
        # Not resolved: in a virtual environment the interpreter is a link out of it.
        path = self.python.parent / program
        if not path.exists():
            raise MissingError(f"no {program} beside the Python given")
        return path


def between_marks(outcome: Outcome) -> float:
    """Seconds from the first to the last line of progress.

    The tables built before, the wait for the first line and the saving after are left out,
    as is the work behind the first line: all in the contender's favor, together under a percent
    of a run long enough to be worth timing.
    """
    if outcome.marks is None or outcome.marks[1] <= outcome.marks[0]:
        raise ProcessError("printed too little progress to tell training from the rest")
    return outcome.marks[1] - outcome.marks[0]


def last_json(outcome: Outcome) -> dict[str, float]:
    """Return the object that a driver printed as its last line."""
    lines = outcome.tail.replace("\r", "\n").strip().splitlines()
    try:
        found = json.loads(lines[-1])
    except (IndexError, ValueError) as error:
        raise ProcessError("the driver did not end with a line of JSON") from error
    return {key: float(value) for key, value in found.items()}
