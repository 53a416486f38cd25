"""fastText's skip-gram without subwords."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

from ..process import Outcome
from .base import DRIVERS, Contender, Job, between_marks

# It initializes threads / 10 of the input matrix: with fewer than 10 threads the rest stays zero.
THREADS = 10


class FastText(Contender):
    """``fasttext.train_unsupervised`` in a process of its own. The module takes no seed."""

    name = "fasttext"
    title = f"fastText, no subwords, {THREADS} threads"
    mark = b"Progress:"

    def version(self) -> str:
        return self.distribution_version("fasttext-wheel")

    def command(self, job: Job) -> list[str]:
        return self._driver("train_fasttext.py", job)

    def convert(self, job: Job) -> list[str]:
        return self._driver("convert_fasttext.py", job)

    def phases(self, outcome: Outcome, job: Job, scratch: Path) -> dict[str, float]:
        return {"training": between_marks(outcome)}

    def _driver(self, script: str, job: Job) -> list[str]:
        threads = max(THREADS, job.settings.threads)
        settings = dataclasses.replace(job.settings, threads=threads)
        job = dataclasses.replace(job, settings=settings)
        return [
            *(str(self.python), str(DRIVERS / script)),
            json.dumps(dataclasses.asdict(job)),
        ]
