"""w2v analogy: A is to B as C is to what."""

import json

import pytest

from w2v.errors import DataError


@pytest.fixture
def royals(tmp_path):
    rows = ["man 1 0 0", "woman 0 1 0", "king 1 0 1", "queen 0 1 1", "apple -1 -1 0"]
    path = tmp_path / "vectors.bin"
    path.write_text("\n".join(["5 3", *rows]) + "\n")
    return path


def test_one_question(royals, w2v):
    answer = w2v("analogy", "man", "king", "woman", "-k", "1")
    assert (answer.code, answer.err) == (0, "")
    assert answer.lines == ["queen\t0.9586"]


def test_the_question_is_no_answer(royals, w2v):
    answer = w2v("analogy", "man", "king", "woman")
    assert [line.split("\t")[0] for line in answer.lines] == ["queen", "apple"]


def test_questions_from_stdin(royals, w2v):
    answer = w2v("analogy", "-k1", stdin=b"man king woman\n\nwoman\tqueen  man\r\n")
    assert answer.lines == ["man king woman\tqueen\t0.9586", "woman queen man\tking\t0.9586"]


def test_multiplied_cosines(royals, w2v):
    answer = w2v("analogy", "man", "king", "woman", "-k1", "--method", "3cosmul")
    cosines = [(x + 1) / 2 for x in (0.5, 0.5**0.5, 0)]
    assert answer.lines == [f"queen\t{cosines[0] * cosines[1] / (cosines[2] + 0.001):.4f}"]


def test_json(royals, w2v):
    answer = w2v("analogy", "man", "king", "woman", "-k1", "--json")
    assert json.loads(answer.out) == {
        "query": ["man", "king", "woman"],
        "answers": [{"word": "queen", "score": 0.958569}],
    }


def test_restricted_answers(royals, w2v, tmp_path):
    (tmp_path / "fruit.txt").write_text("apple\n")
    question = ("analogy", "man", "king", "woman")
    assert w2v(*question, "--among", "fruit.txt").lines[0].startswith("apple\t")
    assert w2v(*question, "--top-vocab", "3").lines == []


def test_an_unknown_word_is_told_and_the_others_answered(royals, w2v):
    answer = w2v("analogy", "-k1", stdin=b"man kin woman\nman king woman\n")
    assert answer.code == 1
    assert answer.lines == ["man king woman\tqueen\t0.9586"]
    assert answer.err == "w2v: 'kin' is not in the vocabulary: did you mean 'king'?\n"


@pytest.mark.parametrize("words", [["man"], ["man", "king"], ["man", "king", "woman", "queen"]])
def test_other_than_three_words(words, royals, w2v):
    answer = w2v("analogy", *words)
    assert answer.code == 2
    assert "give three, A B C" in answer.err


def test_a_line_of_other_than_three_words(royals, w2v):
    answer = w2v("analogy", "-k1", stdin=b"man king woman\n\nman king\nman king woman\n")
    assert answer.code == DataError.exit_code
    assert answer.lines == ["man king woman\tqueen\t0.9586"]
    assert answer.err == "w2v: error: stdin:3: 2 words: give three, A B C\n"
