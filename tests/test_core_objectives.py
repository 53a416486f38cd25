"""Models and losses with noise words in the compiled core, against the float64 reference."""

from __future__ import annotations

import numpy as np
import pytest
from reference_losses import pair_gradient, pair_objective
from test_core import both, check, isa, sentences  # noqa: F401 -- isa is a fixture

OBJECTIVES = [
    {"loss": "nce"},
    {"loss": "sampled-softmax"},
    {"loss": "sampled-softmax", "log_q": True},
    {"model": "cbow"},
    {"model": "cbow", "cbow_gradient": "original"},
    {"model": "cbow", "cbow_hidden": "sum", "loss": "nce"},
    {"model": "cbow", "loss": "sampled-softmax"},
    {"model": "cbow", "loss": "sampled-softmax", "log_q": True, "cbow_gradient": "original"},
]


def name(changes):
    return "-".join(map(str, changes.values()))


@pytest.fixture(params=OBJECTIVES, ids=name)
def changes(request):
    return request.param


@pytest.mark.parametrize("loss", ["ns", "nce", "sampled-softmax"])
def test_pair_gradient_by_finite_differences(loss):
    generator = np.random.default_rng(1)
    for _ in range(20):
        a, b = generator.normal(0, 2), generator.normal(0, 2, 4)
        da, db = pair_gradient(loss, a, b, 0.3)
        h = 1e-5
        slope = pair_objective(loss, a + h, b, 0.3) - pair_objective(loss, a - h, b, 0.3)
        assert da == pytest.approx(slope / (2 * h), abs=1e-6)
        for j in range(len(b)):
            nudge = np.eye(len(b))[j] * h
            slope = pair_objective(loss, a, b + nudge, 0.3) - pair_objective(
                loss, a, b - nudge, 0.3
            )
            assert db[j] == pytest.approx(slope / (2 * h), abs=1e-6)


@pytest.mark.parametrize("negatives", ["shared", "private"])
@pytest.mark.parametrize("dim", [1, 7, 16, 100, 300])
def test_equals_reference_for_any_dim(isa, dim, negatives, changes):  # noqa: F811
    text = sentences(50, [40, 3, 30])
    results = both(isa, text, words=50, dim=dim, negatives=negatives, **changes)
    check(isa, results, negatives=negatives)


@pytest.mark.parametrize("negatives", ["shared", "private"])
@pytest.mark.parametrize("lengths", [[0], [1], [2], [1, 1, 2, 1], [3] * 40, [200]])
def test_equals_reference_for_any_sentences(isa, lengths, negatives, changes):  # noqa: F811
    text = sentences(60, lengths)
    results = both(isa, text, words=60, dim=20, negatives=negatives, **changes)
    check(isa, results, negatives=negatives)


@pytest.mark.parametrize("mode", ["weighted", "shrink", "fixed"])
@pytest.mark.parametrize("window", [1, 2, 7, 13])
def test_equals_reference_for_any_window(isa, window, mode, changes):  # noqa: F811
    changes = changes | {"window": window, "window_mode": mode}
    check(isa, both(isa, sentences(60, [25, 4, 60]), words=60, dim=20, **changes))


@pytest.mark.parametrize("loss", ["ns", "nce", "sampled-softmax"])
@pytest.mark.parametrize("window", [25, 40, 100])
def test_cbow_equals_reference_for_wide_windows(isa, window, loss):  # noqa: F811
    changes = {"model": "cbow", "window": window, "loss": loss, "alpha": 0.1}
    check(isa, both(isa, sentences(60, [250]), words=60, dim=20, **changes))


@pytest.mark.parametrize("block_length", [10, 33, 64])
@pytest.mark.parametrize("block_noise", [1, 3, 16, 20])
def test_equals_reference_for_any_block(isa, block_length, block_noise, changes):  # noqa: F811
    changes = changes | {"block_length": block_length, "block_noise": block_noise}
    check(isa, both(isa, sentences(80, [90, 50]), words=80, dim=12, **changes))


@pytest.mark.parametrize("model", ["skipgram", "cbow"])
@pytest.mark.parametrize("large_logits", ["skip", "saturate"])
def test_large_logits_are_treated_as_asked(isa, model, large_logits):  # noqa: F811
    """A limit so low that many logits are beyond it."""
    settings = {"model": model, "negatives": "private", "logit_limit": 0.2}
    text = sentences(50, [40, 3, 30])
    results = both(isa, text, words=50, dim=20, large_logits=large_logits, **settings)
    check(isa, results, negatives="private")
    exact = both(isa, text, words=50, dim=20, **settings)
    assert np.abs(results[1][0] - exact[1][0]).max() > 1e-3


@pytest.mark.parametrize("negatives", ["shared", "private"])
@pytest.mark.parametrize("words", [2, 3, 8])
def test_noise_that_is_the_center_itself(isa, words, negatives, changes):  # noqa: F811
    changes = changes | {"negatives": negatives, "alpha": 0.02, "min_alpha": 0.01}
    results = both(isa, sentences(words, [50, 9]), words=words, dim=8, **changes)
    # every row moves a hundred times; where the center counts as noise, steps cancel
    check(isa, results, tolerance=3e-5, bf16=2e-2, int16=2e-3, negatives=negatives)
