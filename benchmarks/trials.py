"""A short session of a few whole runs, each scored: what sessions.py and labels.py share."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from . import machine, store
from .bench import shown
from .contenders.base import Contender
from .corpus import inspect
from .prepare import build_digest, now, say
from .process import Outcome, measure

W2V = Path(sys.executable).parent / "w2v"


@dataclasses.dataclass(frozen=True)
class Trial:
    """One way to get vectors: what it is called, and the command that writes them to `output`."""

    name: str
    title: str
    command: list[str]
    output: str


def score(scratch: Path, output: str, arguments: list[str]) -> tuple[dict[str, Any], Outcome]:
    """Return the JSON of ``w2v evaluate`` on the vectors in `output`, and what it took."""
    command = [str(W2V), "evaluate", *arguments, "-m", output, "--json"]
    # The record may be longer than the tail of an output that is kept: into a file.
    script = 'out="$1"; shift; exec "$@" > "$out"'
    outcome = measure(["sh", "-c", script, "score", "scores.json", *command], cwd=scratch)
    found: dict[str, Any] = json.loads((scratch / "scores.json").read_text())
    return found, outcome


def entry(trial: Trial, task: str, seed: int, threads: int, outcome: Outcome) -> dict[str, Any]:
    """Return what the results keep of a run, in the form that store.py asks for."""
    other = outcome.other_cpu_seconds
    return {
        "task": task,
        "contender": trial.name,
        "threads": threads,
        "epochs": 0,
        "seed": seed,
        "repeat": 1,
        "command": shown(trial.command),
        "seconds": {"whole": round(outcome.seconds, 4)},
        "peak_memory_bytes": outcome.peak_memory_bytes,
        "cpu_seconds": round(outcome.cpu_seconds, 3),
        "other_cpu_seconds": None if other is None else round(other, 3),
    }


def begin(
    name: str, settings: Mapping[str, Any], corpus: Path, trials: list[Trial], versions: Any
) -> dict[str, Any]:
    """Return a results object without runs."""
    return {
        "schema": store.SCHEMA,
        "name": name,
        "started": now(),
        "finished": None,
        "settings": dict(settings),
        "corpus": dataclasses.asdict(inspect(corpus)),
        "machine": machine.describe(),
        "versions": {**own_versions(), **versions},
        "build": build_digest(),
        "isa": cpu_paths(corpus.parent)[0],
        "contenders": [{"name": one.name, "title": one.title} for one in trials],
        "missing": [],
        "failed": [],
        "runs": [],
        "summary": {},
    }


def own_versions() -> dict[str, str]:
    """Return the versions of w2v and of what it runs on."""
    ours = Contender(Path(sys.executable))
    return {
        "w2v": ours.distribution_version("w2v"),
        "python": sys.version.split()[0],
        "numpy": ours.distribution_version("numpy"),
    }


def cpu_paths(folder: Path) -> list[str]:
    """Return the processor path that is in use, then all that can run here, the best first."""
    tail = measure([str(W2V), "info", "--cpu"], cwd=folder).tail
    lines = dict(line.split("\t", 1) for line in tail.splitlines() if "\t" in line)
    return [lines["isa"], *lines["available"].split()]


def finish(results: dict[str, Any], folder: Path) -> None:
    """Write the results."""
    results["finished"] = now()
    store.save(store.final_path(folder, results["name"]), results)
    say(f"written: {results['name']}.json")
