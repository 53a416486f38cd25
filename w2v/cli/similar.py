"""``w2v similar``: the words whose vectors point the same way."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from w2v.cli.asking import (
    Asked,
    Line,
    Misses,
    answer_all,
    asking_options,
    check_stdin_once,
    from_arguments,
    from_stdin,
    open_candidates,
    open_vectors,
    writer,
)
from w2v.cli.blas import bind_blas
from w2v.cli.options import Command, option
from w2v.cli.settings import resolve
from w2v.errors import DataError, NotFoundError

if TYPE_CHECKING:
    from w2v.vectors import Vectors

EPILOG = """\b
Examples:
  w2v similar king                       word<TAB>cosine, ten lines
  w2v similar king queen -k 3            each line starts with its query
  w2v similar "king - man + woman"       words added and taken away
  w2v similar --json < words.txt         one query a line, one answer a line
  w2v similar king --among names.txt     answers from a list
  w2v vectors -m old.bin king | w2v similar -m new.bin --by-vector
"""

SIGNS = {"+": 1.0, "-": -1.0}


@click.command(cls=Command, epilog=EPILOG, short_help="Print the words most similar to a word.")
@click.argument("words", metavar="[QUERY]...", nargs=-1)
@option(
    "--by-vector",
    group="Queries",
    is_flag=True,
    help="Every line of stdin is a vector, its numbers separated by blanks. A name may "
    "precede them; without one the answer starts with the number of the line.",
)
@asking_options
@click.pass_context
def similar(
    context: click.Context,
    /,
    *,
    words: tuple[str, ...],
    by_vector: bool,
    count: int,
    among: str | None,
    top_vocab: int | None,
    vectors: str,
    as_json: bool,
    **_threads: int,
) -> None:
    """Print the words most similar to each QUERY, best first, with their cosine.

    A QUERY is a word, or words with + and - between them, blanks around every
    sign, quoted for the shell: "king - man + woman". Each word counts with its
    vector at length 1. Signs and words take turns, so that "- - +" takes the
    word + away from the word -. What begins with a dash comes after --.

    Without QUERY, every line of standard input is one. Several queries are
    answered one by one, and each line of the answer starts with its query. The
    exit code is 1 if a word is not among the vectors, 3 if a vector asked for is
    not finite; the other queries are answered.
    """
    if words and by_vector:
        raise click.UsageError("--by-vector reads vectors from stdin: give no words", context)
    threads = resolve(context).threads
    # They share the queries; a second kind of threads would be in their way.
    bind_blas(context, 1)
    check_stdin_once(context, not words, vectors, among)
    loaded = open_vectors(vectors, threads)
    candidates = open_candidates(loaded, among, top_vocab)
    batches = from_arguments(words) if words else from_stdin()
    read = (lambda line, _: _vector(loaded, line)) if by_vector else _words
    write = writer("cosine", "neighbors", as_json=as_json, tagged=len(words) != 1)
    context.exit(answer_all(loaded, candidates, batches, read, write, count, threads))


def _words(line: Line, misses: Misses) -> Asked:
    """Read a word, or words with signs between them."""
    from w2v.queries import prepare

    weights = {line.text: 1.0} if line.text in misses.vectors else signed(line.text)
    misses.check(list(weights))
    return Asked(line.text, line.text, prepare(misses.vectors, weights))


def signed(text: str) -> dict[str, float]:
    """Return the words of `text` and what they count, by the signs between them.

    Words and signs take turns; whether a sign comes first is seen from their number,
    so that the words + and - need no other spelling.

    Raises
    ------
    NotFoundError
        They do not take turns.
    """
    fields = re.split("[ \t]+", text)
    if len(fields) % 2:
        fields.insert(0, "+")
    weights: dict[str, float] = {}
    for sign, word in zip(fields[::2], fields[1::2], strict=True):
        if sign not in SIGNS:
            raise NotFoundError(
                f"{text!r} is not in the vocabulary: to combine words put + or - between them, "
                "with blanks around, as in 'king - man + woman'"
            )
        weights[word] = weights.get(word, 0.0) + SIGNS[sign]
    return weights


def _vector(vectors: Vectors, line: Line) -> Asked:
    """Read the numbers of a vector, and its name if there is one."""
    import numpy as np

    from w2v.queries import NoDirectionError, prepare

    fields = re.split("[ \t]+", line.text)
    named = len(fields) == vectors.dim + 1
    if not named and len(fields) != vectors.dim:
        raise DataError(
            f"{line.place}: {len(fields)} numbers: the vectors have {vectors.dim}, give as many"
        )
    try:
        numbers = np.array([float(field) for field in fields[named:]])
    except ValueError as error:
        raise DataError(f"{line.place}: {error}: give decimals") from error
    if not np.isfinite(numbers).all():
        raise NoDirectionError(f"{line.place}: the vector is not finite: nothing is near it")
    tag = fields[0] if named else line.place.rpartition(":")[2]
    return Asked(tag, tag if named else int(tag), prepare(vectors, numbers))
