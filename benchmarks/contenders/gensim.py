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

    def version(self) -> str:
        return self.distribution_version("gensim")

    def command(self, job: Job) -> list[str]:
        return [
            *(str(self.python), str(DRIVERS / "train_gensim.py")),
            json.dumps(dataclasses.asdict(job)),
        ]

    def phases(self, outcome: Outcome, job: Job, scratch: Path) -> dict[str, float]:
        return last_json(outcome)
