import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from w2v.errors import DataError
from w2v.formats import binary
from w2v.formats.source import Source, open_source
from w2v.vectors import Vectors


def words_without(separators: bytes) -> st.SearchStrategy[str]:
    """Return any words a file may hold: every byte but the separators, valid UTF-8 or not."""
    allowed = st.sampled_from(sorted(set(range(256)) - set(separators)))
    return st.lists(allowed, min_size=1, max_size=12).map(
        lambda values: bytes(values).decode("utf-8", "surrogateescape")
    )


@st.composite
def any_vectors(draw: st.DrawFn, separators: bytes = b" \n") -> Vectors:
    words = draw(st.lists(words_without(separators), min_size=1, max_size=6))
    dim = draw(st.integers(1, 5))
    bits = draw(hnp.arrays(np.uint32, (len(words), dim)))
    return Vectors(words, bits.view(np.float32))


def written(vectors: Vectors) -> bytes:
    file = io.BytesIO()
    binary.save(vectors, file)
    return file.getvalue()


@given(any_vectors())
def test_any_words_and_any_bits_survive(vectors):
    data = written(vectors)
    assert len(data) == binary.size(vectors)
    again = binary.load(Source("x.bin", data))
    assert again.words == vectors.words
    assert np.array_equal(again.matrix.view(np.uint32), vectors.matrix.view(np.uint32))


@given(any_vectors())
def test_records_without_newlines_read_the_same(vectors):
    data = b"%d %d\n" % vectors.matrix.shape
    for word, row in zip(vectors.words, vectors.matrix, strict=True):
        data += word.encode("utf-8", "surrogateescape") + b" " + row.astype("<f4").tobytes()
    again = binary.load(Source("x.bin", data))
    assert again.words == vectors.words
    assert np.array_equal(again.matrix.view(np.uint32), vectors.matrix.view(np.uint32))


@given(any_vectors())
def test_every_truncation_is_refused(vectors):
    data = written(vectors)
    for end in range(len(data) - 1):  # the very last newline may be missing
        with pytest.raises(DataError, match=r"^x\.bin"):
            binary.load(Source("x.bin", data[:end]))
    assert binary.load(Source("x.bin", data[:-1])).words == vectors.words


@given(st.binary(max_size=60), st.integers(1, 5), st.integers(1, 5))
def test_any_bytes_are_read_or_refused(body, words, dim):
    data = b"%d %d\n" % (words, dim) + body
    try:
        vectors = binary.load(Source("x.bin", data))
    except DataError as error:
        assert "\n" not in str(error)
    else:
        assert vectors.matrix.shape == (words, dim)


def test_padded_rows_are_written_without_their_padding():
    padded = np.arange(32, dtype=np.float32).reshape(2, 16)
    assert written(Vectors(["a", "b"], padded[:, :3])) == written(
        Vectors(["a", "b"], padded[:, :3].copy())
    )


def test_many_blocks_are_written_in_order():
    rng = np.random.default_rng(1)
    vectors = Vectors([f"w{i}" for i in range(5_000)], rng.random((5_000, 97), dtype=np.float32))
    again = binary.load(Source("x.bin", written(vectors)))
    assert again.words == vectors.words
    assert np.array_equal(again.matrix, vectors.matrix)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"2 2\nab 12345678\n12345678\n ", "byte 16: word 2 of 2 contains a newline"),
        (b"2 2\nab 12345678\n 12345678", "byte 16: word 2 of 2 is empty"),
        (b"2 2\nab 123456789012345678901", "byte 15: word 2 of 2 .* is cut short"),
        (b"2 2\nab 12345678ab\ncd 12345678", "byte 15: word 2 of 2 contains a newline"),
        (b"1 2\nab 12345678\ncd 12345678\n", "byte 16: 12 bytes follow the last of 1 words"),
        (b"1 1\nab 1234" + b" " * 65, "byte 11: 65 bytes follow"),
        (b"0 2\n", "0 words of 2 numbers"),
        (b"2 0\na \nb \n", "2 words of 0 numbers"),
        (b"1 1\n" + b"x" * 1000, "byte 4: word 1 of 1 never ends"),
    ],
)
def test_a_broken_record_is_named(data, message):
    with pytest.raises(DataError, match=rf"^x\.bin, {message}|^x\.bin, byte 0: .*{message}"):
        binary.load(Source("x.bin", data))


@pytest.mark.parametrize("header", [b"999999999999 100\n", b"100 999999999999\n"])
def test_a_header_that_lies_takes_no_memory(header):
    with pytest.raises(DataError, match="cut short or the header is wrong"):
        binary.load(Source("x.bin", header + b"a " + b"1" * 400))


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("New York", "'New York' contains a space"),
        ("a\nb", r"'a\\nb' contains a newline"),
        ("", "word 2 is empty"),
        ("\ud800", r"'\\ud800' cannot be written"),
    ],
)
def test_words_that_cannot_be_written_are_named(word, message):
    vectors = Vectors(["king", word, "queen"], np.zeros((3, 2), np.float32))
    with pytest.raises(DataError, match=message):
        written(vectors)


@pytest.mark.parametrize("newline", [b"\n", b""])
def test_a_file_copied_in_many_parts(newline, tmp_path, monkeypatch):
    """Parts of two records, of a file that is mapped, and whose memory is given back."""
    monkeypatch.setattr(binary, "_PART_BYTES", 2 * 700 * 4)
    matrix = np.random.default_rng(1).normal(size=(31, 700)).astype("<f4")
    records = [b"w%d " % row + matrix[row].tobytes() + newline for row in range(31)]
    path = tmp_path / "parts.bin"
    path.write_bytes(b"31 700\n" + b"".join(records))
    loaded = binary.load(open_source(path))
    assert loaded.words == [f"w{row}" for row in range(31)]
    assert np.array_equal(loaded.matrix, matrix)
    path.write_bytes(b"31 700\n" + b"".join(records[:20]) + b"w\n" + b"".join(records[20:]))
    place = len(b"31 700\n" + b"".join(records[:20]))
    with pytest.raises(DataError, match=rf"byte {place}: word 21 of 31 contains a newline"):
        binary.load(open_source(path))
