import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from w2v.errors import ConfigError, DataError, NotFoundError
from w2v.vectors import Vectors

WORDS = ["king", "queen", "man", "woman", "apple", "nothing"]
MATRIX = np.array([[2, 1, 0], [2, 2, 0], [1, 0, 0], [1, 1, 0], [0, 0, 3], [0, 0, 0]], np.float32)


@pytest.fixture
def vectors() -> Vectors:
    return Vectors(WORDS, MATRIX)


def slow_nearest(vectors: Vectors, row: int, k: int) -> list[tuple[str, float]]:
    """Return the nearest words by a plain float64 loop."""
    scored = []
    query = vectors.matrix[row].astype(np.float64)
    for other, vector in enumerate(vectors.matrix.astype(np.float64)):
        lengths = np.linalg.norm(vector) * np.linalg.norm(query)
        cosine = float(vector @ query / lengths) if 0 < lengths < np.inf else 0.0
        if other != row:
            scored.append((-round(cosine, 12), other))
    return [(vectors.words[other], -cosine) for cosine, other in sorted(scored)[:k]]


def test_looking_words_up(vectors):
    assert len(vectors) == 6
    assert vectors.dim == 3
    assert list(vectors) == vectors.words == WORDS
    assert "king" in vectors
    assert "King" not in vectors
    assert None not in vectors
    assert vectors.row("woman") == 3
    assert vectors["woman"].tolist() == [1, 1, 0]
    assert vectors["woman"].dtype == np.float32
    assert vectors.record is None
    assert Vectors(["a"], np.ones((1, 1)), record={"dim": 1}).record == {"dim": 1}


def test_a_float32_matrix_is_not_copied_and_its_rows_may_be_padded():
    padded = np.arange(32, dtype=np.float32).reshape(2, 16)
    vectors = Vectors(["a", "b"], padded[:, :3])
    assert np.shares_memory(vectors.matrix, padded)
    assert vectors.nearest("a")[0][0] == "b"
    assert Vectors(["a"], np.ones((1, 2), np.float64)).matrix.dtype == np.float32


def test_numbers_beyond_float32_are_refused_and_infinite_ones_kept():
    matrix = np.ones((300_000, 2))
    matrix[299_999, 1] = -1e39
    words = [f"w{row}" for row in range(300_000)]
    with pytest.raises(DataError, match=r"^number 2 of 'w299999' is -1e\+39, .* float32"):
        Vectors(words, matrix)
    matrix[299_999, 1] = -np.inf
    assert Vectors(words, matrix).matrix[-1].tolist() == [1, -np.inf]


def test_norms(vectors):
    assert vectors.norms.tolist() == pytest.approx(np.linalg.norm(MATRIX, axis=1).tolist())
    assert vectors.norms is vectors.norms


@pytest.mark.parametrize(
    ("words", "shape", "message"),
    [
        (["a", "b"], (3, 2), r"shape \(3, 2\): give \(2, dim\)"),
        (["a", "b"], (2,), r"shape \(2,\): give \(2, dim\)"),
        ([], (0, 3), "holds no number"),
        (["a"], (1, 0), "holds no number"),
        (["a", b"b"], (2, 2), "the word b'b' is a bytes: give strings"),
    ],
)
def test_what_vectors_cannot_be_made_of(words, shape, message):
    with pytest.raises(DataError, match=message):
        Vectors(words, np.zeros(shape, np.float32))


def test_words_may_come_as_an_array():
    vectors = Vectors(np.array(["b", "a"]), np.eye(2, dtype=np.float32))
    assert vectors.words == ["b", "a"]
    assert {type(word) for word in vectors.words} == {str}


class TestNearest:
    def test_a_word(self, vectors):
        found = vectors.nearest("king", k=2)
        assert [word for word, _ in found] == ["queen", "woman"]
        assert [c for _, c in found] == pytest.approx([3 / 10**0.5] * 2, abs=1e-6)
        assert [type(one) for one in found[0]] == [str, float]

    def test_a_vector_excludes_nothing(self, vectors):
        for query in (vectors["king"], [2, 1, 0], (2.0, 1.0, 0.0), np.array([2e300, 1e300, 0])):
            assert vectors.nearest(query, k=1) == [("king", pytest.approx(1))]

    def test_several_words_are_averaged_at_length_one(self, vectors):
        mean = MATRIX[1] / 8**0.5 + MATRIX[4] / 3
        expected = [
            (word, float(row @ mean / np.linalg.norm(row) / np.linalg.norm(mean)))
            for word, row in zip(WORDS, MATRIX, strict=True)
            if word in {"king", "man", "woman"}
        ]
        expected.sort(key=lambda one: -one[1])
        found = vectors.nearest(["queen", "apple"], k=3)
        assert [word for word, _ in found] == [word for word, _ in expected]
        assert [c for _, c in found] == pytest.approx([c for _, c in expected], abs=1e-6)
        assert vectors.nearest(np.array(["queen", "apple"]), k=3) == found

    def test_more_than_there_are(self, vectors):
        assert len(vectors.nearest("king", k=100)) == 5
        assert len(vectors.nearest(["king", "king", "queen"], k=100)) == 4
        assert len(vectors.nearest([1, 1, 1], k=100)) == 6
        assert vectors.nearest(WORDS[:5], k=100) == [("nothing", 0.0)]
        assert vectors.nearest(WORDS, k=1) == []

    def test_equal_cosines_come_by_row_also_at_the_edge(self):
        words = [f"w{i}" for i in range(200)]
        vectors = Vectors(words, np.tile(np.array([[1, 2]], np.float32), (200, 1)))
        assert [word for word, _ in vectors.nearest("w3", k=5)] == ["w0", "w1", "w2", "w4", "w5"]

    def test_equal_cosines_come_by_row_among_others(self):
        rng = np.random.default_rng(2)
        matrix = np.eye(3, dtype=np.float32)[rng.integers(0, 3, 400)]
        vectors = Vectors([f"w{i}" for i in range(400)], matrix)
        query = np.array([3, 2, 1])
        order = sorted(range(400), key=lambda row: (-matrix[row] @ query, row))
        assert [word for word, _ in vectors.nearest(query, k=390)] == [
            f"w{row}" for row in order[:390]
        ]

    def test_nothing_is_near_nothing(self, vectors):
        assert vectors.nearest("nothing", k=2) == [("king", 0.0), ("queen", 0.0)]
        assert vectors.nearest("king", k=5)[-1] == ("nothing", 0.0)

    def test_a_word_with_two_rows_is_excluded_with_both(self):
        vectors = Vectors(["a", "b", "a", "c"], np.eye(4, dtype=np.float32)[:, :3] + 1)
        assert vectors.row("a") == 0
        assert vectors.duplicates == ["a"]
        assert {word for word, _ in vectors.nearest("a")} == {"b", "c"}

    def test_no_duplicates(self, vectors):
        assert vectors.duplicates == []

    def test_rows_that_are_not_finite_are_near_nothing(self):
        rows = [[1, 1], [np.nan, 1], [np.inf, 1], [1, 2], [-1, -1]]
        vectors = Vectors(list("abcde"), np.array(rows, np.float32))
        found = dict(vectors.nearest("a"))
        assert found == {"d": pytest.approx(3 / 10**0.5), "b": 0, "c": 0, "e": pytest.approx(-1)}
        for query in ("b", ["a", "c"], [np.nan, 1]):
            with pytest.raises(DataError, match="is not finite"):
                vectors.nearest(query)

    @pytest.mark.parametrize("scale", [1e-45, 1e-38, 1e-30, 1e-16, 1e16, 1e30, 1e38])
    def test_tiny_and_huge_rows_have_their_cosines(self, scale):
        row = np.array([2, 1], np.float32)
        rows = np.array([row * scale, [1, 0], [2, 1], -row * scale], np.float32)
        vectors = Vectors(list("abcd"), rows)
        expected = slow_nearest(vectors, 1, 3)
        found = vectors.nearest("b")
        assert [word for word, _ in found] == [word for word, _ in expected]
        assert [c for _, c in found] == pytest.approx([c for _, c in expected], abs=1e-6)

    @given(
        hnp.arrays(
            np.float32,
            st.tuples(st.integers(1, 8), st.integers(1, 4)),
            elements=st.floats(width=32),
        ),
        st.integers(1, 10),
    )
    def test_scores_are_always_numbers_and_in_order(self, matrix, k):
        vectors = Vectors([f"w{i}" for i in range(len(matrix))], matrix)
        try:
            found = vectors.nearest("w0", k)
        except DataError:
            assert not np.isfinite(matrix[0]).all()
            return
        scores = [score for _, score in found]
        assert len(found) == min(k, len(matrix) - 1)
        assert all(-1 <= score <= 1 for score in scores)
        assert scores == sorted(scores, reverse=True)

    def test_it_agrees_with_a_plain_loop(self):
        rng = np.random.default_rng(3)
        matrix = rng.normal(size=(500, 20)).astype(np.float32)
        vectors = Vectors([f"w{i}" for i in range(500)], matrix)
        for row in range(0, 500, 50):
            found = vectors.nearest(f"w{row}", k=7)
            expected = slow_nearest(vectors, row, 7)
            assert [word for word, _ in found] == [word for word, _ in expected]
            assert [c for _, c in found] == pytest.approx([c for _, c in expected], abs=1e-6)

    @pytest.mark.parametrize(
        ("query", "k", "message"),
        [
            ("king", 0, "k is 0: give 1 or more"),
            ("king", -3, "k is -3"),
            ("king", 2.5, "k is 2.5: give a whole number"),
            ([], 1, "the query has no words"),
            (
                [1.0, 2.0],
                1,
                r"shape \(2,\): give a word, several words, or a vector of shape \(3,\)",
            ),
            (np.zeros((1, 3)), 1, r"shape \(1, 3\)"),
            (["king", 3], 1, "neither words nor a vector"),
            (7, 1, r"shape \(\)"),
            (None, 1, "the query"),
        ],
    )
    def test_arguments_that_make_no_sense(self, vectors, query, k, message):
        with pytest.raises(ConfigError, match=message):
            vectors.nearest(query, k=k)


class TestUnknownWords:
    @pytest.mark.parametrize("look", ["__getitem__", "row", "nearest"])
    def test_close_spellings_are_offered(self, vectors, look):
        with pytest.raises(NotFoundError) as caught:
            getattr(vectors, look)("quene")
        assert str(caught.value) == "'quene' is not in the vocabulary: did you mean 'queen'?"

    def test_the_other_case_is_offered_first(self):
        vectors = Vectors(["paris", "Parish", "PARIS"], np.ones((3, 1), np.float32))
        with pytest.raises(NotFoundError, match="did you mean 'paris' or 'PARIS'"):
            vectors.row("Paris")

    @pytest.mark.parametrize("word", ["", "xyzzy", "\udcff", "x" * 10_000])
    def test_nothing_is_offered_where_nothing_is_close(self, vectors, word):
        with pytest.raises(NotFoundError) as caught:
            vectors.row(word)
        assert str(caught.value) == f"{word!r} is not in the vocabulary"

    def test_a_missing_word_among_several_is_named(self, vectors):
        with pytest.raises(NotFoundError, match=r"^'prince' is not"):
            vectors.nearest(["king", "prince"])


def test_words_are_found_one_by_one_as_in_a_dict():
    words = ["a", "b", "a", "c", "b"]
    vectors = Vectors(words, np.ones((5, 1), np.float32))
    for _ in range(30):  # the first by looking along the list
        assert [vectors.row(word) for word in "abc"] == [0, 1, 3]
        assert "d" not in vectors
        with pytest.raises(NotFoundError):
            vectors.row("d")
    assert vectors.duplicates == ["a", "b"]


def test_without_equal_words_there_are_no_duplicates():
    words = [f"w{i}" for i in range(1000)]
    assert Vectors(words, np.ones((1000, 1), np.float32)).duplicates == []
    assert Vectors([*words, "w7"], np.ones((1001, 1), np.float32)).duplicates == ["w7"]


def test_gensim_gets_the_same_words_and_numbers():
    pytest.importorskip("gensim")
    words = ["king", "queen", "king", "a b", "\udcff"]
    matrix = np.random.default_rng(1).standard_normal((5, 3)).astype(np.float32)
    keyed = Vectors(words, matrix).to_gensim()
    assert keyed.index_to_key == ["king", "queen", "a b", "\udcff"]
    assert keyed.vectors.tolist() == matrix[[0, 1, 3, 4]].tolist()
    assert keyed.vectors.dtype == np.float32
    keyed.vectors[:] = 0
    assert matrix.all()


def test_without_gensim_its_extra_is_named(vectors, monkeypatch):
    monkeypatch.setitem(sys.modules, "gensim.models", None)
    with pytest.raises(ConfigError, match=r"pip install 'w2v\[gensim\]'"):
        vectors.to_gensim()
