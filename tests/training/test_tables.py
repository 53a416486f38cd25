from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from w2v import _core
from w2v.cpu import chosen_isa
from w2v.training import tables


def drawn_shares(table):
    """Return the exact probability of each row under an alias table."""
    n = len(table)
    below = (table & np.uint64(0xFFFFFFFF)).astype(np.float64) / 2**32
    shares = below / n
    np.add.at(shares, (table >> np.uint64(32)).astype(np.int64), (1 - below) / n)
    return shares


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=200), st.floats(-2, 2))
def test_noise_table_draws_by_powers_of_counts(counts, exponent):
    counts = np.array(counts, np.int64)
    table = tables.noise_table(counts, exponent)
    logs = exponent * np.log(counts)
    weights = np.exp(logs - logs.max())
    np.testing.assert_allclose(drawn_shares(table), weights / weights.sum(), atol=2e-9)


def test_noise_table_survives_extreme_exponents():
    counts = np.array([10**12, 10, 1], np.int64)
    assert drawn_shares(tables.noise_table(counts, 10))[0] == pytest.approx(1, abs=1e-8)
    assert drawn_shares(tables.noise_table(counts, -10))[2] == pytest.approx(1, abs=1e-8)


def test_keep_thresholds_are_the_original_formula():
    counts = np.array([900_000, 90_000, 9_900, 100], np.int64)
    keep = tables.keep_thresholds(counts, 1e-2) / 0xFFFFFFFF
    share = counts / counts.sum()
    expected = np.minimum(1, (np.sqrt(share / 1e-2) + 1) * 1e-2 / share)
    np.testing.assert_allclose(keep, expected, rtol=1e-8)
    assert keep[3] == 1


def test_a_minute_sample_drops_nearly_everything():
    assert (tables.keep_thresholds(np.array([10, 20]), 1e-310) == 0).all()


def test_sample_zero_keeps_every_token():
    assert (tables.keep_thresholds(np.array([10**9, 1]), 0) == 0xFFFFFFFF).all()


@pytest.mark.parametrize(("words", "dim"), [(1, 1), (5, 16), (7, 17), (1000, 300)])
def test_padded_matrix_is_zero_aligned_and_has_a_row_of_padding(words, dim):
    matrix = tables.padded_matrix(words, dim)
    assert matrix.shape == (words + 1, -(-dim // 16) * 16)
    assert matrix.ctypes.data % 64 == 0
    assert matrix.flags["C_CONTIGUOUS"]
    assert not matrix.any()


def test_initial_weights_are_uniform_and_leave_padding_alone():
    matrix = tables.padded_matrix(10_000, 20)
    tables.fill_initial(matrix, 20, seed=4)
    used = matrix[:-1, :20]
    assert not matrix[-1].any()
    assert not matrix[:, 20:].any()
    assert np.abs(used).max() <= 0.5 / 20
    # 5 sigma for the mean and the variance of 200,000 uniform numbers
    assert abs(used.mean()) < 5 * (1 / 20) / np.sqrt(12 * used.size)
    assert used.var() == pytest.approx((1 / 20) ** 2 / 12, rel=5 * np.sqrt(0.8 / used.size))


def test_initial_weights_follow_the_seed():
    first, second, third = (tables.padded_matrix(9000, 5) for _ in range(3))
    for matrix, seed in ((first, 1), (second, 1), (third, 2)):
        tables.fill_initial(matrix, 5, seed)
    assert (first == second).all()
    assert (first != third).any()


@pytest.mark.parametrize("dim", [5, 16])
def test_initial_weights_are_one_sequence_whatever_the_threads(dim):
    words = 2 * tables.SLAB_ROWS + 7
    expected = np.random.Generator(np.random.PCG64(3)).random((words, dim), np.float32)
    expected = (expected - np.float32(0.5)) * np.float32(2 * 0.25) / np.float32(dim)
    for threads in (1, 3):
        matrix = tables.padded_matrix(words, dim)
        tables.fill_initial(matrix, dim, 3, 0.25, threads)
        assert (matrix[:-1, :dim] == expected).all()


def test_a_number_that_is_not_finite_is_found_wherever_it_stands():
    matrix = tables.padded_matrix(tables.SLAB_ROWS + 9, 5)
    assert tables.all_finite(matrix, 2)
    for value in (np.nan, np.inf, -np.inf):
        for place in ((0, 0), (-1, 4)):
            matrix[place] = value
            assert not tables.all_finite(matrix, 2)
            matrix[place] = 0


def test_keep_rate_of_the_core():
    """Window 1 and one sentence: n kept words make 2 (n - 1) pairs."""
    tokens, rate = 200_000, 0.3
    keep = np.full(2, rate * 0xFFFFFFFF, np.uint32)
    noise = tables.noise_table(np.ones(2, np.int64), 1)
    run = _core.Run(
        tables.padded_matrix(2, 1),
        tables.padded_matrix(2, 1),
        keep,
        noise,
        total=tokens,
        isa=chosen_isa(),
        dim=1,
        window=1,
        window_mode="fixed",
        negative=1,
        negatives="shared",
        alpha=0.0,
        min_alpha=0.0,
        block_length=64,
        block_noise=1,
        step=16,
    )
    worker = _core.Worker(run, 11, 0)
    worker.train(np.zeros(tokens, np.int32))
    worker.flush()
    kept = worker.take_loss()[1] / 2 + 1
    assert abs(kept - tokens * rate) < 5 * np.sqrt(tokens * rate * (1 - rate))


@pytest.mark.parametrize("stream", [0, 1, 5])
def test_noise_drawn_by_the_core_follows_the_table(stream):
    """Count draws by what they leave: each noise row drawn gets a delta of known size."""
    words, blocks = 6, 30_000
    inputs, outputs = (tables.padded_matrix(words, 1) for _ in range(2))
    inputs[0, 0] = 1e-3  # the only word of the text; its noise deltas count the draws
    counts = np.array([1, 40, 20, 10, 5, 2], np.int64)
    run = _core.Run(
        inputs,
        outputs,
        np.full(words, 0xFFFFFFFF, np.uint32),
        tables.noise_table(counts, 0.75),
        total=10**12,
        isa="baseline",
        dim=1,
        window=1,
        window_mode="fixed",
        negative=1,
        negatives="private",
        alpha=1e-8,
        min_alpha=1e-8,
        block_length=64,
        block_noise=1,
        step=16,
    )
    worker = _core.Worker(run, 3, stream)
    worker.train(np.zeros(blocks, np.int32))
    worker.flush()
    drawn = -outputs[1:-1, 0] / (1e-8 * 0.5 * 1e-3)
    expected = counts[1:] ** 0.75 / (counts**0.75).sum() * 2 * (blocks - 1)
    assert (np.abs(drawn - expected) < 5 * np.sqrt(expected) + 1e-2 * expected).all()
