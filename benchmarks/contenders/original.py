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

    def __init__(self, python: Path, model: str = "skipgram", loss: str = "ns") -> None:
        super().__init__(python)
        self.model, self.loss = model, loss
        if (model, loss) != ("skipgram", "ns"):
            self.name = f"word2vec-{model}-{loss}"
            self.title = f"word2vec, {model}, {loss}"

    def version(self) -> str:
        self.beside_python("word2vec")
        return self.distribution_version("word2vec")

    def command(self, job: Job) -> list[str]:
        settings = job.settings
        return [
            str(self.beside_python("word2vec")),
            *("-train", job.corpus, "-output", job.output, "-binary", "1"),
            *("-cbow", str(int(self.model == "cbow"))),
            *("-size", str(settings.dim)),
            *("-window", str(settings.window)),
            *("-negative", "0" if self.loss == "hs" else str(settings.negative)),
            *("-hs", str(int(self.loss == "hs"))),
            *("-sample", str(settings.sample)),
            *("-min-count", str(settings.min_count)),
            # its own default for CBOW is 0.05
            *(() if self.model == "cbow" else ("-alpha", str(settings.alpha))),
            *("-threads", str(settings.threads)),
            *("-iter", str(job.epochs)),
        ]

    def phases(self, outcome: Outcome, job: Job, scratch: Path) -> dict[str, float]:
        # It has no switch that stops after the vocabulary and the noise table, and its own rate
        # is words per thread of CPU time; but it flushes a line of progress every 10,000 words.
        return {"training": between_marks(outcome)}
