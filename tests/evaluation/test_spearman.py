import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from w2v.evaluation.bootstrap import accuracy_interval, spearman_interval
from w2v.evaluation.correlation import resampled_spearman, spearman, weighted_spearman


class TestSpearman:
    def test_known_values(self):
        # With ties: ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4 give sqrt(0.9).
        assert spearman(np.array([1, 2, 2, 3]), np.array([1, 2, 3, 4])) == pytest.approx(0.9**0.5)
        assert spearman(np.array([1, 2, 3, 4, 5]), np.array([2, 1, 4, 3, 5])) == pytest.approx(0.8)
        assert math.isnan(spearman(np.array([1, 1, 1]), np.array([1, 2, 3])))

    @given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=2, max_size=20))
    def test_it_is_the_correlation_of_average_ranks(self, pairs):
        x, y = (np.array(side, dtype=float) for side in zip(*pairs, strict=True))
        # A rank: those below, and half of those equal.
        ranks = [[(v < one).sum() + ((v == one).sum() + 1) / 2 for one in v] for v in (x, y)]
        if len(set(x)) == 1 or len(set(y)) == 1:
            assert math.isnan(spearman(x, y))
        else:
            assert spearman(x, y) == pytest.approx(np.corrcoef(*ranks)[0, 1], abs=1e-12)

    @given(st.lists(st.tuples(*[st.integers(0, 4)] * 3), min_size=2, max_size=20))
    def test_weights_are_repetitions(self, rows):
        x, y, times = (np.array(side) for side in zip(*rows, strict=True))
        if times.sum() < 2:
            return
        expected = spearman(np.repeat(x, times), np.repeat(y, times))
        found = weighted_spearman(x, y, times[None].astype(float))
        np.testing.assert_allclose(found, [expected], atol=1e-12)

    def test_samples_are_drawn_in_several_parts(self, monkeypatch):
        x, y = np.random.default_rng(1).normal(size=(2, 50))
        whole = resampled_spearman(x, y, 90, np.random.default_rng(2))
        monkeypatch.setattr("w2v.evaluation.correlation._WEIGHTS", 200)
        parts = resampled_spearman(x, y, 90, np.random.default_rng(2))
        np.testing.assert_allclose(parts, whole, rtol=1e-12)
        assert len(np.unique(whole)) > 80


class TestIntervals:
    def test_an_accuracy_is_binomial(self):
        # 1.96 * sqrt(0.3 * 0.7 / 1000) = 0.0284; a quantile of 1,000 draws errs by 0.001.
        low, high = accuracy_interval(300, 1_000, np.random.default_rng(1))
        assert low == pytest.approx(0.3 - 0.0284, abs=0.005)
        assert high == pytest.approx(0.3 + 0.0284, abs=0.005)

    def test_no_question_has_no_interval(self):
        assert all(map(math.isnan, accuracy_interval(0, 0, np.random.default_rng(1))))

    def test_a_correlation(self):
        rng = np.random.default_rng(3)
        x = rng.normal(size=400)
        y = 0.6 * x + 0.8 * rng.normal(size=400)
        low, high = spearman_interval(x, y, np.random.default_rng(1))
        # Fisher's formula (Bonett and Wright, 2000) for the same.
        rho = spearman(x, y)
        width = 1.96 * math.sqrt((1 + rho**2 / 2) / 397)
        assert low == pytest.approx(math.tanh(math.atanh(rho) - width), abs=0.02)
        assert high == pytest.approx(math.tanh(math.atanh(rho) + width), abs=0.02)

    def test_it_depends_on_the_seed_alone(self):
        x, y = np.random.default_rng(1).normal(size=(2, 50))
        seeds = [1, 1, 2]
        one, same, other = (spearman_interval(x, y, np.random.default_rng(s)) for s in seeds)
        assert one == same != other

    def test_constant_scores_have_none(self):
        x, y = np.ones(5), np.arange(5.0)
        assert all(map(math.isnan, spearman_interval(x, y, np.random.default_rng(1))))
