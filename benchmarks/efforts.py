"""Measure what each ``--effort`` costs and gives, at three dims.

``python -m benchmarks.efforts --help``; the session goes as that of benchmarks.run.
"""

from __future__ import annotations

import sys
from pathlib import Path

from .contenders import Contender, Ours
from .run import Kind, main

DIMS = (100, 200, 300)
EFFORTS = ("balanced", "fast", "accurate")


def everyone(python: Path, _peers_python: Path) -> list[Contender]:
    """Return all contenders; the first is what the others are compared with."""
    return [
        Ours(
            python,
            "shared",
            (
                *(() if dim == DIMS[0] else ("--dim", str(dim))),
                *(() if effort == EFFORTS[0] else ("--effort", effort)),
            ),
        )
        for dim in DIMS
        for effort in EFFORTS
    ]


if __name__ == "__main__":
    sys.exit(main(Kind("benchmarks.efforts", __doc__, "efforts100", everyone, False)))
