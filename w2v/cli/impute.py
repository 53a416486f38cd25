"""``w2v impute``: labels and numbers for the nodes that have none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from w2v.cli.asking import open_vectors
from w2v.cli.blas import bind_blas
from w2v.cli.options import GIVEN, Command, config_options, json_option, option, vectors_option
from w2v.cli.settings import resolve
from w2v.cli.streams import STDIO, Notes, Output, encode, json_line, readable

if TYPE_CHECKING:
    from w2v.imputing import Filled, Imputed

EPILOG = """\b
Examples:
  w2v impute --labels blog.labels               blog<TAB>label<TAB>probability
  w2v impute --labels blog.labels --method knn --neighbors 20 --top 3
  w2v impute --labels ages.txt --numbers        node<TAB>number<TAB>standard deviation
"""


@click.command(cls=Command, epilog=EPILOG, short_help="Fill in the labels that nodes lack.")
@option(
    "--labels",
    group="Labels",
    metavar="FILE",
    required=True,
    help="Nodes and their labels, or numbers; - is stdin.",
)
@option(
    "--numbers",
    group="Labels",
    is_flag=True,
    help="A node has one number, to be estimated, and not labels, to be chosen from.",
)
@option(
    "--method",
    group="Labels",
    type=click.Choice(("logistic", "ridge", "knn")),
    show_default="logistic; ridge with --numbers",
    help="Logistic regression (labels), ridge regression (numbers), or the mean of the nodes "
    "with the most similar vectors (either).",
)
@option(
    "--neighbors",
    group="Labels",
    type=click.IntRange(min=1),
    metavar="N",
    default=10,
    show_default=True,
    help="With --method knn: how many nodes are averaged.",
)
@option(
    "--top",
    group="Answers",
    type=click.IntRange(min=1),
    metavar="N",
    default=1,
    show_default=True,
    help="Labels per node, the likeliest first.",
)
@json_option()
@vectors_option()
@config_options("threads")
@option(
    "--seed",
    metavar="N",
    type=int,
    default=1,
    show_default=True,
    help="Start of the random numbers that choose the held-out fifth.",
)
@option("-q", "--quiet", is_flag=True, help="No note of how well it goes: only errors.")
@click.pass_context
def impute(
    context: click.Context,
    /,
    *,
    labels: str,
    numbers: bool,
    method: Any,
    neighbors: int,
    top: int,
    as_json: bool,
    vectors: str,
    quiet: bool,
    **_settings: int,
) -> None:
    """Fill in labels or numbers of the nodes (or words, or items) that have none.

    --labels has a node and its labels a line, between blanks, tabs or commas; with
    --numbers a node and a number. What the vectors of those nodes tell is learned, and
    every other vector gets a line: node, label, probability; or node, number, standard
    deviation. A probability is that of one label against all others, so several may be
    likely; with knn it is the share of the neighbors that have the label. On stderr
    stands how well a fifth of the known nodes is filled in from the other four.
    """
    config = resolve(context)
    if [labels, vectors].count(STDIO) > 1:
        raise click.UsageError("standard input can be read once: give - once", context)
    method = method or ("ridge" if numbers else "logistic")
    _check_options(context, method, numbers)
    bind_blas(context, 1)
    from w2v.evaluation import read_labels, read_numbers
    from w2v.imputing import Imputing, impute_labels, impute_numbers

    how = Imputing(method=method, neighbors=neighbors, seed=config.seed, threads=config.threads)
    loaded = open_vectors(vectors, config.threads, quiet=quiet)
    if numbers:
        imputed = impute_numbers(loaded, read_numbers(readable(labels)), how)
    else:
        imputed = impute_labels(loaded, read_labels(readable(labels)), how, top)
    _note(imputed, Notes(quiet=quiet), numbers)
    _write(imputed, as_json, numbers)


def _check_options(context: click.Context, method: str, numbers: bool) -> None:
    """Refuse what contradicts itself, and options without a use."""
    wrong = {True: "logistic", False: "ridge"}[numbers]
    if method == wrong:
        other = "labels: leave --numbers out" if numbers else "numbers: give --numbers"
        raise click.UsageError(f"--method {method} is for {other}, or --method knn", context)
    if context.get_parameter_source("neighbors") in GIVEN and method != "knn":
        raise click.UsageError("--neighbors goes with --method knn: give that", context)
    if context.get_parameter_source("top") in GIVEN and numbers:
        raise click.UsageError("--top counts labels: leave it or --numbers out", context)


def _note(imputed: Imputed, notes: Notes, numbers: bool) -> None:
    if imputed.known < imputed.given:
        missing = imputed.given - imputed.known
        notes.line(f"{missing:,} of {imputed.given:,} nodes have no vector: left out")
    measures = imputed.score.measures
    if numbers:
        found = f"R2 {measures['r2']:.4f}, mean absolute error {measures['mean_absolute_error']:g}"
    else:
        found = (
            f"accuracy {measures['accuracy']:.4f} "
            f"(the most frequent label: {measures['most_frequent']:.4f})"
        )
    notes.line(f"held-out fifth, {imputed.score.nodes:,} nodes: {found}")
    if not imputed.wanting:
        notes.line("every vector has its label: nothing to fill in")


def _write(imputed: Imputed, as_json: bool, numbers: bool) -> None:
    out = Output()
    for filled in imputed.filled:
        out.write(_json(filled, numbers) if as_json else _line(filled))
    out.flush()


def _line(filled: Filled) -> bytes:
    value = filled.value if isinstance(filled.value, str) else f"{filled.value:.6g}"
    return encode(f"{filled.node}\t{value}\t{filled.confidence:.4g}\n")


def _json(filled: Filled, numbers: bool) -> bytes:
    names = ("number", "deviation") if numbers else ("label", "probability")
    return json_line({"node": filled.node, **dict(zip(names, filled[1:], strict=True))})
