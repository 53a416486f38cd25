"""Sentences given as lists of words, written as the text they stand for."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator

from w2v.errors import DataError
from w2v.text.blocks import StreamBlock

NAME = "sentences"

# Sentences joined into text at a time.
TOGETHER = 4096

# What joined words show when one of them is empty or contains what no word may.
_STRANGE = ["\t", "\r", "\0", "  ", " \n", "\n "]
_NOT_IN_A_WORD = re.compile("[ \t\n\r\0]")


def sentence_blocks(sentences: Iterable[Iterable[str]], block: int) -> Iterator[StreamBlock]:
    """Write sentences as blocks of text: words joined with spaces, a sentence a line.

    Parameters
    ----------
    sentences : iterable of iterables of str
    block : int
        Bytes of a block, about.

    Raises
    ------
    DataError
        It names the first sentence (counted from 1) that is not made of words.
    """
    if isinstance(sentences, (str, bytes)):
        raise DataError(
            f"sentences is a {type(sentences).__name__}: give a list of lists of words, or a path"
        )
    lists = _word_lists(sentences)
    parts: list[bytes] = []
    size = offset = first = 0
    while some := list(itertools.islice(lists, TOGETHER)):
        parts.append(_encoded(some, first))
        first += len(some)
        size += len(parts[-1])
        if size >= block:
            yield StreamBlock(NAME, offset, b"".join(parts))
            offset += size
            parts, size = [], 0
    if parts:
        yield StreamBlock(NAME, offset, b"".join(parts))


def encode_sentence(words: Iterable[str]) -> bytes:
    """Write one sentence as a line of text.

    Raises
    ------
    DataError
        It is not made of words.
    """
    return _encoded(list(_word_lists([words])), 0)


def _word_lists(sentences: Iterable[Iterable[str]]) -> Iterator[list[str]]:
    number = 0
    try:
        sentences = iter(sentences)
    except TypeError as error:
        raise DataError(
            f"{sentences!r:.60} is neither a path nor sentences: give a list of lists of words"
        ) from error
    for number, sentence in enumerate(sentences, 1):
        if isinstance(sentence, (str, bytes)):
            raise DataError(
                f"sentence {number} is a {type(sentence).__name__}, {sentence[:40]!r}: "
                "give a list of words, for example sentence.split()"
            )
        try:
            words = list(sentence)
        except TypeError as error:
            raise DataError(
                f"sentence {number} is {sentence!r:.60}: give a list of words"
            ) from error
        yield words


def _encoded(lists: list[list[str]], before: int) -> bytes:
    """Join lists of words, of which `before` came earlier, into text."""
    try:
        text = "\n".join([" ".join(words) for words in lists]) + "\n"
        data = text.encode("utf-8", "surrogateescape")
    except (TypeError, UnicodeEncodeError) as error:
        raise _culprit(lists, before) from error
    # Checked for all at once: looking at each word by itself takes as long as the rest.
    expected = sum(map(len, lists)) + lists.count([])
    gaps = text.count(" ") + text.count("\n")
    strange = any(mark in text for mark in _STRANGE) or text.startswith(" ") or [""] in lists
    if strange or gaps != expected:
        raise _culprit(lists, before)
    return data


def _culprit(lists: list[list[str]], before: int) -> DataError:
    for number, words in enumerate(lists, before + 1):
        for word in words:
            place = f"sentence {number}: {word!r:.60}"
            if not isinstance(word, str):
                return DataError(f"{place} is a {type(word).__name__}: words must be str")
            if not word:
                return DataError(f"{place} is an empty word: leave it out")
            if _NOT_IN_A_WORD.search(word):
                return DataError(f"{place} contains a space, tab, line end or NUL: a word cannot")
            try:
                word.encode("utf-8", "surrogateescape")
            except UnicodeEncodeError:
                return DataError(f"{place} is not Unicode text: it has half a surrogate pair")
    raise AssertionError("no sentence is at fault")
