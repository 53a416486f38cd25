"""Measure training with copies of the most frequent rows, which each worker has for itself.

``python -m benchmarks.hot --help``; the session goes as that of benchmarks.run. Whether copies pay
depends on the machine, and w2v decides by itself (w2v/training/hot.py), as
the first contender does: for the others it is forced. More
threads than CPUs say nothing of the rate, but all of accuracy.
"""

from __future__ import annotations

import sys
from pathlib import Path

from .contenders import Contender, Ours
from .run import Kind, main

# Threads, and the rows of which each would have copies.
COPIES = ((2, 1024), (8, 512), (16, 256))


def everyone(python: Path, _peers_python: Path) -> list[Contender]:
    """Return all contenders; the first is what the others are compared with."""
    forced = [
        Ours(python, "shared", ("--threads", str(threads)), variables=[f"W2V_HOT_ROWS={rows}"])
        for threads, most in COPIES
        for rows in (0, most)
    ]
    return [Ours(python, "shared"), *forced]


if __name__ == "__main__":
    sys.exit(main(Kind("benchmarks.hot", __doc__, "hot100", everyone, False)))
