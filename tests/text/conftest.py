"""A slow, obvious reading of text to prove the fast one against."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from w2v.text.corpus import Corpus
from w2v.text.vocab import Vocab


@dataclasses.dataclass
class Expected:
    words: list[bytes]
    counts: list[int]
    rows: list[int]
    tokens: int
    lines: int


def read_slowly(
    files: list[bytes],
    *,
    min_count: int = 1,
    max_vocab: int | None = None,
    lowercase: bool = False,
) -> Expected:
    """Cut as the original cuts; no blocks, no threads, no tables."""
    sentences: list[list[bytes]] = []
    lines = 0
    for file in files:
        text = file[3:] if file.startswith(b"\xef\xbb\xbf") else file
        if not text:
            continue
        if not text.endswith(b"\n"):
            text += b"\n"
        lines += text.count(b"\n")
        for line in text.replace(b"\r", b"").split(b"\n")[:-1]:
            words = [word for word in line.replace(b"\t", b" ").split(b" ") if word]
            if lowercase:
                words = [
                    word.decode("utf-8", "surrogateescape")
                    .lower()
                    .encode("utf-8", "surrogateescape")
                    for word in words
                ]
            sentences.append(words)
    # Counter keeps the order of first appearance, and sorted() is stable.
    counts = Counter(word for words in sentences for word in words)
    kept = sorted((w for w in counts if counts[w] >= min_count), key=lambda w: -counts[w])
    kept = kept[:max_vocab]
    row = {word: i for i, word in enumerate(kept)}
    rows: list[int] = []
    for words in sentences:
        sentence = [row[word] for word in words if word in row]
        if sentence:
            rows += [*sentence, -1]
    tokens = sum(counts.values())
    return Expected(kept, [counts[w] for w in kept], rows, tokens, lines)


@pytest.fixture(scope="session")
def slowly() -> Callable[..., Expected]:
    return read_slowly


@pytest.fixture(scope="session")
def check() -> Callable[[Vocab, Corpus, Expected], None]:
    """Compare a reading with what is expected of it."""

    def compare(vocab: Vocab, corpus: Corpus, expected: Expected) -> None:
        assert [w.encode("utf-8", "surrogateescape") for w in vocab.words] == expected.words
        assert vocab.counts.tolist() == expected.counts
        assert corpus.rows.tolist() == expected.rows
        assert corpus.rows.dtype == "int32"
        assert corpus.tokens == expected.tokens
        assert corpus.kept == sum(expected.counts)
        assert corpus.lines == expected.lines

    return compare


@pytest.fixture
def write(tmp_path: Path) -> Callable[[bytes], Path]:
    """Write a file of its own for each call; return its path."""
    written: list[Path] = []

    def one(data: bytes, name: str | None = None) -> Path:
        path = tmp_path / (name or f"text{len(written)}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        written.append(path)
        return path

    return one
