"""Sentences kept out of training, to see what the model makes of text it does not know."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from w2v.errors import ConfigError
from w2v.text.corpus import Corpus
from w2v.text.vocab import Vocab
from w2v.training.chunks import Chunks

SENTENCE_END = -1
SLAB = 1 << 20  # rows looked at together


class Holdout:
    """Which sentences of a corpus are held out.

    Rows are neither moved nor copied: the held-out sentences are places in the corpus, and
    training takes what lies between them.

    Attributes
    ----------
    starts, ends : int64 (sentences,)
        Places in the corpus's rows, by rising place; a sentence's end is behind its -1.
    tokens : int
        In the held-out sentences.
    """

    def __init__(self, corpus: Corpus, share: float, seed: int) -> None:
        """Choose about `share` of the sentences, by `seed` and a sentence's number alone.

        Raises
        ------
        ConfigError
            None is held out, or none is left.
        """
        found, sentences = _choose(corpus, share, seed)
        if len(found) == sentences:
            raise ConfigError(
                f"holdout is {share:g}: it leaves none of {sentences:,} sentences to train on: "
                "give less"
            )
        if not len(found):
            raise ConfigError(
                f"holdout is {share:g}: it takes none of {sentences:,} sentences: give more, or 0"
            )
        self._rows = corpus.rows
        self.starts, self.ends = found.T
        self.tokens = int((self.ends - self.starts - 1).sum())

    def rest(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield the parts of rows `start` to `end` that are not held out."""
        for k in range(int(np.searchsorted(self.ends, start, "right")), len(self.ends)):
            if self.starts[k] >= end:
                break
            if start < self.starts[k]:
                yield start, int(self.starts[k])
            start = int(self.ends[k])
        if start < end:
            yield start, end

    def sentences(self) -> Iterator[NDArray[np.int32]]:
        """Yield the rows of the held-out sentences, copied, some of them together."""
        sizes = np.cumsum(self.ends - self.starts)
        cuts = np.flatnonzero(np.diff(sizes // SLAB)) + 1
        for some in np.split(np.arange(len(sizes)), cuts):
            yield np.concatenate([self._rows[self.starts[k] : self.ends[k]] for k in some])


@dataclasses.dataclass(frozen=True, kw_only=True)
class TrainingText:
    """A corpus and all that decides what of it is trained on.

    Attributes
    ----------
    corpus : Chunks
    vocab : Vocab
    keep : uint32 (words,)
        Thresholds of subsampling, as `w2v.training.tables.keep_thresholds` gives them.
    holdout : Holdout or None
        Sentences to leave out.
    """

    corpus: Chunks
    vocab: Vocab
    keep: NDArray[np.uint32]
    holdout: Holdout | None

    @property
    def tokens(self) -> int:
        """Tokens to train on in an epoch, before subsampling."""
        return self.corpus.kept - (self.holdout.tokens if self.holdout else 0)

    @property
    def words(self) -> int:
        """Words of the text that an epoch takes, those outside the vocabulary included."""
        return round(self.corpus.tokens * self.tokens / max(1, self.corpus.kept))

    @property
    def expected(self) -> float:
        """Tokens that subsampling is expected to keep in an epoch."""
        kept = self.vocab.counts @ (self.keep / 0xFFFFFFFF)
        return float(kept) * self.tokens / max(1, self.corpus.kept)

    def parts(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Yield the places of a chunk that are trained on: pieces, where sentences are held out."""
        if self.holdout is not None:
            yield from self.holdout.rest(start, end)
        elif start < end:
            yield start, end

    def rows(self, epoch: int, start: int, end: int) -> NDArray[np.int32]:
        """Return a chunk of an epoch without the held-out sentences, as one array."""
        parts = [self.corpus.chunk(epoch, *part) for part in self.parts(start, end)]
        return np.concatenate([np.empty(0, np.int32), *parts])


def _choose(corpus: Corpus, share: float, seed: int) -> tuple[NDArray[np.int64], int]:
    """Return the (start, end) of each held-out sentence, and how many sentences there are."""
    rows = corpus.rows
    found = [np.empty((0, 2), np.int64)]
    number = begin = 0
    for place in range(0, len(rows), SLAB):
        slab = rows[place : place + SLAB]
        ends = np.flatnonzero(slab == SENTENCE_END) + place + 1
        if len(ends):
            starts = np.concatenate([[begin], ends[:-1]])
            chosen = _uniform(np.arange(number, number + len(ends), dtype=np.uint64), seed) < share
            found.append(np.column_stack([starts, ends])[chosen])
            number, begin = number + len(ends), int(ends[-1])
        corpus.release(place, place + len(slab))
    return np.concatenate(found), number


def _uniform(numbers: NDArray[np.uint64], seed: int) -> NDArray[np.float64]:
    """Return a number from 0 to 1 for each of `numbers`, by splitmix64 (Steele et al. 2014)."""
    mixed = (numbers + np.uint64(seed)) * np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    mixed ^= mixed >> np.uint64(31)
    shares: NDArray[np.float64] = (mixed >> np.uint64(11)) / 2.0**53
    return shares
