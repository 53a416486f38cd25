import threading

import pytest

from w2v.errors import ConfigError
from w2v.text.threads import share
from w2v.training.epochs import run_threads


@pytest.mark.parametrize(
    ("threads", "message"),
    [(7, "threads is 7: .* give fewer$"), (1, "to start a thread: its limit")],
)
def test_what_is_said_when_the_system_starts_no_more_threads(monkeypatch, threads, message):
    def refuse(_thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    with pytest.raises(ConfigError, match=message):
        share(10, threads, lambda _place: None)
    with pytest.raises(ConfigError, match=message):
        run_threads([lambda: None] * threads, stop=lambda: None, poll=lambda: None)


def test_the_failure_that_comes_first_in_the_text_is_raised():
    def work(place):
        if place % 2:
            raise ValueError(place)

    with pytest.raises(ValueError, match=r"^1$"):
        share(100, 4, work)
