"""gensim, reading the file itself (``corpus_file``), which is its fastest way."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

from ..process import Outcome
from .base import DRIVERS, Contender, Job, last_json


class Gensim(Contender):
    """``gensim.models.Word2Vec`` in a process of its own."""

    name = "gensim"
    title = "gensim, `corpus_file`"

    def __init__(self, python: Path, model: str = "skipgram", loss: str = "ns") -> None:
        super().__init__(python)
        self.model, self.loss = model, loss
        if (model, loss) != ("skipgram", "ns"):
            self.name = f"gensim-{model}-{loss}"
            self.title = f"gensim, {model}, {loss}"

    def version(self) -> str:
        return self.distribution_version("gensim")

    def command(self, job: Job) -> list[str]:
        return [
            *(str(self.python), str(DRIVERS / "train_gensim.py")),
            json.dumps({**dataclasses.asdict(job), "model": self.model, "loss": self.loss}),
        ]

    def phases(self, outcome: Outcome, job: Job, scratch: Path) -> dict[str, float]:
        return last_json(outcome)
