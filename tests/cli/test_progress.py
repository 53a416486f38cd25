"""Progress: lines for a log, bars for a terminal, nothing when quiet."""

import sys
from types import SimpleNamespace

import pytest

from w2v.cli.progress import Reporter, human_bytes, human_seconds
from w2v.cli.streams import Notes


def steps():
    """Yield the progress of a run of two epochs over 1,000 words, as training reports it."""
    run = {"epochs": 2, "words_per_second": 0.0, "loss": None, "alpha": 0.025, "epoch": 1}
    run |= {"heldout_loss": None, "estimate": None, "note": ""}
    for done in (0, 3000, 6000):
        yield SimpleNamespace(**{**run, "phase": "text", "done": done, "total": 6000})
    for epoch in (1, 2):
        run = {**run, "epoch": epoch, "phase": "training", "total": 2000}
        start = 1000 * (epoch - 1)
        estimate = {"estimate": 7500.0 if epoch == 1 else None}
        yield SimpleNamespace(**{**run, **estimate, "done": start + 500})
        last = {
            "done": start + 1000,
            "loss": 3.0 - epoch,
            "words_per_second": 12345.6,
            "seconds": 7.25,
            "heldout_loss": None if epoch == 1 else 1.5,
        }
        yield SimpleNamespace(**{**run, **last})


def report(quiet=False):
    with Reporter(Notes(quiet=quiet)) as reporter:
        for step in steps():
            reporter(step)


def test_lines_off_a_terminal(capsys):
    report()
    out, err = capsys.readouterr()
    assert out == ""
    assert "\r" not in err
    text, estimate, first, second = err.splitlines()
    assert text.startswith("text: 6.0 kB, 1,000 words, ")
    assert estimate == "training will take about 2.1 hours"
    assert first.startswith("epoch 1/2: loss 2.0000, 12,346 words/s, 7.2 s")
    assert second.startswith("epoch 2/2: loss 1.0000, held-out loss 1.5000, 12,346 words/s")


def test_bars_on_a_terminal(capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    report()
    out, err = capsys.readouterr()
    assert out == ""
    assert "\r" in err
    assert "epoch 2/2: loss 1.0000" in err


def test_quiet_is_silent(capsys):
    report(quiet=True)
    assert capsys.readouterr() == ("", "")


def test_an_unwritable_stderr_does_not_stop_the_run(monkeypatch):
    class Gone:
        def write(self, _text):
            raise BrokenPipeError

        def isatty(self):
            return False

    monkeypatch.setattr(sys, "stderr", Gone())
    report()
    monkeypatch.setattr(sys, "stderr", None)
    report()


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 bytes"), (999, "999 bytes"), (1500, "1.5 kB"), (2e9, "2.0 GB"), (5e15, "5000.0 TB")],
)
def test_human_bytes(count, text):
    assert human_bytes(count) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.04, "0.0 seconds"), (119, "119.0 seconds"), (120, "2.0 minutes"), (2e5, "2.3 days")],
)
def test_human_seconds(seconds, text):
    assert human_seconds(seconds) == text
