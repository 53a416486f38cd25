"""The temporary file, interrupts and errors, sentences from Python, the vocabulary."""

from __future__ import annotations

import errno
import os
import resource
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import numpy as np
import pytest

from w2v.errors import DataError, FileError, NotFoundError
from w2v.text import blocks, rows
from w2v.text import corpus as corpus_module
from w2v.text.corpus import corpus_from_sentences, count_words, read_corpus
from w2v.text.rows import RowStore, default_memory_limit
from w2v.text.vocab import Vocab, falling_order

TEXT = b"one two three four\n" * 5000


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setattr(corpus_module, "BLOCK", 1000)


def sentences_of(text):
    return (line.split(" ") for line in text.decode().splitlines())


def descriptors():
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.is_dir() else 0


def test_file_has_no_name_and_is_gone_when_closed(write, tmp_path, small):
    folder = tmp_path / "rows"
    folder.mkdir()
    before = descriptors()
    path = write(TEXT)
    _, corpus = read_corpus(path, min_count=1, threads=2, tmpdir=folder, memory_limit=0)
    assert isinstance(corpus.rows, np.memmap)
    assert list(folder.iterdir()) == []
    _, plain = read_corpus(path, min_count=1, threads=2)
    assert np.array_equal(corpus.rows, plain.rows)
    corpus.close()
    corpus.close()
    assert len(corpus.rows) == 0
    assert descriptors() == before


def test_released_rows_can_be_read_again(write, tmp_path):
    path = write(b"".join(b"w%d " % (n % 7000) for n in range(50_000)))
    for limit in (0, 1 << 30):
        _, corpus = read_corpus(path, min_count=1, threads=2, tmpdir=tmp_path, memory_limit=limit)
        rows = corpus.rows.copy()
        for start, end in ((0, len(rows)), (5, 5), (1000, 30_001), (len(rows), len(rows))):
            corpus.release(start, end)
            assert (corpus.rows == rows).all()


def test_file_is_made_only_when_rows_exceed_the_limit(write, tmp_path):
    path = write(TEXT)
    size = 5000 * 5 * 4
    missing = tmp_path / "missing"
    read_corpus(path, min_count=1, threads=1, tmpdir=missing, memory_limit=size)
    with pytest.raises(FileError, match=r"no temporary file can be made here.*--tmpdir"):
        read_corpus(path, min_count=1, threads=1, tmpdir=missing, memory_limit=size - 4)


def test_full_disk(write, tmp_path, monkeypatch):
    def full(fd, data, at):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(rows.os, "pwrite", full)
    path = write(TEXT)
    with pytest.raises(FileError, match=r"No space left on device.: make room or name another"):
        read_corpus(path, min_count=1, threads=2, tmpdir=tmp_path, memory_limit=0)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_write_that_is_cut_short_goes_on(write, tmp_path, monkeypatch):
    whole = os.pwrite
    monkeypatch.setattr(rows.os, "pwrite", lambda fd, data, at: whole(fd, data[:7], at))
    text = TEXT[:2000]
    path = write(text)
    _, corpus = read_corpus(path, min_count=1, threads=1, tmpdir=tmp_path, memory_limit=0)
    monkeypatch.undo()
    assert np.array_equal(corpus.rows, read_corpus(path, min_count=1, threads=1)[1].rows)


def test_file_size_limit_of_the_system(write, tmp_path):
    path = write(TEXT)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    previous = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
    try:
        with pytest.raises(FileError, match="File too large"):
            read_corpus(path, min_count=1, threads=2, tmpdir=tmp_path, memory_limit=0)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, previous)


def test_nothing_is_left_after_an_error(write, tmp_path, small):
    path = write(TEXT + b"\0")
    threads = threading.active_count()
    with pytest.raises(DataError, match="NUL"):
        read_corpus(path, min_count=1, threads=3, tmpdir=tmp_path, memory_limit=0)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
    assert threading.active_count() == threads


def test_error_of_a_worker_is_raised_here(write, small, monkeypatch):
    def fail(self, scanner):
        raise MemoryError("as if")

    monkeypatch.setattr(blocks.FileBlock, "scan", fail)
    with pytest.raises(MemoryError, match="as if"):
        read_corpus(write(TEXT), min_count=1, threads=2)


def test_error_in_progress_stops_the_threads(write, small):
    def fail(done, total):
        raise KeyboardInterrupt

    threads = threading.active_count()
    with pytest.raises(KeyboardInterrupt):
        read_corpus(write(TEXT), min_count=1, threads=2, progress=fail)
    assert threading.active_count() == threads


@pytest.mark.parametrize("source", ["-", "endless"])
def test_interrupt_ends_at_once_and_leaves_nothing(tmp_path, source):
    """A real Ctrl-C, once while waiting for standard input and once while scanning."""
    folder = tmp_path / "rows"
    folder.mkdir()
    program = f"""
import sys
from w2v.text import blocks, corpus
class Endless:
    bytes = 1000
    def scan(self, scanner):
        return scanner.scan_bytes(b"one two\\n" * 1000, "endless", 0)
if {source!r} == "endless":
    def cut(*_):
        print("begun", flush=True)
        while True:
            yield Endless()
    sys.modules["w2v.text.scanning"].cut_blocks = cut
    path = {str(tmp_path / "text")!r}
    open(path, "w").write("a b")
else:
    path = "-"
    print("begun", flush=True)
try:
    corpus.read_corpus(path, min_count=1, threads=2, tmpdir={str(folder)!r}, memory_limit=0)
except KeyboardInterrupt:
    print("interrupted", flush=True)
    sys.exit(130)
"""
    with subprocess.Popen(
        [sys.executable, "-I", "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"begun\n"
        try:
            process.wait(0.3)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
        out, err = process.stdout.read(), process.stderr.read()
        assert process.wait(20) == 130, err
    assert out == b"interrupted\n"
    assert err == b""
    assert list(folder.iterdir()) == []


def test_sentences_are_read_as_their_text(write, small):
    vocab, corpus = corpus_from_sentences(sentences_of(TEXT), min_count=2)
    same, file = read_corpus(write(TEXT), min_count=2, threads=2)
    assert vocab.words == same.words
    assert vocab.counts.tolist() == same.counts.tolist()
    assert np.array_equal(corpus.rows, file.rows)
    assert corpus.fingerprint == file.fingerprint
    assert (corpus.tokens, corpus.lines, corpus.paths) == (20_000, 5000, [])


def test_sentences_of_every_kind():
    sentences = [("b", "A"), [], iter(["a", "é"]), {"b": 1}, np.array(["a", "\udcff"])]
    vocab, corpus = corpus_from_sentences(sentences, min_count=1, lowercase=True)
    assert vocab.words == ["a", "b", "é", "\udcff"]
    assert corpus.rows.tolist() == [1, 0, -1, 0, 2, -1, 1, -1, 0, 3, -1]


def test_sentences_are_not_held_as_a_whole(monkeypatch, small):
    alive = []

    class Sentence(list):
        pass

    def stream():
        import weakref  # noqa: PLC0415

        references = []
        for _ in range(20_000):
            sentence = Sentence(["one", "two"])
            references.append(weakref.ref(sentence))
            yield sentence
        del sentence
        alive.append(sum(reference() is not None for reference in references))

    corpus_from_sentences(stream(), min_count=1)
    assert alive[0] < 10_000


@pytest.mark.parametrize(
    ("sentences", "message"),
    [
        ("a b c", "sentences is a str: give a list of lists"),
        ([["a"], "b c"], "sentence 2 is a str, 'b c': give a list of words"),
        ([["a"], b"b c"], "sentence 2 is a bytes"),
        ([["a"], 5], "sentence 2 is 5: give a list of words"),
        ([["a"], ["b", 7]], "sentence 2: 7 is a int: words must be str"),
        ([["a"], ["b", b"x"]], "sentence 2: b'x' is a bytes"),
        ([["a"], ["b", None]], "sentence 2: None is a NoneType"),
        ([["a"], [""]], "sentence 2: '' is an empty word"),
        ([["a"], ["", "b"]], "sentence 2: '' is an empty word"),
        ([["a"], ["New York"]], "sentence 2: 'New York' contains a space"),
        ([["a"], ["x\ty"]], "sentence 2: .* contains a space, tab"),
        ([["a"], ["x\ny"]], "sentence 2: .* contains"),
        ([["a"], ["x\ry"]], "sentence 2: .* contains"),
        ([["a"], ["x\0y"]], "sentence 2: .* contains"),
        ([["a"], ["\ud800"]], "sentence 2: .* half a surrogate pair"),
        ([], "sentences: there is no word in it"),
        ([[], []], "sentences: there is no word in it"),
        ([["a", "a"]], "only one word is left"),
    ],
)
def test_what_is_no_sentence(sentences, message):
    with pytest.raises(DataError, match=message):
        corpus_from_sentences(sentences, min_count=1)


def test_culprit_is_counted_over_all_sentences():
    sentences = [["a", "b"]] * 10_000 + [["c d"]]
    with pytest.raises(DataError, match="sentence 10001: 'c d'"):
        corpus_from_sentences(iter(sentences), min_count=1)


def test_counting_is_the_vocabulary_of_reading(write, small):
    path = write(b"b a b c Ab\n" * 100)
    for options in [{}, {"lowercase": True}, {"max_vocab": 2}, {"min_count": 101}]:
        arguments = {"min_count": 1, "threads": 2, **options}
        counted = count_words(path, **arguments)
        if len(counted) > 1:
            read, _ = read_corpus(path, **arguments)
            assert read.words == counted.words
            assert read.counts.tolist() == counted.counts.tolist()
        else:
            assert counted.words == ["b"]


def test_vocab_answers_by_word():
    vocab = Vocab(["the", "of"], [9, 4])
    assert len(vocab) == 2
    assert "of" in vocab
    assert "to" not in vocab
    assert 3 not in vocab
    assert vocab.row("of") == 1
    assert vocab.counts.dtype == np.int64
    with pytest.raises(NotFoundError, match="'to' is not in the vocabulary"):
        vocab.row("to")
    with pytest.raises(DataError, match="2 words but counts of shape"):
        Vocab(["the", "of"], [9])


@pytest.mark.parametrize("largest", [5, 1 << 40, 1 << 62])
def test_order_of_words(largest):
    random = np.random.default_rng(3)
    counts = random.integers(1, 5, 1000)
    counts[500] = largest
    firsts = random.permutation(1000) << 40
    expected = sorted(range(1000), key=lambda word: (-counts[word], firsts[word]))
    assert falling_order(counts, firsts).tolist() == expected


def test_default_limit_is_bounded():
    assert 0 < default_memory_limit() <= 2 << 30


def test_store_grows_beyond_what_was_expected():
    store = RowStore(1 << 30, expected=3)
    part = np.arange(100_000, dtype=np.int32)
    for _ in range(5):
        store.append(part)
    store.rewind()
    assert np.array_equal(store.read(250_000, 350_000), np.r_[part[50_000:], part[:50_000]])
    store.append(part[:10])
    assert store.finish().tolist() == list(range(10))


def test_store_does_without_the_room_it_hoped_for():
    store = RowStore(1 << 62, expected=1 << 58)
    store.append(np.arange(5, dtype=np.int32))
    store.rewind()
    store.append(store.read(1, 3).copy())
    assert store.finish().tolist() == [1, 2]


def test_temporary_files_go_where_the_system_wants(write, tmp_path, monkeypatch):
    folder = tmp_path / "system"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder / "missing"))
    with pytest.raises(FileError, match="system/missing: no temporary file"):
        read_corpus(write(TEXT), min_count=1, threads=1, memory_limit=0)
