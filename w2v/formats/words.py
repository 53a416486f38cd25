"""Words to bytes and back: UTF-8, other bytes as lone surrogates, so that any file survives."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from w2v.errors import DataError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_NAMES = {" ": "a space", "\t": "a tab", "\n": "a newline", "\r": "a carriage return"}


def decode_words(data: NDArray[np.uint8]) -> list[str]:
    """Return the words in `data`, each of them followed by a newline.

    Parameters
    ----------
    data : ndarray of uint8, shape (bytes,)
        The words as they stand in a file.

    Returns
    -------
    list of str
        Decoded as UTF-8 with ``surrogateescape``.
    """
    # One call for all: a broken character cannot reach beyond its newline.
    words = data.tobytes().decode("utf-8", "surrogateescape").split("\n")
    words.pop()
    return words


def encode_words(words: Sequence[str], separators: str) -> bytes:
    r"""Return the words as they are to stand in a file, joined with newlines.

    Parameters
    ----------
    words : sequence of str
        The words.
    separators : str
        Characters that end a word in that file, ``"\n"`` among them.

    Returns
    -------
    bytes
        UTF-8, undecodable bytes restored.

    Raises
    ------
    DataError
        A word is empty, holds a separator, or has no bytes; the message names it.
    """
    try:
        joined = "\n".join(words).encode("utf-8", "surrogateescape")
    except UnicodeEncodeError as error:
        word = str(error.object).split("\n")[str(error.object)[: error.start].count("\n")]
        raise DataError(
            f"the word {word!r} cannot be written: {error.object[error.start]!r} is not a "
            "character: drop or rename it"
        ) from error
    if joined.count(b"\n") == len(words) - 1 and b"" not in joined.split(b"\n"):
        absent = [mark for mark in separators if mark != "\n" and mark.encode() in joined]
        if not absent:
            return joined
    for row, word in enumerate(words):
        if not word:
            raise DataError(f"word {row + 1} is empty and cannot be written: drop it")
        for mark in separators:
            if mark in word:
                raise DataError(
                    f"the word {word!r} contains {_NAMES[mark]} and cannot be written: replace "
                    f"it, with '_' for example"
                )
    raise AssertionError("the words changed while they were written")
