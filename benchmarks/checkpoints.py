"""Measure what checkpoints cost, how fast they are written, and how fast a run goes on.

    python -m benchmarks.checkpoints --wiki wiki.txt.xz [--rounds 3]
    python -m benchmarks.render

writes benchmarks/results/counts/checkpoints.json, for the table in docs/reliability.md. Every run
is a process of its own; `--quick --corpus FILE` sees that all of it works.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from .contenders.base import DRIVERS
from .machine import describe
from .prepare import SetupError, now, place_corpus, say
from .process import Outcome, ProcessError, measure
from .reliability import COUNTS

DRIVER = DRIVERS / "checkpointing.py"
NAME = "checkpoints"
WRITES = 3  # checkpoints during training, of each process; the first is written with the words
WORDS = "words.txt"
FOLDER = "run"


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.checkpoints", description=__doc__)
    parser.add_argument("--wiki", type=Path, help="text, compressed with xz; its first 100 MB")
    parser.add_argument("--corpus", type=Path, help="any text in its place")
    parser.add_argument("--dim", type=int, default=300)
    parser.add_argument("--epochs", type=int, default=20, help="of training on the text")
    parser.add_argument("--every", type=float, default=10.0, help="seconds between checkpoints")
    parser.add_argument("--words", type=int, default=1_000_000, help="of the large model")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="tiny, one round")
    parser.add_argument("--results", type=Path, default=COUNTS)
    parser.add_argument("--tmpdir", type=Path, help="where checkpoints go: the disk to measure")
    options = parser.parse_args(arguments)
    if options.quick:
        options.dim, options.words, options.rounds = 16, 2_000, 1
        options.epochs, options.every = 2, 0.01
    return options


def write_words(path: Path, words: int) -> None:
    """Write a text that has every word once."""
    names = [f"w{number}" for number in range(words)]
    random.Random(1).shuffle(names)
    lines = (" ".join(names[start : start + 20]) for start in range(0, words, 20))
    path.write_text("\n".join(lines) + "\n")


class Session:
    """The runs, in a scratch folder on the disk that is measured."""

    def __init__(self, options: argparse.Namespace, scratch: Path) -> None:
        self.options, self.scratch = options, scratch
        self._took = self._others = 0.0

    def run(self) -> dict[str, Any]:
        """Return the results."""
        options = self.options
        text = place_corpus(options.corpus, options.wiki, self.scratch).name
        write_words(self.scratch / WORDS, options.words)
        started = now()
        runs: dict[str, list[Any]] = {"kept": [], "large": []}
        for _ in range(options.rounds):
            runs["kept"].append(self._trained(text))
            runs["large"].append(self._large())
        names = ("dim", "epochs", "every", "words", "rounds")
        return {
            "started": started,
            "machine": describe(),
            "settings": {name: getattr(options, name) for name in names},
            # of the time of all processors; None where the system does not say
            "others": self._others / (self._took * (os.cpu_count() or 1)) if self._took else None,
            "runs": runs,
            "summary": summarize(runs),
        }

    def _trained(self, text: str) -> dict[str, Any]:
        options = self.options
        numbers = str(options.dim), str(options.epochs)
        found = self._driver("train", text, *numbers, FOLDER, str(options.every))
        self._clean()
        return found

    def _large(self) -> dict[str, Any]:
        dim = str(self.options.dim)
        found = self._driver("write", WORDS, dim, FOLDER, str(WRITES))
        # w2v lets the system forget what it has written, so the first comes from the disk
        found["resume_disk"] = self._driver("resume", FOLDER)["resume"]
        self._remember()
        found |= self._driver("resume", FOLDER)
        self._clean()
        return found | {"dd": self._dd(found["bytes"][-1])}

    def _driver(self, *arguments: str) -> dict[str, Any]:
        outcome = measure([sys.executable, str(DRIVER), *arguments], cwd=self.scratch)
        self._note(outcome)
        found: dict[str, Any] = json.loads(outcome.tail.splitlines()[-1])
        say(f"{arguments[0]}: {json.dumps(found)}")
        return found

    def _note(self, outcome: Outcome) -> None:
        self._took += outcome.seconds
        self._others += outcome.other_cpu_seconds or 0.0

    def _dd(self, size: int) -> float:
        """Return the seconds that `dd` takes for a file of so many bytes, on the disk itself."""
        path = self.scratch / "dd"
        block = 1 << 20
        command = ["dd", "if=/dev/zero", f"of={path}", f"bs={block}", f"count={-(-size // block)}"]
        start = time.perf_counter()
        subprocess.run([*command, "conv=fsync"], check=True, capture_output=True)
        took = time.perf_counter() - start
        path.unlink()
        return took * size / (-(-size // block) * block)

    def _remember(self) -> None:
        """Have the system keep the checkpoint in memory."""
        for path in (self.scratch / FOLDER).iterdir():
            with path.open("rb", buffering=0) as file:
                while file.read(1 << 22):
                    pass

    def _clean(self) -> None:
        folder = self.scratch / FOLDER
        if folder.is_dir():
            for path in folder.iterdir():
                path.unlink()
            folder.rmdir()


def summarize(runs: dict[str, list[Any]]) -> dict[str, Any]:
    """Return medians of what the table shows."""
    kept, large = runs["kept"], runs["large"]
    lost = [seconds for run in kept for seconds in run["lost"]]
    each = statistics.mean(lost) if lost else None
    return {
        "checkpoints": len(lost),
        "seconds_each": each,
        "cost_each_minute": None if each is None else each / 60,
        "words": kept[0]["words"],
        "bytes": large[0]["bytes"][-1],
        "first_pause": statistics.median(one["pauses"][0] for one in large),
        "later_pause": statistics.median(p for one in large for p in one["pauses"][1:]),
        "copy_fresh": statistics.median(one["copy_fresh"] for one in large),
        "copy_warm": statistics.median(one["copy_warm"] for one in large),
        "write_training": statistics.median(w for one in large for w in one["writes"][:-1]),
        "write_alone": statistics.median(one["writes"][-1] for one in large),
        "dd": statistics.median(one["dd"] for one in large),
        "resume": statistics.median(one["resume"] for one in large),
        "resume_disk": statistics.median(one["resume_disk"] for one in large),
    }


def main(arguments: list[str] | None = None) -> int:
    """Measure; return 0, or 2 if it cannot begin or a run fails."""
    options = parse(sys.argv[1:] if arguments is None else arguments)
    try:
        with tempfile.TemporaryDirectory(prefix="w2v-bench-", dir=options.tmpdir) as scratch:
            results = Session(options, Path(scratch)).run()
    except (SetupError, ProcessError) as error:
        print(f"benchmarks.checkpoints: {error}", file=sys.stderr)
        return 2
    path = options.results / f"{NAME}.json"
    path.write_text(json.dumps(results, indent=1) + "\n")
    say(f"written: {path.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
