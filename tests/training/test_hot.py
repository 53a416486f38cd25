"""Whether copies of hot rows are made, and of how many."""

import pytest
from test_checkpoint import interrupted_often, quick_polls  # noqa: F401 -- a fixture

from w2v import Config, train
from w2v.errors import ConfigError
from w2v.training import hot

MANY = 1_000_000


@pytest.fixture
def slow_lines(monkeypatch):
    monkeypatch.delenv("W2V_HOT_ROWS", raising=False)
    monkeypatch.setattr(hot, "line_round_trip", lambda: 120e-9)
    monkeypatch.setattr(hot, "second_cache", lambda: 2 << 20)


@pytest.mark.usefixtures("slow_lines")
@pytest.mark.parametrize(
    ("workers", "dim", "words", "rows"),
    [
        (1, 100, MANY, 0),
        (2, 100, MANY, 1024),
        (2, 300, MANY, 431),  # of both matrices, half of 2 MB
        (16, 100, MANY, 512),
        (128, 100, MANY, 64),
        (2, 100, 400, 50),
    ],
)
def test_rows_follow_from_workers_caches_and_vocabulary(workers, dim, words, rows):
    assert hot.hot_rows(words, Config(dim=dim), workers)[0] == rows


@pytest.mark.usefixtures("slow_lines")
def test_workers_merge_the_more_often_the_more_they_are():
    intervals = [hot.hot_rows(MANY, Config(), workers)[1] for workers in (2, 4, 100_000)]
    assert intervals == [16_384, 8_192, 1]


@pytest.mark.usefixtures("slow_lines")
def test_hierarchical_softmax_has_copies_of_its_own():
    assert hot.hot_rows(MANY, Config(loss="hs"), 2)[0] == 0


@pytest.mark.usefixtures("slow_lines")
@pytest.mark.parametrize("trip", [None, 60e-9])
def test_no_copies_where_lines_are_fast(monkeypatch, trip):
    monkeypatch.setattr(hot, "line_round_trip", lambda: trip)
    assert hot.hot_rows(MANY, Config(), 2)[0] == 0


@pytest.mark.usefixtures("slow_lines")
def test_unknown_cache_is_taken_for_a_usual_one(monkeypatch):
    monkeypatch.setattr(hot, "second_cache", lambda: None)
    assert hot.hot_rows(MANY, Config(dim=100), 2)[0] == (1 << 19) // (2 * 4 * 112)


def test_line_is_timed_here():
    trip = hot.line_round_trip()
    assert trip is None or 1e-9 < trip < 1e-3


@pytest.mark.parametrize("wanted", ["many", "-1", "1.5", "9" * 30])
def test_wrong_setting_is_told_before_the_text_is_read(monkeypatch, tmp_path, wanted):
    monkeypatch.setenv("W2V_HOT_ROWS", wanted)
    with pytest.raises(ConfigError, match="W2V_HOT_ROWS is '"):
        train(tmp_path / "missing.txt")


SMALL = {"dim": 24, "min_count": 1, "epochs": 8, "sample": 0.0, "alpha": 0.05}


@pytest.mark.parametrize("changes", [{}, {"model": "cbow"}, {"negatives": "private"}], ids=str)
@pytest.mark.parametrize("threads", [2, 5])
def test_planted_topics_are_found(monkeypatch, topic_file, assert_topics_found, threads, changes):
    monkeypatch.setenv("W2V_HOT_ROWS", "50")
    model = train(topic_file, Config(threads=threads, **SMALL | changes))
    assert model.record["hot_rows"] == 50
    assert_topics_found(model.vectors)


def test_interrupted_runs_go_on(monkeypatch, topic_file, tmp_path, assert_topics_found):
    monkeypatch.setenv("W2V_HOT_ROWS", "50")
    config = Config(threads=3, **SMALL)
    model = interrupted_often(topic_file, config, tmp_path / "run", seed=3, most=6)
    assert model.record["hot_rows"] == 50
    assert_topics_found(model.vectors)
