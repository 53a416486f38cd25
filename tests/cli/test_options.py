"""Options and Config say the same, once."""

import dataclasses

import click
import pytest

from w2v.cli.options import SETTINGS, SYNONYMS, Option, long_name
from w2v.cli.program import program
from w2v.config import Config, GraphConfig

FIELDS = {field.name: field for kind in (GraphConfig, Config) for field in dataclasses.fields(kind)}
COMMANDS = program.list_commands(None)


def options_of(command):
    params = program.get_command(None, command).params
    return [param for param in params if isinstance(param, click.Option)]


def test_every_field_has_an_option_and_every_setting_a_field():
    names = {option.name for option in options_of("train")}
    assert set(SETTINGS) == set(FIELDS)
    assert set(FIELDS) <= names


@pytest.mark.parametrize("field", FIELDS)
def test_option_has_the_name_and_default_of_its_field(field):
    option = next(option for option in options_of("train") if option.name == field)
    assert long_name(option) == "--" + field.replace("_", "-")
    default = FIELDS[field].default
    assert option.default == (None if default is dataclasses.MISSING else default)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_long_option_answers_to_its_variable(command):
    for option in options_of(command):
        assert isinstance(option, Option)
        expected = "W2V_" + long_name(option)[2:].replace("-", "_").upper()
        assert expected in ([option.envvar] if isinstance(option.envvar, str) else option.envvar)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_explains_every_option_and_shows_examples(command, w2v):
    for option in options_of(command):
        assert option.help, option.name
    for flag in ("-h", "--help"):
        answer = w2v(command, flag)
        assert answer.code == 0
        text = answer.out.decode()
        assert f"  w2v {command}" in text
        assert all(long_name(option) in text for option in options_of(command))


def test_help_groups_settings_and_hides_synonyms(w2v):
    text = w2v("train", "--help").out.decode()
    places = [text.index(f"\n{group}:\n") for group in ("Files", "Vectors", "Text", "Learning")]
    assert places == sorted(places)
    assert "all CPUs" in text
    words = text.replace("[", " ").split()
    assert not {f"--{synonym}" for synonym in SYNONYMS} & set(words)


@pytest.mark.parametrize(
    ("other", "ours"),
    [
        ("size", "dim"),
        ("vector-size", "dim"),
        ("iter", "epochs"),
        ("lr", "alpha"),
        ("workers", "threads"),
        ("neg", "negative"),
        ("min_count", "min_count"),
    ],
)
def test_names_of_other_tools_are_understood(other, ours, w2v):
    answer = w2v("train", f"--{other}", "-7", "x")
    assert answer.code == 2
    assert f"{ours} is -7" in answer.err


def test_no_default_is_repeated_in_the_words_users_read():
    for setting in SETTINGS.values():
        assert "default" not in setting.help
