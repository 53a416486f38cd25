"""Files, folders, patterns, standard input; compressed texts and what is no text."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import subprocess
import sys
import threading

import pytest
import zstandard

from w2v.errors import DataError, FileError
from w2v.text import blocks
from w2v.text.corpus import count_words, read_corpus
from w2v.text.sources import find_sources

TEXT = b"one two three\none two\none \xc3\xa9t\xc3\xa9\n"
MAKERS = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstandard.compress,
}
MAGICS = {
    "zip": b"PK\x03\x04 and so on",
    "parquet": b"PAR1 and so on",
    "ELF": b"\x7fELF\x02\x01\x01",
    "UTF-16": "two words".encode("utf-16"),
    "UTF-32": "two words".encode("utf-32"),
    "PDF": b"%PDF-1.4 and so on",
    "tar": b"name".ljust(257, b"\0") + b"ustar\x0000" + bytes(250),
}


def words(path):
    return read_corpus(path, min_count=1, threads=2)[0].words


@pytest.fixture(params=MAKERS)
def method(request):
    return request.param


def test_compressed_text_is_recognised_by_content(write, method):
    path = write(MAKERS[method](TEXT), "text.txt")
    vocab, corpus = read_corpus(path, min_count=1, threads=2)
    assert vocab.words == ["one", "two", "three", "été"]
    assert (corpus.tokens, corpus.lines, corpus.bytes) == (7, 3, len(TEXT))


def test_name_alone_means_nothing(write):
    assert words(write(TEXT, "text.gz"))[0] == "one"


def test_members_follow_each_other(write, method):
    packed = MAKERS[method](b"one tw") + MAKERS[method](b"o three")
    assert words(write(packed)) == ["one", "two", "three"]


def test_zero_padding_is_no_damage(write):
    assert words(write(gzip.compress(TEXT) + bytes(1000)))[0] == "one"
    assert words(write(lzma.compress(TEXT) + bytes(8)))[0] == "one"


def test_compressed_much_larger_than_any_buffer(write, method, slowly):
    text = b"".join(b"word%d " % (i * i % 9973) for i in range(300_000)) + b"\n"
    vocab, corpus = read_corpus(write(MAKERS[method](text)), min_count=1, threads=2)
    assert len(vocab) == len(slowly([text]).words)
    assert (corpus.tokens, corpus.bytes) == (300_000, len(text))


def test_enormous_expansion_is_taken_in_pieces(write, method):
    text = b"a b " * (4 << 20)
    path = write(MAKERS[method](text))
    assert path.stat().st_size < len(text) // 500
    assert count_words(path, min_count=1, threads=1).counts.tolist() == [4 << 20] * 2


@pytest.mark.parametrize("left", [30, 0.5, -1])
def test_truncated_is_named(write, method, left):
    packed = MAKERS[method](os.urandom(3000).hex().encode() + b" x")
    end = int(left * len(packed)) if isinstance(left, float) else left
    path = write(packed[:end])
    with pytest.raises(DataError, match=rf"{path.name}: the {method} data end early"):
        words(path)


def test_damaged_is_named(write, method):
    packed = bytearray(MAKERS[method](os.urandom(3000).hex().encode() + b" x"))
    for at in range(len(packed) // 2, len(packed)):
        packed[at] ^= 0x55
    path = write(bytes(packed))
    with pytest.raises(DataError, match=rf"{path.name}: the {method} data (are damaged|end early)"):
        words(path)


def test_other_data_behind_compressed_data(write):
    with pytest.raises(DataError, match="after member 1"):
        words(write(gzip.compress(TEXT) + b"something else"))


def test_compressed_twice_is_refused(write, method):
    with pytest.raises(DataError, match=f"compressed twice .gzip inside {method}"):
        words(write(MAKERS[method](gzip.compress(TEXT))))


def test_zstd_without_its_package(write, monkeypatch):
    if sys.version_info >= (3, 14):
        pytest.skip("zstd is in the standard library")
    monkeypatch.setitem(sys.modules, "zstandard", None)
    with pytest.raises(DataError, match=r"pip install 'w2v\[zstd\]'"):
        words(write(zstandard.compress(TEXT)))


@pytest.mark.parametrize("what", MAGICS)
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_what_is_no_text_is_refused(write, what, pack):
    path = write(pack(MAGICS[what]), "corpus.txt")
    with pytest.raises(DataError, match=rf"corpus.txt: this is .*{what}.*: \w+"):
        words(path)


def test_plain_binaries_are_refused_before_anything_is_read(write):
    good, bad = write(TEXT), write(MAGICS["zip"])
    with pytest.raises(DataError, match="a zip archive"):
        find_sources([good, bad])


def test_missing_file(tmp_path):
    with pytest.raises(FileError, match="nowhere: cannot be read: No such file") as caught:
        words(tmp_path / "nowhere")
    assert caught.value.exit_code == 4


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable_file(write):
    path = write(TEXT)
    path.chmod(0)
    with pytest.raises(FileError, match="Permission denied"):
        words(path)


@pytest.mark.parametrize("text", [b"", b"\n\n", b" \t\r\n", b"\xef\xbb\xbf", gzip.compress(b"")])
def test_no_word_at_all(write, text):
    path = write(text)
    with pytest.raises(DataError, match=f"{path.name}: there is no word in it"):
        words(path)


def test_no_word_is_frequent_enough(write):
    with pytest.raises(DataError, match=r"its words \(4\) occurs 9 times: lower --min-count"):
        read_corpus(write(TEXT), min_count=9, threads=1)


def test_one_word_is_too_few_to_train_but_can_be_counted(write):
    path = write(b"same same same\n")
    with pytest.raises(DataError, match="only one word is left of 1"):
        read_corpus(path, min_count=1, threads=1)
    assert count_words(path, min_count=1, threads=1).counts.tolist() == [3]


def test_folder_is_searched_in_sorted_order(write, tmp_path):
    for name in ["f/b", "f/a/z", "f/a/y", "f/a-b", "f/.hidden", "f/.folder/x"]:
        write(TEXT, name)
    found = find_sources(tmp_path / "f")
    assert [source.path[len(str(tmp_path)) :] for source in found] == [
        "/f/a/y",
        "/f/a/z",
        "/f/a-b",
        "/f/b",
    ]


def test_folder_without_files(tmp_path, write):
    write(TEXT, "f/.hidden")
    (tmp_path / "f/empty").mkdir()
    with pytest.raises(DataError, match="the folder holds no file"):
        find_sources(tmp_path / "f")


def test_patterns(write, tmp_path):
    files = [str(write(TEXT, name)) for name in ["a1.txt", "a2.txt", "b/a3.txt", "b/other"]]
    listed = lambda pattern: [s.path for s in find_sources(str(tmp_path / pattern))]  # noqa: E731
    assert listed("a?.txt") == files[:2]
    assert listed("**/*.txt") == files[:3]
    assert listed("**") == files
    assert listed("b*") == files[2:]
    with pytest.raises(FileError, match="matches"):
        listed("c*")


def test_file_with_the_name_of_a_pattern(write):
    path = write(TEXT, "a[1]*.txt")
    assert [source.path for source in find_sources(path)] == [str(path)]


def test_named_pipe(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(gzip.compress(TEXT),))
    writer.start()
    assert words(pipe)[0] == "one"
    writer.join()


def test_standard_input(write):
    program = (
        "from w2v.text.corpus import read_corpus as r; c = r('-', min_count=1, threads=2)[1]; "
        "print(c.tokens, c.lines, c.paths)"
    )
    for data in [TEXT, gzip.compress(TEXT)]:
        done = subprocess.run(
            [sys.executable, "-I", "-c", program], input=data, capture_output=True, check=True
        )
        assert done.stdout == b"7 3 ['-']\n"
        assert done.stderr == b""


def test_standard_input_that_is_an_object(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TEXT)))
    assert words("-")[0] == "one"


def test_standard_input_twice():
    with pytest.raises(DataError, match="named twice"):
        find_sources(["-", "-"])


def test_file_that_shrinks(write, monkeypatch):
    path = write(TEXT * 1000)
    opened = blocks.PlainFile.__init__

    def shrink(self, source, count):
        opened(self, source, count)
        os.truncate(source.path, 100)

    monkeypatch.setattr(blocks.PlainFile, "__init__", shrink)
    with pytest.raises(FileError, match=f"{path.name}: became shorter while it was read"):
        words(path)


def test_file_that_grows(write, monkeypatch):
    path = write(TEXT)
    scanned = blocks.FileBlock.scan

    def grow(self, scanner):
        with path.open("ab") as file:
            file.write(b"more\n")
        return scanned(self, scanner)

    monkeypatch.setattr(blocks.FileBlock, "scan", grow)
    with pytest.raises(FileError, match=r"changed from \d+ to \d+ bytes while it was read"):
        words(path)


def test_file_that_vanishes(write, monkeypatch):
    paths = [write(TEXT), write(TEXT)]
    scanned = blocks.FileBlock.scan

    def vanish(self, scanner):
        paths[1].unlink(missing_ok=True)
        return scanned(self, scanner)

    monkeypatch.setattr(blocks.FileBlock, "scan", vanish)
    with pytest.raises(FileError, match=f"{paths[1].name}: cannot be read: No such file"):
        read_corpus(paths, min_count=1, threads=1)
