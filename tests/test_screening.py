"""A coarse look at rows changes no answer."""

import numpy as np
import pytest

from w2v import search
from w2v._core import available_isas, isa_refusal
from w2v._screen import Screen, runs_here
from w2v.screening import ERROR, Screening
from w2v.vectors import Vectors

if not runs_here():
    pytest.skip("no bf16 products on this processor", allow_module_level=True)


def normal(n, dim, seed=0):
    return np.random.default_rng(seed).normal(size=(n, dim)).astype(np.float32)


def units(matrix):
    return (matrix / np.linalg.norm(matrix, axis=1)[:, None]).astype(np.float32)


@pytest.fixture
def looks(monkeypatch):
    """What was found in each coarse look; None where it was given up."""
    seen = []
    plain = Screening.reached

    def reached(self, *arguments):
        seen.append(plain(self, *arguments))
        return seen[-1]

    monkeypatch.setattr(Screening, "reached", reached)
    monkeypatch.setattr(search, "_FEWEST_ROWS", 128)
    monkeypatch.setattr(search, "_SCORES", 1 << 14)
    return seen


@pytest.mark.parametrize("dim", [1, 2, 7, 31, 32, 33, 100, 300])
@pytest.mark.parametrize("questions", [1, 63, 64, 65])
def test_cosines_are_off_by_less_than_is_allowed_for(dim, questions):
    matrix, asked = normal(205, dim), units(normal(questions, dim, 1))
    cosines = units(matrix).astype(np.float64) @ asked.T.astype(np.float64)
    scales = (1 / np.linalg.norm(matrix, axis=1)).astype(np.float32)
    screen = Screen(asked, cosines.size)
    for threshold in (-0.3, 0.0, 0.25):
        rows, of, done = screen.reached(matrix, scales, np.full(questions, threshold, np.float32))
        assert done == 205
        found = np.zeros(cosines.shape, bool)
        found[rows, of] = True
        assert found.sum() == len(rows)
        assert found[cosines > threshold + ERROR + 1e-5].all()
        assert not found[cosines < threshold - ERROR - 1e-5].any()


def test_thresholds_are_those_of_each_question():
    asked = units(normal(70, 8, 1))
    thresholds = np.linspace(-1, 1, 70).astype(np.float32)
    _, of, _ = Screen(asked, 70 * 96).reached(normal(96, 8), np.ones(96, np.float32), thresholds)
    hits = np.bincount(of, minlength=70)
    assert hits[:20].mean() > hits[-20:].mean()


def test_more_hits_than_expected_stop_it():
    screen = Screen(units(normal(30, 8, 1)), 0)
    everything = np.full(30, -9, np.float32)
    rows, _, done = screen.reached(normal(1000, 8), np.ones(1000, np.float32), everything)
    assert 0 < done < 1000
    assert len(rows) == done * 30
    assert screen.reached(normal(0, 8), np.ones(0, np.float32), everything)[2] == 0
    with pytest.raises(ValueError, match="do not fit"):
        screen.reached(normal(10, 9), np.ones(10, np.float32), everything)


@pytest.mark.parametrize("isa", ["amx", "avx512bf16", "baseline"])
def test_answers_are_those_without_it(looks, monkeypatch, isa):
    matrix = normal(3000, 20)
    matrix[1500] = 0
    matrix[2000:2005] = matrix[7]
    words = [f"w{row}" for row in range(3000)]
    words[2999] = "w5"
    vectors = Vectors(words, matrix)
    queries = ["w5", "w7", "w1500", *words[:3000:60]]
    one_by_one = [vectors.nearest(query, 6) for query in queries]
    assert not looks
    if isa not in available_isas() or isa_refusal(isa):
        pytest.skip(f"this processor has no {isa}")
    monkeypatch.setenv("W2V_ISA", isa)
    assert vectors.nearest_all(queries, 6) == one_by_one
    assert bool(looks) == (isa != "baseline")
    assert None not in looks


def test_rows_that_are_close_together_are_not_looked_at_coarsely_for_long(looks):
    matrix = 1 + 1e-3 * normal(3000, 20)
    vectors = Vectors([f"w{row}" for row in range(3000)], matrix)
    queries = vectors.words[:40]
    assert vectors.nearest_all(queries, 6) == [vectors.nearest(query, 6) for query in queries]
    assert looks == [None]


def test_rows_that_do_not_follow_each_other_are_left_to_numpy(looks):
    vectors = Vectors([f"w{row}" for row in range(600)], normal(600, 5))
    padded = Vectors(vectors.words, np.pad(vectors.matrix, [(0, 0), (0, 3)])[:, :5])
    assert padded.nearest_all(vectors.words) == [vectors.nearest(word) for word in vectors.words]
    assert not looks
