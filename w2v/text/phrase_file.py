"""Files of phrases: a line of JSON, then ``pass<TAB>score<TAB>count<TAB>word<TAB>word...``."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from w2v.errors import DataError, FileError
from w2v.text._phrases import MAX_BETWEEN, MAX_CONNECTORS, MAX_PASSES
from w2v.text.phrase_table import Phrase, encode

VERSION = 1
_KEY = "w2v phrases"
_MAKE = "make it with w2v phrases --save"
_MAX_COUNT = 1 << 62


def phrase_lines(
    found: Sequence[Phrase], delimiter: str, connectors: Sequence[str]
) -> Iterator[bytes]:
    """Yield the lines of a file of phrases."""
    header = {_KEY: VERSION, "delimiter": delimiter, "connectors": list(connectors)}
    yield json.dumps(header).encode("ascii") + b"\n"
    for number, words, score, count in found:
        yield encode("\t".join([str(number), repr(score), str(count), *words]) + "\n")


def read_phrases(path: str | os.PathLike[str]) -> tuple[list[Phrase], str, list[str]]:
    """Read a file of phrases.

    Returns
    -------
    found : list of Phrase
    delimiter : str
    connectors : list of str

    Raises
    ------
    FileError
        It cannot be read.
    DataError
        It is no such file, or damaged; the message names the line.
    """
    name = os.fspath(path)
    try:
        lines = Path(path).read_bytes().split(b"\n")
    except OSError as error:
        raise FileError(f"{name}: cannot be read: {error.strerror or error}") from error
    delimiter, connectors = _read_header(lines[0], name)
    if lines[-1]:
        raise DataError(f"{name}:{len(lines)}: the last line is cut short: {_MAKE}")
    known = set(connectors)
    found = []
    seen: set[tuple[int, tuple[str, ...]]] = set()
    for place, line in enumerate(lines[1:-1], 2):
        phrase = _read_line(line, known, f"{name}:{place}")
        if phrase[:2] in seen:
            raise DataError(f"{name}:{place}: {' '.join(phrase.words)!r} is there twice: {_MAKE}")
        seen.add(phrase[:2])
        found.append(phrase)
    return found, delimiter, connectors


def bad_delimiter(delimiter: str) -> bool:
    """Return whether a text could not be cut into words again with such a delimiter in them."""
    return not delimiter or any(mark in delimiter for mark in " \t\r\n\0")


def bad_word(word: str) -> bool:
    """Return whether `word` cannot be a word of a text."""
    return bad_delimiter(word)


def _read_header(line: bytes, name: str) -> tuple[str, list[str]]:
    header: Any = None
    try:
        header = json.loads(line)
    except (ValueError, RecursionError):
        header = None
    if not isinstance(header, dict) or _KEY not in header:
        raise DataError(f"{name}:1: this is not a file of phrases: {_MAKE}")
    if header[_KEY] != VERSION:
        raise DataError(
            f"{name}:1: version {header[_KEY]!r:.20} of the format is not known: {_MAKE}"
        )
    delimiter, connectors = header.get("delimiter"), header.get("connectors")
    if not isinstance(delimiter, str) or bad_delimiter(delimiter) or not _encodes(delimiter):
        raise DataError(f"{name}:1: the delimiter is {delimiter!r:.60}: {_MAKE}")
    if (
        not isinstance(connectors, list)
        or len(connectors) > MAX_CONNECTORS
        or not all(isinstance(word, str) and not bad_word(word) for word in connectors)
        or not all(map(_encodes, connectors))
    ):
        raise DataError(f"{name}:1: the connectors are not a list of words: {_MAKE}")
    return delimiter, connectors


def _encodes(word: str) -> bool:
    try:
        encode(word)
    except UnicodeEncodeError:
        return False
    return True


def _read_line(line: bytes, connectors: set[str], place: str) -> Phrase:
    fields = line.decode("utf-8", "surrogateescape").split("\t")
    try:
        number, score, count = int(fields[0]), float(fields[1]), int(fields[2])
    except (ValueError, IndexError):
        raise DataError(
            f"{place}: {fields[:3]!r:.60} is not a pass, a score and a count: {_MAKE}"
        ) from None
    words = tuple(fields[3:])
    if not 1 <= number <= MAX_PASSES or not math.isfinite(score) or not 0 < count < _MAX_COUNT:
        raise DataError(f"{place}: {fields[:3]!r:.60}: a number is out of range: {_MAKE}")
    inside = words[1:-1]
    if (
        not 2 <= len(words) <= 2 + MAX_BETWEEN
        or any(map(bad_word, words))
        or not connectors.issuperset(inside)
        or not connectors.isdisjoint((words[0], words[-1]))
    ):
        raise DataError(
            f"{place}: {' '.join(words)!r:.60} is not two words with at most {MAX_BETWEEN} "
            f"connectors between: {_MAKE}"
        )
    return Phrase(number, words, score, count)
