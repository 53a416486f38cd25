"""``w2v phrases``: words that belong together, found and joined."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from w2v.cli.blas import bind_blas
from w2v.cli.options import Command, config_options, json_option, option
from w2v.cli.settings import resolve
from w2v.cli.streams import (
    STDIO,
    Notes,
    Output,
    encode,
    json_line,
    word_from_argument,
    write_pieces,
)
from w2v.errors import ConfigError, DataError, FileError

if TYPE_CHECKING:
    from w2v.config import Config
    from w2v.text.phrases import Phrases
    from w2v.text.sources import Source

EPILOG = """\b
Examples:
  w2v phrases corpus.txt -o joined.txt && w2v train joined.txt
  w2v phrases corpus.txt --list | head       the best ones: phrase, score, count
  w2v phrases corpus.txt --passes 2 --save phrases.tsv > joined.txt
  w2v phrases --load phrases.tsv other.txt > other-joined.txt

\b
Scores of words a, b: (count(ab) - min_count) / (count(a) * count(b)) * words of the text,
or with --score npmi: ln(p(ab) / (p(a) * p(b))) / -ln(p(ab)).

The text stays as it is but for the joints. Finding needs it twice: stdin and pipes are copied
to a temporary file, except with --load or --list.
"""

# What a file of phrases already answers.
SEARCH = (
    "threshold",
    "min_count",
    "score",
    "connectors",
    "passes",
    "delimiter",
    "max_bigrams",
    "save",
)

# Lines written at a time.
BATCH = 8192


@click.command(
    cls=Command, epilog=EPILOG, short_help="Join words that belong together, as new_york."
)
@click.argument("corpus", metavar="CORPUS...", nargs=-1)
@option(
    "-o",
    "--output",
    group="Files",
    metavar="FILE",
    default=STDIO,
    show_default="stdout",
    help="Where the joined text, or the list, goes.",
)
@option("--save", group="Files", metavar="FILE", help="Keep the phrases for --load.")
@option("--load", group="Files", metavar="FILE", help="Join the phrases of a file; find none.")
@option(
    "--tmpdir", group="Files", metavar="FOLDER", help="Where text goes that memory cannot hold."
)
@option("--list", "as_list", group="Answers", is_flag=True, help="List the phrases, best first.")
@json_option()
@option(
    "--score",
    group="Phrases",
    type=click.Choice(["original", "npmi"]),
    default="original",
    show_default=True,
    help="How pairs of words are scored.",
)
@option(
    "--threshold",
    group="Phrases",
    type=float,
    metavar="X",
    help="Join words that score higher.  [default: 100; npmi: 0.5]",
)
@option(
    "--connectors",
    group="Phrases",
    metavar="FILE",
    help="Words (of, the) that may stand inside a phrase, up to three in a row.",
)
@option(
    "--passes",
    group="Phrases",
    type=int,
    metavar="N",
    default=1,
    show_default=True,
    help="Join phrases to longer ones N - 1 times.",
)
@option(
    "--delimiter",
    group="Phrases",
    metavar="TEXT",
    default="_",
    show_default=True,
    help="Goes between the words of a phrase.",
)
@option(
    "--max-bigrams",
    group="Phrases",
    type=int,
    metavar="N",
    default=10_000_000,
    show_default=True,
    help="Hold at most so many pairs of words in memory, each at most 150 bytes; with more they "
    "are counted in several parts: slower, and none is lost.",
)
@config_options("min_count", "threads")
@option("-q", "--quiet", is_flag=True, help="No notes: only results and errors.")
@click.pass_context
def phrases(
    context: click.Context,
    /,
    *,
    corpus: tuple[str, ...],
    output: str,
    save: str | None,
    load: str | None,
    tmpdir: str | None,
    as_list: bool,
    as_json: bool,
    quiet: bool,
    **_settings: object,
) -> None:
    """Find words of CORPUS that belong together, and write the text with them joined.

    Words that follow each other much more often than chance become one word, as in new_york.
    No phrase goes across the end of a line.
    """
    config = resolve(context)
    _check_usage(context, corpus, as_list=as_list, as_json=as_json, load=load)
    bind_blas(context, 1)
    notes = Notes(quiet=quiet)
    sources = _sources(corpus)
    _check_outputs([output, save], sources)
    search = None if load is not None else _search(context.params, config)
    with contextlib.ExitStack() as stack:
        if search is not None and not as_list:
            sources = _readable_twice(sources, tmpdir, stack)
        found = _load(load) if search is None else _find(sources, search, tmpdir, notes)
        if save is not None:
            write_pieces(save, found.lines())
        if as_list:
            write_pieces(output, _listed(found, as_json=as_json))
        else:
            pieces = found.rewrite(sources, threads=config.threads)
            # Not left to chance: it ends the threads that feed it.
            stack.callback(pieces.close)
            write_pieces(output, pieces)


def _check_usage(
    context: click.Context,
    corpus: tuple[str, ...],
    *,
    as_list: bool,
    as_json: bool,
    load: str | None,
) -> None:
    if as_json and not as_list:
        raise click.UsageError("--json is for the list of phrases: add --list", context)
    if load is not None:
        for name in SEARCH:
            if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
                flag = "--" + name.replace("_", "-")
                raise click.UsageError(
                    f"{flag} is for finding phrases, and --load takes them from a file: "
                    "give one of the two",
                    context,
                )
        if as_list and corpus:
            raise click.UsageError("--list --load lists a file: give no CORPUS", context)
    if not corpus and not (as_list and load is not None):
        raise click.UsageError("no text: give at least one file, folder or -", context)


def _sources(corpus: tuple[str, ...]) -> list[Source]:
    from w2v.text.sources import find_sources

    return find_sources(corpus) if corpus else []


def _readable_twice(
    sources: list[Source], tmpdir: str | None, stack: contextlib.ExitStack
) -> list[Source]:
    from w2v.text.spool import readable_twice

    return stack.enter_context(readable_twice(sources, tmpdir))


def _check_outputs(outputs: list[str | None], sources: list[Source]) -> None:
    """Find out now what would fail after the long part."""
    from w2v.formats import check_writable

    files = [Path(file) for file in outputs if file is not None and file != STDIO]
    if outputs.count(STDIO) > 1 or len({file.resolve() for file in files}) < len(files):
        raise ConfigError(f"--output and --save are both {outputs[0]}: give another name to one")
    if STDIO in outputs:
        Output()
    for file in files:
        check_writable(file)
        if file.is_file() and any(
            Path(source.path).samefile(file)
            for source in sources
            if source.label is None and source.path != STDIO
        ):
            raise ConfigError(f"{file} is both corpus and output: give another name to the output")


def _load(path: str | None) -> Phrases:
    from w2v.text.phrases import Phrases

    assert path is not None
    return Phrases.load(path)


def _search(given: dict[str, Any], config: Config) -> dict[str, Any]:
    """Return the settings of the search, checked before any text is read."""
    from w2v.text.phrases import check_search

    search = {
        "threshold": given["threshold"],
        "min_count": config.min_count,
        "score": given["score"],
        "connectors": _connectors(given["connectors"]),
        "passes": given["passes"],
        "delimiter": word_from_argument(given["delimiter"]),
        "max_bigrams": given["max_bigrams"],
        "threads": config.threads,
    }
    check_search(**search)
    return search


def _find(
    sources: list[Source], search: dict[str, Any], tmpdir: str | None, notes: Notes
) -> Phrases:
    from w2v.text.phrases import find_phrases

    found = find_phrases(sources, **search, tmpdir=tmpdir)
    if found.parts > 1:
        notes.line(
            f"more than {search['max_bigrams']:,} bigrams: counted in {found.parts} parts, none "
            "lost; a larger --max-bigrams is faster"
        )
    notes.line(f"text: {found.tokens:,} words; {len(found):,} phrases")
    return found


def _connectors(path: str | None) -> list[str]:
    if path is None:
        return []
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise FileError(f"{path}: cannot be read: {error.strerror or error}") from error
    if b"\0" in data:
        raise DataError(f"{path}: NUL byte at byte {data.index(0)}: give a file of words")
    text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
    # Cut as text is, and not at every blank that Unicode knows.
    for blank in "\r\n\t":
        text = text.replace(blank, " ")
    words = [word for word in text.split(" ") if word]
    if not words:
        raise DataError(f"{path}: there is no word in it: give words, one a line")
    return words


def _listed(found: Phrases, *, as_json: bool) -> Iterator[bytes]:
    rows = [(text, score, found.counts[text]) for text, score in found.scores.items()]
    for start in range(0, len(rows), BATCH):
        batch = rows[start : start + BATCH]
        if as_json:
            yield b"".join(
                json_line({"phrase": text, "score": score, "count": count})
                for text, score, count in batch
            )
        else:
            yield encode("".join(f"{text}\t{score:.6g}\t{count}\n" for text, score, count in batch))
