"""Settings from the command line, the environment and a file, in that order, as one config."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from w2v.cli.options import (
    FIELDS,
    GIVEN,
    SETTINGS,
    SYNONYMS,
    TEXT_FIELDS,
    Option,
    variable_in_use,
)
from w2v.cli.streams import STDIO
from w2v.config import NOISE_LOSSES, Config
from w2v.errors import ConfigError, DataError, FileError
from w2v.presets import preset_settings

# Where a context keeps the files of nodes that a run record names, for `files_of_nodes`.
NODE_FILES = "w2v.node_files"

C = TypeVar("C", bound=Config)


def resolve(
    context: click.Context, config_path: str | None = None, preset: str | None = None
) -> Config:
    """Return the settings of the command in `context`, one that is about text.

    See `resolve_as`.
    """
    return resolve_as(Config, context, config_path, preset)


def resolve_as(
    kind: type[C],
    context: click.Context,
    config_path: str | None = None,
    preset: str | None = None,
    beneath: dict[str, Any] | None = None,
) -> C:
    """Return the settings of the command in `context`.

    Parameters
    ----------
    kind : Config or GraphConfig
        What they are to become; their defaults are its own where the two differ.
    context : click.Context
        Of a command made with `w2v.cli.options.config_options`.
    config_path : str or None
        A TOML file of settings or a run record; yields to the command line and
        to the environment.
    preset : str or None
        Settings to begin with, as `Config.preset`: yields to everything given.
    beneath : dict or None
        Settings in place of defaults and of the preset's.

    Raises
    ------
    ConfigError
        A setting is out of range or unknown, or about graphs where there is none; the message
        says where it came from.
    FileError, DataError
        `config_path` cannot be read, or is neither TOML nor JSON.
    """
    places: dict[str, str] = {}
    values: dict[str, Any] = {}
    defaults: dict[str, Any] = {}
    if config_path is not None:
        from_file, context.meta[NODE_FILES] = read_settings(config_path)
        values.update(from_file)
        places = dict.fromkeys(from_file, config_path)
    for parameter in context.command.params:
        name = parameter.name
        if name not in FIELDS or context.params[name] is None:
            continue
        given = context.get_parameter_source(name) in GIVEN
        if not given:
            if kind is Config and name in TEXT_FIELDS:
                defaults[name] = context.params[name]
            continue
        values[name] = context.params[name]
        places.pop(name, None)
        if (
            isinstance(parameter, Option)
            and context.get_parameter_source(name) is ParameterSource.ENVIRONMENT
        ):
            places[name] = variable_in_use(parameter)
        elif given:
            places[name] = "--" + name.replace("_", "-")
    _settle_effort(values, places, config_path)
    if kind is Config:
        _refuse_graphs(values, places)
    try:
        if preset is not None:
            return _from_preset(kind, preset, (beneath or {}) | values, config_path)
        return kind(**defaults | (beneath or {}) | values)
    except ConfigError as error:
        # Config's messages begin with the field they are about.
        place = places.get(str(error).partition(" ")[0])
        if place is None or place.startswith("--"):
            raise
        raise ConfigError(f"{place}: {error}") from error


def _settle_effort(values: dict[str, Any], places: dict[str, str], config_path: str | None) -> None:
    """Let an effort bring its sizes of blocks; pass over one that is not for this run."""
    if "effort" not in values:
        return
    shared = values.get("negatives", "shared") == "shared"
    useful = shared and values.get("loss", "ns") in NOISE_LOSSES
    if places["effort"] != "--effort" and not useful:
        del values["effort"]  # the environment, or a file, may be for several runs
    if not shared or places["effort"] != config_path:
        # a run record has the sizes of its own effort
        for name in ("block_length", "block_noise"):
            if places.get(name) == config_path:
                values.pop(name, None)


def refuse_unused(context: click.Context, config: Config) -> None:
    """Refuse settings of noise words on the command line where the loss draws none.

    Only there: the environment, a file or a preset may be for several runs.

    Raises
    ------
    click.UsageError
        It names the option, and why it changes nothing.
    """
    if config.loss in NOISE_LOSSES:
        return
    for name in ("negatives", "noise_exponent", "block_noise", "negative"):
        given = context.get_parameter_source(name) is ParameterSource.COMMANDLINE
        # 0 noise words is how users of the original say that there are none
        if given and not (name == "negative" and config.negative == 0):
            flag = "--" + name.replace("_", "-")
            raise click.UsageError(
                f"{flag} is about noise words, and --loss {config.loss} draws none: leave it out",
                context,
            )


def _from_preset(kind: type[C], preset: str, values: dict[str, Any], config_path: str | None) -> C:
    config = kind.preset(preset, **values)
    if preset_settings(preset, config.as_dict()).keys() <= values.keys():
        raise ConfigError(
            f"preset {preset} changes nothing, since {config_path or 'the options given'} "
            "sets all that it would: leave out one of them"
        )
    return config


def _refuse_graphs(values: dict[str, Any], places: dict[str, str]) -> None:
    for name in values:
        if name not in TEXT_FIELDS:
            place = places[name]
            what = place if place.startswith("--") else f"{place}: {name}"
            raise ConfigError(f"{what} is for graphs: add --graph if the corpus is a list of edges")


def files_of_nodes(context: click.Context) -> dict[str, str | None]:
    """Return ``--nodes`` and ``--types`` as given, or those of the run record of ``--config``.

    Call after `resolve_as`, which reads that file.
    """
    recorded = context.meta.get(NODE_FILES, {})
    return {
        name: context.params[name] if context.params[name] is not None else recorded.get(name)
        for name in ("nodes", "types")
    }


def read_settings(path: str) -> tuple[dict[str, Any], dict[str, str]]:
    """Read the settings a file holds: TOML keys, or the "settings" of a JSON run record.

    Which of the two it is shows in its first character. Dashes in keys count as underscores.

    Returns
    -------
    settings : dict
    files : dict of str to str
        The files of ``nodes`` and of their ``types`` that a run on a graph was given.

    Raises
    ------
    FileError
        The file cannot be read.
    DataError
        It is neither TOML nor a run record.
    ConfigError
        It has a key that is no setting.
    """
    text = _read_text(path)
    files: dict[str, str] = {}
    if text.lstrip().startswith("{"):
        table, files = _parse_record(path, text)
    else:
        table = _parse_toml(path, text)
    settings = {key.replace("-", "_"): value for key, value in table.items()}
    for key in settings:
        if key not in FIELDS:
            raise ConfigError(f"{path}: {key!r} is not a setting: {_remedy(key)}")
    return settings, files


def _read_text(path: str) -> str:
    try:
        data = sys.stdin.buffer.read() if path == STDIO else Path(path).read_bytes()
        return data.decode("utf-8")
    except OSError as error:
        raise FileError(f"{path}: {error.strerror}: give --config a file of settings") from error
    except UnicodeDecodeError as error:
        raise DataError(
            f"{path}: byte {error.start} is not UTF-8: give --config a TOML file or a run record"
        ) from error


def _parse_toml(path: str, text: str) -> dict[str, Any]:
    # In the standard library from 3.11 on; before, the package it came from.
    toml = importlib.import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
    try:
        table: dict[str, Any] = toml.loads(text)
    except (ValueError, RecursionError) as error:
        raise DataError(f"{path}: {error}: give lines like dim = 300") from error
    return table


def _parse_record(path: str, text: str) -> tuple[dict[str, Any], dict[str, str]]:
    import json

    try:
        record = json.loads(text)
        settings = record.get("settings")
    except (ValueError, RecursionError) as error:
        raise DataError(f"{path}: not JSON: {error}: give a run record or a TOML file") from error
    if not isinstance(settings, dict):
        raise DataError(f'{path}: no "settings" in it: give a run record that w2v train wrote')
    corpus = record.get("corpus")
    files = corpus.get("files") if isinstance(corpus, dict) else None
    found = files.items() if isinstance(files, dict) else ()
    return settings, {name: file for name, file in found if isinstance(file, str)}


def _remedy(key: str) -> str:
    from difflib import get_close_matches

    dashed = key.replace("_", "-")
    if dashed in SYNONYMS:
        return f"say {SYNONYMS[dashed].replace('-', '_')}"
    close = get_close_matches(key, FIELDS, n=1)
    if close:
        return f"did you mean {close[0]}?"
    return f"give any of {', '.join(SETTINGS)}"
