"""The text that everything is measured on."""

from __future__ import annotations

import dataclasses
import hashlib
import lzma
from pathlib import Path
from typing import IO

WIKI_BYTES = 100_000_000
CHUNK = 1 << 20


@dataclasses.dataclass(frozen=True)
class Text:
    """A corpus on disk: its name, size, raw words and digest."""

    name: str
    bytes: int
    tokens: int
    blake2b: str


def cut_wiki(packed: Path, target: Path) -> None:
    """Write the first `WIKI_BYTES` bytes of an .xz file; the last word may be cut in two.

    Raises
    ------
    ValueError
        The file unpacks to less than that: figures would not compare.
    """
    with lzma.open(packed) as source:
        left = copy_bytes(source, target, WIKI_BYTES)
    if left:
        raise ValueError(f"{packed.name} unpacks to {WIKI_BYTES - left} bytes, not {WIKI_BYTES}")


def copy_bytes(source: IO[bytes], target: Path, left: int) -> int:
    """Write so many bytes of what is open; return how many there were too few."""
    with target.open("wb") as out:
        while left and (chunk := source.read(min(left, CHUNK))):
            out.write(chunk)
            left -= len(chunk)
    return left


def inspect(path: Path) -> Text:
    """Count the bytes and raw words of a file, and so bring it into the file cache.

    Words are counted here (between runs of ASCII white space) and not by a contender, because
    this number turns everybody's seconds into words per second.
    """
    digest = hashlib.blake2b(digest_size=16)
    size = tokens = 0
    inside = False
    with path.open("rb") as source:
        while chunk := source.read(CHUNK):
            digest.update(chunk)
            size += len(chunk)
            tokens += len(chunk.split())
            # The word that the previous chunk ended in was counted there already.
            tokens -= inside and not chunk[:1].isspace()
            inside = not chunk[-1:].isspace()
    return Text(path.name, size, tokens, digest.hexdigest())
