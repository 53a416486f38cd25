"""w2v vectors: decimals that read back to the same numbers."""

import json

import numpy as np

import w2v as package
from w2v.vectors import Vectors


def test_words_and_their_numbers(vectors, w2v):
    answer = w2v("vectors", "south", "bad\udcff", "south")
    assert (answer.code, answer.err) == (0, "")
    assert answer.out == b"south -1 0\nbad\xff 0.9 0.1\nsouth -1 0\n"


def test_words_from_stdin(vectors, w2v):
    answer = w2v("vectors", stdin=b"east\r\n\nnortheast")
    assert answer.lines == ["east 0 1", "northeast 0.7 0.7"]


def test_numbers_read_back_exactly(w2v, tmp_path):
    bits = np.random.default_rng(1).integers(0, 2**32, 3000, dtype=np.uint32)
    numbers = bits.view(np.float32)
    numbers[:3] = np.nan, np.inf, -np.inf
    package.save(Vectors(["a", "b"], numbers.reshape(2, -1)), tmp_path / "vectors.bin")
    text = np.array(w2v("vectors", "a", "b").out.split()).reshape(2, -1)[:, 1:]
    assert np.array_equal(text.astype(np.float32).ravel(), numbers, equal_nan=True)
    records = [json.loads(line) for line in w2v("vectors", "a", "b", "--json").lines]
    assert [record["word"] for record in records] == ["a", "b"]
    listed = np.array([record["vector"] for record in records], dtype=np.float32).ravel()
    finite = np.isfinite(numbers)
    assert np.array_equal(listed[finite], numbers[finite])
    assert np.isnan(listed[~finite]).all()


def test_an_unknown_word_is_told_and_the_others_printed(vectors, w2v):
    answer = w2v("vectors", "east", "wset", "south")
    assert answer.code == 1
    assert answer.lines == ["east 0 1", "south -1 0"]
    assert answer.err.startswith("w2v: 'wset' is not in the vocabulary")


def test_only_unknown_words(vectors, w2v):
    answer = w2v("vectors", "xyzzy")
    assert (answer.code, answer.out) == (1, b"")


def test_vectors_and_words_cannot_both_come_from_stdin(w2v):
    assert w2v("vectors", "-m", "-", stdin=b"").code == 2


def test_they_are_queries_of_another_file(vectors, w2v):
    printed = w2v("vectors", "east", "south")
    answer = w2v("similar", "--by-vector", "-k1", stdin=printed.out)
    assert answer.lines == ["east\teast\t1.0000", "south\tsouth\t1.0000"]
