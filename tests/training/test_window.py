"""A window of a whole line: every pair, in any order."""

import random

import numpy as np
import pytest

from w2v.config import Config
from w2v.errors import ConfigError
from w2v.text import corpus as corpus_module
from w2v.text.corpus import corpus_from_sentences
from w2v.training import train
from w2v.training.window import settle_window

SMALL = {"dim": 8, "min_count": 1, "sample": 0, "threads": 1, "epochs": 2}


def sessions(longest=9, count=300):
    draw = random.Random(1)
    lines = [draw.choices("abcdefghijkl", k=draw.randint(1, longest - 1)) for _ in range(count)]
    return [*lines, draw.choices("abcdefghijkl", k=longest)]


def test_it_is_a_fixed_window_from_end_to_end_of_the_longest_line():
    whole = train(sessions(), Config(window="sentence", **SMALL))
    wide = train(sessions(), Config(window=8, window_mode="fixed", **SMALL))
    assert whole.record["window"] == {"words": 8, "longest_line": 9}
    assert wide.record["window"] == {"words": 8}
    np.testing.assert_array_equal(whole.vectors.matrix, wide.vectors.matrix)
    assert whole.record["settings"]["window"] == "sentence"


def test_the_cap_and_the_record_repeat_a_run():
    config = Config(window="sentence", window_cap=3, **SMALL)
    model = train(sessions(), config)
    assert model.record["window"] == {"words": 3, "longest_line": 9}
    assert Config(**model.record["settings"]) == config
    assert (config.widest, Config(window=7).widest) == (3, 7)


@pytest.mark.parametrize("step", [1, 3, 1 << 22])
def test_the_longest_line_is_found_in_pieces(monkeypatch, step):
    monkeypatch.setattr(corpus_module, "STEP", step)
    lists = [["a"], [], ["a", "b", "x", "a", "b"], ["b", "a"], ["a"] * 3]
    _, corpus = corpus_from_sentences(lists, min_count=2)
    assert corpus.longest() == 4
    assert settle_window(Config(window="sentence"), corpus).widest == 3
    assert settle_window(Config(window=9), corpus) == Config(window=9)
    _, corpus = corpus_from_sentences([["a"], ["b"]], min_count=1)
    assert settle_window(Config(window="sentence"), corpus).widest == 1


def test_order_does_not_count():
    """Items of a group stand anywhere among many others, and are found all the same."""
    draw = random.Random(2)
    groups = [[f"{name}{n}" for n in range(5)] for name in "abcdef"]
    lines = []
    for _ in range(3_000):
        one = draw.sample(draw.choice(groups), 4)
        rest = [item for other in draw.sample(groups, 2) for item in draw.sample(other, 1)]
        line = [*one[:2], *rest, *one[2:]]
        draw.shuffle(line)
        lines.append(line)
    settings = {**SMALL, "epochs": 20, "alpha": 0.05, "dim": 16}
    vectors = train(lines, Config(window="sentence", **settings)).vectors
    for item in vectors.words:
        assert {word[0] for word, _ in vectors.nearest(item, 4)} == {item[0]}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"window": "line"}, "window is 'line': give a whole number, or sentence"),
        ({"window": 2.5}, "window is 2.5"),
        ({"window": 0}, "window is 0"),
        ({"window": "sentence", "window_cap": 0}, "window_cap is 0"),
        ({"window": 5, "window_cap": 9}, "window_cap goes with window sentence, and window is 5"),
        ({"window": "sentence", "window_mode": "weighted"}, "window_mode is weighted"),
        ({"window_mode": "round"}, "window_mode is 'round'"),
    ],
)
def test_bad_windows(changes, message):
    with pytest.raises(ConfigError, match=message):
        Config(**changes)


def test_the_mode_follows_the_window():
    assert Config().window_mode == "weighted"
    assert Config(window="sentence").window_mode == "fixed"
    assert Config(window="sentence", window_mode="fixed") == Config(window="sentence")
