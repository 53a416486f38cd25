"""Checkpoints: going on is bit for bit not having stopped, and damage is refused."""

from __future__ import annotations

import contextlib
import itertools
import json
import shutil
import threading
from typing import Literal, get_args, get_origin, get_type_hints

import numpy as np
import pytest
from interrupting import SMALL, Interrupter, rewrite

from w2v import Config, Corpus, resume, train
from w2v.errors import ConfigError, DataError, FileError
from w2v.text.corpus import read_corpus
from w2v.training import checkpoint, epochs, judging, session

OBJECTIVE = ("model", "loss", "negatives")  # what decides which code trains


def choices(every):
    """Return combinations of the settings that are one of a few words, new ones too.

    All of them, or those of the objective alone and each other setting by itself.
    """
    kinds = {
        name: get_args(kind)
        for name, kind in get_type_hints(Config).items()
        if get_origin(kind) is Literal
    }
    defaults = {name: getattr(Config(), name) for name in kinds}
    found = []
    for values in itertools.product(*kinds.values()):
        changes = dict(zip(kinds, values, strict=True))
        others = [n for n in kinds if n not in OBJECTIVE and changes[n] != defaults[n]]
        plain = changes["loss"] == "ns" and changes["negatives"] == "shared"
        if not every and (len(others) > 1 or (others and not plain)):
            continue
        with contextlib.suppress(ConfigError):  # not every model has every loss
            Config(**changes)
            found.append(pytest.param(changes, id="-".join(values)))
    return found


def interrupted_often(corpus, config, folder, seed, most=60, **extra):
    """Train, interrupted up to `most` times and resumed each time; return the model."""
    interrupter = Interrupter(seed)

    def listen(report):
        if interrupter.count < most:
            interrupter(report)

    try:
        model = train(corpus, config, checkpoint=folder, progress=listen, **extra)
    except KeyboardInterrupt:
        model = None
    while model is None:
        try:
            model = resume(folder, progress=listen)
        except KeyboardInterrupt as stop:
            assert "w2v resume" in str(stop)
    assert interrupter.count >= 1
    return model


def same(first, second):
    return (
        first.vectors.matrix.tobytes() == second.vectors.matrix.tobytes()
        and first.outputs.tobytes() == second.outputs.tobytes()
        and first.vocab.words == second.vocab.words
    )


@pytest.fixture(autouse=True)
def quick_polls(monkeypatch):
    monkeypatch.setattr(epochs, "POLL_SECONDS", 0.0005)


def assert_same_runs(whole, parts):
    assert same(whole, parts)
    for name in ("loss", "heldout_loss"):
        losses = [[e.get(name, 0) for e in model.record["epochs"]] for model in (whole, parts)]
        assert losses[0] == pytest.approx(losses[1], rel=1e-9)
    assert parts.record["settings"] == whole.record["settings"]
    assert parts.record.get("heldout") == whole.record.get("heldout")
    assert parts.record["finished"] is True


def check_that_resuming_changes_nothing(changes, text, folder, most=60):
    config = Config(**SMALL | changes)
    whole = train(text, config)
    parts = interrupted_often(text, config, folder, seed=repr(changes), most=most)
    assert_same_runs(whole, parts)
    assert same(whole, resume(folder))


@pytest.mark.parametrize("changes", choices(every=False))
def test_resuming_is_bit_for_bit_not_having_stopped(changes, text, tmp_path):
    check_that_resuming_changes_nothing(changes, text, tmp_path / "run", most=15)


@pytest.mark.slow
@pytest.mark.parametrize("changes", choices(every=True))
def test_resuming_changes_nothing_whatever_the_settings(changes, text, tmp_path):
    check_that_resuming_changes_nothing(changes, text, tmp_path / "run")


@pytest.mark.parametrize(
    "changes",
    [
        {"holdout": 0.2},
        {"holdout": 0.2, "patience": 1, "epochs": 8, "alpha": 0.5},
        {"holdout": 0.05, "patience": 1, "loss": "softmax", "epochs": 4},
        {"window": 40, "block_length": 7, "block_noise": 3, "dim": 33, "alpha": 0.005},
        {"log_q": True, "loss": "sampled-softmax", "window": 9},
        {"sample": 0.0, "window": 1, "block_length": 1, "block_noise": 1},
    ],
    ids=lambda changes: "-".join(map(str, changes)),
)
def test_resuming_changes_nothing_with_holdout_and_odd_sizes(changes, text, tmp_path):
    check_that_resuming_changes_nothing(changes, text, tmp_path / "run")


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("done", [False, True])
@pytest.mark.parametrize(
    ("owner", "place", "changes"),
    [
        (session.report, "add_epoch", {}),
        (session.Session, "_begin_next", {}),
        (session.Session, "_begin_next", {"holdout": 0.2}),
        (judging.Best, "stop", {"holdout": 0.2}),
        # The best is not the last. With patience 1 some kernels' rounding ends it after two epochs.
        (judging.Best, "stop", {"holdout": 0.2, "patience": 2, "alpha": 0.5}),
    ],
)
def test_an_interrupt_between_two_epochs_loses_nothing(
    owner, place, changes, done, number, text, tmp_path, monkeypatch
):
    real = getattr(owner, place)
    calls = []

    def interrupted(*args):
        calls.append(args)
        if len(calls) != number:
            return real(*args)
        if done:
            real(*args)
        raise KeyboardInterrupt

    config = Config(**SMALL | {"epochs": 3} | changes)
    whole = train(text, config)
    assert len(whole.record["epochs"]) == 3
    monkeypatch.setattr(owner, place, interrupted)
    with pytest.raises(KeyboardInterrupt, match="w2v resume"):
        train(text, config, checkpoint=tmp_path / "run")
    parts = resume(tmp_path / "run")
    assert len(calls) == 4
    assert_same_runs(whole, parts)


def test_checkpoints_during_training_change_nothing(text, tmp_path):
    config = Config(**SMALL)
    kept = train(text, config, checkpoint=tmp_path / "run", checkpoint_every=1e-9)
    assert same(train(text, config), kept)
    assert json.loads((tmp_path / "run" / "checkpoint.json").read_text())["finished"] is True


def test_several_threads_go_on_with_all_of_the_text(topic_file, tmp_path, assert_topics_found):
    settings = {"dim": 24, "min_count": 1, "epochs": 8, "sample": 0.0, "alpha": 0.05}
    model = interrupted_often(
        topic_file, Config(threads=3, **settings), tmp_path / "run", seed=3, most=6
    )
    assert_topics_found(model.vectors)
    assert len(model.record["epochs"]) == 8


def test_other_threads_go_on_with_new_workers(saved, tmp_path):
    model = resume(saved, threads=2)
    assert model.record["threads"] == 2
    assert model.record["resumes"] == 1
    assert len(model.record["epochs"]) == SMALL["epochs"]
    assert np.isfinite(model.vectors.matrix).all()
    facts = json.loads((saved / "checkpoint.json").read_text())
    assert facts["position"]["done"] == SMALL["epochs"] * facts["corpus"]["kept"]


def test_another_kernel_is_refused_unless_workers_are_new(saved, monkeypatch):
    facts = json.loads((saved / "checkpoint.json").read_text())
    if facts["isa"] == "baseline":
        pytest.skip("this processor has one kernel only")
    monkeypatch.setenv("W2V_ISA", "baseline")
    with pytest.raises(ConfigError, match=rf"W2V_ISA={facts['isa']}.*--threads"):
        resume(saved)
    assert resume(saved, threads=1).record["isa"] == "baseline"


def test_kept_rows_need_no_text(text, tmp_path):
    copy = tmp_path / "copy.txt"
    shutil.copy(text, copy)
    config = Config(**SMALL)
    with pytest.raises(KeyboardInterrupt):
        train(
            copy,
            config,
            checkpoint=tmp_path / "run",
            keep_corpus=True,
            progress=Interrupter(1, 1),
        )
    copy.unlink()
    assert same(train(text, config), resume(tmp_path / "run"))


@pytest.mark.parametrize("kind", ["sentences", "corpus"])
def test_what_cannot_be_read_again_is_kept(kind, text, tmp_path):
    config = Config(**SMALL)
    vocab = None
    if kind == "sentences":
        corpus = [line.split() for line in text.read_text().splitlines()]
    else:
        vocab, corpus = read_corpus(text, min_count=1, threads=1)
        assert isinstance(corpus, Corpus)
    parts = interrupted_often(corpus, config, tmp_path / "run", seed=4, vocab=vocab)
    assert same(train(text, config), parts)


def test_a_changed_text_is_refused_with_what_differs(saved, text, tmp_path):
    facts = json.loads((saved / "checkpoint.json").read_text())
    assert facts["corpus"]["paths"] == [str(text)]
    old = text.read_text()
    try:
        text.write_text(old + "w1 w2\n")
        with pytest.raises(DataError, match=r"has changed .* tokens 60000 then, 60002 now"):
            resume(saved)
        text.write_text(old.replace("w1 w2", "w2 w1"))
        with pytest.raises(DataError, match=r"has changed .* fingerprint"):
            resume(saved)
        text.unlink()
        with pytest.raises(FileError, match="not there any more"):
            resume(saved)
    finally:
        text.write_text(old)
    resume(saved)


def test_an_interrupt_before_training_leaves_no_folder(text, tmp_path):
    def interrupt(report):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(text, Config(**SMALL), checkpoint=tmp_path / "run", progress=interrupt)
    assert list(tmp_path.iterdir()) == []


def test_the_model_so_far_is_offered_without_a_checkpoint(text):
    models = []
    before = threading.active_count()
    with pytest.raises(KeyboardInterrupt):
        train(text, Config(**SMALL), progress=Interrupter(1), on_interrupt=models.append)
    assert models[0].record["finished"] is False
    assert np.isfinite(models[0].vectors.matrix).all()
    assert threading.active_count() == before


def test_the_model_so_far_is_offered_after_the_checkpoint(text, tmp_path):
    def refuse(model):
        assert (tmp_path / "run" / "checkpoint.json").exists()
        raise FileError("no room")

    with pytest.raises(KeyboardInterrupt) as stop:
        train(
            text,
            Config(**SMALL),
            checkpoint=tmp_path / "run",
            progress=Interrupter(1),
            on_interrupt=refuse,
        )
    assert "w2v resume" in stop.value.args[0]
    assert stop.value.args[1] == "the vectors so far were not written: no room"
    models = []
    with pytest.raises(KeyboardInterrupt):
        resume(tmp_path / "run", progress=Interrupter(1), on_interrupt=models.append)
    assert models[0].record["finished"] is False


@pytest.mark.parametrize("seconds", [-1, 0, float("nan"), "10m", True])
def test_no_time_between_checkpoints(seconds, saved, text, tmp_path):
    with pytest.raises(ConfigError, match="checkpoint_every is"):
        train(text, Config(**SMALL), checkpoint=tmp_path / "a", checkpoint_every=seconds)
    with pytest.raises(ConfigError, match="checkpoint_every is"):
        resume(saved, checkpoint_every=seconds)
    assert not (tmp_path / "a").exists()


def test_the_corpus_is_kept_in_a_checkpoint_only(text):
    with pytest.raises(ConfigError, match="keep_corpus goes with checkpoint"):
        train(text, Config(**SMALL), keep_corpus=True)


def test_a_run_that_is_not_finished_is_not_overwritten(saved, text):
    with pytest.raises(ConfigError, match="w2v resume"):
        train(text, Config(**SMALL), checkpoint=saved)
    resume(saved)
    train(text, Config(**SMALL), checkpoint=saved)


def test_a_folder_of_something_else_is_refused(text, tmp_path):
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(ConfigError, match="holds other files"):
        train(text, Config(**SMALL), checkpoint=tmp_path)
    with pytest.raises(FileError, match="nowhere"):
        train(text, Config(**SMALL), checkpoint=tmp_path / "nowhere" / "run")


def test_two_writers_do_not_share_a_folder(saved):
    folder = checkpoint.Folder(saved)
    folder.claim(go_on=True)
    with pytest.raises(FileError, match="another process"):
        resume(saved)
    folder.release()
    resume(saved)


def test_a_full_disk_does_not_end_training(text, tmp_path, monkeypatch):
    def full(*_):
        raise FileError("no room")

    monkeypatch.setattr(checkpoint, "write_all", full)
    notes = []
    model = train(
        text,
        Config(**SMALL),
        checkpoint=tmp_path / "run",
        checkpoint_every=1e-9,
        progress=lambda report: notes.append(report.note),
    )
    assert model.record["finished"]
    assert any("no room" in note for note in notes)
    with pytest.raises(KeyboardInterrupt, match="no checkpoint was written: no room"):
        train(text, Config(**SMALL), checkpoint=tmp_path / "b", progress=Interrupter(1, 1))


def test_divergence_is_noticed_and_keeps_the_last_good_checkpoint(text, tmp_path):
    changes = SMALL | {"negatives": "private", "epochs": 1000}
    config = Config(**changes)
    with pytest.raises(KeyboardInterrupt):
        train(text, config, checkpoint=tmp_path / "run", progress=Interrupter(1, 1))
    facts = tmp_path / "run" / "checkpoint.json"
    content = json.loads(facts.read_text())
    content["settings"]["alpha"] = 10.0
    rewrite(facts, content)
    before = facts.read_bytes()
    with pytest.raises(ConfigError, match=r"diverged .* alpha, which is 10; .* last good check"):
        resume(tmp_path / "run")
    assert facts.read_bytes() == before


def test_divergence_is_noticed_within_an_epoch(text):
    """The polls see it: the rest of a long epoch is not waited for."""
    reports = []
    config = Config(**SMALL | {"negatives": "private", "alpha": 10.0})
    with pytest.raises(ConfigError, match="diverged in epoch 1"):
        train([str(text)] * 40, config, progress=reports.append)
    assert not any(report.epoch_end for report in reports)


def test_what_workers_of_another_version_held_is_refused(saved):
    facts = json.loads((saved / "checkpoint.json").read_text())
    # as those wrote it that knew nothing of layouts
    older = {name: fact for name, fact in facts.items() if name not in ("layout", "hot_rows")}
    for changed in (facts | {"layout": facts["layout"] + 1}, older):
        rewrite(saved / "checkpoint.json", changed)
        with pytest.raises(ConfigError, match=r"another version of w2v.*--threads"):
            resume(saved)
    assert resume(saved, threads=1).record["finished"]


def test_the_full_softmax_has_no_workers_that_hold_anything(text, tmp_path):
    config = Config(**SMALL | {"loss": "softmax", "epochs": 2})
    with pytest.raises(KeyboardInterrupt):
        train(text, config, checkpoint=tmp_path / "run", progress=Interrupter(1))
    index = tmp_path / "run" / "checkpoint.json"
    rewrite(index, json.loads(index.read_text()) | {"layout": 1_000_000})
    assert resume(tmp_path / "run").record["finished"]
