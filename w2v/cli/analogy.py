"""``w2v analogy``: the word that is to C what B is to A."""

from __future__ import annotations

import re

import click

from w2v.cli.asking import (
    Asked,
    Line,
    Misses,
    answer_all,
    asking_options,
    check_stdin_once,
    from_stdin,
    open_candidates,
    open_vectors,
    writer,
)
from w2v.cli.blas import bind_blas
from w2v.cli.options import Command, option
from w2v.cli.settings import resolve
from w2v.cli.streams import word_from_argument
from w2v.errors import DataError

EPILOG = """\b
Examples:
  w2v analogy man king woman             word<TAB>score, ten lines
  w2v analogy man king woman --method 3cosmul -k 1
  w2v analogy --json < questions.txt     three words a line, one answer a line
"""


@click.command(cls=Command, epilog=EPILOG, short_help="Answer: A is to B as C is to what?")
@click.argument("words", metavar="[A B C]", nargs=-1)
@option(
    "--method",
    group="Answers",
    type=click.Choice(["3cosadd", "3cosmul"], case_sensitive=False),
    default="3cosadd",
    show_default=True,
    help="Score by the cosine with B - A + C, or by cos(B) cos(C) / cos(A), each brought "
    "from -1..1 to 0..1, which no single large cosine decides.",
)
@asking_options
@click.pass_context
def analogy(
    context: click.Context,
    /,
    *,
    words: tuple[str, ...],
    method: str,
    count: int,
    among: str | None,
    top_vocab: int | None,
    vectors: str,
    as_json: bool,
    **_threads: int,
) -> None:
    """Print the words that are to C what B is to A, best first, with their score.

    Without words, every line of standard input holds three, and each line of the
    answer starts with them. A, B and C are no answers. The exit code is 1 if a
    word is not among the vectors, 3 if its vector is not finite; the other
    questions are answered.
    """
    if len(words) not in (0, 3):
        raise click.UsageError(f"{len(words)} words: give three, A B C", context)
    threads = resolve(context).threads
    # They share the queries; a second kind of threads would be in their way.
    bind_blas(context, 1)
    check_stdin_once(context, not words, vectors, among)
    loaded = open_vectors(vectors, threads)
    candidates = open_candidates(loaded, among, top_vocab)

    def read(line: Line, misses: Misses) -> Asked:
        fields = re.split("[ \t]+", line.text)
        if len(fields) != 3:
            raise DataError(f"{line.place}: {len(fields)} words: give three, A B C")
        return ask(fields, misses)

    def ask(fields: list[str], misses: Misses) -> Asked:
        from w2v.queries import prepare_analogy

        misses.check(fields)
        a, b, c = fields
        query = prepare_analogy(loaded, a, b, c, method=method)
        return Asked(" ".join(fields), fields, query)

    given = [word_from_argument(word) for word in words]
    batches = iter([[Line("arguments", " ".join(given))]]) if words else from_stdin()
    # Words of the command line are taken whole: they may hold blanks.
    reader = (lambda _, misses: ask(given, misses)) if words else read
    write = writer("score", "answers", as_json=as_json, tagged=not words)
    context.exit(answer_all(loaded, candidates, batches, reader, write, count, threads))
