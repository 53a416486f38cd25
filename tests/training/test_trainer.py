from __future__ import annotations

import itertools
import json
import threading

import numpy as np
import pytest

from w2v import Config, GraphConfig, train
from w2v.errors import ConfigError, DataError, FileError
from w2v.text.corpus import corpus_from_sentences
from w2v.training import building, memory_needed

SMALL = {"dim": 24, "min_count": 1, "epochs": 8, "sample": 0.0, "alpha": 0.05}


@pytest.mark.parametrize(
    ("corpus", "config", "error", "message"),
    [
        (5, None, DataError, "5 is neither a path nor sentences"),
        (None, None, DataError, "None is neither a path nor sentences"),
        (5, GraphConfig(), DataError, "5 is no path and no list of paths"),
        ([["a", "b"]], {}, ConfigError, "config is {}: give a w2v.Config"),
        ([["a", "b"]], {"dim": 9}, ConfigError, "config is {'dim': 9}: give a w2v.Config"),
        ([["a", "b"]], "gensim", ConfigError, "config is 'gensim'"),
    ],
)
def test_arguments_of_the_wrong_kind(corpus, config, error, message):
    with pytest.raises(error, match=message):
        train(corpus, config)


@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize("negatives", ["shared", "private"])
def test_planted_topics_are_found(topic_file, assert_topics_found, threads, negatives):
    config = Config(threads=threads, negatives=negatives, **SMALL)
    assert_topics_found(train(topic_file, config).vectors)


@pytest.mark.parametrize("mode", ["weighted", "shrink", "fixed"])
def test_planted_topics_are_found_in_every_window_mode(topic_file, assert_topics_found, mode):
    assert_topics_found(train(topic_file, Config(window_mode=mode, **SMALL)).vectors)


@pytest.mark.parametrize("changes", [{}, {"negatives": "private"}, {"window_mode": "shrink"}])
def test_one_thread_and_one_seed_give_the_same_bytes(topic_file, changes):
    settings = SMALL | {"epochs": 2, "sample": 1e-2} | changes
    first, second = (train(topic_file, Config(threads=1, seed=9, **settings)) for _ in range(2))
    assert first.vectors.matrix.tobytes() == second.vectors.matrix.tobytes()
    assert first.outputs.tobytes() == second.outputs.tobytes()
    other = train(topic_file, Config(threads=1, seed=10, **settings))
    assert first.vectors.matrix.tobytes() != other.vectors.matrix.tobytes()


def test_every_kind_of_corpus_gives_the_same_vectors(topic_file, topic_sentences):
    config = Config(threads=1, **SMALL | {"epochs": 1})
    vocab, corpus = corpus_from_sentences(
        topic_sentences, min_count=1, max_vocab=None, lowercase=False
    )
    models = [
        train(topic_file, config),
        train(str(topic_file), config),
        train([topic_file], config),
        train(topic_sentences, config),
        train(iter(topic_sentences), config),
        train(corpus, config, vocab=vocab),
    ]
    assert len({model.vectors.matrix.tobytes() for model in models}) == 1
    assert len({model.record["corpus"]["fingerprint"] for model in models}) == 1


def test_model_and_record_say_what_was_done(topic_file, topic_sentences):
    config = Config(threads=2, **SMALL | {"epochs": 3})
    model = train(topic_file, config)
    record = json.loads(json.dumps(model.record))
    tokens = sum(map(len, topic_sentences))
    assert record["settings"] == config.as_dict()
    assert record["corpus"]["tokens"] == tokens
    assert record["corpus"]["bytes"] == topic_file.stat().st_size
    assert record["corpus"]["paths"] == [str(topic_file)]
    assert record["vocabulary"] == {"words": 72, "tokens_kept": tokens}
    assert record["finished"] is True
    assert record["threads"] == 2
    assert record["peak_memory_bytes"] > 10_000_000
    assert [set(epoch) for epoch in record["epochs"]] == [
        {"loss", "seconds", "words_per_second"}
    ] * 3
    assert model.vectors.matrix.shape == model.outputs.shape == (72, 24)
    assert model.vocab.words == model.vectors.words


def test_loss_falls_and_does_not_depend_on_threads(topic_file):
    losses = []
    for threads in (1, 2):
        record = train(topic_file, Config(threads=threads, **SMALL)).record
        series = [epoch["loss"] for epoch in record["epochs"]]
        assert series[-1] < series[0] < 6 * np.log(2)
        losses.append(series[-1])
    assert losses[0] == pytest.approx(losses[1], rel=0.1)


@pytest.mark.parametrize(
    "changes", [{"negative": 20, "alpha": 0.1}, {"window": 40, "window_mode": "fixed"}]
)
def test_few_words_do_not_diverge(topic_file, assert_topics_found, changes):
    """Settings with which shared deltas once summed up to infinity."""
    assert_topics_found(train(topic_file, Config(threads=1, **SMALL | changes)).vectors)


def test_loss_of_shared_and_private_negatives_is_the_same_quantity(topic_file):
    """With no learning it is (1 + negative) log 2 per pair, however it is sampled."""
    for negatives in ("shared", "private"):
        config = Config(
            negatives=negatives, negative=5, **SMALL | {"alpha": 0.0, "min_alpha": 0.0, "epochs": 1}
        )
        loss = train(topic_file, config).record["epochs"][0]["loss"]
        # a noise word that is the center itself has no loss in private draws
        assert loss == pytest.approx(6 * np.log(2), rel=0.02)


def test_progress_reports_every_epoch_once_and_never_goes_back(topic_file):
    reports = []
    train(topic_file, Config(threads=2, **SMALL), progress=reports.append)
    training = [r for r in reports if r.phase == "training"]
    assert [r.epoch for r in training if r.epoch_end] == list(range(1, 9))
    assert all(a.done <= b.done for a, b in itertools.pairwise(training))
    assert training[-1].done == training[-1].total == 8 * 36_000
    assert training[-1].alpha == pytest.approx(2.5e-6)
    assert all(r.loss is None for r in training if not r.epoch_end)


def test_an_interrupt_leaves_no_thread(topic_file):
    def interrupt(report):
        if report.phase == "training":
            raise KeyboardInterrupt

    before = threading.active_count()
    with pytest.raises(KeyboardInterrupt):
        train(topic_file, Config(threads=2, **SMALL), progress=interrupt)
    assert threading.active_count() == before


def test_matrices_larger_than_memory_are_refused_with_a_remedy(topic_file, monkeypatch):
    monkeypatch.setattr(building, "available_memory", lambda: 40_000)
    with pytest.raises(ConfigError, match=r"dim 100 need .* dim 64 or max_vocab \d+ would fit"):
        train(topic_file, Config(min_count=1, dim=100))
    needed = [memory_needed(72, Config(dim=dim)) for dim in (64, 80)]
    assert needed[0] <= 40_000 < needed[1]


def test_memory_needed_counts_both_matrices_and_rows():
    config = Config(dim=100)
    assert memory_needed(1_000_000, config) == pytest.approx(2 * 1e6 * 112 * 4, rel=0.02)
    assert memory_needed(10, config, 1000) - memory_needed(10, config) == 4000


@pytest.mark.parametrize(
    ("corpus", "error", "message"),
    [
        ("nowhere/at-all.txt", FileError, "nowhere/at-all.txt"),
        ([["only", "only"]], DataError, "."),
        ([], DataError, "."),
        (["a.txt", ["word"]], DataError, "."),
    ],
)
def test_unusable_corpora(corpus, error, message):
    with pytest.raises(error, match=message):
        train(corpus, Config(min_count=1))


def test_corpus_and_vocab_go_together(topic_file, topic_sentences):
    vocab, corpus = corpus_from_sentences(
        topic_sentences, min_count=1, max_vocab=None, lowercase=False
    )
    with pytest.raises(ConfigError, match="vocab"):
        train(corpus)
    with pytest.raises(ConfigError, match="vocab"):
        train(topic_file, vocab=vocab)


def test_isa_is_checked_before_the_text_is_read(topic_file, monkeypatch):
    monkeypatch.setenv("W2V_ISA", "mmx")
    with pytest.raises(ConfigError, match="mmx"):
        train("does-not-exist.txt")


def test_a_run_that_diverges_ends_with_an_error(topic_file):
    with pytest.raises(ConfigError, match=r"diverged in epoch .* lower alpha, which is 10"):
        train(topic_file, Config(negatives="private", **SMALL | {"alpha": 10.0}))


def test_a_text_without_pairs_is_refused_with_a_remedy():
    """Three words and the default sample: nearly every token is thinned out."""
    with pytest.raises(DataError, match=r"no pair of words .* try sample 0"):
        train([["a", "b", "c"]] * 6, Config(min_count=1, threads=1))
    with pytest.raises(DataError, match="put more on one"):
        train([["a"], ["b"]] * 100, Config(min_count=1, sample=0))


def test_no_more_workers_than_chunks(topic_file, monkeypatch):
    made = []

    class Counted(building.Worker):
        def __init__(self, run, seed, stream):
            made.append(stream)

    monkeypatch.setattr(building, "Worker", Counted)
    train(topic_file, Config(threads=1000, **SMALL | {"epochs": 1}))
    assert 1 < len(made) < 40


def test_memory_of_workers_is_checked(topic_file, monkeypatch):
    monkeypatch.setattr(building, "available_memory", lambda: 3_000_000)
    with pytest.raises(ConfigError, match=r"threads need .* fewer threads would fit"):
        train(topic_file, Config(threads=40, window=500, **SMALL))


def test_numbers_of_numpy_are_numbers():
    config = Config(dim=np.int64(8), alpha=np.float32(0.5))
    assert type(config.dim) is int
    assert type(config.alpha) is float
    with pytest.raises(ConfigError, match="alpha"):
        Config(alpha=10**400)
    with pytest.raises(ConfigError, match=r"dim is 8\.0"):
        Config(dim=8.0)


def test_a_loss_above_that_of_knowing_nothing_is_divergence(tmp_path):
    """Bounded steps can go wrong without ever becoming infinite."""
    generator = np.random.default_rng(1)
    lines = [
        " ".join(f"i{group * 4 + k}" for k in generator.integers(0, 4, 40))
        for group in generator.integers(0, 100, 500)
    ]
    text = tmp_path / "sessions.txt"
    text.write_text("\n".join(lines))
    settings = {"window": "sentence", "min_count": 1, "sample": 0, "threads": 1, "dim": 16}
    with pytest.raises(ConfigError, match=r"diverged in epoch .* untrained .* lower alpha"):
        train(text, Config(**settings, epochs=2, alpha=0.1))
    assert train(text, Config(**settings, epochs=2, alpha=0.005)).record["finished"]
