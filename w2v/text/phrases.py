"""Phrases: words that stand together more often than their counts explain, joined to one word.

The method of Mikolov et al., Distributed Representations of Words and Phrases and their
Compositionality (2013), and of its program word2phrase; connectors are gensim's idea.
"""

from __future__ import annotations

import contextlib
import math
import os
from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import Literal, cast

from w2v.config import MAX_THREADS
from w2v.cpu import available_cpus
from w2v.errors import ConfigError, DataError
from w2v.text._phrases import MAX_CONNECTORS, MAX_PASSES, PhraseTable, Rewriter
from w2v.text.blocks import BLOCK
from w2v.text.finding import Finder
from w2v.text.phrase_file import bad_delimiter, bad_word, phrase_lines, read_phrases
from w2v.text.phrase_table import Phrase, make_table
from w2v.text.reading import Reading
from w2v.text.rewriting import rewrite_text
from w2v.text.rows import RowStore, default_memory_limit
from w2v.text.sentences import encode_sentence
from w2v.text.sources import Source, find_sources

Score = Literal["original", "npmi"]
Paths = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]

THRESHOLDS: dict[str, float] = {"original": 100.0, "npmi": 0.5}
MAX_BIGRAMS = 10_000_000
LEAST_BIGRAMS = 1_000


class Phrases:
    """Phrases, and how to join them in sentences and texts.

    Made by `find_phrases` and `Phrases.load`.

    Parameters
    ----------
    found : sequence of Phrase
        The words to join, pass after pass, the best first.
    delimiter : str
        Goes between the words of a phrase.
    connectors : sequence of str
        Words that stand inside phrases and never begin or end one.
    tokens : int
        Words of the text they were found in; 0 if that is not known.
    parts : int
        Into how many parts its bigrams were divided to keep to ``max_bigrams``.

    Attributes
    ----------
    found, delimiter, connectors, tokens, parts
    scores : dict of str to float
        The score of each phrase as it is written, falling. If several pairs of words make the
        same phrase it is the highest.
    counts : dict of str to int
        How often the words of each phrase occurred together.
    """

    def __init__(
        self,
        found: Sequence[Phrase],
        *,
        delimiter: str = "_",
        connectors: Sequence[str] = (),
        tokens: int = 0,
        parts: int = 1,
    ) -> None:
        self.found = list(found)
        self.delimiter = delimiter
        self.connectors = list(connectors)
        self.tokens = tokens
        self.parts = parts
        self.scores: dict[str, float] = {}
        self.counts: dict[str, int] = {}
        for phrase in sorted(self.found, key=lambda phrase: -phrase.score):
            text = delimiter.join(phrase.words)
            self.scores.setdefault(text, phrase.score)
            self.counts.setdefault(text, phrase.together)
        self._table: PhraseTable | None = None

    def __len__(self) -> int:
        return len(self.scores)

    def __contains__(self, phrase: object) -> bool:
        return phrase in self.scores

    def __repr__(self) -> str:
        return f"<{len(self)} Phrases>"

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Phrases:
        """Read phrases from a file that `lines` or ``w2v phrases --save`` made.

        Raises
        ------
        FileError
            It cannot be read.
        DataError
            It is no such file, or damaged; the message names the line.
        """
        found, delimiter, connectors = read_phrases(path)
        return cls(found, delimiter=delimiter, connectors=connectors)

    def lines(self) -> Iterator[bytes]:
        """Yield the lines of a file from which `load` makes these phrases again."""
        return phrase_lines(self.found, self.delimiter, self.connectors)

    def join(self, words: Iterable[str]) -> list[str]:
        """Return a sentence with its phrases joined.

        Raises
        ------
        DataError
            A word is not a str, is empty, or contains a space, tab, line end or NUL.
        """
        text = encode_sentence(words)
        joined = Rewriter(1, self.table()).rewrite_whole(text, "sentence")
        # Not split() without arguments, which cuts at more than what separates words.
        sentence = joined.decode("utf-8", "surrogateescape").rstrip("\n")
        return sentence.split(" ") if sentence else []

    def rewrite(
        self, paths: Paths | list[Source], *, threads: int | None = None
    ) -> Generator[bytes, None, None]:
        """Join the phrases in a text, and yield it piece by piece in its order.

        Apart from the joints the text stays as it is: lines, blanks, words of any length. Only
        carriage returns and byte order marks are dropped, and a missing last newline is added.

        Parameters
        ----------
        paths : path, sequence of paths, or list of Source
            As `find_sources` takes or gives them.
        threads : int or None
            Worker threads; None: all CPUs.

        Raises
        ------
        FileError
            A file is missing, cannot be read or changes meanwhile.
        DataError
            It is not text.
        """
        return rewrite_text(_sources(paths), self.table(), threads or available_cpus())

    def table(self) -> PhraseTable:
        """Return the phrases as the compiled part wants them; made when first asked for."""
        if self._table is None:
            self._table = make_table(self.found, self.delimiter, self.connectors)
        return self._table


def find_phrases(
    paths: Paths | list[Source],
    *,
    threshold: float | None = None,
    min_count: int = 5,
    score: Score = "original",
    connectors: Sequence[str] = (),
    passes: int = 1,
    delimiter: str = "_",
    max_bigrams: int = MAX_BIGRAMS,
    threads: int | None = None,
    tmpdir: str | os.PathLike[str] | None = None,
    memory_limit: int | None = None,
) -> Phrases:
    """Find the phrases of a text.

    The result depends on the text and on the first six settings alone. No phrase goes across
    the end of a line.

    Parameters
    ----------
    paths : path, sequence of paths, or list of Source
        As `find_sources` takes or gives them.
    threshold : float or None
        Words that score higher together are a phrase. None: 100, or 0.5 with ``npmi``.
    min_count : int
        Words, and pairs of words, that occur less often are in no phrase.
    score : {"original", "npmi"}
        ``original`` is word2phrase's: (count(ab) - min_count) / (count(a) * count(b)) * words of
        the text. ``npmi`` is normalized pointwise mutual information, from -1 to 1.
    connectors : sequence of str
        Words, as "of", of which up to three may stand between the first and the last word of a
        phrase; none begins or ends one.
    passes : int
        Each pass after the first joins phrases to longer ones.
    delimiter : str
        Goes between the words of a phrase.
    max_bigrams : int
        Distinct pairs to hold in memory, at most 150 bytes each. With more of them in the
        text they are counted in several parts, one after the other: slower, with equal results.
    threads : int or None
        Worker threads; None: all CPUs.
    tmpdir, memory_limit
        As for `w2v.text.read_corpus`.

    Returns
    -------
    Phrases

    Raises
    ------
    ConfigError
        A setting is out of range.
    FileError
        A file is missing, cannot be read or changes meanwhile; the disk is full.
    DataError
        There is no text, or it is not text.
    """
    threads = available_cpus() if threads is None else threads
    check_search(
        threshold=threshold,
        min_count=min_count,
        score=score,
        connectors=connectors,
        passes=passes,
        delimiter=delimiter,
        max_bigrams=max_bigrams,
        threads=threads,
    )
    finder = Finder(
        threshold=THRESHOLDS[score] if threshold is None else threshold,
        min_count=min_count,
        score=score,
        connectors=list(dict.fromkeys(connectors)),
        delimiter=delimiter,
        max_bigrams=max_bigrams,
        threads=threads,
    )
    limit = default_memory_limit() if memory_limit is None else memory_limit
    sources = _sources(paths)
    with contextlib.ExitStack() as stack:
        store = stack.enter_context(
            contextlib.closing(RowStore(limit, tmpdir, sum(one.size or 0 for one in sources) // 4))
        )
        reading = Reading(store, BLOCK)
        reading.scan(sources, threads, None)
        if reading.tokens == 0:
            raise DataError(f"{reading.where}: there is no word in it")
        tokens = reading.tokens
        found = finder.find(reading, store, passes)
    return Phrases(
        found,
        delimiter=delimiter,
        connectors=finder.connectors,
        tokens=tokens,
        parts=finder.parts,
    )


def _sources(paths: Paths | list[Source]) -> list[Source]:
    if isinstance(paths, list) and paths and isinstance(paths[0], Source):
        return cast("list[Source]", paths)
    return find_sources(cast(Paths, paths))


def check_search(
    *,
    threshold: float | None,
    min_count: int,
    score: str,
    connectors: Sequence[str],
    passes: int,
    delimiter: str,
    max_bigrams: int,
    threads: int,
) -> None:
    """Check the settings of `find_phrases` before the long part.

    Raises
    ------
    ConfigError
        One is out of range.
    """
    if score not in THRESHOLDS:
        raise ConfigError(f"score is {score!r}: give original or npmi")
    if threshold is not None and not math.isfinite(threshold):
        raise ConfigError(f"threshold is {threshold}: give a number")
    if threshold is not None and score == "npmi" and not -1 <= threshold < 1:
        raise ConfigError(
            f"threshold is {threshold:g}, and npmi scores lie between -1 and 1: give 0.5, say"
        )
    _check_range("min_count", min_count, 1)
    _check_range("passes", passes, 1, MAX_PASSES)
    _check_range("max_bigrams", max_bigrams, LEAST_BIGRAMS)
    _check_range("threads", threads, 1, MAX_THREADS)
    if bad_delimiter(delimiter):
        raise ConfigError(
            f"delimiter is {delimiter!r}: give one or more characters that are no blanks"
        )
    if isinstance(connectors, str):
        raise ConfigError(f"connectors is {connectors!r}: give a list of words")
    if len(connectors) > MAX_CONNECTORS:
        raise ConfigError(f"connectors are {len(connectors)} words: give at most {MAX_CONNECTORS}")
    for word in connectors:
        if bad_word(word):
            raise ConfigError(f"connectors hold {word!r}, which is no word: leave it out")


def _check_range(name: str, value: int, least: int, most: int | None = None) -> None:
    if value < least or (most is not None and value > most):
        wanted = f"of at least {least}" if most is None else f"from {least} to {most}"
        raise ConfigError(f"{name} is {value}: give a number {wanted}")
