"""Lines that several threads read, in parts: nothing may show where the parts lie."""

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2v.errors import ConfigError, DataError
from w2v.formats import FORMATS, lines, load, save
from w2v.formats.source import Source
from w2v.vectors import Vectors

WORDS = [f"w{i}" for i in range(60)]
VECTORS = Vectors(WORDS, np.random.default_rng(1).standard_normal((60, 7)).astype(np.float32))


def written(name: str) -> bytes:
    file = io.BytesIO()
    FORMATS[name].save(VECTORS, file)
    return file.getvalue()


def read(name: str, data: bytes, threads: int, path: str = "x"):
    """Return what was read, or the message."""
    try:
        found = FORMATS[name].load(Source(path, data, threads))
    except DataError as error:
        return str(error)
    return found.words, found.matrix.tobytes()


@pytest.fixture
def tiny_parts(monkeypatch):
    monkeypatch.setattr(lines, "_PART_BYTES", 100)


@pytest.mark.parametrize("name", ["text", "glove"])
@pytest.mark.parametrize("threads", [1, 3])
def test_parts_read_as_the_whole(tiny_parts, name, threads):
    data = written(name)
    assert read(name, data, threads) == (VECTORS.words, VECTORS.matrix.tobytes())
    assert read(name, data.rstrip(b"\n"), threads) == (VECTORS.words, VECTORS.matrix.tobytes())


def test_parts_of_rows_without_words(tiny_parts, tmp_path):
    save(VECTORS, tmp_path / "v.tsv")
    for threads in (1, 3):
        found = load(tmp_path / "v.tsv", threads=threads)
        assert found.words == VECTORS.words
        assert found.matrix.tobytes() == VECTORS.matrix.tobytes()


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["text", "glove"]),
    st.lists(st.tuples(st.integers(0, 5000), st.sampled_from(b"\n x9.\xff\t\r"))),
    st.integers(1, 400),
)
def test_damage_is_told_the_same_from_parts(name, damage, part_bytes):
    data = bytearray(written(name))
    for place, byte in damage:
        data[place % len(data)] = byte
    whole = read(name, bytes(data), 1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "_PART_BYTES", part_bytes)
        assert read(name, bytes(data), 1) == whole
        assert read(name, bytes(data), 2) == whole


def test_words_of_glove_with_blanks_in_every_part(tiny_parts):
    data = b"".join(b". %d . 1 2 3 4\n" % i if i % 3 else b"w%d 1 2 3 4\n" % i for i in range(90))
    words, _ = read("glove", data, 3)
    assert words == [f". {i} ." if i % 3 else f"w{i}" for i in range(90)]


def test_no_threads(tmp_path):
    save(VECTORS, tmp_path / "v.txt")
    with pytest.raises(ConfigError, match="threads is 0"):
        load(tmp_path / "v.txt", threads=0)
