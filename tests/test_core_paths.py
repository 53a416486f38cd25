"""Hierarchical softmax in the compiled core, against the float64 reference."""

from __future__ import annotations

import numpy as np
import pytest
from reference_paths import path_gradient, path_objective
from test_core import both, check, isa, make_run, sentences  # noqa: F401 -- isa is a fixture

from w2v import _core
from w2v.training.huffman import huffman_tree

MODELS = [
    {},
    {"model": "cbow"},
    {"model": "cbow", "cbow_gradient": "original"},
    {"model": "cbow", "cbow_hidden": "sum"},
]


@pytest.fixture(params=MODELS, ids=lambda changes: "-".join(changes.values()) or "skipgram")
def changes(request):
    return request.param | {"loss": "hs"}


def test_path_gradient_by_finite_differences():
    generator = np.random.default_rng(1)
    x, nodes = (generator.normal(0, 0.7, (n, 3)) for n in (4, 5))
    sides, weights = generator.integers(0, 2, 5).astype(float), generator.random(4)
    exact = path_gradient(x, nodes, sides, weights)
    for array, derivative in zip((x, nodes), exact, strict=True):
        for place in np.ndindex(array.shape):
            kept = array[place]
            values = []
            for nudge in (1e-5, -1e-5):
                array[place] = kept + nudge
                values.append(path_objective(x, nodes, sides, weights))
            array[place] = kept
            assert derivative[place] == pytest.approx((values[0] - values[1]) / 2e-5, abs=1e-6)


def test_the_words_of_a_tree_share_out_all_probability():
    """Whatever the rows are, exp(J) summed over all words is 1."""
    generator = np.random.default_rng(2)
    tree = huffman_tree(np.sort(generator.integers(1, 50, 30))[::-1])
    x, outputs = generator.normal(0, 1, (1, 8)), generator.normal(0, 1, (29, 8))
    total = 0.0
    for word in range(30):
        steps = tree.path[tree.path_start[word] : tree.path_start[word + 1]].astype(int)
        nodes, sides = np.where(steps < 0, ~steps, steps), (steps >= 0).astype(float)
        total += np.exp(path_objective(x, outputs[nodes], sides, np.ones(1)))
    assert total == pytest.approx(1)


@pytest.mark.parametrize("dim", [1, 7, 16, 100, 300])
def test_equals_reference_for_any_dim(isa, dim, changes):  # noqa: F811
    check(isa, both(isa, sentences(50, [40, 3, 30]), words=50, dim=dim, **changes))


@pytest.mark.parametrize("lengths", [[0], [1], [2], [1, 1, 2, 1], [3] * 40, [200]])
def test_equals_reference_for_any_sentences(isa, lengths, changes):  # noqa: F811
    check(isa, both(isa, sentences(60, lengths), words=60, dim=20, **changes))


@pytest.mark.parametrize("mode", ["weighted", "shrink", "fixed"])
@pytest.mark.parametrize("window", [1, 2, 7, 40])
def test_equals_reference_for_any_window(isa, window, mode, changes):  # noqa: F811
    changes = changes | {"window": window, "window_mode": mode}
    check(isa, both(isa, sentences(60, [25, 4, 60]), words=60, dim=20, **changes))


@pytest.mark.parametrize("block_length", [1, 33, 64])
@pytest.mark.parametrize("top", [1, 3, 20])
def test_equals_reference_for_any_block_and_top(isa, block_length, top, changes):  # noqa: F811
    changes = changes | {"block_length": block_length, "block_noise": top, "copied_nodes": top}
    check(isa, both(isa, sentences(80, [90, 50]), words=80, dim=12, **changes))


@pytest.mark.parametrize("large_logits", ["skip", "saturate"])
def test_large_logits_are_treated_as_asked(isa, large_logits, changes):  # noqa: F811
    """A limit so low that many logits are beyond it."""
    changes = changes | {"logit_limit": 0.2}
    text = sentences(50, [40, 3, 30])
    results = both(isa, text, words=50, dim=20, large_logits=large_logits, **changes)
    # in 16 bits a logit near the limit may fall on its other side
    check(isa, results, bf16=0.1, int16=0.1)
    exact = both(isa, text, words=50, dim=20, **changes)
    assert np.abs(results[1][0] - exact[1][0]).max() > 1e-3


@pytest.mark.parametrize("words", [2, 3, 8])
def test_equals_reference_for_few_words(isa, words, changes):  # noqa: F811
    changes = changes | {"alpha": 0.02, "min_alpha": 0.01}
    results = both(isa, sentences(words, [50, 9]), words=words, dim=8, **changes)
    check(isa, results, tolerance=3e-5)  # every row moves a hundred times


def test_large_deltas_are_limited(isa, changes):  # noqa: F811
    changes = changes | {"alpha": 3.0, "min_alpha": 2.0, "block_length": 64}
    results = both(isa, sentences(30, [30]), words=30, dim=10, **changes)
    check(isa, results, tolerance=3e-5)
    assert any(np.abs(core).max() > 0.9 for core, _ in results[:2])


@pytest.mark.parametrize("chunks", [7])
def test_windows_run_on_across_batches_and_chunks(isa, chunks, changes):  # noqa: F811
    changes = changes | {"alpha": 0.02, "min_alpha": 0.001}
    results = both(isa, sentences(300, [1500]), words=300, dim=5, chunks=chunks, **changes)
    check(isa, results, tolerance=3e-5)


@pytest.mark.parametrize("model", ["skipgram", "cbow"])
def test_the_loss_is_measured_at_one_position_of_many(model):
    """With rows of zeros every node costs log 2: the mean is that of the paths' lengths."""
    words, counts = 9, np.arange(9, 0, -1)
    tree = huffman_tree(counts)
    run = make_run(
        words,
        alpha=0.0,
        min_alpha=0.0,
        loss="hs",
        model=model,
        loss_interval=7,
        path_start=tree.path_start,
        path=tree.path,
        block_noise=3,
        copied_nodes=5,
    )
    worker = _core.Worker(run, 1, 0)
    rows = np.random.default_rng(1).integers(0, words, 20_000).astype(np.int32)
    worker.train(rows)
    worker.flush()
    loss, pairs = worker.take_loss()
    mass = 6.0 if model == "skipgram" else 1.0  # of a center: 2 (5 + 4 + 3 + 2 + 1) / 5
    assert pairs == pytest.approx(mass * 20_000 / 7, rel=1e-2)
    assert loss / pairs == pytest.approx(tree.lengths.mean() * np.log(2), rel=0.02)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"path": None}, "go with hs"),
        ({"loss": "ns"}, "go with hs"),
        ({"copied_nodes": 10}, "fewer than words"),
        ({"copied_nodes": 2}, "at least block_noise"),
        ({"path_start": np.zeros(11, np.int64)}, "not those of a tree"),
        ({"path_start": np.zeros(3, np.int64)}, "not those of a tree"),
        ({"path": np.full(34, 9, np.int32)}, "not those of a tree"),
        ({"path": np.full(34, -11, np.int32)}, "not those of a tree"),
    ],
)
def test_run_refuses_what_is_not_a_tree(change, message):
    tree = huffman_tree(np.full(10, 5))
    assert len(tree.path) == 34
    settings = {
        "loss": "hs",
        "path_start": tree.path_start,
        "path": tree.path,
        "block_noise": 4,
        "copied_nodes": 4,
    }
    make_run(10, **settings)
    with pytest.raises(ValueError, match=message):
        make_run(10, **settings | change)


@pytest.mark.parametrize("model", ["skipgram", "cbow"])
def test_a_state_with_padding_as_a_center_is_refused(model):
    """Padding has no path: what lies behind `path_start` would be read, and anything written."""
    tree = huffman_tree(np.arange(60, 0, -1) ** 2)
    paths = {"path_start": tree.path_start, "path": tree.path, "copied_nodes": 40}
    run = make_run(60, loss="hs", model=model, **paths)
    worker, rows = _core.Worker(run, 1, 0), np.arange(50, dtype=np.int32)
    worker.train(rows)
    state = bytearray(worker.state())
    place = bytes(state).find(rows.tobytes())
    _core.Worker(run, 1, 0).restore(state)
    np.frombuffer(state, np.int32, 50, place)[30:] = 60
    with pytest.raises(ValueError, match="damaged"):
        _core.Worker(run, 1, 0).restore(state)
