"""w2v itself, by its command line, once per way of drawing negatives."""

from __future__ import annotations

import json
from pathlib import Path

from ..process import Outcome
from .base import Contender, Job


class Ours(Contender):
    """``w2v train`` with the given ``--negatives``."""

    peer = False

    def __init__(self, python: Path, negatives: str) -> None:
        super().__init__(python)
        self.negatives = negatives
        self.name = f"w2v-{negatives}"
        self.title = f"**w2v**, {negatives} negatives"

    def version(self) -> str:
        self.beside_python("w2v")
        return self.distribution_version("w2v")

    def command(self, job: Job) -> list[str]:
        settings = job.settings
        return [
            *(str(self.beside_python("w2v")), "train", job.corpus, "-o", job.output),
            *("--negatives", self.negatives),
            *("--dim", str(settings.dim)),
            *("--window", str(settings.window)),
            *("--negative", str(settings.negative)),
            *("--sample", str(settings.sample)),
            *("--min-count", str(settings.min_count)),
            *("--alpha", str(settings.alpha)),
            *("--threads", str(settings.threads)),
            *("--epochs", str(job.epochs)),
            *("--seed", str(job.seed)),
        ]

    def phases(self, outcome: Outcome, job: Job, scratch: Path) -> dict[str, float]:
        record = json.loads((scratch / job.output).with_suffix(".run.json").read_text())
        seconds = record["seconds"]
        return {phase: float(seconds[phase]) for phase in ("text", "training", "saving")}
