"""w2v itself, by its command line: per way of drawing negatives, model and loss."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..process import Outcome
from .base import Contender, Job, Settings


class Ours(Contender):
    """``w2v train`` with the given ``--negatives``.

    Parameters
    ----------
    extra : sequence of str
        Further options, which stand in the name and the title.
    variables : sequence of str
        What is set in its environment, as ``NAME=value``; so do these.
    """

    peer = False

    def __init__(
        self,
        python: Path,
        negatives: str,
        extra: Sequence[str] = (),
        *,
        variables: Sequence[str] = (),
        quick: bool = True,
        slow: bool = False,
    ) -> None:
        super().__init__(python)
        self.negatives = negatives
        self.extra = tuple(extra)
        self.variables = tuple(variables)
        self.quick, self.slow = quick and not slow, slow
        options = " ".join([*variables, *extra])
        words = [word.removeprefix("--") for word in options.split()]
        self.name = "-".join([f"w2v-{negatives}", *words])
        self.title = f"**w2v** `{options}`" if options else f"**w2v**, {negatives} negatives"

    def version(self) -> str:
        self.beside_python("w2v")
        return self.distribution_version("w2v")

    def command(self, job: Job) -> list[str]:
        settings = job.settings
        return [
            *(("env", *self.variables) if self.variables else ()),
            *(str(self.beside_python("w2v")), "train", job.corpus, "-o", job.output),
            *self._noise(settings),
            *("--dim", str(settings.dim)),
            *("--window", str(settings.window)),
            *("--sample", str(settings.sample)),
            *("--min-count", str(settings.min_count)),
            # the other model has a default of its own
            *(() if "cbow" in self.extra else ("--alpha", str(settings.alpha))),
            *("--threads", str(settings.threads)),
            *("--epochs", str(job.epochs)),
            *("--seed", str(job.seed)),
            *self.extra,
        ]

    def _noise(self, settings: Settings) -> list[str]:
        # refused where no noise words are drawn
        if "hs" in self.extra or "softmax" in self.extra:
            return []
        return ["--negatives", self.negatives, "--negative", str(settings.negative)]

    def phases(self, outcome: Outcome, job: Job, scratch: Path) -> dict[str, float]:
        seconds = _record(job, scratch)["seconds"]
        return {phase: float(seconds[phase]) for phase in ("text", "training", "saving")}

    def notes(self, job: Job, scratch: Path) -> dict[str, Any]:
        record = _record(job, scratch)
        return {name: record[name] for name in ("hot_rows", "line_ns")}


def _record(job: Job, scratch: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((scratch / job.output).with_suffix(".run.json").read_text())
    return found
