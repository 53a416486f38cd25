"""The texts of benchmarks.sweeps, all made in the scratch folder."""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
import sys
from array import array
from collections.abc import Iterator
from pathlib import Path

from .contenders.base import DRIVERS
from .corpus import CHUNK, Text, copy_bytes, inspect
from .points import GENERATED, ONE_LINE, SHORT, SHORT_LINES
from .prepare import SetupError, say
from .process import environment, measure


@dataclasses.dataclass(frozen=True)
class SweepText(Text):
    """A text, and what training makes of it.

    Attributes
    ----------
    words : int
        Of its vocabulary.
    trained : float
        How many of its words are expected to stay when frequent ones are thinned out.
    """

    words: int
    trained: float


def describe(path: Path, min_count: int, sample: float) -> SweepText:
    """Count a text, its vocabulary, and the words that ``--sample`` leaves.

    The chance to stay is that of Mikolov et al. (2013) as word2vec.c has it,
    (sqrt(f / s) + 1) s / f for a word of share f.
    """
    text = inspect(path)
    counts = array("q")
    command = [str(Path(sys.executable).parent / "w2v"), "vocab", path.name]
    command += ["--min-count", str(min_count)]
    # line by line: this process has to stay smaller than all it measures
    given = environment(os.environ)
    with subprocess.Popen(command, cwd=path.parent, env=given, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        counts.extend(int(line.rpartition(b"\t")[2]) for line in process.stdout)
    if process.returncode:
        raise SetupError(f"{path.name}: its words cannot be counted")
    total = sum(counts)
    trained = 0.0
    for count in counts:
        often = sample and count / (total * sample)
        trained += count * min(1.0, (often**0.5 + 1) / often) if often else count
    return SweepText(**dataclasses.asdict(text), words=len(counts), trained=round(trained))


def cut(source: Path, megabytes: float) -> Path:
    """Write the first so many bytes; the last word may be cut in two."""
    target = source.with_name(f"first-{megabytes:g}-MB.txt")
    with source.open("rb") as opened:
        left = copy_bytes(opened, target, round(megabytes * 1e6))
    if left:
        raise SetupError(f"{source.name} has less than {megabytes:g} MB: give other --sizes")
    return target


def short_lines(source: Path) -> Path:
    """Write the words of a text, `SHORT` a line."""
    target = source.with_name(SHORT_LINES)
    with target.open("wb") as out:
        held: list[bytes] = []
        for words in _words(source):
            held += words
            whole = len(held) // SHORT * SHORT
            lines = (b" ".join(held[k : k + SHORT]) for k in range(0, whole, SHORT))
            out.writelines(line + b"\n" for line in lines)
            held = held[whole:]
        out.write(b" ".join(held) + b"\n")
    return target


def one_line(source: Path) -> Path:
    """Write the words of a text as one line."""
    target = source.with_name(ONE_LINE)
    with target.open("wb") as out:
        for words in _words(source):
            out.write(b" ".join(words) + b" ")
        out.write(b"\n")
    return target


def _words(source: Path) -> Iterator[list[bytes]]:
    rest = b""
    with source.open("rb") as opened:
        while chunk := opened.read(CHUNK):
            words = (rest + chunk).split()
            rest = b"" if chunk[-1:].isspace() or not words else words.pop()
            yield words
    yield rest.split()


def packed(source: Path) -> Path:
    """Compress a text with gzip, as gzip does by default."""
    program = shutil.which("gzip")
    if program is None:
        raise SetupError("the sweep gzip needs the program gzip: leave it out with --only")
    target = source.with_name(source.name + ".gz")
    with target.open("wb") as out:
        subprocess.run([program, "-c", source.name], cwd=source.parent, stdout=out, check=True)
    return target


def generated(folder: Path, words: int, tokens: int) -> Path:
    """Write a text of words by Zipf's law; drivers/zipf_text.py says how."""
    target = folder / f"{GENERATED}{words}.txt"
    say(f"generating {target.name}")
    driver = str(DRIVERS / "zipf_text.py")
    measure([sys.executable, driver, target.name, str(words), str(tokens)], cwd=folder)
    return target
