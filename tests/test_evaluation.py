import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from w2v.errors import ConfigError, DataError, FileError
from w2v.evaluation import Section, _spearman, analogies, similarity
from w2v.vectors import Vectors

# Royalty and sex are two directions, so that analogies can be worked out by hand.
WORDS = ["man", "woman", "king", "queen", "boy", "girl", "apple", "King"]
MATRIX = np.array(
    [
        [1, 0, 0, 0.1],
        [0, 1, 0, 0.1],
        [1, 0, 1, 0],
        [0, 1, 1, 0],
        [1, 0, 0, 1],
        [0, 1, 0, 1],
        [-1, -1, -1, -1],
        [0, 1, 1, 0],
    ],
    np.float32,
)


@pytest.fixture
def vectors() -> Vectors:
    return Vectors(WORDS, MATRIX)


@pytest.fixture
def write(tmp_path):
    def write_file(content: str | bytes):
        path = tmp_path / "set.txt"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write_file


def slow_answer(vectors: Vectors, a: int, b: int, c: int) -> int:
    """Return the row that 3CosAdd answers with, by a plain float64 loop."""
    unit = vectors.matrix.astype(np.float64)
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    scores = {
        row: one @ (unit[b] - unit[a] + unit[c])
        for row, one in enumerate(unit)
        if row not in {a, b, c}
    }
    return max(scores, key=lambda row: (scores[row], -row))


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
        assert result.sections == (
            Section("family", 2, 3, 1),
            Section("gram1-nonsense", 1, 1, 0),
            Section("gram2-unknown", 0, 0, 1),
        )
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
        assert exact.sections == (Section("x", 1, 1, 1),)

    def test_of_several_spellings_only_the_first_row_answers(self, write):
        rows = np.array([[1, 0], [0, 1], [1, 1], [0, 1.1], [0, 1.2]], np.float32)
        vectors = Vectors(["a", "b", "c", "d", "B"], rows)
        assert analogies(vectors, write(": x\na b c d\n")).correct == 1

    def test_only_the_first_rows_are_known(self, vectors, write):
        path = write(": x\nman woman king queen\nman woman boy girl\n")
        result = analogies(vectors, path, restrict=4)
        assert result.sections == (Section("x", 1, 1, 1),)
        assert analogies(vectors, path, restrict=None).total == 2
        with pytest.raises(ConfigError, match="restrict is 0"):
            analogies(vectors, path, restrict=0)

    def test_it_agrees_with_a_plain_loop_over_many_blocks(self, write):
        rng = np.random.default_rng(5)
        n = 2_500
        vectors = Vectors([f"w{i}" for i in range(n)], rng.normal(size=(n, 6)).astype(np.float32))
        lines, right = [], 0
        for _ in range(700):
            a, b, c, wrong = rng.choice(n, 4, replace=False).tolist()
            answer = slow_answer(vectors, a, b, c)
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
            (": x\n", "none of 0 questions"),
            (" \n", r"set\.txt is empty"),
        ],
    )
    def test_bad_files(self, vectors, write, content, message):
        with pytest.raises(DataError, match=message):
            analogies(vectors, write(content))

    def test_a_missing_file(self, vectors, tmp_path):
        with pytest.raises(FileError, match=r"no\.txt cannot be read: No such file"):
            analogies(vectors, tmp_path / "no.txt")


class TestSimilarity:
    def test_order_is_all_that_counts(self, vectors, write):
        path = write("man\tboy\t9\nman\twoman\t3.5\nman\tapple\t0\nman\tprince\t5\n")
        result = similarity(vectors, path)
        assert (result.spearman, result.pairs, result.skipped) == (pytest.approx(1), 3, 1)
        path = write("man\tboy\t0\nman\twoman\t3.5\nman\tapple\t9\n")
        assert similarity(vectors, path).spearman == pytest.approx(-1)

    @pytest.mark.parametrize("separator", ["\t", " ", ",", ", ", "  ", " \t", ";"])
    @pytest.mark.parametrize("end", ["\n", "\r\n"])
    def test_layouts(self, vectors, write, separator, end):
        rows = [("Man", "Boy", "9"), ("man", "woman", "3.5"), ("man", "apple", "1e-3")]
        path = write("# a comment\n" + end.join(separator.join(row) for row in rows) + end)
        assert similarity(vectors, path).pairs == 3

    def test_a_header_is_left_out(self, vectors, write):
        path = write("\ufeffWord 1,Word 2,Human (mean)\nman,boy,9\nman,woman,3\n")
        assert similarity(vectors, path).pairs == 2

    def test_case(self, vectors, write):
        path = write("Man Boy 9\nman woman 3\nman apple 1\n")
        assert similarity(vectors, path).pairs == 3
        result = similarity(vectors, path, lowercase=False)
        assert (result.pairs, result.skipped) == (2, 1)

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            ("man boy 9\nman woman\n", r"set\.txt:2: 'man woman' is not two words and a number"),
            ("man boy 9\nman woman x\n", r"set\.txt:2: 'man woman x' is not"),
            ("man boy 9\nman woman nan\n", r"set\.txt:2: "),
            ("man boy 9\nman woman 1 2\n", r"set\.txt:2: "),
            ("man boy 9\nwalk go 1\n", "1 of 2 pairs are in the vocabulary"),
            ("", r"set\.txt is empty"),
        ],
    )
    def test_bad_files(self, vectors, write, content, message):
        with pytest.raises(DataError, match=message):
            similarity(vectors, write(content))


class TestSpearman:
    def test_known_values(self):
        # With ties: ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4 give sqrt(0.9).
        assert _spearman(np.array([1, 2, 2, 3]), np.array([1, 2, 3, 4])) == pytest.approx(0.9**0.5)
        assert _spearman(np.array([1, 2, 3, 4, 5]), np.array([2, 1, 4, 3, 5])) == pytest.approx(0.8)
        assert math.isnan(_spearman(np.array([1, 1, 1]), np.array([1, 2, 3])))

    @given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=2, max_size=20))
    def test_it_is_the_correlation_of_average_ranks(self, pairs):
        x, y = (np.array(side, dtype=float) for side in zip(*pairs, strict=True))
        # A rank: those below, and half of those equal.
        ranks = [[(v < one).sum() + ((v == one).sum() + 1) / 2 for one in v] for v in (x, y)]
        if len(set(x)) == 1 or len(set(y)) == 1:
            assert math.isnan(_spearman(x, y))
        else:
            assert _spearman(x, y) == pytest.approx(np.corrcoef(*ranks)[0, 1], abs=1e-12)
