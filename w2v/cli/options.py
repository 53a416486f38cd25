"""Every option: how it is named, grouped, explained, and read from the environment.

The settings of `GraphConfig`, which are those of `Config` and more, appear here once, with the
words a user reads. Names come from the fields, types and defaults too: this module repeats neither.
"""

from __future__ import annotations

import dataclasses
import math
import os
import types
from collections.abc import Callable
from typing import Any, Literal, NamedTuple, TypeVar, Union, get_args, get_origin, get_type_hints

import click
from click.core import ParameterSource

from w2v.config import Config, GraphConfig
from w2v.defaults import EFFORTS

F = TypeVar("F", bound=Callable[..., Any])

DEBUG = "w2v.debug"
GIVEN = (ParameterSource.COMMANDLINE, ParameterSource.ENVIRONMENT)
DEFAULT_VECTORS = "vectors.bin"
LAST_GROUP = "Other"


class Setting(NamedTuple):
    """How one field of `GraphConfig` appears on the command line."""

    group: str
    help: str
    synonyms: tuple[str, ...] = ()


SETTINGS = {
    "model": Setting(
        "Objective", "Score a word against each of its neighbors, or against their mean (cbow)."
    ),
    "loss": Setting(
        "Objective",
        "Negative sampling, hierarchical softmax, noise-contrastive estimation, sampled or "
        "full softmax.",
    ),
    "log_q": Setting(
        "Objective",
        "Correct the logits of --loss sampled-softmax for how often a word is drawn as noise.",
    ),
    "cbow_gradient": Setting(
        "Objective",
        "Share the gradient among the neighbors, or give each the whole (as the original).",
    ),
    "cbow_hidden": Setting("Objective", "What --model cbow makes of the neighbors."),
    "dim": Setting(
        "Vectors", "Numbers per vector.", ("size", "vector-size", "representation-size")
    ),
    "window": Setting(
        "Vectors",
        "The largest distance, in words, at which words count as near; or sentence: all words "
        "of a line are near each other, in any order.",
    ),
    "window_cap": Setting(
        "Vectors", "With --window sentence: pair no words of a line that are farther apart."
    ),
    "window_mode": Setting(
        "Vectors",
        "How nearer words count for more: by their weight, by a window drawn anew for each "
        "word as in the original, or not at all.",
    ),
    "min_count": Setting("Text", "Drop words that occur less often."),
    "max_vocab": Setting(
        "Text",
        "Keep at most this many words, the most frequent.",
        ("max-vocab-size", "max-final-vocab"),
    ),
    "lowercase": Setting("Text", "Lower-case the text before counting."),
    "sample": Setting(
        "Text", "Thin out words more frequent than this share of the text; 0 keeps all."
    ),
    "epochs": Setting("Learning", "Passes over the text.", ("iter",)),
    "alpha": Setting("Learning", "Learning rate at the start; falls evenly to the end.", ("lr",)),
    "min_alpha": Setting("Learning", "Learning rate at the end.", ("min-lr",)),
    "negative": Setting(
        "Learning",
        "Noise words per pair of words. With --negatives shared this is a weight: "
        "more of them cost no time.",
        ("neg",),
    ),
    "negatives": Setting(
        "Learning",
        "Draw noise words once for a block of words (fast) or for each pair (as the original).",
    ),
    "noise_exponent": Setting(
        "Learning", "Draw noise words in proportion to count ** X.", ("ns-exponent",)
    ),
    "effort": Setting(
        "Learning",
        "What is given for accuracy (--negatives shared): sets --block-length and --block-noise.",
    ),
    "block_length": Setting("Learning", "Words that share one draw of noise (--negatives shared)."),
    "block_noise": Setting(
        "Learning",
        "Noise words drawn per block (--negatives shared): more are more accurate and slower.",
    ),
    "holdout": Setting(
        "Learning",
        "Keep this share of the sentences out of training and report their loss after each "
        "epoch; 0 keeps none out.",
    ),
    "patience": Setting(
        "Learning",
        "Stop after N epochs in which the held-out loss did not improve, with the vectors of "
        "the best epoch; 0 never stops.",
    ),
    "initial_range": Setting(
        "Learning", "Vectors start as random numbers from -X / dim to X / dim."
    ),
    "large_logits": Setting(
        "Learning",
        "Train on pairs beyond --logit-limit as they are, not at all, or as if the model were "
        "certain (--negatives private or --loss hs).",
    ),
    "logit_limit": Setting("Learning", "Where --large-logits begins."),
    "seed": Setting(
        "Learning", "Start of all randomness. Repeats a run exactly with --threads 1 only."
    ),
    "threads": Setting("Speed", "Threads at work.", ("workers",)),
    "walks": Setting("Graphs", "Walks from each node in an epoch.", ("num-walks", "number-walks")),
    "length": Setting("Graphs", "Nodes of a walk.", ("walk-length",)),
    "p": Setting("Graphs", "A walk goes back to where it came from 1 / p times as often."),
    "q": Setting(
        "Graphs", "A walk goes to nodes that are not linked from there 1 / q times as often."
    ),
    "directed": Setting("Graphs", "Edges lead from the first node to the second only."),
    "weights": Setting("Graphs", "Take a third column of the edges as their weights."),
    "metapath": Setting(
        "Graphs",
        "Types of nodes with dashes between, as A-P-A: walks visit them in this order. Without "
        "--types a name begins with its type.",
    ),
}

HINTS = get_type_hints(GraphConfig)  # once: each is compiled from its text
FIELDS = {field.name: field for field in dataclasses.fields(GraphConfig)}
TEXT_FIELDS = {field.name: field for field in dataclasses.fields(Config)}

# What the help says of defaults that depend on other settings.
OF_OTHERS = {
    "alpha": "0.025; cbow 0.125; 0.05 with original gradient",
    "window_mode": "weighted; cbow shrink; fixed with --window sentence",
    **{
        name: "; ".join(f"{effort} {sizes[place]}" for effort, sizes in EFFORTS.items())
        for place, name in enumerate(("block_length", "block_noise"))
    },
}

# Long names of other tools, without their dashes, and ours.
SYNONYMS = {
    synonym: field.replace("_", "-")
    for field, setting in SETTINGS.items()
    for synonym in setting.synonyms
}


class Share(click.FloatRange):
    """A number within a range, and so never NaN, which click lets through."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number."""
        number = super().convert(value, param, ctx)
        if math.isnan(number):
            self.fail("nan is not a number to compare with", param, ctx)
        return number


class Option(click.Option):
    """An option that belongs to a group of the help and answers to ``W2V_NAME``."""

    def __init__(self, declarations: list[str], *, group: str = LAST_GROUP, **extra: Any) -> None:
        super().__init__(declarations, **extra)
        self.group = group
        if self.envvar is None:
            self.envvar = environment_name(self)

    def get_error_hint(self, ctx: click.Context | None) -> str:
        """Name the environment variable if the wrong value came from there."""
        if (
            ctx is not None
            and self.name is not None
            and ctx.get_parameter_source(self.name) is ParameterSource.ENVIRONMENT
        ):
            return f"{variable_in_use(self)} (for {long_name(self)})"
        return super().get_error_hint(ctx)


def long_name(option: click.Option) -> str:
    """Return the first long name of `option`, as ``--min-count``."""
    return next(name for name in option.opts if name.startswith("--"))


def environment_name(option: click.Option) -> str:
    """Return the environment variable that stands for `option`, as ``W2V_MIN_COUNT``."""
    return "W2V_" + long_name(option)[2:].replace("-", "_").upper()


def variable_in_use(option: click.Option) -> str:
    """Return the environment variable that gave `option` its value."""
    names = [option.envvar] if isinstance(option.envvar, str) else list(option.envvar or ())
    return next((name for name in names if os.environ.get(name)), environment_name(option))


class Command(click.Command):
    """A command whose help lists its options by group."""

    def __init__(self, *args: Any, **extra: Any) -> None:
        # click keeps the first help option it makes, whatever the context it was made for
        extra.setdefault("context_settings", {"help_option_names": ["-h", "--help"]})
        super().__init__(*args, **extra)
        self.params.append(debug_option())

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments; an error is of this command, which click forgets here and there."""
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            error.ctx = error.ctx or ctx
            raise

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write one section per group, in the order in which the groups first appear."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            if not isinstance(parameter, click.Option):
                continue  # newer clicks list arguments too; the usage line has them
            record = parameter.get_help_record(ctx)
            if record is not None:
                groups.setdefault(getattr(parameter, "group", LAST_GROUP), []).append(record)
        groups[LAST_GROUP] = groups.pop(LAST_GROUP)
        for title, records in groups.items():
            with formatter.section(title):
                formatter.write_dl(records)


def option(*declarations: str, group: str = LAST_GROUP, **extra: Any) -> Callable[[F], F]:
    """Add an `Option` to a command."""
    return click.option(*declarations, cls=Option, group=group, **extra)


def debug_option() -> click.Option:
    """Return ``--debug``, which every command takes before and after its name."""
    return Option(
        ["--debug"],
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=_remember_debug,
        help="Show the traceback of an error.",
    )


def _remember_debug(context: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if wanted:
        context.meta[DEBUG] = True


def vectors_option() -> Callable[[F], F]:
    """Add ``-m/--vectors``, the file to ask."""
    return option(
        "-m",
        "--vectors",
        group="Files",
        metavar="FILE",
        default=DEFAULT_VECTORS,
        show_default=True,
        help="The vectors to ask; - is stdin.",
    )


def json_option() -> Callable[[F], F]:
    """Add ``--json``."""
    return option(
        "--json", "as_json", group="Answers", is_flag=True, help="Write JSON, one object a line."
    )


def config_options(*names: str, **defaults: Any) -> Callable[[F], F]:
    """Add an option for each named field of `GraphConfig`, or for every field.

    Options are listed in the order of `SETTINGS`. `w2v.cli.settings.resolve`
    makes a `Config` of their values.

    Parameters
    ----------
    *names
        Fields; none means all.
    **defaults
        Fields whose default in this command differs from that of the config.
    """
    wanted = names or tuple(SETTINGS)

    def decorate(function: F) -> F:
        for name in reversed([name for name in SETTINGS if name in wanted]):
            function = _config_option(name, defaults)(function)
        return function

    return decorate


def _config_option(name: str, defaults: dict[str, Any]) -> Callable[[F], F]:
    setting, graphs = SETTINGS[name], FIELDS[name]
    field = TEXT_FIELDS.get(name, graphs)
    hint = HINTS[name]
    kind = _without_none(hint)
    extra: dict[str, Any] = {"group": setting.group, "help": setting.help, "show_default": True}
    if name in defaults:
        extra.update(default=defaults[name])
    elif field.default is dataclasses.MISSING:
        # A default that depends on the machine would make the help differ from one to the next.
        extra.update(default=None, show_default="all CPUs")
    elif name in OF_OTHERS:
        extra.update(default=None, show_default=OF_OTHERS[name])
    else:
        extra.update(default=field.default)
        if field.default != graphs.default:
            extra.update(show_default=f"{field.default}; graphs: {graphs.default:g}")
    flag = "--" + name.replace("_", "-")
    if kind is bool:
        return option(f"{flag}/--no-{flag[2:]}", name, **extra)
    if get_origin(kind) is Literal:
        return option(flag, name, type=click.Choice(get_args(kind)), **extra)
    word = next((word for part in get_args(hint) for word in get_args(part)), None)
    if word is not None:
        return option(flag, name, type=_NumberOr(word), metavar=f"N|{word}", **extra)
    metavar = {int: "N", float: "X", str: "TYPES"}[kind]
    return option(flag, name, type=kind, metavar=metavar, **extra)


class _NumberOr(click.types.IntParamType):
    """A whole number, or one word."""

    def __init__(self, word: str) -> None:
        self.word = word

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == self.word:
            return value
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as error:
            raise click.BadParameter(
                f"{value!r} is neither a whole number nor {self.word!r}.", ctx, param
            ) from error


def _without_none(kind: Any) -> Any:
    if get_origin(kind) in (Union, types.UnionType):
        return next(part for part in get_args(kind) if part is not type(None))
    return kind
