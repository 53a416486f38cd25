"""Count what happens to runs that are killed at random moments.

    python -m benchmarks.reliability [--kills 1000] [--seed 1]

writes benchmarks/results/counts/reliability.json, and its counts into docs/reliability.md.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from .machine import describe
from .store import RESULTS

ROOT = Path(__file__).resolve().parent.parent
COUNTS = RESULTS / "counts"  # not a session of contenders: of another shape
PAGE = ROOT / "docs" / "reliability.md"
MARKS = ("<!-- reliability -->\n", "<!-- /reliability -->\n")
sys.path.insert(0, str(ROOT / "tests" / "crash"))


def sentence(result: dict[str, Any]) -> str:
    """Return what the page says of a result."""
    phases = result["phases"]
    return (
        f"{result['kills']} processes were killed: {phases['before any']} while starting, reading "
        f"or in their first epoch, {phases['between']} in later epochs, "
        f"{phases['after the last']} after the last, while saving. {result['resumes']} processes "
        f"went on from a checkpoint. {result['same']} of "
        f"{result['runs']} runs ended with the bytes of one that was never killed; "
        f"{result['leftovers']} temporary files stayed.\n"
    )


def rendered(page: str, result: dict[str, Any]) -> str:
    """Return the page with its counts replaced."""
    before, _, rest = page.partition(MARKS[0])
    return before + MARKS[0] + sentence(result) + MARKS[1] + rest.partition(MARKS[1])[2]


def main() -> None:
    from harness import Crash  # noqa: PLC0415 -- found only once the path is set

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--results", type=Path, default=COUNTS)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        text = Path(folder) / "text.txt"
        text.write_text("".join(f"w{k * k % 2903} w{k % 1009}\n" for k in range(20_000)))
        out = Path(folder) / "out"
        out.mkdir()
        crash = Crash(text, out, given.seed)
        while crash.kills < given.kills:
            crash.one_run()
    counts = {name: getattr(crash, name) for name in ("kills", "runs", "same", "resumes")}
    counts.update(leftovers=crash.leftovers, phases=crash.phases)
    result = {"seed": given.seed, "machine": describe(), **counts}
    path = given.results / "reliability.json"
    path.write_text(json.dumps(result, indent=2) + "\n")
    if given.results == COUNTS:
        PAGE.write_text(rendered(PAGE.read_text(), result))
    print(json.dumps(counts))


if __name__ == "__main__":
    main()
