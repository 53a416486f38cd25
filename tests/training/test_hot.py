"""Whether copies of hot rows are made, and of how many."""

import pytest
from test_checkpoint import interrupted_often, quick_polls  # noqa: F401 -- a fixture

from w2v import Config, resume, train
from w2v.errors import ConfigError
from w2v.training import building, hot

MANY = 1_000_000


@pytest.fixture(autouse=True)
def measured(monkeypatch):
    """Nothing is forced, and the second cache is known."""
    monkeypatch.delenv("W2V_HOT_ROWS", raising=False)
    monkeypatch.setattr(hot, "cache_sizes", lambda: {1: 32 << 10, 2: 2 << 20})


@pytest.mark.parametrize(
    ("workers", "dim", "words", "rows"),
    [
        (1, 100, MANY, 0),
        (2, 100, MANY, 1024),
        (2, 300, MANY, 431),  # of both matrices, half of 2 MB
        (16, 100, MANY, 256),
        (128, 100, MANY, 32),
        (2, 100, 400, 50),
    ],
)
def test_rows_follow_from_workers_caches_and_vocabulary(workers, dim, words, rows):
    found = hot.hot_rows(words, Config(dim=dim), workers)
    assert found.rows == rows
    assert found.slow_line == hot.SLOW_LINE


def test_workers_merge_the_more_often_the_more_they_are():
    intervals = [hot.hot_rows(MANY, Config(), workers).interval for workers in (2, 4, 100_000)]
    assert intervals == [8_192, 4_096, 1]


def test_hierarchical_softmax_has_copies_of_its_own(monkeypatch):
    assert hot.hot_rows(MANY, Config(loss="hs"), 2).rows == 0
    monkeypatch.setenv("W2V_HOT_ROWS", "7")
    assert hot.hot_rows(MANY, Config(loss="hs"), 2).rows == 0
    assert hot.hot_rows(MANY, Config(), 2) == hot.HotRows(7, 8_192, slow_line=0)


def test_unknown_cache_is_taken_for_a_usual_one(monkeypatch):
    monkeypatch.setattr(hot, "cache_sizes", dict)
    assert hot.hot_rows(MANY, Config(dim=100), 2).rows == (1 << 19) // (2 * 4 * 112)


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
    monkeypatch.delenv("W2V_HOT_ROWS")
    finished = resume(tmp_path / "run")
    for name in ("isa", "hot_rows"):
        assert finished.record[name] == model.record[name]


@pytest.mark.parametrize(("slow_line", "rows"), [(1.0, 0), (0.0, 7)])
def test_record_says_whether_there_were_copies(monkeypatch, topic_file, slow_line, rows):
    found = hot.HotRows(7, 16_384, slow_line)
    monkeypatch.setattr(building, "hot_rows", lambda *_: found)
    model = train(topic_file, Config(threads=2, **SMALL))
    assert model.record["hot_rows"] == rows
