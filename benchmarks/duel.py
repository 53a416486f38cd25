"""Compare kernels on a machine that is not quiet: ``python -m benchmarks.duel --help``.

Those of builds in several environments, or several of one build. Each contender trains in a
process of its own, on one thread, and they take turns every hundredth of a second or so: what
disturbs one disturbs the other. What counts is the time of CPU per word that the quickest tenth,
quarter and half of the turns stay below, and how these compare: two runs of one build differ by
about one percent. Nothing is kept: this is for finding out what pays.
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from .contenders.base import DRIVERS

TOKENS = 100_000  # of a turn
QUANTILES = (0.1, 0.25, 0.5)
WARM_UP = 3


class Kernel:
    """A kernel of a build of w2v that trains when it is told to."""

    def __init__(self, python: str, isa: str, process: subprocess.Popen[str]) -> None:
        self.name = f"{python}, {isa}"
        self._process = process
        self.turns: list[float] = []
        self._expect()

    def turn(self, *, counts: bool) -> None:
        """Train for a turn; keep its nanoseconds per word if it counts."""
        assert self._process.stdin is not None
        with contextlib.suppress(BrokenPipeError):  # no answer either, which is told
            self._process.stdin.write(f"{TOKENS}\n")
            self._process.stdin.flush()
        took = float(self._expect())
        if counts:
            self.turns.append(took)

    def _expect(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"benchmarks.duel: {self.name}: its w2v does not train: see above")
        return line


def main(arguments: list[str] | None = None) -> int:
    """Let the kernels take turns, and print how they compare."""
    options = parse(sys.argv[1:] if arguments is None else arguments)
    with contextlib.ExitStack() as stack:
        kernels = [
            stack.enter_context(started(python, isa, options))
            for python in options.pythons
            for isa in options.isa.split(",")
        ]
        for number in range(-WARM_UP, options.turns):
            first = number % len(kernels)
            for kernel in [*kernels[first:], *kernels[:first]]:
                kernel.turn(counts=number >= 0)
    times = np.array([np.quantile(kernel.turns, QUANTILES) for kernel in kernels])
    print("ns of CPU per word at", ", ".join(f"{share:.0%}" for share in QUANTILES))
    for kernel, row in zip(kernels, times, strict=True):
        ratios = " ".join(f"{ratio:.3f}" for ratio in times[0] / row)
        print(f"{kernel.name}: {' '.join(f'{value:.1f}' for value in row)}; rate / first: {ratios}")
    return 0


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.duel", description=__doc__)
    parser.add_argument("pythons", nargs="+", help="Pythons of environments that have a build each")
    parser.add_argument("--corpus", type=Path, required=True, help="a text file")
    parser.add_argument("--isa", default="avx2", help="kernels of each build (%(default)s)")
    parser.add_argument("--model", choices=["skipgram", "cbow"], default="skipgram")
    parser.add_argument("--dim", type=int, default=100)
    parser.add_argument("--window", type=int, default=5)
    parser.add_argument("--block-length", type=int, default=128)
    parser.add_argument("--block-noise", type=int, default=32)
    parser.add_argument("--turns", type=int, default=100, help="of each kernel (%(default)s)")
    options = parser.parse_args(arguments)
    if options.turns < 1:
        parser.error(f"--turns is {options.turns}: give at least 1")
    for python in options.pythons:
        if shutil.which(python) is None:
            parser.error(f"no program {python}")
    return options


@contextlib.contextmanager
def started(python: str, isa: str, options: argparse.Namespace) -> Iterator[Kernel]:
    """Yield a kernel that has read its text; it ends with the block."""
    shape = (options.dim, options.window, options.block_length, options.block_noise)
    driver = str(DRIVERS / "train_slices.py")
    given = [str(options.corpus), isa, *map(str, shape), options.model]
    process = subprocess.Popen(
        [python, "-I", driver, *given], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        try:
            yield Kernel(python, isa, process)
        finally:
            process.kill()


if __name__ == "__main__":
    sys.exit(main())
