"""w2v convert: one format into another, whole or not at all."""

import json

import numpy as np
import pytest

import w2v as package
from w2v.formats import FORMATS


@pytest.mark.parametrize("suffix", sorted({format.suffixes[0] for format in FORMATS.values()}))
def test_there_and_back(vectors, w2v, suffix):
    plain = package.load(vectors)
    words = ["--words", "words.txt"] if suffix == ".fifu" else []  # it holds UTF-8 only
    (vectors.parent / "words.txt").write_text("\n".join(plain.words[:-1]))
    answer = w2v("convert", vectors, f"there{suffix}", *words)
    assert (answer.code, answer.out) == (0, b""), answer.err
    assert answer.err.startswith(f"wrote there{suffix}")
    assert w2v("convert", f"there{suffix}", "back.bin", "-q").err == ""
    back = package.load("back.bin")
    assert back.words == plain.words[: len(back)]
    assert len(back) == 4 + (not words)
    assert np.allclose(back.matrix, plain.matrix[: len(back)], rtol=1e-6, atol=0)


def test_pipes(vectors, finish):
    text = vectors.read_bytes()
    binary = finish("convert", "-", "-", "--to", "word2vec", stdin=text)
    assert binary.code == 0
    assert binary.err == "wrote stdout: 5 words x 2\n"
    again = finish("convert", "-q", "-", "-", "--from", "word2vec", stdin=binary.out)
    assert (again.out, again.err) == (text, "")
    parquet = finish("convert", "-", "-", "--to", "parquet", stdin=text)
    assert finish("convert", "-", "-", stdin=parquet.out).out == text


def test_stdout_into_a_file(vectors, finish, tmp_path):
    with (tmp_path / "out").open("wb") as out:
        assert finish("convert", vectors, "-", stdout=out).code == 0
    assert (tmp_path / "out").read_bytes() == vectors.read_bytes()


def test_a_file_may_be_replaced_by_itself(vectors, w2v):
    before = package.load(vectors)
    assert w2v("convert", vectors, vectors).code == 0
    assert package.load(vectors).words == before.words
    assert vectors.read_bytes().count(b"\n") > 5


def test_fewer_words(vectors, w2v, tmp_path):
    (tmp_path / "words").write_bytes(b"bad\xff\r\nsouth\nnorth\nmissing\n\nmissing")
    answer = w2v("convert", vectors, "some.txt", "--words", "words", "--top", "2")
    assert answer.code == 0
    assert "1 of 4 words are not among the vectors: 'missing'\n" in answer.err
    assert package.load("some.txt").words == ["north", "south"]
    (tmp_path / "words").write_text("missing")
    answer = w2v("convert", vectors, "none.txt", "--words", "words")
    assert answer.code == 1
    assert not (tmp_path / "none.txt").exists()


def test_other_numbers(vectors, w2v):
    assert w2v("convert", vectors, "v.npy", "--normalize", "--float16", "--reduce", "1").code == 0
    matrix = np.load("v.npy")
    assert (matrix.dtype, matrix.shape) == (np.float16, (5, 1))
    assert np.abs(matrix).tolist() == [[1]] * 5


def test_duplicates_are_kept_and_said_once(w2v, tmp_path):
    (tmp_path / "v.txt").write_text("3 1\na 1\nb 2\na 3\n")
    answer = w2v("convert", "v.txt", "v.bin")
    assert answer.err.count("\n") == 2
    assert "1 word with more than one vector" in answer.err
    assert "'a'" in answer.err
    assert package.load("v.bin").matrix.tolist() == [[1], [2], [3]]
    facts = json.loads(w2v("info", "v.bin", "--json").out)
    assert facts["duplicates"] == 1


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        (["vectors.bin", "v.doc"], 2, "'.doc' names no format"),
        (["vectors.bin", "v.txt", "--to", "doc"], 2, "no format 'doc'"),
        (["vectors.bin", "v.txt", "--from", "doc"], 2, "no format 'doc'"),
        (["vectors.bin", "v.bin", "--float16"], 2, "for float16 write"),
        (["vectors.bin", "-", "--to", "numpy"], 2, "is a pair of files"),
        (["vectors.bin", "v.txt", "--reduce", "3"], 2, "vectors of 2 numbers cannot be reduced"),
        (["vectors.bin", "v.txt", "--top", "0"], 2, "--top"),
        (["-", "v.txt", "--words", "-"], 2, "standard input can be read once"),
        (["missing.bin", "v.txt"], 4, "missing.bin"),
        (["vectors.bin", "v.txt", "--words", "missing"], 4, "missing"),
        (["vectors.bin", "v.txt", "--words", "empty"], 3, "empty: empty: give --words a file"),
        (["vectors.bin", "nowhere/v.txt"], 4, "nowhere"),
        (["vectors.bin", "folder.bin"], 4, "folder.bin is a folder"),
        (["vectors.bin", "f.npy"], 4, "f.words.txt is a folder"),
        (["vectors.bin", "v.fifu"], 3, r"'bad\udcff' is not UTF-8"),
        (["pickle", "v.txt"], 3, "never read: in gensim, call save_word2vec_format"),
        (["spaces.parquet", "v.bin"], 3, "'new york' contains a space"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_written(
    vectors, w2v, tmp_path, untouched, args, code, message
):
    (tmp_path / "folder.bin").mkdir()
    (tmp_path / "empty").write_text("\n\n")
    (tmp_path / "f.words.txt").mkdir()
    (tmp_path / "pickle").write_bytes(b"\x80\x04\x95")
    spaces = package.Vectors(["new york"], np.ones((1, 2), np.float32))
    package.save(spaces, tmp_path / "spaces.parquet")
    untouched()
    answer = w2v("convert", *args)
    assert answer.code == code, answer.err
    assert message in answer.err
    assert answer.err.count("\n") == 1
    assert answer.out == b""


def test_formats_in_the_help_are_those_there_are(w2v):
    shown = w2v("convert", "--help").out.decode()
    for name, format in FORMATS.items():
        assert f"{name} {format.suffixes[0]}" in shown


def test_train_writes_the_words_beside_numpy(corpus, w2v, tmp_path):
    args = ("train", corpus, "--dim", "4", "--threads", "1", "--epochs", "1", "-q")
    assert w2v(*args, "-o", "v.npy").code == 0
    assert len(package.load("v.npy")) == 10
    answer = w2v(*args, "-o", "-", "--format", "numpy")
    assert (answer.code, answer.out) == (2, b"")
    assert "is a pair of files" in answer.err


def test_the_run_record_goes_along(vectors, w2v, tmp_path):
    record = vectors.parent / f"{vectors.stem}.run.json"
    record.write_text('{"settings": {"dim": 2}}')
    assert w2v("convert", vectors, "a.npy", "--float16").code == 0
    assert w2v("convert", "a.npy", "b.txt", "--top", "3").code == 0
    copied = json.loads((tmp_path / "b.run.json").read_text())
    assert copied["settings"] == {"dim": 2}
    first, second = copied["converted"]
    assert (first["from"], first["words"], first["float16"]) == (str(vectors), 5, True)
    assert (second["from"], second["words"], second["float16"]) == ("a.npy", 3, False)
    assert "run.converted.2.words\t3\n" in w2v("info", "b.txt").out.decode()
    # Files of one name in two formats share theirs.
    assert w2v("convert", "b.txt", "b.bin").code == 0
    assert json.loads((tmp_path / "b.run.json").read_text()) == copied


def test_run_records_that_are_in_the_way(vectors, w2v, tmp_path):
    (tmp_path / "a.run.json").write_text("{}")
    answer = w2v("convert", vectors, "a.txt")
    assert answer.code == 0
    assert "w2v: a.run.json tells how other vectors were made" in answer.err
    record = vectors.parent / f"{vectors.stem}.run.json"
    record.write_text("[")
    answer = w2v("convert", vectors, "c.txt")
    assert answer.code == 3
    assert "not a run record" in answer.err
    assert not (tmp_path / "c.txt").exists()
