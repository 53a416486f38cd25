"""Runs that are interrupted, and their checkpoints."""

from __future__ import annotations

import json
import random

from w2v.training import checkpoint

SMALL = {"dim": 7, "min_count": 1, "epochs": 2, "sample": 1e-2, "alpha": 0.05, "threads": 1}


class Interrupter:
    """Interrupts training after a few reports, drawn at random."""

    def __init__(self, seed, most=3):
        self._random = random.Random(seed)
        self._most = most
        self._left = 1
        self.count = 0

    def __call__(self, report):
        if report.phase != "training" or report.note or report.estimate is not None:
            return  # not yet training, or no place where a signal would come in
        self._left -= 1
        if self._left == 0:
            self._left = self._random.randint(1, self._most)
            self.count += 1
            raise KeyboardInterrupt


def rewrite(path, facts):
    """Write facts with a checksum that is right, as somebody with bad intentions would."""
    facts = {key: value for key, value in facts.items() if key != "crc32"}
    path.write_text(json.dumps({**facts, "crc32": checkpoint._crc(facts)}))
