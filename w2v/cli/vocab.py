"""``w2v vocab``: the words of a text and how often they occur."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from w2v.cli.blas import bind_blas
from w2v.cli.options import SETTINGS, Command, config_options, json_option, option
from w2v.cli.settings import resolve
from w2v.cli.streams import Output, encode, json_line

if TYPE_CHECKING:
    from w2v.text import Vocab

EPILOG = """\b
Examples:
  w2v vocab corpus.txt | head            the most frequent words
  w2v vocab corpus.txt --min-count 1 | wc -l
  zcat dump.gz | w2v vocab - --json
"""

# Words written at a time: large enough to be fast, small enough for `head` to stop early.
BATCH = 8192


@click.command(
    cls=Command, epilog=EPILOG, short_help="Print the words of a text with their counts."
)
@click.argument("corpus", metavar="CORPUS...", nargs=-1, required=True)
@json_option()
@option(
    # Not the setting, which wants two words: to count, one is enough.
    "--max-vocab",
    "most",
    group="Text",
    type=click.IntRange(1, 2**31 - 2),
    metavar="N",
    help=SETTINGS["max_vocab"].help,
)
@config_options("min_count", "lowercase", "threads")
@click.pass_context
def vocab(
    context: click.Context,
    /,
    *,
    corpus: tuple[str, ...],
    as_json: bool,
    most: int | None,
    **_settings: object,
) -> None:
    """Print the words of CORPUS with their counts, the most frequent first.

    These are the words, and the order, that w2v train gives its vectors.
    """
    config = resolve(context)
    bind_blas(context, 1)
    from w2v.text import count_words

    counted = count_words(
        list(corpus),
        min_count=config.min_count,
        max_vocab=most,
        lowercase=config.lowercase,
        threads=config.threads,
    )
    out = Output()
    for lines in _lines(counted, as_json=as_json):
        out.write(lines)
    out.flush()


def _lines(counted: Vocab, *, as_json: bool) -> Iterator[bytes]:
    for start in range(0, len(counted), BATCH):
        words = counted.words[start : start + BATCH]
        counts = counted.counts[start : start + BATCH].tolist()
        if as_json:
            records = zip(words, counts, strict=True)
            yield b"".join(json_line({"word": word, "count": count}) for word, count in records)
        else:
            pairs = zip(words, counts, strict=True)
            yield encode("".join(f"{word}\t{count}\n" for word, count in pairs))
