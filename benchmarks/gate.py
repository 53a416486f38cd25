"""The accuracy gate: train on real text, fail below the floors. ``python -m benchmarks.gate``.

Needs the data of the README's accuracy table: wiki.txt.xz and eval/ in W2V_DATA, or in
../shared/data. Without it nothing is measured; it says so and succeeds.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from .contenders.base import DRIVERS, last_json
from .corpus import cut_wiki
from .prepare import TEST_SETS, say
from .process import ProcessError, measure

ROOT = Path(__file__).resolve().parent.parent
# Of one run of five epochs: means over three seeds (31.0, 65.0, 62.4, 30.6 shared; 29.4, 63.8,
# 59.6, 31.0 private) less several standard deviations of a single run, which are about 0.3 for
# analogies and MEN and 0.9 for the two small sets.
FLOORS = {
    "shared": {"analogies": 29.5, "ws353": 61.5, "men": 61.0, "simlex": 27.5},
    "private": {"analogies": 28.0, "ws353": 61.0, "men": 58.5, "simlex": 28.0},
}


def main() -> int:
    """Return 0 if every floor is kept or the data is absent, 1 if not."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gate", description=__doc__)
    parser.add_argument(
        "--negatives", nargs="+", choices=sorted(FLOORS), default=list(FLOORS), help="what to train"
    )
    options = parser.parse_args()
    data = Path(os.environ.get("W2V_DATA") or ROOT.parent / "shared" / "data")
    needed = [data / "wiki.txt.xz", *(data / "eval" / name for name in TEST_SETS)]
    absent = [path.name for path in needed if not path.is_file()]
    if absent:
        # A wrong W2V_DATA is a mistake to report; no data at all is not.
        if os.environ.get("W2V_DATA"):
            print(f"accuracy gate: W2V_DATA: no {', '.join(absent)} in {data}", file=sys.stderr)
            return 1
        say(f"accuracy gate: NOT MEASURED: no {', '.join(absent)} (set W2V_DATA to their folder)")
        return 0
    with tempfile.TemporaryDirectory(prefix="w2v-gate-") as scratch:
        say("accuracy gate: unpacking the first 100,000,000 bytes of wiki.txt.xz")
        cut_wiki(needed[0], Path(scratch) / "wiki100.txt")
        # All of them, also after the first that falls short: one look tells what is wrong.
        failures = [
            failure
            for negatives in options.negatives
            for failure in score(negatives, data.resolve() / "eval", Path(scratch))
        ]
    for failure in failures:
        print(f"accuracy gate: {failure}", file=sys.stderr)
    return 1 if failures else 0


def score(negatives: str, test_sets: Path, scratch: Path) -> list[str]:
    """Train once with the defaults; return what fell below its floor."""
    program = Path(sys.executable).parent / "w2v"
    train = [str(program), "train", "wiki100.txt", "-o", "gate.bin", "--negatives", negatives]
    test = [sys.executable, str(DRIVERS / "accuracy.py"), "gate.bin", str(test_sets)]
    try:
        seconds = measure(train, cwd=scratch).seconds
        found = last_json(measure(test, cwd=scratch))
    except ProcessError as error:
        return [f"{negatives}: {error}"]
    figures = " ".join(f"{name} {value}" for name, value in found.items())
    say(f"accuracy gate: {negatives}: trained in {seconds:.0f} s: {figures}")
    return shortfalls(negatives, found)


def shortfalls(negatives: str, found: dict[str, float]) -> list[str]:
    """Return one line for every score below its floor."""
    return [
        f"{negatives}: {name} is {found[name]}, below the floor of {floor}"
        for name, floor in FLOORS[negatives].items()
        # Not "<": NaN is below every floor.
        if not found[name] >= floor
    ]


if __name__ == "__main__":
    sys.exit(main())
