"""Answers are those of a plain float64 sort, however many are asked and however they tie."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from w2v import search
from w2v.queries import answer, prepare, prepare_analogy
from w2v.vectors import Vectors


def units(matrix):
    matrix = matrix.astype(np.float64)
    norms = np.linalg.norm(matrix, axis=1)
    usable = np.isfinite(norms) & (norms > 0)
    return np.where(usable[:, None], matrix, 0) / np.where(usable, norms, 1)[:, None]


def sort_all(scores, barred, k):
    """Return rows and scores by a sort of everything, equal scores by row."""
    rows = [row for row in range(len(scores)) if row not in barred]
    rows.sort(key=lambda row: (-round(float(scores[row]), 12), row))
    return rows[:k], [float(scores[row]) for row in rows[:k]]


def made(n, dim, seed=0):
    rng = np.random.default_rng(seed)
    matrix = (rng.normal(size=(n, dim)) * rng.uniform(0.1, 10, (n, 1))).astype(np.float32)
    return Vectors([f"w{row}" for row in range(n)], matrix)


@pytest.fixture
def small(monkeypatch):
    """Make matrix products so small that few rows take many of them."""
    monkeypatch.setattr(search, "_FEWEST_ROWS", 64)
    monkeypatch.setattr(search, "_MOST_ROWS", 128)
    monkeypatch.setattr(search, "_SCORES", 2048)
    monkeypatch.setattr(search, "_EXACT_NUMBERS", 500)


@pytest.mark.parametrize("k", [1, 3, 40, 999, 1000, 5000])
def test_many_stretches_and_batches(small, k):
    vectors = made(1000, 5)
    each = units(vectors.matrix)
    queries = [f"w{row}" for row in range(0, 1000, 13)]
    answers = vectors.nearest_all(queries, k)
    assert len(answers) == len(queries)
    for query, found in zip(queries, answers, strict=True):
        row = int(query[1:])
        rows, scores = sort_all(each @ each[row], {row}, k)
        assert [word for word, _ in found] == [f"w{other}" for other in rows]
        assert [score for _, score in found] == pytest.approx(scores, abs=2e-12)


def test_an_answer_does_not_depend_on_its_company():
    vectors = made(3000, 30)
    queries = [f"w{row}" for row in range(700)]
    together = vectors.nearest_all(queries, 5)
    assert together[::50] == [vectors.nearest(query, 5) for query in queries[::50]]
    assert together[100:103] == vectors.nearest_all(queries[100:103], 5)


@pytest.mark.parametrize("threads", [2, 3, 100])
def test_threads_share_the_queries_and_change_nothing(small, threads):
    vectors = made(500, 6)
    queries = [prepare(vectors, f"w{row}") for row in range(77)]
    alone = answer(vectors.words, vectors.candidates(), queries, 4)
    assert answer(vectors.words, vectors.candidates(), queries, 4, threads) == alone


def test_float32_cannot_tell_these_apart():
    """Cosines whose differences are below the rounding of the matrix product."""
    rng = np.random.default_rng(4)
    base = rng.normal(size=300)
    matrix = (base + 1e-5 * rng.normal(size=(5000, 300))).astype(np.float32)
    vectors = Vectors([f"w{row}" for row in range(5000)], matrix)
    each = units(matrix)
    products = (each.astype(np.float32) @ each[7].astype(np.float32)).tolist()
    assert len(set(products)) < 100
    rows, _ = sort_all(each @ each[7], {7}, 20)
    assert [word for word, _ in vectors.nearest("w7", 20)] == [f"w{row}" for row in rows]


def test_ties_come_by_row_across_stretches(small):
    rng = np.random.default_rng(5)
    matrix = np.eye(4, dtype=np.float32)[rng.integers(0, 4, 700)]
    matrix *= rng.uniform(0.01, 100, (700, 1)).astype(np.float32)
    vectors = Vectors([f"w{row}" for row in range(700)], matrix)
    query = np.array([4.0, 3, 2, 1])
    rows, _ = sort_all(units(matrix) @ (query / np.linalg.norm(query)), set(), 650)
    assert [word for word, _ in vectors.nearest(query, 650)] == [f"w{row}" for row in rows]


@given(st.integers(0, 2**32), st.integers(1, 60), st.sampled_from(["3cosadd", "3cosmul"]))
def test_analogies_are_those_of_a_sort(seed, k, method):
    vectors = made(60, 4, seed)
    each = units(vectors.matrix)
    names = np.random.default_rng(seed).integers(0, 60, 3).tolist()
    a, b, c = each[names]
    if method == "3cosadd":
        target = b - a + c
        scores = each @ (target / np.linalg.norm(target))
    else:
        shifted = [(np.clip(each @ side, -1, 1) + 1) / 2 for side in (b, c, a)]
        scores = shifted[0] * shifted[1] / (shifted[2] + 0.001)
    rows, expected = sort_all(scores, set(names), k)
    found = vectors.analogy(*(f"w{row}" for row in names), k, method=method)
    assert [score for _, score in found] == pytest.approx(expected, rel=1e-9, abs=1e-9)
    assert len({round(score, 9) for score in expected}) < len(expected) or [
        word for word, _ in found
    ] == [f"w{row}" for row in rows]


def test_products_of_cosines_over_many_stretches(small):
    """Near -1, where a small error of cos(a) is a large one of the score."""
    vectors = made(1500, 3)
    each = units(vectors.matrix)
    found = vectors.analogy("w1", "w2", "w3", 30, method="3cosmul")
    b, c, a = ((each @ each[row] + 1) / 2 for row in (2, 3, 1))
    rows, scores = sort_all(b * c / (a + 0.001), {1, 2, 3}, 30)
    assert max(scores) > 100
    assert [word for word, _ in found] == [f"w{row}" for row in rows]
    assert [score for _, score in found] == pytest.approx(scores, rel=1e-9)


def test_both_kinds_of_score_in_one_call():
    vectors = made(50, 6)
    mixed = ["w1", prepare_analogy(vectors, "w1", "w2", "w3", method="3cosmul"), "w2"]
    assert vectors.nearest_all(mixed, 4) == [
        vectors.nearest("w1", 4),
        vectors.analogy("w1", "w2", "w3", 4, method="3cosmul"),
        vectors.nearest("w2", 4),
    ]


class TestRestricted:
    @pytest.mark.parametrize("top", [1, 63, 64, 500, 700, 10_000])
    def test_to_the_first_rows(self, small, top):
        vectors = made(700, 4)
        each = units(vectors.matrix)
        rows, _ = sort_all((each @ each[3])[:top], {3}, 9)
        found = vectors.nearest("w3", 9, top_vocab=top)
        assert [word for word, _ in found] == [f"w{row}" for row in rows]

    @pytest.mark.parametrize("top", [None, 300])
    def test_to_a_list(self, small, top):
        vectors = made(700, 4)
        each = units(vectors.matrix)
        chosen = np.random.default_rng(1).permutation(700)[:400].tolist()
        others = {3} | (set(range(700)) - set(chosen)) | set(range(top or 700, 700))
        for row in (3, chosen[0]):
            rows, _ = sort_all(each @ each[row], others | {row}, 9)
            found = vectors.nearest(
                f"w{row}", 9, among=[f"w{n}" for n in chosen if n != 3], top_vocab=top
            )
            assert [word for word, _ in found] == [f"w{n}" for n in rows]

    def test_odd_rows_keep_their_places(self):
        rows = [[1, 0], [0, 0], [np.nan, 1], [1e-30, 1e-30], [3, 3], [1e30, 0]]
        vectors = Vectors(list("abcdef"), np.array(rows, np.float32))
        half = pytest.approx(0.5**0.5)
        found = vectors.nearest([1, 0], among=list("fdbc"))
        assert found == [("f", 1), ("d", half), ("b", 0), ("c", 0)]
        assert vectors.nearest([1, 0], 1, top_vocab=4, among="d") == [("d", half)]

    def test_only_the_words_of_the_query_are_left(self):
        assert made(5, 2).nearest("w1", among=["w1"]) == []
        assert made(5, 2).nearest("w0", top_vocab=1) == []


def test_of_equal_words_the_first_row_answers(small):
    vectors = made(300, 3)
    vectors = Vectors([f"w{row % 150}" for row in range(300)], vectors.matrix)
    each = units(vectors.matrix)
    rows, _ = sort_all(each @ each[7], {7, *range(150, 300)}, 149)
    assert [word for word, _ in vectors.nearest("w7", 200)] == [f"w{row}" for row in rows]
    found = vectors.nearest("w7", 3, among=["w1", "w2", "w7"])
    assert sorted(word for word, _ in found) == ["w1", "w2"]


def test_the_matrix_is_not_copied():
    vectors = made(40_000, 50)
    query = prepare(vectors, "w5")
    tracemalloc.start()
    try:
        vectors.nearest(query)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < vectors.matrix.nbytes
