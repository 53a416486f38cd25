"""Presets: what they set, what wins over them, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest

from w2v import Config, GraphConfig
from w2v.errors import ConfigError
from w2v.presets import preset_settings
from w2v.training.tables import fill_initial, padded_matrix

NAMES = ("word2vec", "gensim", "fasttext")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("model", ["skipgram", "cbow"])
@pytest.mark.parametrize("loss", ["ns", "hs"])
def test_a_preset_is_made_of_fields_and_changes_win(name, model, loss):
    config = Config.preset(name, model=model, loss=loss, window=3)
    for field, value in preset_settings(name, {"model": model, "loss": loss}).items():
        assert getattr(config, field) == (3 if field == "window" else value)
    assert config.cbow_gradient == ("original" if model == "cbow" else "corrected")


def test_what_differs_between_programs():
    word2vec, gensim, fasttext = (Config.preset(name) for name in NAMES)
    assert (word2vec.min_alpha, gensim.min_alpha, fasttext.min_alpha) == (2.5e-6, 1e-4, 0.0)
    assert (word2vec.noise_exponent, fasttext.noise_exponent) == (0.75, 0.5)
    assert (word2vec.initial_range, gensim.initial_range) == (0.5, 1.0)
    assert Config.preset("word2vec", loss="hs").large_logits == "skip"
    assert Config.preset("word2vec", alpha=0.1).min_alpha == pytest.approx(1e-5)


@pytest.mark.parametrize(
    ("name", "changes", "message"),
    [
        ("glove", {}, "preset is 'glove': give word2vec or gensim or fasttext"),
        ("gensim", {"loss": "softmax"}, "loss is softmax, which preset gensim does not have"),
        ("gensim", {"negatives": "shared", "large_logits": "skip"}, "large_logits is skip"),
        ("word2vec", {"window": "sentence", "window_mode": "shrink"}, "window_mode is shrink"),
        ("word2vec", {"alpha": "x"}, "alpha is 'x': give a number"),
        ("word2vec", {"block_length": 64}, "block_length goes with negatives shared"),
    ],
)
def test_what_a_preset_refuses(name, changes, message):
    with pytest.raises(ConfigError, match=message):
        Config.preset(name, **changes)


def test_what_makes_no_sense_beside_what_is_given_is_not_set():
    for name in ("word2vec", "gensim", "fasttext"):
        shared = Config.preset(name, negatives="shared")
        assert (shared.large_logits, shared.logit_limit) == ("exact", 6.0)
        assert Config.preset(name, large_logits="exact").negatives == "private"
        assert Config.preset(name, window="sentence").window_mode == "fixed"
        assert Config.preset(name, loss="hs", negatives="shared").large_logits != "exact"


def test_graphs_have_no_presets():
    with pytest.raises(ConfigError, match="preset 'gensim' is for text: make a GraphConfig"):
        GraphConfig.preset("gensim")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"large_logits": "skip"}, "large_logits is skip"),
        ({"negatives": "private", "block_noise": 16}, "block_noise goes with negatives shared"),
        ({"negatives": "private", "block_length": 9, "loss": "nce"}, "block_length goes with"),
        ({"large_logits": "skip", "loss": "nce", "negatives": "private"}, "large_logits is skip"),
        ({"logit_limit": 8.0}, "logit_limit goes with large_logits"),
        ({"initial_range": -1.0}, "initial_range is -1: give 0 to"),
    ],
)
def test_settings_of_presets_are_checked(changes, message):
    with pytest.raises(ConfigError, match=message):
        Config(**changes)


def test_initial_range():
    rows = padded_matrix(500, 10)
    fill_initial(rows, 10, 1, 2.0)
    assert np.abs(rows[:-1, :10]).max() == pytest.approx(0.2, rel=0.01)
    assert rows[:-1, :10].mean() == pytest.approx(0, abs=0.01)
    assert not rows[-1].any()


@pytest.mark.parametrize(
    ("effort", "length", "noise"), [("fast", 64, 16), ("balanced", 128, 32), ("accurate", 256, 64)]
)
def test_an_effort_sets_the_block_where_it_is_left_out(effort, length, noise):
    config = Config(effort=effort)
    assert (config.block_length, config.block_noise) == (length, noise)
    config = Config(effort=effort, block_noise=5)
    assert (config.block_length, config.block_noise) == (length, 5)
    assert Config(**config.as_dict()) == config


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"effort": "great"}, "effort is 'great': give fast or balanced or accurate"),
        ({"effort": "fast", "negatives": "private"}, "negatives are private: leave it out"),
        ({"effort": "fast", "loss": "hs"}, "loss is hs: leave it out"),
        ({"effort": "accurate", "loss": "softmax"}, "loss is softmax: leave it out"),
        ({"block_length": 64, "negatives": "private"}, "block_length goes with negatives shared"),
    ],
)
def test_efforts_that_make_no_sense(settings, message):
    with pytest.raises(ConfigError, match=message):
        Config(**settings)
