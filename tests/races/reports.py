"""Tell races that are meant to be from others.

    python tests/races/reports.py INTENDED LOG...

reads what the thread sanitizer wrote, and INTENDED, one function a line. A race is meant to be if
both of its sides are in such functions; the sanitizer's own suppressions would pass a race of one
of them with anything. Prints the others and exits with 1 if there are any, or no report at all:
then nothing was watched.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

REPORT = "WARNING: ThreadSanitizer: "
ACCESS = re.compile(r"  (Previous )?(atomic )?(read|write) of size ", re.IGNORECASE)
FRAME = re.compile(r" +#\d+ (\S+)")


def intended_functions(text: str) -> set[str]:
    """Return the functions of a list in which # begins a comment."""
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return {line for line in lines if line}


def stacks_of(report: str) -> list[list[str]]:
    """Return the functions of each access of a race, innermost first; one may not be known."""
    found: list[list[str]] = []
    inside = False
    for line in report.splitlines():
        frame = FRAME.match(line)
        if ACCESS.match(line):
            found.append([])
            inside = True
        elif frame and inside:
            found[-1].append(frame[1])
        elif not frame and line.strip():
            inside = inside and "failed to restore the stack" in line
        elif not line.strip():
            inside = False
    return found


def is_intended(report: str, functions: set[str]) -> bool:
    """Whether every side that the sanitizer remembers, one or both, is in a listed function."""
    known = [stack for stack in stacks_of(report) if stack]
    return (
        report.startswith("data race")
        and len(known) > 0
        and all(not functions.isdisjoint(stack) for stack in known)
    )


def main() -> int:
    functions = intended_functions(Path(sys.argv[1]).read_text())
    logs = (Path(name).read_text(errors="replace") for name in sys.argv[2:])
    reports = [report for log in logs for report in log.split(REPORT)[1:]]
    others = [report for report in reports if not is_intended(report, functions)]
    for report in others:
        print(REPORT + report)
    print(f"{len(reports)} reports of races, {len(others)} of them not meant to be")
    return 1 if others or not reports else 0


if __name__ == "__main__":
    sys.exit(main())
