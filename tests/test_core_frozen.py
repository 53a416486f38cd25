"""Frozen input rows stay as they are, and nothing else notices."""

from __future__ import annotations

import numpy as np
import pytest
from test_core import SETTINGS, isa, noise_table, problem, tree_settings  # noqa: F401

from w2v import _core
from w2v.training.tables import log_draws, padded_matrix

WORDS, DIM = 40, 20
LOSSES = ["ns", "nce", "sampled-softmax", "hs"]


def trained(isa, rows, frozen, **changes):  # noqa: F811
    """Return both matrices before and after training on one sentence."""
    settings = SETTINGS | changes
    inputs, outputs, counts = problem(WORDS, DIM)
    matrices = padded_matrix(WORDS, DIM), padded_matrix(WORDS, DIM)
    for matrix, start in zip(matrices, (inputs, outputs), strict=True):
        matrix[:-1, :DIM] = start
    before = [matrix.copy() for matrix in matrices]
    if settings["loss"] == "nce":
        settings["log_draws"] = log_draws(counts, 0.75, settings["negative"])
    if settings["loss"] == "hs":
        settings |= tree_settings(counts, settings)
    keep = np.full(WORDS, 0xFFFFFFFF, np.uint32)
    noise = noise_table(counts**0.75)
    extra = {} if frozen is None else {"frozen": frozen}
    run = _core.Run(*matrices, keep, noise, total=99, isa=isa, dim=DIM, **settings, **extra)
    worker = _core.Worker(run, 7, 0)
    worker.train(np.array([*rows, -1], np.int32))
    worker.flush()
    return before, matrices


@pytest.mark.parametrize("negatives", ["shared", "private"])
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("model", ["skipgram", "cbow"])
def test_frozen_rows_stay_and_others_move_as_without(isa, model, loss, negatives):  # noqa: F811
    rows = np.random.default_rng(1).permutation(WORDS - 1)
    frozen = np.zeros(WORDS + 1, np.uint8)
    frozen[rows[[0, 3, 17, 30]]] = 1
    changes = {"model": model, "loss": loss, "negatives": negatives}
    before, after = trained(isa, rows, frozen, **changes)
    _, free = trained(isa, rows, None, **changes)
    still = frozen == 1
    assert after[0][still].tobytes() == before[0][still].tobytes()
    assert (free[0][still] != before[0][still]).any(axis=1).all()
    if loss == "hs" or negatives == "shared":
        # each word is here once, and read once: no row has seen what another did not become
        assert after[0][~still].tobytes() == free[0][~still].tobytes()
        assert after[1].tobytes() == free[1].tobytes()
    else:
        moved = rows[~still[rows]]
        assert (after[0][moved] != before[0][moved]).any(axis=1).all()


def test_frozen_has_a_number_for_each_row(isa):  # noqa: F811
    with pytest.raises(ValueError, match="frozen needs one number"):
        trained(isa, [1, 2], np.zeros(WORDS, np.uint8), loss="ns")
