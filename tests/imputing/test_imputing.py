"""Planted labels and numbers are filled in, by every method."""

import numpy as np
import pytest

from w2v.errors import ConfigError, DataError
from w2v.evaluation import LabelSet, NumberSet
from w2v.imputing import Imputing, impute_labels, impute_numbers
from w2v.imputing.models import nearest, ridge
from w2v.vectors import Vectors

RNG = np.random.default_rng(4)
GROUP = np.arange(120) % 3
CENTERS = np.eye(3, 6) * 4
NAMES = [f"n{number}" for number in range(120)]
NODES = Vectors(NAMES, (CENTERS[GROUP] + RNG.normal(size=(120, 6))).astype(np.float32))
SLOPE = np.array([1.0, -2, 0, 0, 3, 0.5])
NUMBERS = NODES.matrix @ SLOPE + 7
LABELS = LabelSet("labels", {NAMES[n]: (f"g{GROUP[n]}",) for n in range(0, 120, 2)})


@pytest.mark.parametrize("method", ["logistic", "knn"])
def test_planted_labels_are_filled_in(method):
    if method == "logistic":
        pytest.importorskip("sklearn")
    found = impute_labels(NODES, LABELS, Imputing(method=method))
    assert (found.given, found.known, found.wanting, found.score.nodes) == (60, 60, 60, 12)
    assert found.score.measures["accuracy"] > 0.9
    assert found.score.measures["most_frequent"] < 0.7
    filled = list(found.filled)
    assert [one.node for one in filled] == NAMES[1::2]
    assert np.mean([one.value == f"g{GROUP[int(one.node[1:])]}" for one in filled]) > 0.9
    assert all(1 / 3 <= one.confidence <= 1 for one in filled)


def test_several_labels_come_with_falling_probabilities():
    several = LabelSet("l", {node: (*own, "all") for node, own in LABELS.labels.items()})
    filled = list(impute_labels(NODES, several, Imputing(method="knn"), top=3).filled)
    assert len(filled) == 180
    assert all(one.value == "all" and one.confidence == 1 for one in filled[::3])
    assert all(
        a.confidence >= b.confidence for a, b in zip(filled[1::3], filled[2::3], strict=True)
    )
    assert sum(one.confidence for one in filled[:3]) <= 2 + 1e-9


@pytest.mark.parametrize(("method", "least"), [("ridge", 0.99), ("knn", 0.3)])
def test_planted_numbers_are_filled_in(method, least):
    given = NumberSet("numbers", {NAMES[n]: float(NUMBERS[n]) for n in range(0, 120, 2)})
    found = impute_numbers(NODES, given, Imputing(method=method, neighbors=5))
    assert found.score.measures["r2"] > least
    filled = list(found.filled)
    errors = np.array([one.value for one in filled]) - NUMBERS[1::2]
    assert np.abs(errors).mean() == pytest.approx(
        found.score.measures["mean_absolute_error"], rel=0.8, abs=0.01
    )


def test_the_deviation_of_ridge_covers_what_is_to_come():
    rng = np.random.default_rng(1)
    features = rng.normal(size=(3_000, 4)).astype(np.float32)
    numbers = features[:, :1] * 2 + rng.normal(size=(3_000, 1)) * 0.5
    found = ridge(features[:1_000], numbers[:1_000])(features[1_000:])
    assert found.deviations.mean() == pytest.approx(0.5, rel=0.1)
    within = np.abs(found.means - numbers[1_000:]) < found.deviations
    # 68.3 % of 2,000, five sigma.
    assert within.mean() == pytest.approx(0.683, abs=5 * (0.683 * 0.317 / 2_000) ** 0.5)


def test_ridge_is_that_of_scikit_learn():
    linear_model = pytest.importorskip("sklearn.linear_model")
    rng = np.random.default_rng(2)
    features = rng.normal(size=(60, 8)).astype(np.float32)
    numbers = features[:, :1] + rng.normal(size=(60, 1))
    samples = features - features.mean(axis=0, dtype=np.float64)
    penalties = 10.0 ** np.arange(-6, 5) * (samples**2).sum() / 8
    theirs = linear_model.RidgeCV(penalties).fit(features.astype(np.float64), numbers[:, 0])
    ours = ridge(features, numbers)(features)
    np.testing.assert_allclose(ours.means[:, 0], theirs.predict(features), rtol=1e-6, atol=1e-6)


def test_neighbors_are_the_most_similar():
    features = np.array([[1, 0], [3, 0.3], [0, 1], [-1, 0]], np.float32)
    values = np.array([[1.0], [3.0], [10.0], [100.0]])
    found = nearest(features, values, 2)(np.array([[5, 0.1]], np.float32))
    assert (found.means.tolist(), found.deviations.tolist()) == ([[2]], [[1]])
    assert nearest(features, values, 99)(features).means[0, 0] == values.mean()


def test_features_that_do_not_vary():
    found = ridge(np.ones((6, 3), np.float32), np.arange(6.0)[:, None])(np.ones((1, 3), np.float32))
    assert found.means[0, 0] == pytest.approx(2.5)
    assert found.deviations[0, 0] == pytest.approx(np.arange(6).std(ddof=1) * (7 / 6) ** 0.5)


def test_parts_are_filled_in_alike(monkeypatch):
    whole = list(impute_labels(NODES, LABELS, Imputing(method="knn")).filled)
    monkeypatch.setattr("w2v.imputing.filling._COSINES", 60 * 7)
    assert list(impute_labels(NODES, LABELS, Imputing(method="knn")).filled) == whole


def test_nothing_to_fill_in():
    everything = LabelSet("l", {name: (f"g{g}",) for name, g in zip(NAMES, GROUP, strict=True)})
    found = impute_labels(NODES, everything, Imputing(method="knn"))
    assert (found.wanting, list(found.filled)) == (0, [])


def test_what_cannot_be_filled_in():
    four = LabelSet("four", {name: (name,) for name in NAMES[:4]})
    with pytest.raises(DataError, match="four: 4 of its nodes have a vector"):
        impute_labels(NODES, four, Imputing(method="knn"))
    with pytest.raises(DataError, match=r"none of its nodes \(1\) has a vector"):
        impute_numbers(NODES, NumberSet("n", {"x": 1.0}), Imputing(method="ridge"))
    numbers = dict.fromkeys(NAMES[:9], 1.0) | {NAMES[4]: -1e308}
    with pytest.raises(DataError, match=f"n: the number of '{NAMES[4]}' is -1e\\+308: squares"):
        impute_numbers(NODES, NumberSet("n", numbers), Imputing(method="ridge"))
    numbers[NAMES[4]] = -1e100
    for method in ("ridge", "knn"):
        found = list(impute_numbers(NODES, NumberSet("n", numbers), Imputing(method=method)).filled)
        assert np.isfinite([one[1:] for one in found]).all()
    with pytest.raises(ConfigError, match="method is ridge, which is for numbers"):
        impute_labels(NODES, LABELS, Imputing(method="ridge"))
    with pytest.raises(ConfigError, match="method is logistic, which is for labels"):
        impute_numbers(NODES, NumberSet("n", {}), Imputing())
    with pytest.raises(ConfigError, match="method is 'tree'"):
        Imputing(method="tree")
    with pytest.raises(ConfigError, match="neighbors is 0"):
        Imputing(neighbors=0)
    matrix = NODES.matrix.copy()
    matrix[1] = np.nan
    with pytest.raises(DataError, match="vector of 'n1' is not finite"):
        impute_labels(Vectors(NAMES, matrix), LABELS, Imputing(method="knn"))
