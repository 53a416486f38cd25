"""Phrases as the compiled part wants them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from w2v.text._phrases import CONNECTOR_BITS, Joiner, PhraseTable


class Phrase(NamedTuple):
    """Words to join.

    Attributes
    ----------
    number : int
        From 1: the pass in which they are joined.
    words : tuple of str
        The first word, any connectors, the last word. Either end may itself have been joined in
        an earlier pass.
    score : float
    together : int
        How often they occurred together, when this pass began.
    """

    number: int
    words: tuple[str, ...]
    score: float
    together: int


def encode(word: str) -> bytes:
    """Return the bytes of a word in the text."""
    return word.encode("utf-8", "surrogateescape")


def connector_codes(words: dict[str, int], connectors: Sequence[str]) -> NDArray[np.uint16] | None:
    """Return the code of every word (uint16, shape (words,)): 0, or from 1 a connector's place.

    None if no word is a connector.
    """
    codes = np.zeros(len(words), np.uint16)
    for code, connector in enumerate(connectors, 1):
        if connector in words:
            codes[words[connector]] = code
    return codes if codes.any() else None


def between_code(codes: Iterable[int]) -> int:
    """Pack the codes of the connectors in a phrase into one number."""
    packed = 0
    for code in codes:
        packed = packed << CONNECTOR_BITS | code
    return packed


def between_words(packed: int, connectors: Sequence[str]) -> tuple[str, ...]:
    """Unpack what `between_code` packed."""
    words: list[str] = []
    while packed:
        words.append(connectors[(packed & ((1 << CONNECTOR_BITS) - 1)) - 1])
        packed >>= CONNECTOR_BITS
    return tuple(reversed(words))


def make_table(found: Sequence[Phrase], delimiter: str, connectors: Sequence[str]) -> PhraseTable:
    """Return the table with which text is rewritten."""
    ids: dict[str, int] = {}
    codes = {connector: code for code, connector in enumerate(connectors, 1)}
    firsts, lasts, results, betweens = [], [], [], []
    for phrase in found:
        for word in phrase.words:
            ids.setdefault(word, len(ids))
        firsts.append(ids[phrase.words[0]])
        lasts.append(ids[phrase.words[-1]])
        results.append(ids.setdefault(delimiter.join(phrase.words), len(ids)))
        betweens.append(between_code(codes[word] for word in phrase.words[1:-1]))
    joiner = Joiner(
        np.array([phrase.number for phrase in found], np.uint8),
        np.array(firsts, np.int32),
        np.array(betweens, np.uint32),
        np.array(lasts, np.int32),
        np.array(results, np.int32),
        connector_codes(ids, connectors),
    )
    passes = max((phrase.number for phrase in found), default=0)
    return PhraseTable([encode(word) for word in ids], joiner, passes, encode(delimiter))
