"""Measure every model and loss, and gensim and word2vec.c where they have them.

``python -m benchmarks.objectives --help``; the session goes as that of benchmarks.run.
"""

from __future__ import annotations

import sys
from pathlib import Path

from .contenders import Contender, Gensim, Original, Ours
from .run import Kind, main

# A vocabulary that the full softmax bears, an epoch of 100 MB in minutes. Negative
# sampling with the same words stands beside it, since fewer words make another task.
SOFTMAX_VOCABULARY = 1_000


def everyone(python: Path, peers_python: Path) -> list[Contender]:
    """Return all contenders; the first is what the others are compared with."""
    few = ("--max-vocab", str(SOFTMAX_VOCABULARY))
    ours = [Ours(python, "shared")]
    for loss in ("nce", "sampled-softmax", "hs"):
        ours.append(Ours(python, "shared", ("--loss", loss)))
    for loss in ("ns", "nce", "sampled-softmax", "hs"):
        ours.append(Ours(python, "shared", ("--model", "cbow", "--loss", loss)))
    original = ("--model", "cbow", "--loss", "ns", "--cbow-gradient", "original")
    ours.append(Ours(python, "shared", original))
    for model in ((), ("--model", "cbow")):
        ours.append(Ours(python, "shared", (*model, "--loss", "ns", *few)))
        ours.append(Ours(python, "shared", (*model, "--loss", "softmax", *few), slow=True))
    peers: list[Contender] = [
        peer(peers_python, model, loss)
        for peer in (Gensim, Original)
        for model in ("skipgram", "cbow")
        for loss in ("ns", "hs")
    ]
    return [*ours, *peers]


if __name__ == "__main__":
    sys.exit(main(Kind("benchmarks.objectives", __doc__, "objectives100", everyone, False)))
