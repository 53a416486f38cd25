"""Compare who is near whom in one file as w2v, gensim and word2vec-distance read it.

``python -m benchmarks.neighbors vectors.bin --peers-python ../peers/bin/python king france``
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
from pathlib import Path

from .contenders.base import DRIVERS

COUNT = 10
# w2v similar prints four decimals, and float32 sums in another order differ in the seventh.
TOLERANCE = 1e-4
# A line of word2vec-distance: a word, tabs, a cosine.
DISTANCE = re.compile(r"^ *(\S+)\t+(-?\d\.\d+)$", re.MULTILINE)
Neighbors = list[tuple[str, float]]


def main() -> int:
    """Return 0 if all agree on every word, 1 if not."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.neighbors", description=__doc__)
    parser.add_argument("vectors", type=Path, help="a word2vec binary file")
    parser.add_argument("words", nargs="*", default=["king", "france", "monday"])
    parser.add_argument(
        "--peers-python",
        type=Path,
        default=Path(os.environ.get("W2V_PEERS_PYTHON", sys.executable)),
        help="Python of the environment with gensim and word2vec",
    )
    options = parser.parse_intermixed_args()
    vectors, python = options.vectors.resolve(), options.peers_python.absolute()
    try:
        ours = {word: by_w2v(vectors, word) for word in options.words}
        theirs = {
            "gensim": by_gensim(python, vectors, options.words),
            "word2vec-distance": {
                word: by_original(python, vectors, word) for word in options.words
            },
        }
    except (OSError, subprocess.CalledProcessError) as error:
        detail = (getattr(error, "stderr", None) or str(error)).strip().splitlines()[-1]
        print(f"benchmarks.neighbors: {detail}", file=sys.stderr)
        return 1
    differences = [
        f"{peer}: {word}: {difference}"
        for peer, answers in theirs.items()
        for word in options.words
        if (difference := compare(ours[word], answers[word]))
    ]
    for line in differences or [f"all agree on {COUNT} neighbors of {', '.join(options.words)}"]:
        print(line)
    return 1 if differences else 0


def compare(ours: Neighbors, theirs: Neighbors) -> str | None:
    """Return the first difference between two lists of neighbors, or None.

    Words whose cosines are closer than `TOLERANCE` may have changed places.
    """
    if len(ours) != len(theirs):
        return f"{len(ours)} neighbors by w2v, {len(theirs)} by the peer"
    known = dict(theirs)
    last = theirs[-1][1]
    for place, ((word, cosine), (_, other)) in enumerate(zip(ours, theirs, strict=True), 1):
        if abs(cosine - other) > TOLERANCE:
            return f"place {place}: cosine {cosine:.4f} by w2v, {other:.4f} by the peer"
        # At the end of the list a tie may have put another word in.
        if abs(known.get(word, last) - cosine) > TOLERANCE:
            return f"place {place}: {word} {cosine:.4f} by w2v is not there for the peer"
    return None


def by_w2v(vectors: Path, word: str) -> Neighbors:
    """Ask ``w2v similar``."""
    program = Path(sys.executable).parent / "w2v"
    output = _run([str(program), "similar", "-m", str(vectors), "-k", str(COUNT), word])
    rows = (line.split("\t") for line in output.splitlines())
    return [(name, float(cosine)) for name, cosine in rows]


def by_gensim(python: Path, vectors: Path, words: list[str]) -> dict[str, Neighbors]:
    """Ask gensim, in its own environment."""
    driver = DRIVERS / "neighbors_gensim.py"
    answers = json.loads(_run([str(python), str(driver), str(vectors), str(COUNT), *words]))
    return {word: [(name, float(cosine)) for name, cosine in answers[word]] for word in words}


def by_original(python: Path, vectors: Path, word: str) -> Neighbors:
    """Ask the original's ``distance`` program."""
    program = python.parent / "word2vec-distance"
    return parse_distance(_run([str(program), str(vectors)], f"{word}\nEXIT\n"))


def parse_distance(output: str) -> Neighbors:
    """Return the first `COUNT` neighbors in what ``distance`` printed."""
    found = [(match[1], float(match[2])) for match in DISTANCE.finditer(output)]
    return found[:COUNT]


def _run(argv: list[str], text: str = "") -> str:
    return subprocess.run(argv, input=text, capture_output=True, text=True, check=True).stdout


if __name__ == "__main__":
    sys.exit(main())
