"""Words in a file of their own, beside a matrix that has none: one a line."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from w2v.errors import DataError, FileError
from w2v.formats.source import Source, open_source


def name_beside(path: str | os.PathLike[str], suffix: str) -> Path:
    """Return the file of the words that belong to a matrix.

    Parameters
    ----------
    path : str or os.PathLike
        The file of the matrix.
    suffix : str
        How the name of the words ends.

    Returns
    -------
    Path
        ``vectors.npy`` and ``.words.txt`` make ``vectors.words.txt``.
    """
    plain = Path(path)
    return plain.parent / f"{plain.stem}{suffix}"


def read_lines_beside(source: Source, candidates: Sequence[Path]) -> list[str]:
    """Read the lines of the file of words.

    Parameters
    ----------
    source : Source
        The matrix they belong to.
    candidates : sequence of Path
        Where they may be; the first that exists is read.

    Returns
    -------
    list of str
        Undecodable bytes as lone surrogates.

    Raises
    ------
    FileError
        There is no such file, or it cannot be read.
    """
    for path in candidates:
        if path.exists():
            text = open_source(path).data[:].decode("utf-8", "surrogateescape")
            return text.removesuffix("\n").split("\n")
    raise FileError(
        f"{source.name} has numbers but no words: put them, one a line, into {candidates[0]}"
    )


def check_words(source: Source, words: Sequence[str], rows: int) -> None:
    """Refuse words that do not fit the matrix.

    Parameters
    ----------
    source : Source
        The matrix.
    words : sequence of str
        What was read beside it, or in another part of it.
    rows : int
        How many there should be.

    Raises
    ------
    DataError
        There are more or fewer, none, or one is empty; the message counts them.
    """
    if rows == 0:
        raise DataError(f"{source.name} holds no vector")
    if len(words) != rows:
        raise DataError(
            f"{source.name} has {rows} vectors, but there are {len(words)} words to them: they "
            "do not belong together, or one is cut short"
        )
    if "" in words:
        raise DataError(f"{source.name}: word {words.index('') + 1} of {rows} is empty")
