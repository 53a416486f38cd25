"""Held-out sentences: which they are, that nothing learns from them, and what their loss is for."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from w2v import Config, train
from w2v.errors import ConfigError
from w2v.text.corpus import Corpus, corpus_from_sentences
from w2v.training.holdout import Holdout

SMALL = {"dim": 16, "min_count": 1, "epochs": 3, "sample": 0.0, "alpha": 0.05, "threads": 1}


def corpus_of(lengths):
    rows = [row for n in lengths for row in [*range(n), -1]]
    return Corpus(np.array(rows, np.int32), sum(lengths), sum(lengths), len(lengths), 0, [], "")


@given(st.lists(st.integers(1, 9), min_size=60, max_size=90), st.integers(0, 2**64 - 1))
def test_what_is_held_out_and_the_rest_are_the_corpus(lengths, seed):
    corpus = corpus_of(lengths)
    try:
        holdout = Holdout(corpus, 0.3, seed)
    except ConfigError:
        return
    seen = np.zeros(len(corpus.rows), int)
    for start, end in zip(holdout.starts, holdout.ends, strict=True):
        assert start == 0 or corpus.rows[start - 1] == -1
        assert (corpus.rows[start:end] == -1).tolist() == [False] * (end - start - 1) + [True]
        seen[start:end] += 1
    for start, end in itertools.pairwise([*range(0, len(seen), 17), len(seen)]):
        for a, b in holdout.rest(start, end):
            assert start <= a < b <= end
            seen[a:b] += 1
    assert (seen == 1).all()
    assert holdout.tokens == sum(map(len, holdout.sentences())) - len(holdout.starts)


def test_the_share_is_held_out_and_the_seed_decides_which():
    corpus = corpus_of([3] * 200_000)
    first, same, other = (Holdout(corpus, 0.01, seed) for seed in (1, 1, 2))
    assert len(first.starts) == pytest.approx(2000, abs=5 * 2000**0.5)
    assert first.starts.tolist() == same.starts.tolist()
    shared = np.intersect1d(first.starts, other.starts)
    assert len(shared) == pytest.approx(20, abs=25)


def test_sentences_come_in_parts():
    corpus = corpus_of([2000] * 3000)
    holdout = Holdout(corpus, 0.5, 1)
    parts = list(holdout.sentences())
    assert len(parts) > 1
    assert all(part[-1] == -1 for part in parts)
    assert sum(map(len, parts)) == holdout.tokens + len(holdout.starts)


@pytest.mark.parametrize(
    ("sentences", "share", "message"),
    [(3, 0.001, "takes none of 3 sentences: give more"), (1, 0.5, "leaves none of 1 sentences")],
)
def test_nothing_held_out_or_nothing_left_is_refused(sentences, share, message):
    with pytest.raises(ConfigError, match=message):
        for seed in range(50):  # one of them takes the only sentence
            Holdout(corpus_of([5] * sentences), share, seed)


def test_held_out_sentences_without_a_pair_are_refused():
    with pytest.raises(ConfigError, match=r"holdout is 0\.3: .* has no pair of words: give more"):
        train([["a"], ["b"]] * 50, Config(holdout=0.3, **SMALL))


@pytest.mark.parametrize("changes", [{}, {"loss": "softmax"}])
def test_nothing_is_learned_from_held_out_sentences(changes):
    """The same rows result, whatever the held-out sentences hold."""
    sentences = [[f"w{(7 * k + n) % 40}" for n in range(8)] for k in range(400)]
    vocab, corpus = corpus_from_sentences(sentences, min_count=1)
    config = Config(holdout=0.2, **SMALL | changes)
    before = train(corpus, config, vocab=vocab)
    holdout = Holdout(corpus, 0.2, config.seed)
    for start, end in zip(holdout.starts, holdout.ends, strict=True):
        corpus.rows[start : end - 1] = 0
    after = train(corpus, config, vocab=vocab)
    assert before.vectors.matrix.tobytes() == after.vectors.matrix.tobytes()
    assert before.record["epochs"][0]["loss"] == after.record["epochs"][0]["loss"]
    assert before.record["epochs"][0]["heldout_loss"] != after.record["epochs"][0]["heldout_loss"]


def test_holdout_is_reported_and_recorded(topic_file):
    reports = []
    record = train(topic_file, Config(holdout=0.05, **SMALL), progress=reports.append).record
    losses = [epoch["heldout_loss"] for epoch in record["epochs"]]
    assert losses == [r.heldout_loss for r in reports if r.epoch_end]
    assert losses[-1] < losses[0]
    assert record["heldout"]["best_epoch"] == record["heldout"]["vectors_epoch"] == 3
    assert record["heldout"]["tokens"] == 12 * record["heldout"]["sentences"]
    done = 3 * (36_000 - record["heldout"]["tokens"])
    assert reports[-1].done == reports[-1].total == done
    assert reports[-1].alpha == pytest.approx(2.5e-6)


def test_without_learning_the_held_out_loss_is_known_and_always_the_same(topic_file):
    changes = SMALL | {"alpha": 0.0, "min_alpha": 0.0}
    for loss, value in (("ns", 6 * np.log(2)), ("softmax", np.log(72))):
        config = Config(holdout=0.05, loss=loss, **changes)
        epochs = train(topic_file, config).record["epochs"]
        # a noise word that is the target itself has no loss
        assert epochs[0]["heldout_loss"] == pytest.approx(value, rel=0.02)
        assert len({epoch["heldout_loss"] for epoch in epochs}) == 1


def test_the_held_out_loss_of_a_fitted_model_is_that_of_training(topic_file):
    """The same quantity: subsampling, windows and noise as in training."""
    changes = {"sample": 0.01, "epochs": 6, "negatives": "private"}
    config = Config(holdout=0.2, window_mode="shrink", **SMALL | changes)
    last = train(topic_file, config).record["epochs"][-1]
    assert last["heldout_loss"] == pytest.approx(last["loss"], rel=0.03)


def noisy_sentences():
    """Random words: after a while all that can be learned is the training text itself."""
    generator = np.random.default_rng(2)
    return [[f"w{k}" for k in generator.integers(0, 60, 10)] for _ in range(300)]


def test_patience_ends_the_run_with_the_vectors_of_the_best_epoch():
    settings = SMALL | {"epochs": 60, "alpha": 0.2, "min_alpha": 0.2, "loss": "softmax"}
    config = Config(holdout=0.2, patience=3, **settings)
    model = train(noisy_sentences(), config)
    losses = [epoch["heldout_loss"] for epoch in model.record["epochs"]]
    best = int(np.argmin(losses)) + 1
    assert len(losses) == best + 3 < 60
    assert model.record["heldout"]["best_epoch"] == best
    assert model.record["heldout"]["vectors_epoch"] == best
    again = train(noisy_sentences(), Config(holdout=0.2, **settings | {"epochs": best}))
    assert model.vectors.matrix.tobytes() == again.vectors.matrix.tobytes()
    assert model.outputs.tobytes() == again.outputs.tobytes()


def test_without_patience_all_epochs_run_and_the_last_is_kept():
    settings = SMALL | {"epochs": 25, "alpha": 0.2, "min_alpha": 0.2, "loss": "softmax"}
    record = train(noisy_sentences(), Config(holdout=0.2, **settings)).record
    assert len(record["epochs"]) == record["heldout"]["vectors_epoch"] == 25
    assert record["heldout"]["best_epoch"] < 25
