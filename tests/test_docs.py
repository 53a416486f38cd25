"""What the pages in docs/ show can be typed."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from w2v.cli.options import SYNONYMS
from w2v.cli.program import program

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted((ROOT / "docs").glob("*.md"))
LINES = [
    (page.name, line)
    for page in PAGES
    for line in re.findall(r"^    (?:\$ )?(w2v [a-z].*)$", page.read_text(), re.MULTILINE)
]


@pytest.mark.parametrize(("page", "line"), LINES)
def test_commands_parse(page, line):
    name, *words = shlex.split(re.split(r"[|<>]", line)[0], comments=True)[1:]
    command = program.get_command(click.Context(program), name)
    assert command is not None, page
    command.make_context(name, words)


def test_there_are_commands():
    assert len(LINES) >= 5


@pytest.mark.parametrize("page", [*PAGES, ROOT / "README.md"], ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text())
    for target in targets:
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_options_exist(page):
    known = {
        name
        for command in (program.get_command(None, name) for name in program.list_commands(None))
        for parameter in command.params
        for name in [*parameter.opts, *parameter.secondary_opts]
    }
    used = set(re.findall(r"`[^`\n]*?(--[a-z][a-z0-9-]+)", page.read_text()))
    assert used <= known | {"--help"} | {f"--{synonym}" for synonym in SYNONYMS}
