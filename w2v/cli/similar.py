"""``w2v similar``: the words whose vectors point the same way."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from w2v.cli.blas import bind_blas
from w2v.cli.options import Command, config_options, json_option, option, vectors_option
from w2v.cli.settings import resolve
from w2v.cli.streams import (
    STDIO,
    Output,
    complain,
    encode,
    json_line,
    readable,
    word_from_argument,
)
from w2v.errors import NotFoundError

if TYPE_CHECKING:
    from w2v.vectors import Vectors

EPILOG = """\b
Examples:
  w2v similar king                       word<TAB>cosine, ten lines
  w2v similar king queen -k 3            each line starts with its query
  w2v similar --json < words.txt         one query a line, one answer a line
  w2v similar -m old.bin king
"""


@click.command(cls=Command, epilog=EPILOG, short_help="Print the words most similar to a word.")
@click.argument("words", metavar="[WORD]...", nargs=-1)
@option(
    "-k",
    "--count",
    group="Answers",
    type=click.IntRange(min=1),
    metavar="N",
    default=10,
    show_default=True,
    help="Answers per query.",
)
@json_option()
@vectors_option()
@config_options("threads", threads=1)
@click.pass_context
def similar(
    context: click.Context,
    /,
    *,
    words: tuple[str, ...],
    count: int,
    vectors: str,
    as_json: bool,
    **_threads: int,
) -> None:
    """Print the words most similar to each WORD, best first, with their cosine.

    Without WORD, every line of standard input is a query. Several queries are
    answered one by one, and each line of the answer starts with its query. The
    exit code is 1 if a word is not among the vectors; the others are answered.
    """
    bind_blas(context, resolve(context).threads)
    queries = _queries(context, words, vectors)
    from w2v.formats import load

    loaded = load(readable(vectors))
    missing = _answer_all(loaded, queries, count, as_json=as_json, tagged=len(words) != 1)
    if missing:
        context.exit(NotFoundError.exit_code)


def _queries(context: click.Context, words: tuple[str, ...], vectors: str) -> Iterator[str]:
    """Return the queries, from the arguments or else line by line from stdin."""
    if words:
        return (word_from_argument(word) for word in words)
    if vectors == STDIO:
        raise click.UsageError("standard input holds the vectors: give the words", context)
    if sys.stdin is None or sys.stdin.isatty():
        raise click.UsageError("no word to look up: give some, or one a line on stdin", context)
    lines = (line.decode("utf-8", "surrogateescape") for line in sys.stdin.buffer)
    return (word for line in lines if (word := line.strip(" \t\r\n")))


def _answer_all(
    vectors: Vectors, queries: Iterator[str], count: int, *, as_json: bool, tagged: bool
) -> int:
    """Answer each query as soon as it is asked; return how many words were not found."""
    out = Output()
    missing = 0
    for query in queries:
        try:
            neighbors = vectors.nearest(query, count)
        except NotFoundError as error:
            complain(f"w2v: {error}")
            missing += 1
            continue
        out.write(_answer(query, neighbors, as_json=as_json, tagged=tagged))
        # A program that asks through pipes waits for its answer before it asks again.
        out.flush()
    return missing


def _answer(
    query: str, neighbors: list[tuple[str, float]], *, as_json: bool, tagged: bool
) -> bytes:
    if as_json:
        pairs = [{"word": word, "cosine": round(cosine, 6)} for word, cosine in neighbors]
        return json_line({"query": query, "neighbors": pairs})
    start = f"{query}\t" if tagged else ""
    return encode("".join(f"{start}{word}\t{cosine:.4f}\n" for word, cosine in neighbors))
