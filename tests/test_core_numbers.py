"""The compiled core with numbers of any size, which some kernels keep in 16 bits."""

from __future__ import annotations

import numpy as np
import pytest
from test_core import (
    SETTINGS,
    both,
    check,
    isa,  # noqa: F401
    noise_table,
    problem,
    sentences,
    tree_settings,
)

from w2v import _core
from w2v.training.tables import padded_matrix

# Numbers that are all alike are all rounded to the same side.
ALIKE = {"tolerance": 3e-4, "bf16": 5e-2}
CHANGES = [
    {},
    {"model": "cbow"},
    {"model": "cbow", "cbow_hidden": "sum"},
    {"loss": "sampled-softmax"},
    {"loss": "hs"},
]
# As many numbers in one sum as there are: of a long row, of many noise words, of a wide window.
SHAPES = [{}, {"dim": 600}, {"block_noise": 700}, {"window": 60, "block_noise": 300}]


def all_alike(words, dim):
    """Every number is the largest of its row; the signs are such that all products are positive."""
    signs = np.where(np.arange(dim) % 3, 1.0, -1.0)
    inputs = np.tile(1.5 / np.sqrt(dim) * signs, (words, 1))
    return inputs, inputs.copy(), np.arange(1, words + 1)


def all_opposed(words, dim):
    inputs, outputs, counts = all_alike(words, dim)
    return inputs, -outputs, counts


def unequal_rows(words, dim):
    """Rows of a ten thousandth, and of a hundred times, of the usual length."""
    inputs, outputs, counts = problem(words, dim)
    inputs[::3] *= 1e-4
    outputs[1::3] *= 1e-4
    inputs[0] *= 100
    outputs[7] *= 10
    return inputs, outputs, counts


def one_large_number(words, dim):
    inputs, outputs, counts = problem(words, dim)
    inputs[:, dim // 2] = 4.0
    outputs[:, dim // 3] = -4.0
    return inputs, outputs, counts


def nothing_yet(words, dim):
    """Outputs as training begins with them."""
    inputs, outputs, counts = problem(words, dim)
    return inputs / 100, np.zeros_like(outputs), counts


@pytest.mark.parametrize("changes", CHANGES, ids=str)
@pytest.mark.parametrize(
    "make", [all_alike, all_opposed, unequal_rows, one_large_number, nothing_yet]
)
def test_equals_reference_for_any_numbers(isa, make, changes):  # noqa: F811
    settings = {"words": 60, "dim": 50, "make": make, "alpha": 0.01} | changes
    results = both(isa, sentences(60, [90, 3, 40]), **settings)
    # one number far larger than all others of its row leaves these fewer bits
    check(isa, results, **ALIKE, int16=2e-2 if make is one_large_number else 1e-3)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("make", [all_alike, all_opposed])
@pytest.mark.parametrize("model", ["skipgram", "cbow"])
def test_the_largest_sums_do_not_overflow(isa, model, make, shape):  # noqa: F811
    settings = {"dim": 40, "model": model, "alpha": 0.002, "min_alpha": 0.001} | shape
    check(isa, both(isa, sentences(50, [70]), words=50, make=make, **settings), **ALIKE)


@pytest.mark.parametrize("changes", CHANGES, ids=str)
@pytest.mark.parametrize("matrix", [0, 1])
def test_numbers_that_are_none_are_seen_in_the_loss(isa, matrix, changes):  # noqa: F811
    words, dim = 20, 12
    inputs, outputs, counts = problem(words, dim)
    given = [padded_matrix(words, dim), padded_matrix(words, dim)]
    given[0][:-1, :dim], given[1][:-1, :dim] = inputs, outputs
    given[matrix][:-1, 5] = np.nan
    settings = SETTINGS | {"total": 1000} | changes
    if changes.get("loss") == "hs":
        settings |= tree_settings(counts, settings)
    keep = np.full(words, 0xFFFFFFFF, np.uint32)
    run = _core.Run(*given, keep, noise_table(counts), isa=isa, dim=dim, **settings)
    worker = _core.Worker(run, 1, 0)
    worker.train(np.array([*sentences(words, [500])[0], -1], np.int32))
    worker.flush()
    assert not np.isfinite(worker.take_loss()[0])
