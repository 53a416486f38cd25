"""Measure reading, walking and training on graphs: ``python -m benchmarks.graphs --help``.

Each run is a process of its own, in turn with its peer; the results are results/graphs.json.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import random
import sys
import tempfile
from pathlib import Path
from typing import Any

from . import store
from .bench import entry_of
from .contenders import MissingError
from .contenders.base import DRIVERS, last_json
from .contenders.pecanpy import GraphJob, OursOnGraphs, PecanPy
from .plan import Task
from .prepare import SetupError, new_results, now, say
from .process import ProcessError, measure

NAME = "graphs"
LARGE = "power-law.edges"
EDGES = "graph.edges"
DEEPWALK = {"walks": 80, "length": 40}
NODE2VEC = {"walks": 10, "length": 80, "p": 1.0, "q": 0.5}
QUICK = {"walks": 2, "length": 10}


def main(arguments: list[str] | None = None) -> int:
    """Run a session; return 0 if nothing failed, 1 if a run failed, 2 if it cannot begin."""
    options = parse(sys.argv[1:] if arguments is None else arguments)
    try:
        with tempfile.TemporaryDirectory(prefix="w2v-bench-", dir=options.tmpdir) as scratch:
            return Session(options, Path(scratch)).run()
    except (SetupError, MissingError) as error:
        print(f"benchmarks.graphs: {error}", file=sys.stderr)
        return 2


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.graphs", description=__doc__)
    parser.add_argument("--edges", type=Path, help="an edge list (BlogCatalog); else one is made")
    parser.add_argument("--nodes", type=int, default=1_000_000, help="of the large graph")
    parser.add_argument("--links", type=int, default=20_000_000, help="edges of the large graph")
    parser.add_argument("--quick", action="store_true", help="see that all works: tiny, one round")
    parser.add_argument("--results", type=Path, default=store.RESULTS, help="where they are kept")
    parser.add_argument(
        "--peers-python",
        type=Path,
        default=Path(os.environ.get("W2V_PEERS_PYTHON", sys.executable)),
        help="Python of the environment with pecanpy and gensim",
    )
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--timeout", type=float, default=7_200.0, help="seconds for one run")
    parser.add_argument("--tmpdir", type=Path, help="where the scratch folder goes")
    options = parser.parse_args(arguments)
    if options.quick:
        options.nodes, options.links, options.repeats = 2_000, 10_000, 1
    return options


def make_power_law(path: Path, nodes: int, edges: int, seed: int = 1) -> None:
    """Write a graph of about `nodes` nodes whose degrees fall by a power law.

    Both ends of an edge are drawn by the same law, node k in proportion to
    ``(k + 1) ** -0.5``, and then named in random order.
    """
    draw = random.Random(seed)
    names = list(range(nodes))
    draw.shuffle(names)
    with path.open("w") as file:
        for _ in range(edges):
            ends = (names[int(nodes * draw.random() ** 2)] for _ in range(2))
            file.write("{} {}\n".format(*ends))


class Session:
    """One session: who takes part, and what was measured so far."""

    def __init__(self, options: argparse.Namespace, scratch: Path) -> None:
        self.options = options
        self.scratch = scratch
        self.ours = OursOnGraphs(Path(sys.executable))
        self.peer = PecanPy(options.peers_python.absolute())
        self.versions = {"w2v": self.ours.version(), "python": sys.version.split()[0]}
        self.versions["numpy"] = self.ours.distribution_version("numpy")
        self.missing: list[dict[str, str]] = []
        self.here: list[OursOnGraphs | PecanPy] = [self.ours]
        try:
            self.versions["pecanpy"] = self.peer.version()
            self.versions["gensim"] = self.peer.distribution_version("gensim")
            self.here.append(self.peer)
        except MissingError as error:
            self.missing.append(
                {"name": self.peer.name, "title": self.peer.title, "why": str(error)}
            )

    def run(self) -> int:
        """Measure everything and write the results."""
        if not self.options.results.is_dir():
            raise SetupError(f"--results: no folder {self.options.results}")
        corpus = self._place()
        results = new_results(
            NAME,
            {"threads": self.options.threads, "node2vec": NODE2VEC, "deepwalk": DEEPWALK},
            corpus,
            self.here,
            self.missing,
            self.versions,
            self._isa(),
        )
        for repeat in range(1, self.options.repeats + 1):
            for task, contender, command in self._commands(repeat):
                self._measure(
                    results, Task(task, contender, self.options.threads, 1, 1, repeat), command
                )
        results["finished"] = now()
        path = store.final_path(self.options.results, NAME)
        store.save(path, results)
        for entry in [*results["missing"], *results["failed"]]:
            say(f"not measured: {entry.get('name') or entry['contender']}: {entry['why']}")
        say(f"written: {path.name}")
        return 1 if results["failed"] else 0

    def _place(self) -> dict[str, Any]:
        """Put the graphs into the scratch folder, so that no command holds a path."""
        options, edges = self.options, self.scratch / EDGES
        if options.edges is None:
            make_power_law(edges, options.nodes, options.links)
        elif options.edges.is_file():
            edges.symlink_to(options.edges.resolve())
        else:
            raise SetupError(f"{options.edges}: no such file")
        say(f"making a graph of {options.nodes:,} nodes and {options.links:,} edges")
        make_power_law(self.scratch / LARGE, options.nodes, options.links, seed=2)
        return {
            "name": options.edges.name if options.edges else "generated",
            "bytes": edges.stat().st_size,
            "large": {"nodes": options.nodes, "edges": options.links},
        }

    def _isa(self) -> str:
        command = self.ours.graph_command(self._job({**QUICK, "threads": 1}))
        try:
            measure(command, cwd=self.scratch, timeout=self.options.timeout)
        except ProcessError as error:
            raise SetupError(f"w2v does not train: {error}") from error
        return str(json.loads((self.scratch / "trained.run.json").read_text())["isa"])

    def _job(self, settings: dict[str, Any]) -> GraphJob:
        job = GraphJob(EDGES, "trained.bin", threads=self.options.threads)
        return dataclasses.replace(job, **settings)

    def _commands(self, repeat: int) -> list[tuple[str, str, list[str]]]:
        """Return the runs of a round; each round begins with another contender."""
        quick = QUICK if self.options.quick else {}
        node2vec = self._job({**NODE2VEC, **quick})
        turn = self.here if repeat % 2 else self.here[::-1]
        walk = [sys.executable, str(DRIVERS / "walk_steps.py")]
        small = map(str, (self.options.threads, node2vec.walks, node2vec.length))
        large = map(str, (self.options.threads, 1, node2vec.length))
        return [
            ("graph-walk", self.ours.name, [*walk, EDGES, *small]),
            ("graph-large", self.ours.name, [*walk, LARGE, *large]),
            *(("graph-node2vec", one.name, one.graph_command(node2vec)) for one in turn),
            (
                "graph-deepwalk",
                self.ours.name,
                self.ours.graph_command(self._job({**DEEPWALK, **quick})),
            ),
        ]

    def _measure(self, results: dict[str, Any], task: Task, command: list[str]) -> None:
        try:
            outcome = measure(command, cwd=self.scratch, timeout=self.options.timeout)
        except ProcessError as error:
            why = store.without_paths(str(error))
            results["failed"].append({"task": task.task, "contender": task.contender, "why": why})
            return
        trained = self.scratch / "trained.run.json"
        if task.task in ("graph-walk", "graph-large") or task.contender == self.peer.name:
            found = last_json(outcome)
        else:
            seconds = json.loads(trained.read_text())["seconds"]
            found = {phase: seconds[phase] for phase in ("text", "training", "saving")}
        entry = entry_of(task, command, outcome, {})
        entry["figures"] = found
        results["runs"].append(entry)
        say(f"{task.task} of {task.contender}: {outcome.seconds:.2f} s")


if __name__ == "__main__":
    sys.exit(main())
