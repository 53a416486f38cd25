"""Hierarchical softmax through `train`: planted topics, its loss, its stability."""

from __future__ import annotations

import numpy as np
import pytest

from w2v import Config, train
from w2v.training import memory_needed
from w2v.training.huffman import huffman_tree

SMALL = {"dim": 24, "min_count": 1, "epochs": 8, "sample": 0.0, "alpha": 0.05, "loss": "hs"}
MODELS = [
    {},
    {"model": "cbow"},
    {"model": "cbow", "cbow_gradient": "original"},
    {"model": "cbow", "cbow_hidden": "sum", "alpha": 0.025},
]


@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize("changes", MODELS)
def test_planted_topics_are_found(topic_file, assert_topics_found, threads, changes):
    model = train(topic_file, Config(threads=threads, **SMALL | changes))
    assert_topics_found(model.vectors)
    series = [epoch["loss"] for epoch in model.record["epochs"]]
    assert series[-1] < series[0]


@pytest.mark.parametrize(
    "changes",
    [
        # at twenty times the default, what a worker adds after the system has held it up may
        # undo what the other has learned since: one worker, whose steps are always in order
        {"alpha": 0.5, "threads": 1},
        {"alpha": 0.2},
        {"window": 40, "window_mode": "fixed"},
        {"model": "cbow", "window": 40, "window_mode": "fixed"},
        {"block_length": 2000},
    ],
)
def test_few_words_do_not_diverge(topic_file, assert_topics_found, changes):
    assert_topics_found(train(topic_file, Config(**{"threads": 2} | SMALL | changes)).vectors)


@pytest.mark.parametrize("model", ["skipgram", "cbow"])
def test_without_learning_the_loss_is_that_of_the_mean_path(topic_file, model):
    changes = {"alpha": 0.0, "min_alpha": 0.0, "epochs": 1, "holdout": 0.05}
    found = train(topic_file, Config(model=model, threads=1, **SMALL | changes))
    counts = found.vocab.counts
    expected = huffman_tree(counts).lengths @ counts / counts.sum() * np.log(2)
    (epoch,) = found.record["epochs"]
    assert epoch["loss"] == pytest.approx(expected, rel=0.01)
    assert epoch["heldout_loss"] == pytest.approx(expected, rel=0.01)


@pytest.mark.parametrize("model", ["skipgram", "cbow"])
def test_the_held_out_loss_of_a_fitted_model_is_that_of_training(topic_file, model):
    changes = {"holdout": 0.1, "alpha": 0.1, "epochs": 12}
    last = train(topic_file, Config(model=model, threads=1, **SMALL | changes)).record["epochs"][-1]
    assert last["heldout_loss"] == pytest.approx(last["loss"], rel=0.02)


@pytest.mark.parametrize("model", ["skipgram", "cbow"])
def test_one_thread_and_one_seed_give_the_same_bytes(topic_file, model):
    config = Config(threads=1, model=model, **SMALL | {"epochs": 2, "negative": 0})
    first, second = (train(topic_file, config) for _ in range(2))
    assert first.vectors.matrix.tobytes() == second.vectors.matrix.tobytes()
    assert first.outputs.tobytes() == second.outputs.tobytes()


def test_two_words_are_enough():
    sentences = [["a", "b", "a", "b"], ["b", "a", "a"]] * 50
    model = train(sentences, Config(threads=1, **SMALL | {"dim": 3}))
    assert np.isfinite(model.outputs).all()
    assert model.record["epochs"][-1]["loss"] < np.log(2)
    assert not model.outputs[1:].any(), "a tree of n words has n - 1 nodes"


def test_paths_count_as_memory():
    assert memory_needed(10**6, Config(loss="hs")) > memory_needed(10**6, Config()) + 4 * 20 * 10**6
