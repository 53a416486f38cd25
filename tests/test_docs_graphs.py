"""The session in docs/graphs.md is what the program prints."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "graphs.md").read_text()
STEP = re.compile(r"^    \$ (.*)\n((?:    (?!\$ ).*\n|\n(?=    (?!\$ )))*)", re.MULTILINE)
PAPERS = (
    "ann deep-nets\nann big-graphs\nbob big-graphs\ncid deep-nets\ndeep-nets kdd\nbig-graphs www\n"
)
TYPES = "ann bob cid deep-nets big-graphs kdd www"


@pytest.fixture
def shell(tmp_path):
    (tmp_path / "teams.py").write_text(re.search(r"```python\n(# teams.*?)```", PAGE, re.S)[1])
    (tmp_path / "papers.edges").write_text(PAPERS)
    kinds = ["author"] * 3 + ["paper"] * 2 + ["venue"] * 2
    lines = (f"{name} {kind}\n" for name, kind in zip(TYPES.split(), kinds, strict=True))
    (tmp_path / "papers.types").write_text("".join(lines))
    python = shlex.quote(sys.executable)

    def run(command):
        functions = f'w2v() {{ {python} -I -m w2v "$@"; }}; python() {{ {python} "$@"; }}'
        done = subprocess.run(
            ["bash", "-c", f"{functions}; {command}"],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=60,
        )
        return done.stdout

    return run


def test_the_session_is_as_it_was(shell):
    steps = STEP.findall(PAGE)
    assert len(steps) == 10
    for command, shown in steps:
        expected = [line.removeprefix("    ") for line in shown.splitlines()]
        printed = shell(command).splitlines()
        if command.startswith("w2v similar"):
            # The numbers are those of one kind of processor.
            assert len(printed) == len(expected)
            assert all(line.startswith("t7.") for line in printed + expected)
        else:
            assert printed == expected, command
