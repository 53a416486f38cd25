"""Measure blocks of other lengths, with more or fewer noise words, than those of ``--effort``.

``python -m benchmarks.blocks --help``; the session goes as that of benchmarks.run.
"""

from __future__ import annotations

import sys
from pathlib import Path

from .contenders import Contender, Ours
from .run import Kind, main

# --block-length and --block-noise, beside the default, 128 and 32.
BLOCKS = (
    (32, 16),
    (64, 16),
    (64, 32),
    (64, 64),
    (128, 16),
    (128, 64),
    (256, 32),
    (256, 64),
    (256, 128),
    (512, 64),
    (512, 128),
    (512, 256),
)


def everyone(python: Path, _peers_python: Path) -> list[Contender]:
    """Return all contenders; the first is what the others are compared with."""
    others = [
        ("--block-length", str(length), "--block-noise", str(noise)) for length, noise in BLOCKS
    ]
    return [Ours(python, "shared", options) for options in ((), *others)]


if __name__ == "__main__":
    sys.exit(main(Kind("benchmarks.blocks", __doc__, "blocks100", everyone, False)))
