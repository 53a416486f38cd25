"""``w2v walk``: random walks on a graph as text, or its edges held out for a test."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO

import click

from w2v.cli.blas import bind_blas
from w2v.cli.graphs import graph_files, read_edges, read_walks, settings_given
from w2v.cli.options import Command, Share, config_options, option
from w2v.cli.settings import resolve_as
from w2v.cli.streams import STDIO, Notes, Output, some, write_pieces
from w2v.config import GraphConfig
from w2v.errors import ConfigError

EPILOG = """\b
Examples:
  w2v walk edges.txt > walks.txt              DeepWalk's walks, one a line
  w2v walk edges.txt --p 1 --q 0.5 --walks 1  node2vec's
  w2v walk edges.csv.gz --directed            compressed; names and weights between commas
  w2v walk papers.txt --metapath A-P-A        from A... to P... and back
  w2v walk edges.txt --split 0.2 -o links     links.train, links.test, links.non-edges

\b
Edges are lines of two names and perhaps a weight, with blanks or a comma between; lines
that begin with # or % are comments. Edges given more than once become one, and their weights
add up. An edge from a node to itself is a link that a walk may take. MatrixMarket files and
scipy's .npz are recognized by their content: a matrix has to be symmetric or --directed.
"""

PARTS = ("train", "test", "non-edges")
NO_SPLIT = ("walks", "length", "p", "q", "metapath", "types")


@click.command(cls=Command, epilog=EPILOG, short_help="Walk at random on a graph; split its edges.")
@click.argument("edges", metavar="EDGES...", nargs=-1, required=True)
@option(
    "-o",
    "--output",
    group="Files",
    metavar="FILE",
    default=STDIO,
    show_default="stdout",
    help="Where the walks go; with --split the names of three files begin so.",
)
@option(
    "--split",
    group="Files",
    type=Share(0, 1, min_open=True, max_open=True),
    metavar="X",
    help="Hold out this share of the edges, leaving connected what is, and as many pairs of "
    "nodes without an edge: OUTPUT.train, OUTPUT.test, OUTPUT.non-edges.",
)
@graph_files()
@config_options(
    *("walks", "length", "p", "q", "directed", "weights", "metapath"),
    *("min_count", "max_vocab", "lowercase", "seed", "threads"),
)
@option("-q", "--quiet", is_flag=True, help="No notes: only results and errors.")
@click.pass_context
def walk(
    context: click.Context,
    /,
    *,
    edges: tuple[str, ...],
    output: str,
    split: float | None,
    nodes: str | None,
    types: str | None,
    quiet: bool,
    **_settings: object,
) -> None:
    """Print walks on the graph of EDGES: text files, folders, globs, - for stdin.

    In each of several rounds a walk begins at every node, in random order. With one seed walks
    are the same whatever the number of threads, and those of w2v train --graph.
    """
    if [*edges, nodes, types].count(STDIO) > 1:
        raise click.UsageError("standard input can be read once: give - once", context)
    config = resolve_as(GraphConfig, context)
    bind_blas(context, 1)
    notes = Notes(quiet=quiet)
    if split is not None:
        for name in settings_given(context, NO_SPLIT):
            raise click.UsageError(f"--{name} is for walks, and --split makes none", context)
        if output == STDIO:
            raise click.UsageError("--split writes three files: name them with -o", context)
        if os.path.basename(output) in ("", ".", ".."):  # noqa: PTH119 - Path drops the last /
            raise click.UsageError(
                f"{output}.{PARTS[0]} would be a hidden file: give -o FOLDER/NAME", context
            )
        _check_outputs([f"{output}.{part}" for part in PARTS], edges)
        _split(edges, config, notes, nodes, split, output)
        return
    _check_outputs([output], edges)
    walks = read_walks(edges, config, notes, nodes=nodes, types=types)
    with contextlib.closing(walks.text()) as pieces:
        write_pieces(output, pieces)
    notes.line(some(walks.total, "walks"))


def _check_outputs(outputs: list[str], edges: tuple[str, ...]) -> None:
    """Find out now what would fail after the long part."""
    from w2v.formats import check_writable

    for output in outputs:
        if output == STDIO:
            Output()
            continue
        check_writable(output)
        path = Path(output)
        if path.is_file() and any(
            Path(file).is_file() and Path(file).samefile(path) for file in edges
        ):
            raise ConfigError(f"{output} is both edges and output: give another name to the output")


def _split(
    edges: tuple[str, ...],
    config: GraphConfig,
    notes: Notes,
    nodes: str | None,
    share: float,
    output: str,
) -> None:
    from w2v.formats import Output as File
    from w2v.formats import write_all
    from w2v.graph.split import split_edges

    split = split_edges(read_edges(edges, config, notes, nodes=nodes), share, config.seed)

    def writer(pieces: Iterable[bytes]) -> Callable[[BinaryIO], None]:
        return lambda file: file.writelines(pieces)

    parts = split.text()
    write_all([File(f"{output}.{part}", writer(pieces)) for part, pieces in parts.items()])
    notes.line(
        f"wrote {', '.join(f'{output}.{part}' for part in parts)}: "
        f"{some(len(split.train), 'edges')} to train, {len(split.test):,} to test, "
        f"{some(len(split.non_edges), 'pairs')} without an edge"
    )
