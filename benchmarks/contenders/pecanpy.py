"""PecanPy's walks and gensim's training, the fastest way to node2vec on the registry."""

from __future__ import annotations

import dataclasses
import json

from .base import DRIVERS, Contender


@dataclasses.dataclass(frozen=True)
class GraphJob:
    """One training run on a graph. Paths are relative to the scratch folder it runs in."""

    edges: str
    output: str
    walks: int = 10
    length: int = 80
    p: float = 1.0
    q: float = 1.0
    dim: int = 128
    window: int = 10
    threads: int = 2
    seed: int = 1


class PecanPy(Contender):
    """``pecanpy --mode SparseOTF`` in a process of its own."""

    name = "pecanpy"
    title = "PecanPy SparseOTF and gensim"

    def version(self) -> str:
        return self.distribution_version("pecanpy")

    def graph_command(self, job: GraphJob) -> list[str]:
        """Return the command line of one training run."""
        driver = DRIVERS / "train_pecanpy.py"
        return [str(self.python), str(driver), json.dumps(dataclasses.asdict(job))]


class OursOnGraphs(Contender):
    """``w2v train --graph``."""

    name = "w2v"
    title = "**w2v**"
    peer = False

    def version(self) -> str:
        self.beside_python("w2v")
        return self.distribution_version("w2v")

    def graph_command(self, job: GraphJob) -> list[str]:
        """Return the command line of one training run."""
        options = {
            name: value
            for name, value in dataclasses.asdict(job).items()
            if name not in ("edges", "output")
        }
        return [
            *(str(self.beside_python("w2v")), "train", "--graph", job.edges, "-o", job.output),
            *(str(part) for name, value in options.items() for part in (f"--{name}", value)),
        ]
