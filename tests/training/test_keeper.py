"""When checkpoints are written, and out of which memory."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest
from interrupting import SMALL

from w2v import Config, train
from w2v.training import keeper, tables


def trained(text, folder):
    """Train, with checkpoints as often as can be; return the model and what the user is told."""
    notes = []
    model = train(
        text,
        Config(**SMALL),
        checkpoint=folder,
        checkpoint_every=1e-9,
        progress=lambda report: notes.append(report.note),
    )
    return model, notes


def copying(monkeypatch, matrix):
    """Have the keeper make copies by `matrix`."""
    monkeypatch.setattr(keeper, "tables", SimpleNamespace(padded_matrix=matrix))


def test_without_memory_for_a_copy_training_waits_and_says_so(text, tmp_path, monkeypatch):
    monkeypatch.setattr(keeper, "available_memory", lambda: 0)
    _, notes = trained(text, tmp_path / "run")
    assert any("training waits" in note for note in notes)


def test_memory_for_copies_is_got_while_training_goes_on(text, tmp_path, monkeypatch):
    threads = []

    def matrix(words, dim):
        threads.append(threading.current_thread())
        return tables.padded_matrix(words, dim)

    copying(monkeypatch, matrix)
    trained(text, tmp_path / "run")
    assert len(threads) == 2  # once for the whole run
    assert threading.main_thread() not in threads


def test_refused_memory_for_a_copy_does_not_end_training(text, tmp_path, monkeypatch):
    def refused(words, dim):
        raise MemoryError

    copying(monkeypatch, refused)
    model, notes = trained(text, tmp_path / "run")
    assert model.record["finished"]
    assert any("training waits" in note for note in notes)


def test_an_interrupt_does_not_wait_for_memory_for_copies(text, tmp_path, monkeypatch):
    """Touching all pages of large matrices takes seconds."""
    begun = threading.Event()

    class Slow:
        """A matrix whose pages never come to an end."""

        size = 1 << 62

        def reshape(self, _shape):
            return self

        def __setitem__(self, _place, _value):
            begun.set()

    copying(monkeypatch, lambda words, dim: Slow())

    def interrupt(report):
        if report.phase == "training" and begun.is_set():
            raise KeyboardInterrupt

    before = set(threading.enumerate())
    with pytest.raises(KeyboardInterrupt, match="go on with"):
        train(
            text,
            Config(**SMALL | {"epochs": 10_000}),
            checkpoint=tmp_path / "run",
            checkpoint_every=1e-9,
            progress=interrupt,
        )
    assert set(threading.enumerate()) <= before
