"""Every format: what it holds survives, what it cannot is refused, damage is told."""

import io
import os

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from w2v.errors import ConfigError, DataError, FileError, W2VError
from w2v.formats import FORMATS, check_output, load, recognize, save
from w2v.formats.source import Source, open_source
from w2v.vectors import Vectors

ALONE = [name for name, format in FORMATS.items() if format.words is None]
PAIRS = [name for name in FORMATS if name not in ALONE]
HALVES = [name for name, format in FORMATS.items() if format.save_half]
# Bytes that a word may hold besides those that are no UTF-8, spaces and tabs.
SEPARATORS = {
    "word2vec": b" \n",
    "text": b" \t\n",
    "glove": b" \t\r\n",
    "tensorboard": b"\t\n",
    "finalfusion": b"",
    "parquet": b"",
    "safetensors": b"\n",
    "numpy": b"\n",
}


@st.composite
def vectors_for(draw, name):
    letters = st.sampled_from(sorted(set(range(256)) - set(SEPARATORS[name])))
    words = st.lists(letters, min_size=1, max_size=8).map(bytes)
    if name == "finalfusion":
        words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
    else:
        words = words.map(lambda word: word.decode("utf-8", "surrogateescape"))
    drawn = draw(st.lists(words, min_size=1, max_size=6))
    shape = (len(drawn), draw(st.integers(1, 5)))
    finite = {"allow_nan": False, "allow_infinity": False} if name == "finalfusion" else {}
    return Vectors(
        drawn, draw(hnp.arrays(np.float32, shape, elements=st.floats(width=32, **finite)))
    )


def written(name, vectors, half=False):
    file = io.BytesIO()
    format = FORMATS[name]
    (format.save_half if half else format.save)(vectors, file)
    return file.getvalue()


def example(words=("king", "queen", "naïve", "new\u00a0york")):
    matrix = np.arange(3 * len(words), dtype=np.float32).reshape(len(words), 3) / 7 - 1
    return Vectors(list(words), matrix)


@pytest.mark.parametrize("name", ALONE)
@given(data=st.data())
def test_words_and_numbers_survive(name, data):
    vectors = data.draw(vectors_for(name))
    again = FORMATS[name].load(Source("x", written(name, vectors)))
    assert again.words == vectors.words
    if name == "finalfusion":
        lost = again.matrix.astype(float) - vectors.matrix
        assert (np.abs(lost) <= 1e-6 * vectors.norms[:, None] + 1e-37).all()
    else:
        assert np.array_equal(again.matrix, vectors.matrix, equal_nan=True)


@pytest.mark.parametrize("name", PAIRS)
@settings(max_examples=30)
@given(data=st.data())
def test_words_and_numbers_survive_in_two_files(name, data, tmp_path_factory):
    vectors = data.draw(vectors_for(name))
    path = tmp_path_factory.mktemp("pair") / "v"
    save(vectors, path, name)
    again = load(path, name)
    assert again.words == vectors.words
    assert np.array_equal(again.matrix, vectors.matrix, equal_nan=True)


@pytest.mark.parametrize("name", FORMATS)
def test_files_are_recognized_by_content(name, tmp_path):
    save(example(), tmp_path / "v.dat", name)
    assert recognize(open_source(tmp_path / "v.dat")) == name
    assert load(tmp_path / "v.dat").words == example().words


@pytest.mark.parametrize("name", HALVES)
def test_halves_are_written_where_the_format_has_them(name, tmp_path):
    vectors = example()
    save(vectors, tmp_path / "half", name, float16=True)
    save(vectors, tmp_path / "full", name)
    assert np.array_equal(load(tmp_path / "half").matrix, vectors.matrix.astype(np.float16))
    assert (tmp_path / "half").stat().st_size < (tmp_path / "full").stat().st_size


@pytest.mark.parametrize("name", sorted(FORMATS.keys() - set(HALVES)))
def test_halves_are_refused_where_it_has_not(name, tmp_path):
    with pytest.raises(ConfigError, match=f"{name} files hold float32 only: for float16 write"):
        save(example(), tmp_path / "v", name, float16=True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", HALVES)
def test_numbers_beyond_halves_are_refused(name):
    vectors = Vectors(["a", "big", "c"], np.array([[np.inf], [65520], [1]], np.float32))
    with pytest.raises(DataError, match="number 1 of 'big' is 65520, and float16 ends at 65504"):
        written(name, vectors, half=True)
    vectors.matrix[1] = 65519
    assert written(name, vectors, half=True)


REFUSED = [
    (name, word, why)
    for name, marks in SEPARATORS.items()
    for word, why in [
        ("new york", "a space"),
        ("a\tb", "a tab"),
        ("a\nb", "a newline"),
        ("a\rb", "a carriage return"),
    ]
    if word.strip("abnewyork").encode() in marks and word.strip("abnewyork")
]


@pytest.mark.parametrize(("name", "word", "why"), REFUSED)
def test_words_that_do_not_fit_are_named(name, word, why, tmp_path):
    with pytest.raises(DataError, match=rf"the word {word!r} contains {why}".replace("\\", "\\\\")):
        save(example(["king", word]), tmp_path / "v", name)
    assert list(tmp_path.iterdir()) == []


def test_words_that_are_not_refused_are_kept():
    assert len(REFUSED) == 2 + 3 + 4 + 2 + 1 + 1


@pytest.mark.parametrize("name", FORMATS)
def test_lone_surrogates_are_refused(name, tmp_path):
    with pytest.raises(DataError, match=r"'a\\ud800'"):
        save(example(["king", "a\ud800"]), tmp_path / "v", name)
    assert list(tmp_path.iterdir()) == []


def test_finalfusion_holds_only_utf8():
    with pytest.raises(DataError, match=r"'bad\\udcff' is not UTF-8, which finalfusion demands"):
        written("finalfusion", example(["bad\udcff"]))


def flipped(data, bit):
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def read_or_refuse(name, path_or_source):
    """Read, and expect vectors or one of our errors in one line."""
    try:
        vectors = (
            FORMATS[name].load(path_or_source)
            if isinstance(path_or_source, Source)
            else load(path_or_source, name)
        )
    except W2VError as error:
        assert "\n" not in str(error)
        return None
    assert vectors.matrix.dtype == np.float32
    assert vectors.matrix.shape == (len(vectors.words), vectors.dim)
    return vectors


@pytest.mark.parametrize("half", [False, True])
@pytest.mark.parametrize("name", ALONE)
def test_every_flipped_bit_gives_vectors_or_an_error(name, half):
    if half and name not in HALVES:
        return
    data = written(name, example(), half=half)
    step = 7 if name == "parquet" else 1  # slower, and longer
    for bit in range(0, 8 * len(data), step):
        read_or_refuse(name, Source("x", flipped(data, bit)))


@pytest.mark.parametrize("name", PAIRS)
def test_every_flipped_bit_of_two_files_gives_vectors_or_an_error(name, tmp_path):
    path = tmp_path / "v"
    save(example(), path, name)
    for file in [path, FORMATS[name].words.path(path)]:
        data = file.read_bytes()
        for bit in range(0, 8 * len(data), 3):
            file.write_bytes(flipped(data, bit))
            read_or_refuse(name, path)
        file.write_bytes(data)


@pytest.mark.parametrize("name", ALONE)
def test_every_truncation_is_refused_or_harmless(name):
    vectors = example()
    data = written(name, vectors)
    for end in range(1, len(data)):
        again = read_or_refuse(name, Source("x", data[:end]))
        if again is None:
            continue
        # Only digits of the last number, or the last newline, can go unnoticed; of GloVe's
        # lines, which nobody counts, also whole ones.
        n = len(again)
        assert name in ("text", "glove") or end == len(data) - 1
        assert n == len(vectors) or name == "glove"
        assert again.words == vectors.words[:n]
        if name == "glove" and n == 1:
            continue  # no other line to compare it with
        changed = np.argwhere(again.matrix != vectors.matrix[:n])
        assert len(changed) <= 1
        assert (changed == [n - 1, 2]).all()


@pytest.mark.parametrize("name", FORMATS)
@given(data=st.binary(max_size=80))
def test_any_bytes_give_vectors_or_an_error(name, data):
    start = {
        "numpy": b"\x93NUMPY\x01\0\x76\0",
        "safetensors": b"\x20\0\0\0\0\0\0\0{",
        "parquet": b"PAR1",
        "finalfusion": b"FiFu\0\0\0\0\x02\0\0\0",
    }.get(name, b"")
    read_or_refuse(name, Source("/nowhere/x", start + data))


@pytest.mark.parametrize("name", PAIRS)
def test_two_files_do_not_fit_a_pipe(name, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in [tmp_path / "pipe", "/dev/stdout"]:
        with pytest.raises(ConfigError, match="is a pair of files, numbers and words"):
            check_output(path, name)


@pytest.mark.parametrize(
    ("name", "words"), [("numpy", "v.words.txt"), ("tensorboard", "v.metadata.tsv")]
)
def test_words_beside_that_are_missing_or_do_not_fit(name, words, tmp_path):
    path = tmp_path / "v"
    save(example(), path, name)
    (tmp_path / words).write_text("one\ntwo\nthree\n")
    with pytest.raises(DataError, match="has 4 vectors, but there are 3 words"):
        load(path, name)
    (tmp_path / words).write_text("one\ntwo\n\nfour\n")
    with pytest.raises(DataError, match="word 3 of 4 is empty"):
        load(path, name)
    (tmp_path / words).unlink()
    with pytest.raises(FileError, match=f"has numbers but no words: put them.*{words}"):
        load(path, name)


def test_parquet_without_its_library_names_the_extra(monkeypatch, tmp_path):
    save(example(), tmp_path / "v.parquet")
    monkeypatch.setitem(__import__("sys").modules, "pyarrow.parquet", None)
    for use in (lambda: load(tmp_path / "v.parquet"), lambda: save(example(), "w.parquet")):
        with pytest.raises(ConfigError, match=r"pip install 'w2v\[parquet\]'"):
            use()


def test_numbers_beyond_float32_in_a_file_are_refused(tmp_path):
    matrix = np.array([[1.0, 2.0], [3.0, 1e39]])
    np.save(tmp_path / "v.npy", matrix)
    np.save(tmp_path / "t.npy", np.asfortranarray(matrix))
    for name in ("v", "t"):
        (tmp_path / f"{name}.words.txt").write_text("a\nb\n")
        with pytest.raises(DataError, match=rf"^number 2 of word 2 of .*{name}.npy is 1e\+39"):
            load(tmp_path / f"{name}.npy")


def test_numbers_beyond_float32_in_parquet_are_refused():
    pa = pytest.importorskip("pyarrow")
    from pyarrow import parquet  # noqa: PLC0415

    file = io.BytesIO()
    parquet.write_table(pa.table({"word": ["a", "b"], "vector": [[1.0], [1e39]]}), file)
    with pytest.raises(DataError, match=r"^number 1 of row 2 of x is 1e\+39"):
        FORMATS["parquet"].load(Source("x", file.getvalue()))
