"""What each objective converges to, on a language whose probabilities are known."""

from __future__ import annotations

from typing import Any, get_args

import numpy as np
import pytest
from planted import (
    SEEN,
    analogies,
    analogy_sentences,
    divergence,
    inner_products,
    log_share,
    make_language,
)

from w2v import Config, train
from w2v.config import Loss, ModelName

NEGATIVES = ("shared", "private")
SMALL: dict[str, Any] = {"dim": 24, "min_count": 1, "sample": 0.0, "alpha": 0.05}


@pytest.fixture(scope="module")
def language():
    return make_language()


@pytest.mark.parametrize("negatives", NEGATIVES)
@pytest.mark.parametrize("negative", [1, 5, 15])
def test_negative_sampling_converges_to_shifted_pmi(language, negative, negatives):
    """x . y = PMI - log k (Levy and Goldberg 2014)."""
    products, counts = inner_products(language, negative=negative, negatives=negatives)
    often = counts >= SEEN
    logs = log_share(counts)
    pmi = np.log(counts[often] / counts.sum()) - (logs[:, None] + logs)[often]
    assert np.corrcoef(products[often], pmi)[0, 1] > 0.95
    assert products[often].mean() == pytest.approx((pmi - np.log(negative)).mean(), abs=0.15)


@pytest.mark.parametrize("negatives", NEGATIVES)
@pytest.mark.parametrize("loss", [{"loss": "nce"}, {"loss": "sampled-softmax", "log_q": True}])
def test_consistent_losses_recover_the_conditional_distribution(language, loss, negatives):
    products, counts = inner_products(language, negatives=negatives, **loss)
    assert divergence(products, counts) < 0.02


@pytest.mark.parametrize("negatives", NEGATIVES)
def test_nce_normalizes_itself(language, negatives):
    """Its sum of exponentials is 1: the odds p / (1 - p) would sum to a fifth more."""
    products, counts = inner_products(language, loss="nce", negatives=negatives)
    sums = np.logaddexp.reduce(products, axis=1)
    assert sums @ np.exp(log_share(counts)) == pytest.approx(0, abs=0.06)


def test_softmax_recovers_the_conditional_distribution(language):
    products, counts = inner_products(language, loss="softmax", block_length=128)
    assert divergence(products, counts) < 0.01


@pytest.mark.parametrize("loss", ["ns", "sampled-softmax"])
@pytest.mark.parametrize("negatives", NEGATIVES)
def test_negative_sampling_does_not_unless_corrected_for_the_noise(language, loss, negatives):
    products, counts = inner_products(language, loss=loss, negatives=negatives)
    assert divergence(products, counts) > 0.1
    assert divergence(products + log_share(counts), counts) < 0.04


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("loss", get_args(Loss))
@pytest.mark.parametrize("model", get_args(ModelName))
def test_planted_topics_are_found(topic_file, assert_topics_found, model, loss, threads):
    config = Config(model=model, loss=loss, threads=threads, epochs=6, **SMALL)
    assert_topics_found(train(topic_file, config).vectors)


@pytest.mark.parametrize("threads", [1, pytest.param(2, marks=pytest.mark.slow)])
@pytest.mark.parametrize("loss", get_args(Loss))
@pytest.mark.parametrize("model", get_args(ModelName))
def test_planted_analogies_are_found(model, loss, threads):
    # paths of seven nodes learn from fewer of them than from noise or all words
    more = {"epochs": 20, "alpha": 0.1} if loss == "hs" else {"epochs": 10}
    config = Config(model=model, loss=loss, threads=threads, window=6, **SMALL | more)
    vectors = train(analogy_sentences(), config).vectors
    answers = [vectors.analogy(a, b, c, 1)[0][0] == d for a, b, c, d in analogies()]
    assert np.mean(answers) > 0.95
