"""w2v vocab: the words training would see."""

import json

import pytest

TEXT = b"b a b\na c \xff\xff\nB a b d\n\xff\xff"


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "text.txt"
    path.write_bytes(TEXT)
    return path


def test_counts_fall_and_ties_keep_their_order(text, w2v):
    answer = w2v("vocab", text, "--min-count", "1")
    assert answer.code == 0
    assert answer.out == b"b\t3\na\t3\n\xff\xff\t2\nc\t1\nB\t1\nd\t1\n"
    assert answer.err == ""


def test_every_option_counts(text, w2v):
    run = ("vocab", text, "--min-count")
    assert w2v(*run, "3").out == b"b\t3\na\t3\n"
    assert w2v(*run, "1", "--max-vocab", "2").out == b"b\t3\na\t3\n"
    assert w2v(*run, "3", "--lowercase").out == b"b\t4\na\t3\n"
    assert w2v(*run, "3", "--threads", "2").out == b"b\t3\na\t3\n"


def test_several_files(text, w2v):
    assert w2v("vocab", text, text, "--min-count", "6").out == b"b\t6\na\t6\n"


def test_stdin(finish):
    assert finish("vocab", "-", "--min-count", "3", stdin=TEXT).out == b"b\t3\na\t3\n"


def test_json(text, w2v):
    lines = w2v("vocab", text, "--min-count", "2", "--json").lines
    assert [json.loads(line) for line in lines] == [
        {"word": "b", "count": 3},
        {"word": "a", "count": 3},
        {"word": "\udcff\udcff", "count": 2},
    ]


def test_settings_are_checked(text, w2v):
    answer = w2v("vocab", text, "--min-count", "0")
    assert answer.code == 2
    assert "min_count is 0" in answer.err


def test_one_word_is_enough_to_count(w2v, tmp_path):
    (tmp_path / "text").write_text("a b a\n" * 9)
    assert w2v("vocab", "text", "--max-vocab", "1").lines == ["a\t18"]
    assert w2v("vocab", "text", W2V_MAX_VOCAB="1").lines == ["a\t18"]
    assert w2v("vocab", "text", "--max-final-vocab", "0").code == 2
