"""The vocabulary: which words there are, how often they occur, and their rows."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from w2v.errors import DataError, NotFoundError


class Vocab:
    """Words and their counts, the most frequent first.

    Parameters
    ----------
    words : sequence of str
        Distinct. Bytes of the text that are not UTF-8 are surrogate escapes, so that
        ``word.encode("utf-8", "surrogateescape")`` gives the bytes of the text.
    counts : array-like of int, shape (n,)
        How often each word occurs; falling.

    Attributes
    ----------
    words : list of str
        A word's place in it is its row.
    counts : ndarray of int64, shape (n,)

    Raises
    ------
    DataError
        There are not as many counts as words.
    """

    def __init__(self, words: Sequence[str], counts: Sequence[int] | NDArray[np.int64]) -> None:
        self.words = list(words)
        self.counts: NDArray[np.int64] = np.asarray(counts, dtype=np.int64)
        if self.counts.shape != (len(self.words),):
            raise DataError(
                f"{len(self.words)} words but counts of shape {self.counts.shape}: "
                "give one count for each word"
            )
        self._rows: dict[str, int] | None = None

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: object) -> bool:
        return word in self._by_word()

    def __repr__(self) -> str:
        return f"<Vocab of {len(self)} words>"

    def row(self, word: str) -> int:
        """Return the row of a word: its rank by count, from 0.

        Raises
        ------
        NotFoundError
            The word is not in the vocabulary.
        """
        try:
            return self._by_word()[word]
        except KeyError:
            raise NotFoundError(f"{word!r} is not in the vocabulary") from None

    def _by_word(self) -> dict[str, int]:
        # Built when first asked for: training never does.
        if self._rows is None:
            self._rows = {word: row for row, word in enumerate(self.words)}
        return self._rows


@dataclasses.dataclass(frozen=True)
class Known:
    """Words that stay in a vocabulary however rare they are in the text.

    Attributes
    ----------
    words : sequence of str
    grow : bool
        Whether others may join them: those that occur `min_count` times, the most frequent,
        until with `words` they are `max_vocab`.
    """

    words: Sequence[str]
    grow: bool = True

    def text(self) -> bytes:
        """Return those of the words that a text can hold, each followed by a newline."""
        lines = "".join(f"{word}\n" for word in self.words if "\n" not in word and "\0" not in word)
        return lines.encode("utf-8", "surrogateescape")


def decode_words(text: bytes) -> list[str]:
    """Decode words that each end with a newline.

    All at once: a word cut in the middle of a character stays apart from the next, since a
    newline is never part of one.
    """
    return text.decode("utf-8", "surrogateescape").split("\n")[:-1]


def falling_order(counts: NDArray[np.int64], firsts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Sort words by falling count, and equally frequent ones by first appearance.

    Parameters
    ----------
    counts, firsts : ndarray of int64, shape (n,)
        `firsts` are distinct.

    Returns
    -------
    ndarray of int64, shape (n,)
        The order, as of `numpy.argsort`.
    """
    if len(counts) == 0:
        return np.empty(0, np.int64)
    by_first = np.argsort(firsts)
    bits = len(counts).bit_length()
    top = int(counts.max())
    if top.bit_length() + bits > 63:
        return by_first[np.argsort(-counts[by_first], kind="stable")]
    # One plain sort of numbers that hold both is six times as fast as a stable one.
    keys = ((top - counts[by_first]) << bits) | np.arange(len(counts))
    keys.sort()
    order: NDArray[np.int64] = by_first[keys & ((1 << bits) - 1)]
    return order
