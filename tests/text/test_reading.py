"""Reading at any block boundary, with any number of threads, by either road."""

from __future__ import annotations

import tempfile
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from w2v.errors import DataError
from w2v.text import blocks, compression
from w2v.text import corpus as corpus_module
from w2v.text.corpus import read_corpus

# Bytes that mean something to the scanner, and words short, long and on the edge of a register.
SEPARATORS = [b" ", b"\t", b"\n", b"\r", b"\n\n", b"\n" * 130, b" " * 64]
SHORT = [b"a", b"b", b"AB", b"\x01", b"\x1f", b"!", b"\x7f", b"\xff", b"\xc3", b"\xef\xbb\xbf"]
UNICODE = ["É".encode(), "ΣΑΣ".encode(), "İ".encode()]
EDGES = [
    bytes([letter]) * n
    for letter, n in zip(
        b"xxYyyyZwvvVuu", [7, 8, 9, 15, 16, 17, 24, 40, 63, 64, 65, 128, 150], strict=True
    )
]
PIECES = st.sampled_from([*SEPARATORS, *SHORT, *UNICODE, *EDGES])
TEXTS = st.lists(PIECES, max_size=60).map(b"".join)


@pytest.fixture
def small(monkeypatch):
    """Set the size of blocks, and of the pieces streams are read in."""

    def set_block(block: int) -> None:
        monkeypatch.setattr(corpus_module, "BLOCK", block)
        monkeypatch.setattr(blocks, "CHUNK", block)
        monkeypatch.setattr(compression, "PIECE", block)

    return set_block


def read(paths, **options):
    defaults = {"min_count": 1, "threads": 1}
    return read_corpus(paths, **{**defaults, **options})


@settings(max_examples=200)
@given(
    files=st.lists(TEXTS, min_size=1, max_size=3),
    block=st.integers(1, 64),
    threads=st.integers(1, 3),
    min_count=st.integers(1, 2),
    max_vocab=st.none() | st.integers(2, 4),
    lowercase=st.booleans(),
    limit=st.sampled_from([0, 40, 1 << 20]),
)
@example([b"\xef\xbb\xbfa b"], 1, 1, 1, None, False, 0)
@example([b"a\rb", b"\r\r\n", b"c"], 1, 2, 1, None, True, 0)
def test_any_text_at_any_block_boundary(
    slowly, check, files, block, threads, min_count, max_vocab, lowercase, limit
):
    options = {"min_count": min_count, "max_vocab": max_vocab, "lowercase": lowercase}
    expected = slowly(files, **options)
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(corpus_module, "BLOCK", block)
        paths = []
        for number, data in enumerate(files):
            paths.append(Path(folder, str(number)))
            paths[-1].write_bytes(data)
        if len(expected.words) < 2:
            with pytest.raises(DataError):
                read(paths, threads=threads, **options)
            return
        vocab, corpus = read(paths, threads=threads, memory_limit=limit, **options)
        with corpus:
            check(vocab, corpus, expected)
            if limit != 40:  # near the limit line ends that are dropped later count too
                assert isinstance(corpus.rows, np.memmap) == (limit == 0)


@settings(max_examples=60)
@given(text=TEXTS, block=st.integers(1, 40), threads=st.integers(1, 3))
def test_a_stream_at_any_block_boundary(slowly, check, text, block, threads):
    import gzip  # noqa: PLC0415

    expected = slowly([text])
    if len(expected.words) < 2:
        return
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(corpus_module, "BLOCK", block)
        patch.setattr(blocks, "CHUNK", 7)
        patch.setattr(compression, "PIECE", 5)
        path = Path(folder, "text")
        path.write_bytes(gzip.compress(text))
        vocab, corpus = read(path, threads=threads)
        check(vocab, corpus, expected)
        plain = Path(folder, "plain")
        plain.write_bytes(text)
        assert read(plain)[1].fingerprint == corpus.fingerprint


@pytest.fixture(scope="module")
def zipf():
    """A text of 200,000 words with frequent and rare ones, long lines and short."""
    random = np.random.default_rng(7)
    numbers = random.zipf(1.3, 200_000) % 50_000
    gaps = random.choice([" ", "\n", "\t", "\r\n"], 200_000, p=[0.9, 0.04, 0.03, 0.03])
    return "".join(f"W{n:x}é{gap}" for n, gap in zip(numbers, gaps, strict=True)).encode()


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("block", [1000, 1 << 16, 1 << 20])
@pytest.mark.parametrize("limit", [1000, 1 << 24])
def test_result_depends_on_nothing_but_the_text(
    slowly, check, write, small, zipf, threads, block, limit
):
    small(block)
    expected = slowly([zipf], min_count=2)
    path = write(zipf)
    vocab, corpus = read(path, min_count=2, threads=threads, memory_limit=limit)
    check(vocab, corpus, expected)
    assert corpus.bytes == len(zipf)
    assert corpus.paths == [str(path)]
    assert corpus.fingerprint == read(write(zipf))[1].fingerprint


def test_lower_case_joins_words_of_all_kinds(slowly, check, write, small):
    small(16)
    text = (
        "The THE the É é ÉCOLE école ΟΔΟΣ οδος İstanbul i̇stanbul "
        + ("LONGWORDLONGWORDL longwordlongwordl " + "ÄÄÄÄÄÄÄÄÄÄ ää " + "ẞ ß Ⱥ ⱥ")
    ).encode() + b" \xffX \xffx A\xc3 a\xc3"
    vocab, corpus = read(write(text), lowercase=True, threads=2)
    check(vocab, corpus, slowly([text], lowercase=True))
    assert vocab.words[:2] == ["the", "é"]


def test_lower_case_word_that_outgrows_a_register(slowly, check, write):
    # U+023A is two bytes, its lower case three: 16 bytes become 24.
    text = ("Ⱥ" * 8 + " " + "ⱥ" * 8 + " end").encode()
    vocab, corpus = read(write(text), lowercase=True)
    check(vocab, corpus, slowly([text], lowercase=True))
    assert len(vocab) == 2


def test_ties_are_sorted_by_first_appearance(write, small):
    small(4)
    words = ["zz", "b", "aa", "m", "longer-than-sixteen-bytes", "q"]
    vocab, _ = read(write(" ".join(words + words[::-1]).encode()), threads=3)
    assert vocab.words == words


def test_invalid_utf8_survives(write):
    words = [b"\xff\xfd", b"\xc3", b"\xa9", b"caf\xc3\xa9", b"\xed\xa0\x80"]
    vocab, _ = read(write(b" ".join(words)))
    assert [word.encode("utf-8", "surrogateescape") for word in vocab.words] == words


def test_control_bytes_and_unicode_spaces_are_part_of_words(write):
    words = ["a\x0bb", "\x0c", "a\x1fb", "a\xa0b", "a\u2028b", "\x85", "\x7f"]
    assert read(write(" ".join(words).encode()))[0].words == words


@pytest.mark.parametrize("length", [7, 8, 9, 15, 16, 17, 23, 24, 25, 10_000, 100_000, 1 << 20])
def test_words_of_any_length(slowly, check, write, small, length):
    small(1000)
    words = [b"a" * length, b"a" * (length - 1), b"a" * (length - 1) + b"b", b"c"]
    text = b" ".join(words) + b"\n" + b" ".join(words[::2]) + b"\r\n"
    vocab, corpus = read(write(text), threads=2)
    check(vocab, corpus, slowly([text]))


@pytest.mark.parametrize("compress", [False, True])
def test_longer_than_any_word_is_refused(write, compress):
    import gzip  # noqa: PLC0415

    text = b"a word\n" + b"x" * ((1 << 20) + 1) + b" end"
    path = write(gzip.compress(text) if compress else text)
    with pytest.raises(DataError, match=r"more than 1048576 bytes without a space.*near byte 7:"):
        read(path)


def test_endless_run_is_refused_without_reading_it_all(write):
    with pytest.raises(DataError, match="more than 1048576 bytes"):
        read(write(b"x" * (5 << 20)), threads=2)


@pytest.mark.parametrize("threads", [1, 3])
def test_first_nul_byte_is_named(write, small, threads):
    small(100)
    data = bytearray(b"some words " * 1000)
    data[5003] = data[5990] = data[10_000] = 0
    path = write(bytes(data))
    with pytest.raises(DataError, match=f"{path.name}: NUL byte at byte 5003: "):
        read(path, threads=threads)


def test_nul_byte_is_named_by_its_place_in_the_unpacked_text(write, small):
    import gzip  # noqa: PLC0415

    small(100)
    data = b"\xef\xbb\xbf" + b"some words " * 500 + b"\0 more"
    with pytest.raises(DataError, match=r"NUL byte at byte 5503: "):
        read(write(gzip.compress(data)), threads=2)


def test_sentences_may_cross_any_number_of_blocks(slowly, check, write, small):
    small(10)
    text = b"one two three " * 200 + b"\n\n\n" + b"rare\n" + b"two three\n\n" * 20
    vocab, corpus = read(write(text), min_count=2, threads=2)
    check(vocab, corpus, slowly([text], min_count=2))
    assert corpus.rows[:-1].tolist().count(-1) == 20


def test_fingerprint_knows_every_word_and_line_end(write):
    base = b"a b c\nd e f\n"
    others = [
        b"a b c\nd e g\n",
        b"b a c\nd e f\n",
        b"a b c d\ne f\n",
        b"a b c\n\nd e f\n",
        b"a b c d e f\n",
        b"a b c\nd e f\nf\n",
        b"ab c\nd e f\n",
    ]
    prints = [read(write(text))[1].fingerprint for text in [base, *others]]
    assert len(set(prints)) == len(prints)
    assert all(len(one) == 16 and int(one, 16) >= 0 for one in prints)
    same = [b"a  b\tc\r\nd e f\n", b"a b c\nd e f", b"\xef\xbb\xbf a b c \nd e f\n"]
    assert {read(write(text))[1].fingerprint for text in same} == {prints[0]}
    assert read(write(base), lowercase=True, min_count=1)[1].fingerprint == prints[0]


def test_progress_is_told_from_the_calling_thread(write, small, zipf):
    small(1 << 12)
    told = []
    here = threading.get_ident()

    def progress(done, total):
        assert threading.get_ident() == here
        told.append((done, total))

    read(write(zipf), threads=2, progress=progress)
    assert told[-1] == (len(zipf), len(zipf))
    assert [done for done, _ in told] == sorted(done for done, _ in told)


@pytest.mark.slow
def test_line_of_a_gigabyte(tmp_path):
    path = tmp_path / "line"
    piece = b"a bb ccc dddd eeeee ffffff ggggggg hhhhhhhh iiii jj"  # 10 words, 51 bytes
    with path.open("wb") as file:
        for _ in range(21):
            file.write((piece + b" ") * 1_000_000)
    vocab, corpus = read(path, threads=2, memory_limit=100 << 20, tmpdir=tmp_path)
    with corpus:
        assert vocab.counts.tolist() == [21_000_000] * 10
        assert len(corpus.rows) == 210_000_001
        assert corpus.rows[-1] == -1
        for start in range(0, 210_000_000, 10_000_000):
            part = corpus.rows[start : start + 10_000_000].reshape(-1, 10)
            assert (part == np.arange(10)).all()
    assert [file.name for file in tmp_path.iterdir()] == ["line"]
