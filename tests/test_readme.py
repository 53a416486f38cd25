"""What the README says is what the program does."""

from __future__ import annotations

import ast
import re
import shlex
from pathlib import Path

import click
import pytest

import w2v
from w2v.cli.program import program

README = (Path(__file__).resolve().parent.parent / "README.md").read_text()
COMMANDS = {
    name: program.get_command(click.Context(program), name)
    for name in program.list_commands(click.Context(program))
}
SHELL_LINES = re.findall(r"^    (?:\$ |.*\| |.*&& )?(w2v .*)$", README, re.MULTILINE)


def options(command):
    return {
        name
        for parameter in command.params
        for name in [*parameter.opts, *parameter.secondary_opts]
    }


def test_every_command_is_in_the_readme():
    for name in COMMANDS:
        assert f"`w2v {name}" in README, name


def test_every_command_in_the_readme_exists():
    named = set(
        re.findall(
            r"\bw2v ([a-z]+)\b", " ".join([*SHELL_LINES, *re.findall(r"`w2v [^`]*`", README)])
        )
    )
    assert named <= set(COMMANDS)


def test_every_option_in_the_readme_exists():
    known = set().union(*map(options, COMMANDS.values()), options(program), {"--help"})
    used = set(re.findall(r"`[^`]*?(--[a-z][a-z0-9-]+)", README))
    assert used
    assert used <= known


@pytest.mark.parametrize("line", SHELL_LINES)
def test_shell_lines_parse(line):
    words = shlex.split(line.split("|")[0].split("<")[0].split(">")[0], comments=True)[1:]
    if words and words[0] in COMMANDS:
        COMMANDS[words[0]].make_context(words[0], words[1:])


def test_there_are_shell_lines():
    assert len(SHELL_LINES) >= 6


def test_python_names_exist():
    (block,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    names = {
        node.attr
        for node in ast.walk(ast.parse(block))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "w2v"
    }
    assert names == {"train", "Config", "save", "load", "evaluate"}
    for name in names:
        assert hasattr(w2v, name)


def test_defaults_named_in_the_readme():
    config = w2v.Config()
    assert f"a block** of {config.block_length} words" in README.replace("\n", " ").replace(
        "by a", "a"
    )
