"""The lines of a test set, whatever its kind."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from w2v.errors import DataError, FileError

_BLANKS = " \t\r"
_BLANK = re.compile(r"[ \t]+")


class Line(NamedTuple):
    """A line that holds something: its number, from 1, and its text without blanks around."""

    number: int
    text: str

    @property
    def words(self) -> list[str]:
        """What stands between blanks: only those that separate words in a corpus too."""
        return _BLANK.split(self.text)


def read_lines(
    path: Path, wanted: str = "questions or word pairs", comments: str = "#"
) -> list[Line]:
    """Return the lines that are neither blank nor comments.

    Parameters
    ----------
    path : Path
    wanted : str
        What messages ask for.
    comments : str
        Characters with which a comment begins.

    Raises
    ------
    FileError
        The file cannot be read.
    DataError
        It is empty, or not text.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror or error}") from error
    if b"\0" in data:
        raise DataError(f"{path}, byte {data.index(0)}: a NUL byte: give {wanted} as plain text")
    # Cut at newlines only: str.splitlines would also cut at characters inside words.
    text = data.decode("utf-8-sig", "surrogateescape")
    numbered = enumerate((line.strip(_BLANKS) for line in text.split("\n")), start=1)
    lines = [Line(number, line) for number, line in numbered if line and line[0] not in comments]
    if not lines:
        raise DataError(f"{path} is empty: give {wanted}, one a line")
    return lines
