import math

import numpy as np
import pytest

from w2v.errors import ConfigError, DataError, FileError
from w2v.evaluation import analogies
from w2v.vectors import Vectors


def slow_answer(unit: np.ndarray, a: int, b: int, c: int) -> int:
    """Return the row that 3CosAdd answers with, of float64 rows of length 1."""
    scores = unit @ (unit[b] - unit[a] + unit[c])
    scores[[a, b, c]] = -np.inf
    return int(scores.argmax())


class TestAnalogies:
    def test_counts(self, vectors, write):
        path = write(
            ": family\n"
            "man woman king queen\n"
            "Man Woman Boy Girl\r\n"
            "man woman king apple\n"
            "man woman prince princess\n"
            "\n"
            ": gram1-nonsense\n"
            "king queen boy girl\n"
            ": gram2-unknown\n"
            "walk walked go went\n"
        )
        result = analogies(vectors, path)
        assert [one[:5] for one in result.sections] == [
            ("family", 2, 3, 1, 3),
            ("gram1-nonsense", 1, 1, 0, 1),
            ("gram2-unknown", 0, 0, 1, 0),
        ]
        assert (result.correct, result.total, result.skipped) == (3, 4, 2)
        assert result.accuracy == 3 / 4
        assert result.semantic == 2 / 3
        assert result.syntactic == 1
        assert math.isnan(result.sections[2].accuracy)

    def test_question_words_are_no_answers(self, write):
        # b - a + c is nearest to c itself; the expected word comes second.
        rows = np.array([[1, 0.1], [1, 0.2], [0, 1], [0.2, 1], [-1, -1]], np.float32)
        vectors = Vectors(["a", "b", "c", "d", "e"], rows)
        assert analogies(vectors, write(": x\na b c d\n")).correct == 1
        assert analogies(vectors, write(": x\na b c c\n")).correct == 0

    def test_case(self, vectors, write):
        path = write(": x\nman woman king queen\nWoman Man Queen King\n")
        assert analogies(vectors, path).correct == 2
        exact = analogies(vectors, path, lowercase=False)
        # "King" of row 7 now stands for itself and equals queen: the first of equals wins.
        assert exact.sections[0][:4] == ("x", 1, 1, 1)

    def test_no_other_spelling_of_a_question_word_answers(self, write):
        rows = np.array([[1, 0], [0, 1], [1, 1], [0.3, 1.1], [0, 1.2]], np.float32)
        vectors = Vectors(["a", "b", "c", "d", "B"], rows)
        assert analogies(vectors, write(": x\na b c d\n")).correct == 1
        assert analogies(vectors, write(": x\na b c d\n"), lowercase=False).correct == 0

    def test_another_spelling_of_the_answer_is_right(self, write):
        rows = np.array([[1, 0], [0, 1], [1, 1], [1, 0.9], [0, 1.2]], np.float32)
        vectors = Vectors(["a", "b", "c", "d", "D"], rows)
        assert analogies(vectors, write(": x\na b c d\n")).correct == 1
        assert analogies(vectors, write(": x\na b c d\n"), lowercase=False).correct == 0

    def test_nothing_but_question_words_is_no_answer(self, write):
        vectors = Vectors(["a", "b"], np.eye(2, dtype=np.float32))
        result = analogies(vectors, write("a b a a\n"))
        assert (result.correct, result.total) == (0, 1)

    def test_only_the_first_rows_are_known(self, vectors, write):
        path = write(": x\nman woman king queen\nman woman boy girl\n")
        result = analogies(vectors, path, restrict=4)
        assert result.sections[0][:4] == ("x", 1, 1, 1)
        assert analogies(vectors, path, restrict=None).total == 2
        with pytest.raises(ConfigError, match="restrict is 0"):
            analogies(vectors, path, restrict=0)

    def test_it_agrees_with_a_plain_loop_over_many_blocks(self, write):
        rng = np.random.default_rng(5)
        n = 2_500
        vectors = Vectors([f"w{i}" for i in range(n)], rng.normal(size=(n, 6)).astype(np.float32))
        unit = vectors.matrix.astype(np.float64)
        unit /= np.linalg.norm(unit, axis=1, keepdims=True)
        lines, right = [], 0
        for _ in range(700):
            a, b, c, wrong = rng.choice(n, 4, replace=False).tolist()
            answer = slow_answer(unit, a, b, c)
            take = rng.random() < 0.5
            right += take or answer == wrong
            lines.append(f"w{a} w{b} w{c} w{answer if take else wrong}")
        result = analogies(vectors, write(": x\n" + "\n".join(lines)))
        assert (result.correct, result.total) == (right, 700)

    def test_of_equal_answers_the_first_row_counts_however_far_apart(self, write):
        rows = np.tile(np.array([[-1, -1]], np.float32), (3_000, 1))
        rows[[0, 1, 2, 3, 2_999]] = [[1, 0], [0, 1], [1, 1], [0, 1], [0, 1]]
        vectors = Vectors([f"w{i}" for i in range(3_000)], rows)
        assert analogies(vectors, write("w0 w1 w2 w3\n")).correct == 1
        assert analogies(vectors, write("w0 w1 w2 w2999\n")).correct == 0

    def test_zero_and_infinite_rows_are_never_the_answer_by_accident(self, write):
        rows = np.array([[1, 0], [0, 1], [1, 1], [0, 1], [0, 0], [np.nan, 1], [np.inf, 0]])
        vectors = Vectors(list("abcdefg"), rows.astype(np.float32))
        assert analogies(vectors, write("a b c d\n")).correct == 1

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            (": x\nman woman king queen\nman woman king\n", r"set\.txt:3: 3 words: give four"),
            (": x\nman woman king queen boy\n", r"set\.txt:2: 5 words"),
            ("walk walked go went\n", "none of 1 questions has all its words"),
            (": x\n", r"set\.txt: no question in it"),
            (" \n", r"set\.txt is empty"),
        ],
    )
    def test_bad_files(self, vectors, write, content, message):
        with pytest.raises(DataError, match=message):
            analogies(vectors, write(content))

    def test_a_missing_file(self, vectors, tmp_path):
        with pytest.raises(FileError, match=r"no\.txt cannot be read: No such file"):
            analogies(vectors, tmp_path / "no.txt")
