"""A text to try the program on, from what every installation of Python has.

The docstrings, comments and messages in the sources of the standard library and of
NumPy are over a million words of English prose, about programming. Nothing is
imported or parsed: `ast` needs ten seconds for what a regular expression finds in
half a second.
"""

from __future__ import annotations

import importlib.util
import os
import re
import sysconfig
from collections.abc import Iterator
from pathlib import Path

from w2v.errors import DataError, FileError

FILE_NAME = "demo.txt"

# Other people's packages lie inside the standard library's folder.
_FOREIGN = {"site-packages", "dist-packages", "__pycache__"}

# Strings are matched so that a "#" or a quotation mark inside one is not taken for the
# beginning of something.
_LITERAL = re.compile(
    rb'"""(?P<double>.*?)"""'
    rb"|'''(?P<single>.*?)'''"
    rb'|(?P<string>"(?:[^"\\\n]|\\.)*"|' + rb"'(?:[^'\\\n]|\\.)*')" + rb"|\#(?P<comment>[^\n]*)",
    re.DOTALL,
)

# A string of fewer words is a name or a format, not a message.
_MESSAGE = re.compile(rb"[A-Za-z]+(?:[ ,.;:'\"\\]+[A-Za-z]+){4}")
_FOR_TOOLS = re.compile(rb"!|[ :]*(?:noqa|type:|pragma|pylint|mypy|-\*-)")
_EXAMPLE = re.compile(rb"^[ \t]*(?:>>>|\.\.\. |In \[|\$ ).*$", re.MULTILINE)
_PARAGRAPH = re.compile(rb"\n[ \t]*\n")

# What has a digit or an underscore in it is a name, not a word.
_WORD = re.compile(rb"(?<![a-z0-9_\\<%])[a-z]+(?:['-][a-z]+)*(?![a-z0-9_])")


def demo_text() -> bytes:
    """Collect the prose of the standard library and NumPy.

    Returns
    -------
    bytes
        One paragraph a line, in lower case, words separated by single spaces. The same
        installation always gives the same text.

    Raises
    ------
    DataError
        This installation holds no sources, as when they are packed in a zip file.
    """
    lines: list[bytes] = []
    seen: set[bytes] = set()
    for path in _python_files():
        try:
            source = path.read_bytes()
        except OSError:
            continue  # a part that is missing or locked away makes the demo a little smaller
        for passage in _passages(source):
            for paragraph in _PARAGRAPH.split(passage):
                words = b" ".join(_WORD.findall(paragraph.lower()))
                # Licences and copied docstrings would be learnt by heart.
                if words.count(b" ") >= 3 and words not in seen:
                    seen.add(words)
                    lines.append(words)
    if not lines:
        raise DataError(
            f"{sysconfig.get_path('stdlib')}: no Python sources to take a text from: "
            "train on a text of your own"
        )
    return b"\n".join(lines) + b"\n"


def write_demo_text(path: str | os.PathLike[str]) -> Path:
    """Write the demo's text to a file.

    Parameters
    ----------
    path : path
        A file, or a folder in which it is called ``demo.txt``.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    DataError
        This installation holds no sources.
    FileError
        The file cannot be written.
    """
    target = Path(path)
    if target.is_dir():
        target /= FILE_NAME
    text = demo_text()
    try:
        target.write_bytes(text)
    except OSError as error:
        raise FileError(f"{target}: cannot be written: {error.strerror}") from error
    return target


def _python_files() -> Iterator[Path]:
    folders = [sysconfig.get_path("stdlib")]
    numpy = importlib.util.find_spec("numpy")
    if numpy is not None and numpy.origin is not None:
        folders.append(str(Path(numpy.origin).parent))
    for top in folders:
        for folder, subfolders, names in os.walk(top):
            subfolders[:] = sorted(set(subfolders) - _FOREIGN)
            yield from (Path(folder, name) for name in sorted(names) if name.endswith(".py"))


def _passages(source: bytes) -> Iterator[bytes]:
    """Find docstrings, blocks of comments and long messages in a source file."""
    comment: list[bytes] = []
    end = 0
    for match in _LITERAL.finditer(source):
        kind = match.lastgroup
        text = match[kind or 0]
        if comment and (kind != "comment" or source[end : match.start()].strip()):
            yield b"\n".join(comment)
            comment = []
        end = match.end()
        if kind == "comment":
            if not _FOR_TOOLS.match(text):
                comment.append(text.lstrip(b"#: "))
        elif kind != "string":
            yield _EXAMPLE.sub(b"", text)
        elif _MESSAGE.search(text):
            yield text.replace(b"\\n", b" ").replace(b"\\'", b"'")
    if comment:
        yield b"\n".join(comment)
