"""``w2v vectors``: the numbers themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from w2v.cli.asking import Line, Misses, check_stdin_once, from_arguments, from_stdin, open_vectors
from w2v.cli.blas import bind_blas
from w2v.cli.options import Command, config_options, json_option, vectors_option
from w2v.cli.settings import resolve
from w2v.cli.streams import Output, encode, json_line
from w2v.errors import NotFoundError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

EPILOG = """\b
Examples:
  w2v vectors king queen                 word v1 v2 ..., a line each
  w2v vectors --json < words.txt
  w2v vectors -m old.bin king | w2v similar -m new.bin --by-vector
"""


@click.command(
    "vectors", cls=Command, epilog=EPILOG, short_help="Print the vectors of words, in decimals."
)
@click.argument("words", metavar="[WORD]...", nargs=-1)
@json_option()
@vectors_option()
@config_options("threads", threads=1)
@click.pass_context
def vectors(
    context: click.Context,
    /,
    *,
    words: tuple[str, ...],
    vectors: str,
    as_json: bool,
    **_threads: int,
) -> None:
    """Print the vector of each WORD: the word and its numbers, separated by blanks.

    Numbers are the shortest decimals that read back to the same float32. Without
    WORD, every line of standard input is one. The exit code is 1 if a word is not
    among the vectors; the others are printed.
    """
    threads = resolve(context).threads
    bind_blas(context, 1)
    check_stdin_once(context, not words, vectors)
    misses = Misses(open_vectors(vectors, threads))
    out = Output()
    for lines in from_arguments(words) if words else from_stdin():
        known = _known(lines, misses)
        if known:
            rows = misses.vectors.matrix[[misses.vectors.row(word) for word in known]]
            out.write(b"".join(_lines(known, rows, as_json=as_json)))
        out.flush()
    context.exit(misses.exit_code)


def _known(lines: list[Line], misses: Misses) -> list[str]:
    """Return the words that are there, and tell the others."""
    known = []
    for line in lines:
        try:
            misses.check([line.text])
            misses.vectors.row(line.text)
        except NotFoundError as error:
            misses.tell(error)
        else:
            known.append(line.text)
    return known


def _lines(words: list[str], rows: NDArray[np.float32], *, as_json: bool) -> list[bytes]:
    from w2v.formats._write_lines import format_lines

    # Numbers only, after a word of no bytes: a word with a newline would end its line.
    numbers = format_lines(b"\n" * len(words), rows).split(b"\n")[:-1]
    if not as_json:
        return [
            encode(word) + decimals + b"\n" for word, decimals in zip(words, numbers, strict=True)
        ]
    return [_record(word, decimals) for word, decimals in zip(words, numbers, strict=True)]


def _record(word: str, decimals: bytes) -> bytes:
    """Return a line of JSON with the decimals as they are; JSON has no others than finite ones."""
    listed = ", ".join(
        "null" if number.lstrip("-") in ("nan", "inf") else number
        for number in decimals.decode("ascii").split()
    )
    head = json_line({"word": word}).removesuffix(b"}\n")
    return head + f', "vector": [{listed}]}}\n'.encode("ascii")
