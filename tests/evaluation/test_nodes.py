"""Labels of nodes: the protocol of DeepWalk's scoring, against scikit-learn's own pieces."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from w2v.errors import ConfigError, DataError
from w2v.evaluation import LabelTest, read_labels, read_numbers, score_labels
from w2v.evaluation.labels import match_labels
from w2v.evaluation.logistic import fit, probabilities, scores
from w2v.evaluation.nodes import f1, likeliest
from w2v.vectors import Vectors

metrics = pytest.importorskip("sklearn.metrics")


def planted(groups, each, seed=1):
    """Return vectors of nodes around one center for each group, and their labels as text."""
    rng = np.random.default_rng(seed)
    centers = rng.normal(size=(groups, 8)) * 3
    group = np.arange(groups * each) % groups
    matrix = centers[group] + rng.normal(size=(len(group), 8))
    names = [f"n{number}" for number in range(len(group))]
    text = "".join(f"{name} g{one}\n" for name, one in zip(names, group, strict=True))
    return Vectors(names, matrix.astype(np.float32)), text


@given(arrays(bool, (6, 3)), arrays(bool, (6, 3)))
def test_f1_is_that_of_scikit_learn(wanted, found):
    micro, macro = f1(wanted, found)
    for mean, ours in (("micro", micro), ("macro", macro)):
        theirs = metrics.f1_score(wanted, found, average=mean, zero_division=0)
        assert ours == pytest.approx(theirs, abs=1e-12)


@given(arrays(float, (4, 5), elements=st.integers(0, 3)), st.lists(st.integers(0, 5), min_size=4))
def test_the_likeliest_are_as_many_as_asked_for(odds, counts):
    counts = np.array(counts[:4])
    marked = likeliest(odds, counts)
    assert marked.sum(axis=1).tolist() == counts.tolist()
    for row, chosen in zip(odds, marked, strict=True):
        if chosen.any() and not chosen.all():
            assert row[chosen].min() >= row[~chosen].max()


def test_regression_is_that_of_liblinear_with_its_defaults():
    linear_model = pytest.importorskip("sklearn.linear_model")
    rng = np.random.default_rng(1)
    features = rng.normal(size=(300, 6)).astype(np.float32)
    wanted = features @ rng.normal(size=(6, 3)) + rng.normal(size=(300, 3)) > [0, 1, 2]
    ours = scores(features, fit(features, wanted))
    for label in range(3):
        theirs = linear_model.LogisticRegression(solver="liblinear", tol=1e-8)
        theirs.fit(features.astype(np.float64), wanted[:, label])
        np.testing.assert_allclose(
            ours[:, label], theirs.decision_function(features), rtol=1e-3, atol=1e-3
        )
        np.testing.assert_allclose(
            probabilities(ours)[:, label], theirs.predict_proba(features)[:, 1], atol=1e-3
        )


def test_a_label_that_none_or_all_have_is_last_or_first():
    features = np.random.default_rng(1).normal(size=(20, 2))
    wanted = np.stack([np.zeros(20), np.arange(20) % 2, np.ones(20)], axis=1).astype(bool)
    found = scores(features, fit(features, wanted, threads=2))
    assert (found[:, 0] == -np.inf).all()
    assert (found[:, 2] == np.inf).all()
    assert np.isfinite(found[:, 1]).all()
    assert probabilities(found)[0, [0, 2]].tolist() == [0, 1]


def test_planted_groups_are_found(write):
    vectors, text = planted(4, 40)
    result = score_labels(vectors, LabelTest(read_labels(write(text)), (10, 50), 3))
    assert [(one.percent, one.learned, one.tested) for one in result.ratios] == [
        (10, 16, 144),
        (50, 80, 80),
    ]
    assert (result.nodes, result.known, result.labels) == (160, 160, 4)
    for one in result.ratios:
        assert len(one.micro.values) == len(one.macro.values) == 3
        assert one.micro.mean > 0.95
        assert one.macro.mean > 0.95


def test_labels_by_chance_are_not_found(write):
    vectors, text = planted(2, 100)
    labels = np.random.default_rng(1).permutation(text.split()[1::2])
    shuffled = "".join(f"n{number} {label}\n" for number, label in enumerate(labels))
    (one,) = score_labels(vectors, LabelTest(read_labels(write(shuffled)), (50,), 5)).ratios
    assert one.micro.mean == pytest.approx(0.5, abs=0.12)
    assert one.micro.deviation > 0


def test_the_seed_and_nothing_else_decides_the_splits(write):
    vectors, text = planted(3, 8)
    test = LabelTest(read_labels(write(text.replace("n1 ", "n1 x "))), (30,), 4)
    one, same, other = (
        score_labels(vectors, test, seed, threads) for seed, threads in ((1, 1), (1, 3), (2, 1))
    )
    assert one == same
    assert one != other


def test_unknown_nodes_are_left_out(write):
    vectors, text = planted(2, 20)
    result = score_labels(vectors, LabelTest(read_labels(write(text + "x g1\ny g7\n")), (50,), 1))
    assert (result.nodes, result.known, result.labels) == (42, 40, 2)


def test_separators_comments_and_repeats(write):
    labels = read_labels(write("# c\n% c\na 1\nb\t2, 10\n\nc,x,1,x\na y\r\n"))
    assert labels.labels == {"a": ("1", "y"), "b": ("2", "10"), "c": ("x", "1")}
    found = match_labels(labels, Vectors(["c", "b", "a"], np.eye(3, dtype=np.float32)))
    assert found.classes == ("1", "2", "10", "x", "y")
    assert found.rows.tolist() == [2, 1, 0]
    assert found.wanted.astype(int).tolist() == [[1, 0, 0, 0, 1], [0, 1, 1, 0, 0], [1, 0, 0, 1, 0]]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a 1\nb\n", "set.txt:2: 'b' has no label"),
        ("a 1\nb,\n", "set.txt:2: 'b' has no label"),
        ("", "set.txt is empty: give a node and its labels"),
    ],
)
def test_ragged_lines(write, content, message):
    with pytest.raises(DataError, match=message):
        read_labels(write(content))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a 1\nb x\n", "set.txt:2: 'b x' is not a node and a finite number"),
        ("a 1\nb nan\n", "set.txt:2: 'b nan' is not"),
        ("a 1 2\n", "set.txt:1: 'a 1 2' is not"),
        ("a 1\nb 2\na 3\n", "set.txt:3: 'a' had a number before"),
    ],
)
def test_numbers_that_are_none(write, content, message):
    with pytest.raises(DataError, match=message):
        read_numbers(write(content))
    assert read_numbers(write("a,1e3\nb\t-2\n")).numbers == {"a": 1000, "b": -2}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("x 1\ny 2\n", r"none of its nodes \(2\) has a vector"),
        ("man 1\nboy 1\nx 2\n", "'1' is the only label"),
        ("man 1\nboy 2\n", "20 % of 2 nodes leaves none"),
    ],
)
def test_what_cannot_be_scored(vectors, write, content, message):
    with pytest.raises(DataError, match=message):
        score_labels(vectors, LabelTest(read_labels(write(content)), (20,)))


def test_vectors_that_are_not_finite(write):
    vectors = Vectors(["a", "b"], np.array([[1, 2], [np.nan, 0]], np.float32))
    with pytest.raises(DataError, match="vector of 'b' is not finite"):
        score_labels(vectors, LabelTest(read_labels(write("a 1\nb 2\n")), (50,)))


@pytest.mark.parametrize(("percents", "splits"), [((0,), 1), ((100,), 1), ((), 1), ((50,), 0)])
def test_ratios_and_splits_out_of_range(write, percents, splits):
    with pytest.raises(ConfigError):
        LabelTest(read_labels(write("a 1\n")), percents, splits)
