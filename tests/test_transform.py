import numpy as np
import pytest

from w2v.errors import ConfigError, DataError, NotFoundError
from w2v.transform import normalized, reduced, selected
from w2v.vectors import Vectors


def random(n, dim, seed=1):
    matrix = np.random.default_rng(seed).normal(size=(n, dim)).astype(np.float32)
    return Vectors([f"w{i}" for i in range(n)], matrix, record={"finished": True})


def test_some_words_in_their_order():
    vectors = random(6, 2)
    some = selected(vectors, ["w5", "w1", "w3", "other"], top=2)
    assert some.words == ["w1", "w3"]
    assert np.array_equal(some.matrix, vectors.matrix[[1, 3]])
    assert some.record == vectors.record
    assert selected(vectors, top=9).words == vectors.words
    assert selected(Vectors(["a", "b", "a"], np.eye(3)), {"a"}).matrix.tolist() == [
        [1, 0, 0],
        [0, 0, 1],
    ]


def test_no_words_left():
    with pytest.raises(NotFoundError, match=r"none of the words \(1\) is among the vectors"):
        selected(random(3, 2), ["other"])
    with pytest.raises(ConfigError, match="top is 0"):
        selected(random(3, 2), top=0)


def test_lengths_become_one_where_they_can():
    matrix = np.array([[3, 4], [0, 0], [np.nan, 1], [1e-30, 0], [3e38, 3e38], [np.inf, 1]])
    vectors = Vectors(list("abcdef"), matrix.astype(np.float32))
    before = vectors.matrix.copy()
    result = normalized(vectors).matrix
    assert result[[0, 1, 3]].tolist() == [[np.float32(0.6), np.float32(0.8)], [0, 0], [1, 0]]
    assert result[4] == pytest.approx([0.5**0.5] * 2)
    assert np.array_equal(result[[2, 5]], before[[2, 5]], equal_nan=True)
    assert np.array_equal(vectors.matrix, before, equal_nan=True)


def test_principal_components_are_those_of_the_singular_values():
    vectors = random(500, 12)
    vectors.matrix[:] *= np.arange(12, 0, -1)
    vectors.matrix[:] += 5
    centered = vectors.matrix.astype(np.float64) - vectors.matrix.astype(np.float64).mean(axis=0)
    u, s, _ = np.linalg.svd(centered, full_matrices=False)
    result = reduced(vectors, 4).matrix
    assert result.dtype == np.float32
    for column in range(4):
        theirs = u[:, column] * s[column]
        ours = result[:, column]
        assert np.allclose(ours, theirs * np.sign(theirs @ ours), atol=1e-4)
    whole = reduced(vectors, 12).matrix
    distances = np.linalg.norm(centered[0] - centered, axis=1)
    assert np.allclose(np.linalg.norm(whole[0] - whole, axis=1), distances, rtol=1e-5)


def test_the_largest_component_of_a_direction_is_positive():
    vectors = Vectors(list("abc"), np.array([[-1, -3], [0, 0], [1, 3]], np.float32))
    assert reduced(vectors, 1).matrix[:, 0] == pytest.approx([-(10**0.5), 0, 10**0.5])
    vectors.matrix[:] *= -1
    assert reduced(vectors, 1).matrix[:, 0] == pytest.approx([10**0.5, 0, -(10**0.5)])


def test_blocks_are_put_together():
    vectors = random(40_000, 3)
    some = reduced(vectors, 3).matrix[[0, 20_000, 39_999]]
    centered = vectors.matrix[[0, 20_000, 39_999]] - vectors.matrix.mean(axis=0, dtype=np.float64)
    assert np.allclose(np.linalg.norm(some, axis=1), np.linalg.norm(centered, axis=1), rtol=1e-5)
    assert np.allclose(np.linalg.norm(normalized(vectors).matrix, axis=1), 1)


@pytest.mark.parametrize("dim", [0, 6])
def test_dims_that_are_not_there(dim):
    with pytest.raises(ConfigError, match=f"vectors of 5 numbers cannot be reduced to {dim}"):
        reduced(random(9, 5), dim)


def test_vectors_that_are_not_finite_are_named():
    vectors = random(20_000, 2)
    vectors.matrix[18_000, 1] = np.inf
    with pytest.raises(DataError, match="the vector of 'w18000' is not finite"):
        reduced(vectors, 1)
