"""One module per contender: its command line, and how to read what it took."""

from __future__ import annotations

from pathlib import Path

from .base import Contender, Job, MissingError, Settings
from .fasttext import FastText
from .gensim import Gensim
from .original import Original
from .ours import Ours

__all__ = ["Contender", "Job", "MissingError", "Settings", "everyone"]


def everyone(python: Path, peers_python: Path) -> list[Contender]:
    """Return all contenders, ours first: `python` has w2v, `peers_python` the others."""
    return [
        Ours(python, "shared"),
        Ours(python, "shared", ("--effort", "fast")),
        Ours(python, "private", quick=False),
        Gensim(peers_python),
        Original(peers_python),
        FastText(peers_python),
    ]
