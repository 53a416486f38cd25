"""Reading text into a vocabulary and a corpus of rows, in one pass and with all threads."""

from __future__ import annotations

import contextlib
import dataclasses
import mmap
import os
from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2v.errors import DataError
from w2v.text._words import SENTENCE_END, Words
from w2v.text.blocks import BLOCK
from w2v.text.reading import Reading
from w2v.text.rows import RowStore, default_memory_limit
from w2v.text.sentences import sentence_blocks
from w2v.text.sources import find_sources
from w2v.text.vocab import Known, Vocab, decode_words

Paths = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]
Progress = Callable[[int, int | None], None]

# The lowest guess of bytes per row, so that rows in memory need not be moved as they grow:
# room that is never written takes no memory.
BYTES_PER_ROW = 4
# Rows looked at together, 16 MB.
STEP = 1 << 22

NEVER = 1 << 62  # a min_count that no word reaches
NEAR = 1 << 11  # rows before a cut in which a sentence end is looked for


@dataclasses.dataclass
class Corpus:
    """Every kept token of a text as the row of its word, in order.

    A context manager: leaving it closes it.

    Attributes
    ----------
    rows : ndarray of int32, shape (n,)
        Rows of words; -1 ends a sentence: never first, never twice in a row, always last.
        May be a memory map of a temporary file.
    tokens : int
        Words in the text, those outside the vocabulary included: the unit of words/s.
    kept : int
        Tokens that are in the vocabulary.
    lines : int
        Lines of the text, empty ones included.
    bytes : int
        Bytes of text read, after decompression.
    paths : list of str
        Where the text came from, one for each file; empty for sentences from Python.
    fingerprint : str
        16 hexadecimal digits of the text's words and line ends: the same for the same text
        however it was read, another as soon as a word or a line end differs.
    """

    rows: NDArray[np.int32]
    tokens: int
    kept: int
    lines: int
    bytes: int
    paths: list[str]
    fingerprint: str
    _longest: int | None = dataclasses.field(default=None, init=False, repr=False)

    def longest(self) -> int:
        """Return how many tokens the longest sentence has, those of dropped words left out."""
        if self._longest is None:
            longest, last = 0, -1
            for start in range(0, len(self.rows), STEP):
                ends = start + np.flatnonzero(self.rows[start : start + STEP] < 0)
                if len(ends):
                    longest = max(longest, int(np.diff(ends, prepend=last).max()) - 1)
                    last = int(ends[-1])
                self.release(start, min(start + STEP, len(self.rows)))
            self._longest = longest
        return self._longest

    def close(self) -> None:
        """Drop the rows and with them their temporary file; further calls do nothing.

        The file has no name: its room is free again as soon as nothing refers to its rows.
        """
        self.rows = np.empty(0, np.int32)

    def __len__(self) -> int:
        return len(self.rows)

    def cut(self, size: int) -> list[int]:
        """Return places that cut the rows into chunks of at most `size`, from 0 to the end.

        Cuts fall on sentence ends where one is near, so that no window is cut. One in the
        middle of a sentence costs the few pairs across it, unless one worker takes both sides.
        """
        bounds = [0]
        while len(self) - bounds[-1] > size:
            cut = bounds[-1] + size
            ends = np.flatnonzero(self.rows[cut - NEAR : cut] == SENTENCE_END)
            bounds.append(cut - NEAR + int(ends[-1]) + 1 if len(ends) else cut)
            self.release(bounds[-2], cut)
        return [*bounds, len(self)]

    def chunk(self, epoch: int, start: int, end: int) -> NDArray[np.int32]:
        """Return the rows between two places: the same in every epoch."""
        del epoch
        return self.rows[start:end]

    def places(self, epoch: int, start: int, end: int, rows: int) -> int:
        """Return how many places the first so many rows of a chunk are: as many."""
        del epoch, start, end
        return rows

    def about(self) -> dict[str, Any]:
        """Return what a run record says of the text."""
        return {
            "paths": list(self.paths),
            "bytes": self.bytes,
            "lines": self.lines,
            "tokens": self.tokens,
            "fingerprint": self.fingerprint,
        }

    def release(self, start: int, end: int) -> None:
        """Give back the memory that rows `start` to `end` of a memory map take.

        They can be read again at any time, from the file. Without this a long pass would
        hold all of the file that it has seen. Rows in memory stay as they are.
        """
        pages = self.rows.base
        if not isinstance(pages, mmap.mmap) or not hasattr(mmap, "MADV_DONTNEED"):
            return
        first = -(-start * BYTES_PER_ROW // mmap.PAGESIZE) * mmap.PAGESIZE
        last = end * BYTES_PER_ROW // mmap.PAGESIZE * mmap.PAGESIZE
        if first < last:
            pages.madvise(mmap.MADV_DONTNEED, first, last - first)

    def __enter__(self) -> Corpus:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def read_corpus(
    paths: Paths,
    *,
    min_count: int,
    max_vocab: int | None = None,
    lowercase: bool = False,
    known: Known | None = None,
    least: int = 2,
    threads: int,
    tmpdir: str | os.PathLike[str] | None = None,
    memory_limit: int | None = None,
    progress: Progress | None = None,
) -> tuple[Vocab, Corpus]:
    """Read text, once, into a vocabulary and a corpus.

    The result depends on the text and on `min_count`, `max_vocab`, `lowercase` and `known` alone.

    Parameters
    ----------
    paths : path or sequence of paths
        As `find_sources` takes them.
    min_count : int
        Words that occur less often are dropped.
    max_vocab : int or None
        Keep at most so many words, the most frequent.
    lowercase : bool
        Lower-case every word, by Python's rules for Unicode.
    least : int
        Refuse a text of fewer different words: nothing is learned from one alone.
    known : Known or None
        Words that are kept if the text has them at all.
    threads : int
        Worker threads.
    tmpdir : path or None
        Where rows go that do not fit into `memory_limit`; None is the system's folder for
        temporary files. While the text is read 4 bytes per token are needed there.
    memory_limit : int or None
        Bytes of rows to keep in memory; None is a quarter of what is available, at most 2 GiB.
    progress : callable or None
        Called as ``progress(bytes_done, bytes_total)`` from this thread about ten times a
        second; the total is None when it is unknown.

    Returns
    -------
    vocab : Vocab
    corpus : Corpus
        Close it to remove its temporary file.

    Raises
    ------
    FileError
        A file is missing, cannot be read or changes meanwhile; the disk is full.
    DataError
        There is no text, it is not text, or fewer than `least` words stay.
    """
    sources = find_sources(paths)
    limit = default_memory_limit() if memory_limit is None else memory_limit
    expected = sum(source.size or 0 for source in sources) // BYTES_PER_ROW
    store = RowStore(limit, tmpdir, expected)
    with contextlib.closing(store):
        reading = Reading(store, BLOCK)
        reading.scan(sources, threads, progress)
        words = reading.words(lowercase)
        vocab = _vocabulary(words, reading, min_count, max_vocab, known, least=least)
        reading.renumber(words.row_maps(), threads)
        return vocab, _corpus(reading, vocab, store, [source.path for source in sources])


def corpus_from_sentences(
    sentences: Iterable[Iterable[str]],
    *,
    min_count: int,
    max_vocab: int | None = None,
    lowercase: bool = False,
    known: Known | None = None,
    tmpdir: str | os.PathLike[str] | None = None,
    memory_limit: int | None = None,
) -> tuple[Vocab, Corpus]:
    """Read sentences that are lists of words into a vocabulary and a corpus.

    Parameters
    ----------
    sentences : iterable of iterables of str
        Gone through once and never held as a whole: a generator will do.
    min_count, max_vocab, lowercase, known, tmpdir, memory_limit
        As for `read_corpus`.

    Returns
    -------
    vocab : Vocab
    corpus : Corpus

    Raises
    ------
    DataError
        A sentence is not an iterable of words, or a word is not a str, is empty or contains a
        space, tab, newline, carriage return or NUL; or fewer than two words stay.
    FileError
        The disk is full.
    """
    store = RowStore(default_memory_limit() if memory_limit is None else memory_limit, tmpdir)
    with contextlib.closing(store):
        reading = Reading(store, BLOCK)
        reading.scan_here(sentence_blocks(sentences, BLOCK))
        words = reading.words(lowercase)
        vocab = _vocabulary(words, reading, min_count, max_vocab, known, least=2)
        reading.renumber(words.row_maps(), threads=1)
        return vocab, _corpus(reading, vocab, store, [])


def count_words(
    paths: Paths,
    *,
    min_count: int,
    max_vocab: int | None = None,
    lowercase: bool = False,
    threads: int,
    progress: Progress | None = None,
) -> Vocab:
    """Count the words of a text and keep nothing else.

    Parameters
    ----------
    paths, min_count, max_vocab, lowercase, threads, progress
        As for `read_corpus`.

    Returns
    -------
    Vocab

    Raises
    ------
    FileError
        A file is missing, cannot be read or changes meanwhile.
    DataError
        There is no text, it is not text, or no word stays.
    """
    sources = find_sources(paths)
    reading = Reading(None, BLOCK)
    reading.scan(sources, threads, progress)
    return _vocabulary(reading.words(lowercase), reading, min_count, max_vocab, None, least=1)


def _corpus(reading: Reading, vocab: Vocab, store: RowStore, paths: list[str]) -> Corpus:
    return Corpus(
        rows=store.finish(),
        tokens=reading.tokens,
        kept=int(vocab.counts.sum()),
        lines=reading.lines,
        bytes=reading.bytes,
        paths=paths,
        fingerprint=f"{reading.fingerprint:016x}",
    )


def _vocabulary(
    words: Words,
    reading: Reading,
    min_count: int,
    max_vocab: int | None,
    known: Known | None,
    *,
    least: int,
) -> Vocab:
    if known is not None:
        words.keep(known.text())
        if not known.grow:
            min_count, max_vocab = NEVER, None
        elif max_vocab is not None:
            max_vocab = max(0, max_vocab - len(known.words))
    text, counts = words.vocabulary(min_count, max_vocab)
    where = reading.where
    if reading.tokens == 0:
        raise DataError(f"{where}: there is no word in it")
    if len(counts) < least and known is not None and not known.grow:
        raise DataError(
            f"{where}: of its {words.distinct:,} words {len(counts)} are among the "
            f"{len(known.words):,} known ones, and training needs two"
        )
    if len(counts) == 0:
        raise DataError(
            f"{where}: none of its words ({words.distinct:,}) occurs {min_count} times: "
            "lower --min-count or give more text"
        )
    if len(counts) < least:
        raise DataError(
            f"{where}: only one word is left of {words.distinct}, and vectors need at least two: "
            "give more text, or lower --min-count"
        )
    return Vocab(decode_words(text), counts)
