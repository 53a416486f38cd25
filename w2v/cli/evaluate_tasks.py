"""The options of ``w2v evaluate`` for nodes and items, and the tests that they ask for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

from w2v.cli.options import GIVEN, Option, Share, long_name, option
from w2v.cli.streams import complain, readable
from w2v.errors import ConfigError

if TYPE_CHECKING:
    from w2v.evaluation import Test
    from w2v.evaluation.links import Feature

F = TypeVar("F", bound=Callable[..., Any])
Values = dict[str, Any]

LABELS, LINKS, ITEMS = "Labels of nodes", "Links of nodes", "Items of sessions"
PERCENTS = "10,20,30,40,50,60,70,80,90"
FEATURES = "dot,cosine,hadamard"
# The options that name a file, and those that say how a test goes: which test that is.
TESTS = ("labels", "links", "next_item")
OWNERS = {
    "ratios": ("labels",),
    "splits": ("labels",),
    "non_links": ("links",),
    "known_links": ("links",),
    "features": ("links",),
    "k": ("next_item",),
    "similarity": ("next_item",),
    "repeats": ("next_item",),
    "train_sessions": ("next_item",),
    "oov": ("sets", "next_item"),
    "restrict": ("sets",),
    "case": ("sets",),
    "min_accuracy": ("sets",),
}
FILES = (*TESTS, "non_links", "known_links", "train_sessions")


if TYPE_CHECKING:
    Kind = click.ParamType[Any]
else:
    Kind = click.ParamType  # not generic in older releases


class _List(Kind):
    """Values between commas, each of one type."""

    def __init__(self, one: Kind) -> None:
        self.one = one
        self.name = f"list of {one.name}"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[Any, ...]:
        if isinstance(value, tuple):
            return value
        parts = [part.strip() for part in str(value).split(",")]
        return tuple(dict.fromkeys(self.one.convert(part, param, ctx) for part in parts))


LABEL_OPTIONS: list[Callable[[Any], Any]] = [
    option(
        "--labels",
        group=LABELS,
        metavar="FILE",
        help="Nodes and their labels: learn them from some nodes' vectors, predict the rest.",
    ),
    option(
        "--ratios",
        group=LABELS,
        type=_List(Share(0, 100, min_open=True, max_open=True)),
        metavar="X,...",
        default=PERCENTS,
        show_default=True,
        help="Percents of the nodes to learn from.",
    ),
    option(
        "--splits",
        group=LABELS,
        type=click.IntRange(min=1),
        metavar="N",
        default=10,
        show_default=True,
        help="How often the nodes are divided at random.",
    ),
]
LINK_OPTIONS: list[Callable[[Any], Any]] = [
    option(
        "--links",
        group=LINKS,
        metavar="FILE",
        help="Held-out edges, to be told from pairs of nodes that are none.",
    ),
    option(
        "--non-links",
        group=LINKS,
        metavar="FILE",
        help="Pairs that are no edges.  [default: as many as links, drawn at random]",
    ),
    option(
        "--known-links",
        group=LINKS,
        metavar="FILE",
        help="Other edges that are not to be drawn: those the vectors were made from.",
    ),
    option(
        "--features",
        group=LINKS,
        type=_List(click.Choice(FEATURES.split(","))),
        metavar="NAME,...",
        default=FEATURES,
        show_default=True,
        help="What scores a pair: the product of its vectors, their cosine, or a model "
        "learned from their products number by number, which needs scikit-learn.",
    ),
]
ITEM_OPTIONS: list[Callable[[Any], Any]] = [
    option(
        "--next-item",
        group=ITEMS,
        metavar="FILE",
        help="Sessions, one a line: find the last item of each from those before it.",
    ),
    option(
        "--k",
        "k",
        group=ITEMS,
        type=click.IntRange(min=1),
        metavar="N",
        default=10,
        show_default=True,
        help="How many items are offered.",
    ),
    option(
        "--similarity",
        group=ITEMS,
        type=click.Choice(("cosine", "dot")),
        default="cosine",
        show_default=True,
        help="What is averaged over the items before: cosines, or products of vectors.",
    ),
    option(
        "--repeats",
        group=ITEMS,
        type=click.Choice(("drop", "keep")),
        default="drop",
        show_default=True,
        help="Count an item once a session, where it comes first, and never offer it again; "
        "or each time.",
    ),
    option(
        "--train-sessions",
        group=ITEMS,
        metavar="FILE",
        help="Sessions to count for the popularity beside.  [default: the first vectors are "
        "the most frequent]",
    ),
]


def task_options(function: F) -> F:
    """Add the options for nodes and items."""
    for decorate in reversed([*LABEL_OPTIONS, *LINK_OPTIONS, *ITEM_OPTIONS]):
        function = decorate(function)
    return function


def check_tasks(context: click.Context, sets: tuple[str, ...], values: Values) -> None:
    """Refuse to do nothing, and options of a test that is not asked for.

    Raises
    ------
    click.UsageError
        The message names the option, and what to give.
    """
    asked = {name for name in TESTS if values[name] is not None} | ({"sets"} if sets else set())
    if not asked:
        raise click.UsageError("nothing to score: give SET..., or an option that names a test")
    for parameter in context.command.params:
        owners = OWNERS.get(parameter.name or "", ())
        if not owners or asked & set(owners) or not isinstance(parameter, Option):
            continue
        # What the environment holds may be meant for another run.
        if context.get_parameter_source(parameter.name or "") is ParameterSource.COMMANDLINE:
            wanted = " or ".join(_shown(owner) for owner in owners)
            raise click.UsageError(f"{long_name(parameter)} goes with {wanted}: give that", context)


def _shown(owner: str) -> str:
    return "SET" if owner == "sets" else "--" + owner.replace("_", "-")


def named_files(values: Values) -> list[str]:
    """Return the files that these options name."""
    return [values[name] for name in FILES if values[name] is not None]


def read_tasks(context: click.Context, values: Values, threads: int) -> list[tuple[str, Test]]:
    """Read what the options name; return a name and a test for each that is asked for.

    Raises
    ------
    FileError, DataError
        A file cannot be read, or is not what it should be.
    ConfigError
        Options contradict each other, or a package is missing.
    """
    from w2v import evaluation

    tests: list[tuple[str, Test]] = []
    if (labels := values["labels"]) is not None:
        evaluation.require_logistic()
        read = evaluation.read_labels(readable(labels))
        tests.append((labels, evaluation.LabelTest(read, values["ratios"], values["splits"])))
    if (links := values["links"]) is not None:
        features = _features(context, values["features"])
        others = {
            name: evaluation.read_edges(readable(values[name]))
            for name in ("non_links", "known_links")
            if values[name] is not None
        }
        edges = evaluation.read_edges(readable(links))
        tests.append((links, evaluation.LinkTest(edges, features=features, **others)))
    if (sessions := values["next_item"]) is not None:
        tests.append((sessions, _item_test(values, threads)))
    return tests


def _features(context: click.Context, wanted: tuple[Feature, ...]) -> tuple[Feature, ...]:
    """Return the features, without one that nobody asked for and that cannot be had here."""
    if context.get_parameter_source("features") in GIVEN or "hadamard" not in wanted:
        return wanted
    from w2v.evaluation import require_logistic

    try:
        require_logistic()
    except ConfigError as error:
        complain(f"w2v: left out the feature hadamard: {error}")
        return tuple(name for name in wanted if name != "hadamard")
    return wanted


def _item_test(values: Values, threads: int) -> Test:
    from w2v import evaluation

    # The corpus's own reader knows what - is.
    popularity = values["train_sessions"]
    return evaluation.NextItemTest(
        evaluation.read_sessions(values["next_item"], threads),
        values["k"],
        values["similarity"],
        values["repeats"],
        values["oov"],
        None if popularity is None else evaluation.read_popularity(popularity, threads),
    )
