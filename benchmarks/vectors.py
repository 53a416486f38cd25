"""Measure what is done with vectors, and phrases: ``python -m benchmarks.vectors --help``."""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import plan, store
from .bench import entry_of
from .contenders.base import DRIVERS, Contender, MissingError, last_json
from .corpus import Text, inspect
from .prepare import Roster, SetupError, begin, now, place_corpus, say
from .process import Outcome, ProcessError, measure
from .run import checked, finish, guarded, parser_of, perform

QUESTIONS = "questions-words.txt"
BIG, FEW, TRAINED, ASKED = "big.bin", "few.bin", "trained.bin", "queries.txt"
PHRASE_BYTES = {"phrases-20": 20_000_000, "phrases-100": 100_000_000}
PEERS = {
    **dict.fromkeys(("load", "load-text", "write-text", "evaluate"), ("gensim",)),
    **dict.fromkeys(PHRASE_BYTES, ("gensim", "word2phrase")),
}


@dataclasses.dataclass(frozen=True)
class Sizes:
    """How much there is to do."""

    words: int = 1_000_000
    dim: int = 300
    text_words: int = 200_000
    queries: int = 10_000
    threads: int = 2


QUICK = Sizes(words=2_000, dim=20, text_words=1_000, queries=50)


class Program(Contender):
    """A program that is measured here; its commands are those of `VectorBench`."""

    def __init__(self, python: Path, name: str, title: str, distribution: str) -> None:
        super().__init__(python)
        self.name, self.title, self.distribution = name, title, distribution

    def version(self) -> str:
        if self.name != "gensim":
            self.beside_python(self.name)
        return self.distribution_version(self.distribution)


class VectorBench:
    """The scratch folder with vectors, queries and texts in it."""

    def __init__(
        self, scratch: Path, text: Text, sizes: Sizes, roster: Roster, timeout: float
    ) -> None:
        self.scratch = scratch
        self.text = text
        self.settings = sizes
        self.programs = {one.name: one for one in roster.here}
        self.timeout = timeout
        self.answers: dict[tuple[str, str], float] = {}

    def make(self, questions: Path | None) -> str:
        """Make everything that is read; return the instruction set that w2v trained with."""
        sizes = self.settings
        for words, name in ((sizes.words, BIG), (sizes.text_words, FEW)):
            self._driver("make_vectors.py", str(words), str(sizes.dim), name)
        self._run([self._w2v(), "convert", FEW, "few.txt", "-q"])
        step = max(1, sizes.words // sizes.queries)
        asked = [f"w{place * step % sizes.words}\n" for place in range(sizes.queries)]
        (self.scratch / ASKED).write_text("".join(asked))
        self._run([self._w2v(), "train", self.text.name, "-o", TRAINED, "-q", "--epochs", "1"])
        if questions is not None:
            (self.scratch / QUESTIONS).symlink_to(questions.resolve())
        with (self.scratch / self.text.name).open("rb") as text:
            for task, most in PHRASE_BYTES.items():
                text.seek(0)
                (self.scratch / f"{task}.txt").write_bytes(text.read(most))
        record = json.loads((self.scratch / TRAINED).with_suffix(".run.json").read_text())
        return str(record["isa"])

    def carry_out(self, task: plan.Task) -> dict[str, Any]:
        """Run one task; return its entry for the results.

        Raises
        ------
        ProcessError
            It failed, or programs that must agree do not.
        """
        stdin = ASKED if task.task == "queries" else os.devnull
        command = self.command(task)
        outcome = measure(command, cwd=self.scratch, timeout=self.timeout, stdin=stdin)
        phases, answer = self._read(task, outcome)
        if task.task == "evaluate":
            self.answers[task.task, task.contender] = answer
            if len({value for (name, _), value in self.answers.items() if name == task.task}) > 1:
                raise ProcessError(f"accuracies differ: {self.answers}")
        entry = entry_of(task, command, outcome, phases)
        return {**entry, "amount": self.amount(task.task), "answer": answer}

    def command(self, task: plan.Task) -> list[str]:
        """Return the command line of a task."""
        name, threads = task.task, str(task.threads)
        if task.contender == "gensim":
            driver = [str(self.programs["gensim"].python), str(DRIVERS / "vectors_gensim.py")]
            return [*driver, name, self._input(name), *([QUESTIONS] if name == "evaluate" else [])]
        if task.contender == "word2phrase":
            program = str(self.programs["word2phrase"].beside_python("word2phrase"))
            files = ["-train", self._input(name), "-output", "joined.word2phrase"]
            return [program, *files, "-threshold", "100", "-min-count", "5"]
        if name in ("load", "load-text", "write-text"):
            driver = [sys.executable, str(DRIVERS / "vectors_ours.py")]
            return [*driver, name, self._input(name), threads]
        arguments = {
            "cold": ["similar", "-m", BIG, f"w{123456 % self.settings.words}"],
            "queries": ["similar", "-m", BIG, "--threads", threads],
            "evaluate": ["evaluate", QUESTIONS, "-m", TRAINED, "--json", "--threads", threads],
        }
        phrases = ["phrases", self._input(name), "-o", "joined.txt", "-q", "--threads", threads]
        return [self._w2v(), *arguments.get(name, phrases)]

    def amount(self, name: str) -> tuple[int, str]:
        """Return how much a task does, and in what unit."""
        sizes = self.settings
        if name in ("cold", "queries"):
            return (1 if name == "cold" else sizes.queries), "queries"
        if name == "evaluate":
            lines = (self.scratch / QUESTIONS).read_text().splitlines()
            return sum(not line.startswith(":") for line in lines), "questions"
        file = "few.txt" if name == "write-text" else self._input(name)
        return round((self.scratch / file).stat().st_size / 1e6), "MB"

    def _input(self, name: str) -> str:
        files = {"load": BIG, "load-text": "few.txt", "write-text": FEW, "evaluate": TRAINED}
        return files.get(name, f"{name}.txt")

    def _read(self, task: plan.Task, outcome: Outcome) -> tuple[dict[str, float], float | None]:
        """Return the seconds of the work alone, if they were told, and the answer."""
        if task.contender == "gensim" or task.task in ("load", "load-text", "write-text"):
            found = last_json(outcome)
            return {"work": found["work"]}, found["answer"]
        if task.task == "evaluate":
            return {}, float(json.loads(outcome.tail.strip())["accuracy"])
        return {}, None

    def _w2v(self) -> str:
        return str(Path(sys.executable).parent / "w2v")

    def _driver(self, name: str, *arguments: str) -> None:
        self._run([sys.executable, str(DRIVERS / name), *arguments])

    def _run(self, command: list[str]) -> None:
        measure(command, cwd=self.scratch, timeout=self.timeout)


def main() -> int:
    """Run a session; return 0 if nothing failed, 1 if a run failed, 2 if it cannot begin."""
    return guarded("benchmarks.vectors", parse(sys.argv[1:]), session)


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = parser_of("benchmarks.vectors", __doc__, "vectors")
    parser.add_argument(
        "--quick", action="store_true", help="a few small vectors: does everything still run?"
    )
    parser.add_argument("--repeats", type=int, default=5, help="runs of w2v (%(default)s)")
    parser.add_argument("--peer-repeats", type=int, default=3, help="of each peer; 0: none")
    return checked(parser, arguments, "threads", "repeats")


def session(options: argparse.Namespace, scratch: Path) -> int:
    """Make what is measured, carry out every task not yet done, and write the results."""
    questions = options.eval and options.eval / QUESTIONS
    if questions is not None and not questions.is_file():
        raise SetupError(f"--eval: no {QUESTIONS} in {options.eval}")
    roster = gather(options.peers_python.absolute(), wanted=options.peer_repeats > 0)
    text = inspect(place_corpus(options.corpus, options.wiki, scratch))
    sizes = dataclasses.replace(QUICK if options.quick else Sizes(), threads=options.threads)
    bench = VectorBench(scratch, text, sizes, roster, options.timeout)
    say(f"making vectors of {sizes.words:,} words x {sizes.dim}")
    isa = bench.make(questions)
    partial = store.partial_path(options.results, options.name)
    results = begin(partial, bench, roster, isa, fresh=options.fresh)
    if questions is None:
        results["missing"].append({"name": "evaluate", "title": "analogies", "why": "no --eval"})
    tasks = tasks_of(roster, options, lambda name: name != "evaluate" or questions is not None)
    perform(bench, tasks, results, partial)
    results["finished"] = now()
    return finish(results, partial)


def gather(peers_python: Path, *, wanted: bool) -> Roster:
    """Look for every program; `MissingError` if w2v itself is not here."""
    here: list[Contender] = [Program(Path(sys.executable), "w2v", "**w2v**", "w2v")]
    versions = {"w2v": here[0].version(), "python": sys.version.split()[0]}
    versions["numpy"] = here[0].distribution_version("numpy")
    missing = []
    for name, distribution in (("gensim", "gensim"), ("word2phrase", "word2vec")):
        peer = Program(peers_python, name, name, distribution)
        try:
            if not wanted:
                raise MissingError("not asked for")
            versions[name] = peer.version()
            versions["numpy of the peers"] = peer.distribution_version("numpy")
        except MissingError as error:
            missing.append({"name": name, "title": name, "why": str(error)})
        else:
            here.append(peer)
    return Roster(here, missing, versions)


def tasks_of(
    roster: Roster, options: argparse.Namespace, possible: Callable[[str], bool]
) -> list[plan.Task]:
    """Return the session's tasks: of each everybody in turn, repeat by repeat."""
    here = {one.name for one in roster.here}
    threads = {"w2v": options.threads}
    return [
        plan.Task(name, contender, threads.get(contender, 1), repeat=repeat)
        for name in filter(possible, ("cold", "queries", *PEERS))
        for repeat in range(1, max(options.repeats, options.peer_repeats) + 1)
        for contender in ("w2v", *PEERS.get(name, ()))
        if contender in here
        and repeat <= (options.repeats if contender == "w2v" else options.peer_repeats)
    ]


if __name__ == "__main__":
    sys.exit(main())
