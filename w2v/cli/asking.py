"""What the commands that ask vectors share: queries in, answers out, words that are not there."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from io import BufferedReader
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

import click

from w2v.cli.options import config_options, json_option, option, vectors_option
from w2v.cli.streams import (
    BLANKS,
    STDIO,
    Output,
    complain,
    encode,
    json_line,
    read_words,
    readable,
    word_from_argument,
)
from w2v.errors import NotFoundError, W2VError

if TYPE_CHECKING:
    from w2v.queries import Query
    from w2v.search import Candidates
    from w2v.vectors import Vectors

F = TypeVar("F", bound=Callable[..., Any])

# Queries answered at a time. More are not faster, and their first answer comes later.
BATCH = 1024
READ_BYTES = 1 << 20
# Close spellings cost some 30 ms a word: a file of other words altogether goes without.
MOST_HINTS = 20
NAMED_REPEATS = 3


class Line(NamedTuple):
    """One query as it was given: where it stands, for messages, and its text."""

    place: str
    text: str


class Asked(NamedTuple):
    """One query: how its answer names it, in text and in JSON, and the question itself."""

    tag: str
    record: object
    query: Query


def asking_options(function: F) -> F:
    """Add the options of every command that answers with words."""
    for decorate in reversed(
        [
            option(
                "-k",
                "--count",
                group="Answers",
                type=click.IntRange(min=1),
                metavar="N",
                default=10,
                show_default=True,
                help="Answers per query.",
            ),
            option(
                "--among",
                group="Answers",
                metavar="FILE",
                help="Answer with words of this file only, one a line; - is stdin.",
            ),
            option(
                "--top-vocab",
                group="Answers",
                type=click.IntRange(min=1),
                metavar="N",
                help="Answer with the N most frequent words only: the first of the vectors.",
            ),
            json_option(),
            vectors_option(),
            config_options("threads", threads=1),
        ]
    ):
        function = decorate(function)
    return function


def check_stdin_once(
    context: click.Context, queries: bool, vectors: str, among: str | None = None
) -> None:
    """Refuse to read stdin for two purposes, or from a terminal."""
    if queries and vectors == STDIO:
        raise click.UsageError("standard input holds the vectors: give the words", context)
    if [vectors, among].count(STDIO) + queries > 1:
        raise click.UsageError("standard input can be read once: give a file instead", context)
    if queries and (sys.stdin is None or sys.stdin.isatty()):
        raise click.UsageError("no word to look up: give some, or one a line on stdin", context)


def from_arguments(words: tuple[str, ...]) -> Iterator[list[Line]]:
    """Yield the words of the command line as one batch."""
    yield [Line("arguments", word_from_argument(word)) for word in words]


def from_stdin() -> Iterator[list[Line]]:
    """Yield the lines of stdin that hold something, as many at a time as are there.

    A program that asks through a pipe and waits for the answer gets it at once.
    """
    stdin = cast(BufferedReader, sys.stdin.buffer)
    number = 0
    unfinished: list[bytes] = []
    more = True
    while more:
        data = stdin.read1(READ_BYTES)
        more = bool(data)
        if more and b"\n" not in data:
            unfinished.append(data)
            continue
        *whole, rest = b"".join([*unfinished, data]).split(b"\n")
        unfinished = [rest]
        if not more:
            whole, unfinished = [*whole, rest], []
        for first in range(0, len(whole), BATCH):
            texts = [
                data.decode("utf-8", "surrogateescape").strip(BLANKS)
                for data in whole[first : first + BATCH]
            ]
            yield [Line(f"stdin:{number + at}", text) for at, text in enumerate(texts, 1) if text]
            number += len(texts)


def open_vectors(path: str, threads: int, *, quiet: bool = False) -> Vectors:
    """Load the vectors to ask; say so, unless `quiet`, if a word has several rows."""
    from w2v.formats import load

    vectors = load(readable(path), threads=threads)
    repeats = [] if quiet else vectors.duplicates
    if repeats:
        named = ", ".join(map(repr, repeats[:NAMED_REPEATS]))
        more = ", ..." if len(repeats) > NAMED_REPEATS else ""
        complain(f"w2v: words that occur more than once: the first counts: {named}{more}")
    return vectors


def open_candidates(vectors: Vectors, among: str | None, top_vocab: int | None) -> Candidates:
    """Return the rows that can be answers; words of `among` that have none are counted aloud."""
    if among is None:
        return vectors.candidates(None, top_vocab)
    words = read_words(among, "--among")
    name = "standard input" if among == STDIO else among
    known = [word for word in words if word in vectors]
    if not known:
        raise NotFoundError(f"{name}: none of its words ({len(words):,}) is in the vocabulary")
    if len(known) < len(words):
        missing = len(words) - len(known)
        complain(f"w2v: {name}: {missing} of {len(words)} words are not in the vocabulary")
    return vectors.candidates(known, top_vocab)


class Misses:
    """Queries without an answer: their words are not there, or their vectors not finite.

    Attributes
    ----------
    vectors : Vectors
        What is asked.
    count : int
        How many there were.
    exit_code : int
        That of the worst of them, 0 if there is none.
    """

    def __init__(self, vectors: Vectors) -> None:
        self.vectors = vectors
        self.count = 0
        self.exit_code = 0

    def tell(self, error: W2VError) -> None:
        """Say why a query has no answer."""
        complain(f"w2v: {error}")
        self.count += 1
        self.exit_code = max(self.exit_code, error.exit_code)

    def check(self, words: list[str]) -> None:
        """Raise NotFoundError without a close spelling, if enough of those were given."""
        if self.count >= MOST_HINTS:
            for word in words:
                if word not in self.vectors:
                    raise NotFoundError(f"{word!r} is not in the vocabulary")


def answer_all(
    vectors: Vectors,
    candidates: Candidates,
    batches: Iterator[list[Line]],
    read: Callable[[Line, Misses], Asked],
    write: Callable[[Asked, list[tuple[str, float]]], bytes],
    count: int,
    threads: int,
) -> int:
    """Answer queries in their order; return the exit code.

    Raises
    ------
    W2VError
        What `read` raises but NotFoundError and NoDirectionError, after the queries before
        it are answered.
    """
    from w2v.queries import answer

    out = Output()
    misses = Misses(vectors)
    for lines in batches:
        asked, failure = _read_batch(lines, read, misses)
        answers = answer(vectors.words, candidates, [one.query for one in asked], count, threads)
        for one, found in zip(asked, answers, strict=True):
            out.write(write(one, found))
        out.flush()
        if failure is not None:
            raise failure
    return misses.exit_code


def _read_batch(
    lines: list[Line], read: Callable[[Line, Misses], Asked], misses: Misses
) -> tuple[list[Asked], W2VError | None]:
    from w2v.queries import NoDirectionError

    asked = []
    for line in lines:
        try:
            asked.append(read(line, misses))
        except (NotFoundError, NoDirectionError) as error:
            misses.tell(error)
        except W2VError as error:
            return asked, error
    return asked, None


def writer(
    score: str, answers: str, *, as_json: bool, tagged: bool
) -> Callable[[Asked, list[tuple[str, float]]], bytes]:
    """Return the function that makes an answer one object of JSON, or a line per word.

    Parameters
    ----------
    score, answers : str
        Keys of the JSON: a word's score, the list of words.
    as_json : bool
        Whether it is to be JSON.
    tagged : bool
        Whether each line starts with its query.
    """

    def write(asked: Asked, found: list[tuple[str, float]]) -> bytes:
        if as_json:
            pairs = [{"word": word, score: round(value, 6)} for word, value in found]
            return json_line({"query": asked.record, answers: pairs})
        start = f"{asked.tag}\t" if tagged else ""
        return encode("".join(f"{start}{word}\t{value:.4f}\n" for word, value in found))

    return write
