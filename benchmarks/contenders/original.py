"""The original C program, as the registry's ``word2vec`` package builds it (-Ofast)."""

from __future__ import annotations

from pathlib import Path

from ..process import Outcome
from .base import Contender, Job, between_marks


class Original(Contender):
    """The ``word2vec`` program. It takes no seed: only its threads make runs differ."""

    name = "word2vec"
    title = "word2vec, the original C"
    mark = b"Alpha:"
    # With several epochs its last thread stops after the first (the end-of-file flag is never
    # reset), so at two threads two fifths of five epochs are never trained. Timing one epoch is
    # not touched by that; scoring five is, and with twenty threads the loss is four percent.
    accuracy_threads = 20

    def version(self) -> str:
        self.beside_python("word2vec")
        return self.distribution_version("word2vec")

    def command(self, job: Job) -> list[str]:
        settings = job.settings
        return [
            str(self.beside_python("word2vec")),
            *("-train", job.corpus, "-output", job.output, "-binary", "1", "-cbow", "0"),
            *("-size", str(settings.dim)),
            *("-window", str(settings.window)),
            *("-negative", str(settings.negative), "-hs", "0"),
            *("-sample", str(settings.sample)),
            *("-min-count", str(settings.min_count)),
            *("-alpha", str(settings.alpha)),
            *("-threads", str(settings.threads)),
            *("-iter", str(job.epochs)),
        ]

    def phases(self, outcome: Outcome, job: Job, scratch: Path) -> dict[str, float]:
        # It has no switch that stops after the vocabulary and the noise table, and its own rate
        # is words per thread of CPU time; but it flushes a line of progress every 10,000 words.
        return {"training": between_marks(outcome)}
