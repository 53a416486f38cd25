"""``w2v convert``: vectors from one file format into another."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from w2v.cli.blas import bind_blas
from w2v.cli.options import Command, config_options, option
from w2v.cli.results import record_file
from w2v.cli.settings import resolve
from w2v.cli.streams import STDIO, Notes, Output, readable, some
from w2v.errors import DataError, FileError
from w2v.records import read_record, record_path

if TYPE_CHECKING:
    from w2v.formats import Output as File
    from w2v.vectors import Vectors

EPILOG = """\b
Formats, and the suffixes that choose them:
  word2vec .bin   text .txt .vec   glove .glove   finalfusion .fifu
  safetensors .safetensors   parquet .parquet
  numpy .npy (words beside it in .words.txt)
  tensorboard .tsv (words beside it in .metadata.tsv)

\b
Examples:
  w2v convert vectors.bin vectors.txt
  w2v convert glove.6B.100d.txt glove.bin --top 50000
  w2v convert vectors.bin small.safetensors --reduce 50 --float16
  zcat big.vec.gz | w2v convert - - --to word2vec > big.bin
"""


@click.command(cls=Command, epilog=EPILOG, short_help="Turn a file of vectors into another format.")
@click.argument("source", metavar="IN")
@click.argument("target", metavar="OUT")
@option(
    "--from",
    "source_format",
    group="Files",
    metavar="NAME",
    help="Format of IN.  [default: by its content]",
)
@option(
    "--to",
    "target_format",
    group="Files",
    metavar="NAME",
    help="Format of OUT.  [default: by its suffix; text for stdout]",
)
@option(
    "--words",
    "words_file",
    group="Vectors",
    metavar="FILE",
    help="Keep only the words in FILE, one a line.",
)
@option(
    "--top",
    group="Vectors",
    type=click.IntRange(min=1),
    metavar="N",
    help="Keep the first N words; after --words.",
)
@option(
    "--reduce",
    "dim",
    group="Vectors",
    type=click.IntRange(min=1),
    metavar="D",
    help="Reduce to D numbers a word, by principal component analysis of what is kept.",
)
@option(
    "--normalize", group="Vectors", is_flag=True, help="Scale vectors to length 1; after --reduce."
)
@option(
    "--float16",
    group="Vectors",
    is_flag=True,
    help="Write numbers of 2 bytes: numpy, safetensors, parquet.",
)
@config_options("threads")
@option("-q", "--quiet", is_flag=True, help="No notes: only errors.")
@click.pass_context
def convert(
    context: click.Context,
    /,
    *,
    source: str,
    target: str,
    source_format: str | None,
    target_format: str | None,
    words_file: str | None,
    top: int | None,
    dim: int | None,
    normalize: bool,
    float16: bool,
    quiet: bool,
    **_threads: int,
) -> None:
    """Write the vectors of the file IN to the file OUT; - is stdin or stdout.

    The format of IN is found out from its content, also if it is compressed with
    gzip, bzip2 or xz; that of OUT is chosen by its suffix. A word that the new
    format cannot hold is an error, and OUT stays what it was. The run record
    beside IN, if there is one, is copied to OUT's, with what was changed.
    """
    if source == STDIO == words_file:
        raise click.UsageError("standard input can be read once: give - once", context)
    threads = resolve(context).threads
    bind_blas(context, threads)
    notes = Notes(quiet=quiet)
    target_format = _check_target(target, target_format, float16=float16)
    from w2v import transform
    from w2v.formats import load, outputs, write_all

    words = _read_words(words_file) if words_file is not None else None
    record = _record_to_copy(source, target)
    vectors = load(readable(source), source_format, threads=threads)
    if words is not None:
        _tell_missing(vectors, words, notes)
    _tell_duplicates(vectors, notes)
    vectors = transform.selected(vectors, words, top)
    if dim is not None:
        vectors = transform.reduced(vectors, dim)
    if normalize:
        vectors = transform.normalized(vectors)
    files = outputs(vectors, _writable(target), target_format, float16=float16)
    step = {"from": source, "words": len(vectors), "dim": vectors.dim}
    step.update(normalized=normalize, float16=float16)
    if target == STDIO:
        Output().fill(files[0].write)
    else:
        write_all([*files, *_copied(record, target, step)])
    names = " and ".join(str(file.path) for file in files) if target != STDIO else "stdout"
    notes.line(f"wrote {names}: {len(vectors):,} words x {vectors.dim}")
    if record is None:
        _note_foreign_record(source, target, notes)


def _record_to_copy(source: str, target: str) -> dict[str, Any] | None:
    """Return the run record that OUT is to have."""
    from w2v.formats import check_writable, is_stream

    if STDIO in (source, target) or is_stream(target):
        return None
    theirs, ours = record_path(source), record_path(target)
    if os.path.realpath(theirs) == os.path.realpath(ours):
        return None
    record = read_record(theirs)
    if record is not None:
        check_writable(ours)
    return record


def _note_foreign_record(source: str, target: str, notes: Notes) -> None:
    """Say so if OUT, now written, has the run record of other vectors beside it."""
    from w2v.formats import is_stream

    if STDIO in (source, target) or is_stream(target):
        return
    theirs, ours = record_path(source), record_path(target)
    if os.path.realpath(theirs) != os.path.realpath(ours) and ours.exists():
        notes.line(f"w2v: {ours} tells how other vectors were made: remove or rename it")


def _copied(record: dict[str, Any] | None, target: str, step: dict[str, Any]) -> list[File]:
    """Return the run record to write, if any, with what was done to the vectors since."""
    if record is None:
        return []
    before = record.get("converted")
    steps = [*(before if isinstance(before, list) else []), step]
    return [record_file(target, lambda: {**record, "converted": steps})]


def _writable(target: str) -> str:
    return "/dev/stdout" if target == STDIO else target


def _check_target(target: str, target_format: str | None, *, float16: bool) -> str:
    """Return the format to write, once it is known that it can be written there."""
    from w2v.formats import check_output, check_writable

    if target == STDIO:
        Output()
        target_format = target_format or "text"
    name, others = check_output(_writable(target), target_format, float16=float16)
    if target != STDIO:
        for path in [Path(target), *others]:
            check_writable(path)
    return name


def _read_words(path: str) -> dict[str, None]:
    """Return the words of a file, one a line, in its order and each of them once."""
    try:
        data = Path(readable(path)).read_bytes()
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror or error}") from error
    lines = data.decode("utf-8", "surrogateescape").split("\n")
    words = dict.fromkeys(word for line in lines if (word := line.removesuffix("\r")))
    if not words:
        raise DataError(f"{path}: empty: give --words a file of words, one a line")
    return words


def _tell_missing(vectors: Vectors, words: dict[str, None], notes: Notes) -> None:
    missing = [word for word in words if word not in vectors]
    if missing:
        notes.line(
            f"w2v: {len(missing):,} of {len(words):,} words are not among the vectors: "
            f"{_some(missing)}"
        )


def _tell_duplicates(vectors: Vectors, notes: Notes) -> None:
    if len(set(vectors.words)) < len(vectors):
        duplicates = vectors.duplicates
        notes.line(
            f"w2v: {some(len(duplicates), 'words')} with more than one vector, of which programs "
            f"may see the first only: {_some(duplicates)}"
        )


def _some(words: list[str]) -> str:
    shown = ", ".join(map(repr, words[:5]))
    return shown if len(words) <= 5 else f"{shown}, ..."
