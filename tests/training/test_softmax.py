"""The full softmax: its step against the formula, and what it refuses."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from reference_losses import softmax_gradient, softmax_objective

from w2v import Config, train
from w2v.errors import ConfigError
from w2v.text.corpus import Corpus
from w2v.text.vocab import Vocab
from w2v.training import building, softmax
from w2v.training.holdout import TrainingText
from w2v.training.progress import EpochMeter

WORDS, DIM, WINDOW = 40, 7, 3
SENTENCES = [[3, 1, 4, 1, 5, 9, 2, 6], [5], [3, 5, 8, 9, 7, 9]]
SMALL = {"dim": 16, "min_count": 1, "sample": 0.0, "loss": "softmax", "epochs": 2, "threads": 2}
VARIANTS = [
    {},
    {"window_mode": "fixed"},
    {"model": "cbow"},
    {"model": "cbow", "cbow_hidden": "sum"},
    {"model": "cbow", "cbow_gradient": "original"},
    {"model": "cbow", "cbow_gradient": "original", "cbow_hidden": "sum"},
]


def test_gradient_by_central_differences():
    generator = np.random.default_rng(1)
    x, outputs = generator.normal(0, 1, 5), generator.normal(0, 1, (9, 5))
    for array, exact in zip((x, outputs), softmax_gradient(x, outputs, 3), strict=True):
        for place in np.ndindex(array.shape):
            kept, values = array[place], []
            for nudge in (1e-5, -1e-5):
                array[place] = kept + nudge
                values.append(softmax_objective(x, outputs, 3))
            array[place] = kept
            assert exact[place] == pytest.approx((values[0] - values[1]) / 2e-5, abs=1e-6)


def expected(inputs, outputs, config):
    """Return deltas, loss and pairs of one block that holds all sentences, pair by pair."""
    x_delta, u_delta, loss, pairs = np.zeros_like(inputs), np.zeros_like(outputs), 0.0, 0.0
    for sentence in SENTENCES:
        for place, center in enumerate(sentence):
            near = [
                (row, 1.0 if config.window_mode == "fixed" else (WINDOW + 1 - distance) / WINDOW)
                for other, row in enumerate(sentence)
                if 0 < (distance := abs(other - place)) <= WINDOW
            ]
            if config.model == "cbow" and near:
                total = sum(weight for _, weight in near) if config.cbow_hidden == "mean" else 1.0
                back = total if config.cbow_gradient == "corrected" else 1.0
                hidden = sum(weight / total * inputs[row] for row, weight in near)
                sources = [(hidden, 1.0, [(row, weight / back) for row, weight in near])]
            else:
                sources = [(inputs[row], weight, [(row, 1.0)]) for row, weight in near]
            for x, weight, shares in sources:
                e, u = softmax_gradient(x, outputs, center)
                loss -= weight * softmax_objective(x, outputs, center)
                pairs += weight
                u_delta += weight * u
                for row, share in shares:
                    x_delta[row] += weight * share * e
    return x_delta, u_delta, loss, pairs


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("changes", VARIANTS, ids=str)
def test_a_block_is_what_the_formula_says(changes, threads, monkeypatch):
    monkeypatch.setattr(softmax, "LEAST_PART", 8)
    generator = np.random.default_rng(2)
    inputs, outputs = (generator.normal(0, 0.6, (WORDS + 1, DIM)) for _ in range(2))
    rows = np.array([row for sentence in SENTENCES for row in [*sentence, -1]], np.int32)
    corpus = Corpus(rows, len(rows) - 3, len(rows) - 3, 3, 0, [], "")
    vocab = Vocab([str(row) for row in range(WORDS)], np.ones(WORDS, np.int64))
    keep = np.full(WORDS, 0xFFFFFFFF, np.uint32)
    text = TrainingText(corpus=corpus, vocab=vocab, keep=keep, holdout=None)
    fixed = {"alpha": 0.02, "min_alpha": 0.02, "window_mode": "weighted"}
    config = Config(
        dim=DIM, window=WINDOW, loss="softmax", epochs=1, threads=threads, **fixed | changes
    )
    trained = inputs.astype(np.float32), outputs.astype(np.float32)
    with softmax.SoftmaxTrainer(*trained, text, config) as dense:
        before = trained[0].copy()
        assert dense.estimate() > 0
        assert np.array_equal(before, trained[0])
        assert dense.run(EpochMeter(None, 1, 1, 14, (0.02, 0.02)), lambda: None)
        loss, pairs = dense.take_loss()
    x_delta, u_delta, true_loss, true_pairs = expected(inputs[:-1], outputs[:-1], config)
    for matrix, begin, delta in zip(trained, (inputs, outputs), (x_delta, u_delta), strict=True):
        moved = (matrix - begin)[:-1]
        np.testing.assert_allclose(moved, 0.02 * delta, atol=1e-5 * np.abs(delta).max())
        assert np.array_equal(matrix[-1], begin[-1].astype(np.float32))
    assert (loss, pairs) == pytest.approx((true_loss, true_pairs), rel=1e-5)


def test_no_component_moves_by_more_than_the_limit():
    """A block in which two words meet a hundred times, and a large alpha."""
    settings = SMALL | {"epochs": 1}
    begin, end = (
        train([["a", "b"] * 50], Config(**settings | {"alpha": alpha, "min_alpha": alpha}))
        for alpha in (0.0, 9.0)
    )
    moved = np.abs(end.vectors.matrix - begin.vectors.matrix).max(), np.abs(end.outputs).max()
    assert moved[1] == pytest.approx(softmax.DELTA_LIMIT)
    assert moved[0] <= softmax.DELTA_LIMIT + 1e-6


def test_one_seed_gives_the_same_bytes(topic_file):
    first, same, other = (train(topic_file, Config(seed=s, **SMALL)) for s in (1, 1, 2))
    assert first.vectors.matrix.tobytes() == same.vectors.matrix.tobytes()
    assert first.vectors.matrix.tobytes() != other.vectors.matrix.tobytes()


def test_the_time_is_told_before_the_first_epoch(topic_file):
    reports = []
    train(topic_file, Config(**SMALL), progress=reports.append)
    training = [report for report in reports if report.phase == "training"]
    assert training[0].estimate > 0
    assert training[0].done == 0
    assert all(report.estimate is None for report in training[1:])


def test_a_large_vocabulary_is_refused_unless_forced(topic_file, monkeypatch):
    monkeypatch.setattr(softmax, "LARGEST_VOCABULARY", 50)
    with pytest.raises(ConfigError, match=r"all 72 words, and above 50 .* max_vocab.* --force"):
        train(topic_file, Config(**SMALL))
    assert len(train(topic_file, Config(**SMALL), force=True).vectors) == 72


def test_force_goes_with_softmax_alone(topic_file):
    with pytest.raises(ConfigError, match="force goes with loss softmax, and loss is ns"):
        train(topic_file, Config(), force=True)


def test_blocks_larger_than_memory_are_refused(topic_file, monkeypatch):
    monkeypatch.setattr(building, "available_memory", lambda: 40_000)
    with pytest.raises(ConfigError, match=r"blocks of 128 words .* smaller block_length"):
        train(topic_file, Config(**SMALL))


def test_an_interrupt_leaves_no_thread(topic_file, monkeypatch):
    monkeypatch.setattr(softmax, "LEAST_PART", 8)

    def interrupt(report):
        if report.phase == "training" and report.done > 1000:
            raise KeyboardInterrupt

    before = threading.active_count()
    with pytest.raises(KeyboardInterrupt):
        train(topic_file, Config(**SMALL), progress=interrupt)
    assert threading.active_count() == before
