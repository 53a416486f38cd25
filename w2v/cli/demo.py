"""``w2v demo``: the whole way from text to answers, without a corpus."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import click

from w2v.cli.blas import bind_blas
from w2v.cli.options import Command, config_options, option
from w2v.cli.results import Results
from w2v.cli.settings import resolve
from w2v.cli.streams import STDIO, Notes, Output, encode
from w2v.cli.training import finish
from w2v.errors import FileError
from w2v.records import record_path

DEMO_VECTORS = "demo.bin"
QUERIES = ("monday", "true", "bytes", "thread", "matrix")
ANSWERS = 5

EPILOG = """\b
Examples:
  w2v demo
  w2v similar -m demo.bin tuesday        afterwards: ask what it learned
"""


@click.command(
    cls=Command,
    epilog=EPILOG,
    short_help="Train on text that is already here, and show what was learned.",
)
@option(
    "-o",
    "--output",
    group="Files",
    metavar="FILE",
    default=DEMO_VECTORS,
    show_default=True,
    help="Where the vectors go.",
)
@config_options("dim", "epochs", "threads", "seed", epochs=10)
@option("-q", "--quiet", is_flag=True, help="No progress, no notes: only answers and errors.")
@click.pass_context
def demo(context: click.Context, /, *, output: str, quiet: bool, **_settings: object) -> None:
    """Train on text found in every Python installation, and show what was learned.

    The text is the prose of the standard library and of numpy: about a million
    words, too few for wisdom, enough to see that it works.
    """
    config = resolve(context)
    notes = Notes(quiet=quiet)
    bind_blas(context, 1)
    if output == STDIO:
        raise click.UsageError("the answers go to standard output: give -o a file", context)
    _refuse_to_overwrite(output)
    results = Results(output)
    results.check()
    from w2v.text.demo import write_demo_text
    from w2v.training import train

    with tempfile.TemporaryDirectory(prefix="w2v-demo-") as folder:
        text = write_demo_text(Path(folder) / "prose.txt")
        start = time.monotonic()
        finish(lambda listener: train(text, config, progress=listener), results, notes, start)
    _show_answers(output)
    notes.line(f"next: w2v similar -m {output} WORD, or w2v train YOUR-TEXT")


def _refuse_to_overwrite(output: str) -> None:
    """Leave alone what an earlier demo did not make."""
    path = Path(output)
    if path.exists() and not record_path(output).exists():
        raise FileError(f"{path}: exists and is not from a demo: give -o another name")


def _show_answers(output: str) -> None:
    from w2v.formats import load

    vectors = load(output)
    out = Output()
    for query in QUERIES:
        if query in vectors:
            for word, cosine in vectors.nearest(query, ANSWERS):
                out.write(encode(f"{query}\t{word}\t{cosine:.4f}\n"))
    out.flush()
