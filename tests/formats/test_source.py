import gzip
import os
import threading

import numpy as np
import pytest

from w2v.errors import ConfigError, DataError, FileError
from w2v.formats import FORMATS, format_of, load, outputs, save


def test_every_format_is_chosen_by_its_suffix(small, tmp_path):
    for name, format in FORMATS.items():
        for suffix in (*format.suffixes, format.suffixes[0].upper()):
            path = tmp_path / f"v{suffix}"
            assert format_of(path) == name
            save(small, path)
            again = load(path)
            assert again.words == small.words
            assert np.allclose(again.matrix, small.matrix, rtol=1e-6, atol=0)
            assert load(path, format=name).words == small.words


def test_the_format_asked_for_goes_before_the_suffix(small, tmp_path):
    save(small, tmp_path / "v.bin", format="text")
    assert (tmp_path / "v.bin").read_bytes().startswith(b"4 3\nking 0 0.14285715 ")


def test_the_size_is_known_beforehand(small, tmp_path):
    save(small, tmp_path / "v.bin")
    assert outputs(small, tmp_path / "v.bin")[0].size == (tmp_path / "v.bin").stat().st_size
    assert outputs(small, tmp_path / "v.txt")[0].size is None


@pytest.mark.parametrize("name", ["v", "v.bin.gz", "v.doc"])
def test_unknown_suffixes_are_refused(small, tmp_path, name):
    with pytest.raises(ConfigError, match=r"names no format: use one of \.bin, \.txt, \.vec"):
        save(small, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_unknown_formats_are_refused(small, tmp_path):
    with pytest.raises(ConfigError, match="no format 'doc': give word2vec or text or glove"):
        save(small, tmp_path / "v.bin", format="doc")
    with pytest.raises(ConfigError, match="no format 'doc'"):
        load(tmp_path / "v.bin", format="doc")


def test_files_that_cannot_be_opened(tmp_path):
    with pytest.raises(FileError, match=r"missing\.bin cannot be read: No such file"):
        load(tmp_path / "missing.bin")
    with pytest.raises(FileError, match="is a folder"):
        load(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_files_that_may_not_be_read(tmp_path):
    path = tmp_path / "v.bin"
    path.write_bytes(b"1 1\na 1234\n")
    path.chmod(0)
    with pytest.raises(FileError, match="Permission denied"):
        load(path)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (
            b"\x80\x04\x95gensim",
            "a Python pickle, .* never read: in gensim, call save_word2vec_format",
        ),
        (b"\xba\x16\x4f\x2f\x0c\x00", r"a fastText model: use the \.vec file"),
        (b"\x28\xb5\x2f\xfd1234", "compressed with zstd"),
        (b"PK\x03\x041234", "a zip archive"),
        (b"some prose, and more of it\n", "does not begin with a header: b'some prose"),
        (b"-1 5\n", "does not begin with a header"),
        (b"5 5", "does not begin with a header"),
        (b"1" * 5000, "does not begin with a header"),
    ],
)
def test_what_is_no_vector_file_is_said_to_be_what_it_is(tmp_path, data, message):
    path = tmp_path / "v.bin"
    path.write_bytes(data)
    with pytest.raises(DataError, match=rf"^[^\n]*v\.bin [^\n]*{message}[^\n]*$"):
        load(path)


def test_compressed_nothing_is_empty(tmp_path):
    (tmp_path / "v.bin").write_bytes(gzip.compress(b""))
    with pytest.raises(DataError, match="empty once decompressed"):
        load(tmp_path / "v.bin")


@pytest.mark.parametrize("suffix", [".bin", ".txt"])
def test_pipes_are_written_and_read(small, tmp_path, suffix):
    pipe = tmp_path / f"pipe{suffix}"
    os.mkfifo(pipe)
    writer = threading.Thread(target=save, args=(small, pipe))
    writer.start()
    again = load(pipe)
    writer.join()
    assert again.words == small.words
    assert np.array_equal(again.matrix, small.matrix)
    assert [path.name for path in tmp_path.iterdir()] == [pipe.name]


def test_short_numbers_are_text_and_early_newlines_are_binary(tmp_path):
    path = tmp_path / "v"
    path.write_bytes(b"2 1\na 5\nb 7\n")
    assert load(path).matrix.tolist() == [[5], [7]]
    # 0x..0a35 and 0x..0a20: numbers whose first bytes look like the end of a line.
    path.write_bytes(b"2 1\na 5\n\x80?\nb 7\n\x80?\n")
    assert load(path).words == ["a", "b"]
    assert load(path).matrix.tolist() != [[5], [7]]
