"""Links of nodes: AUC and average precision, and what they are computed from."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from w2v.errors import ConfigError, DataError
from w2v.evaluation import EdgeSet, LinkTest, logistic, read_edges, score_links
from w2v.evaluation.edges import draw_non_edges
from w2v.evaluation.ranking import ranking, ranking_intervals
from w2v.vectors import Vectors

metrics = pytest.importorskip("sklearn.metrics")


@given(
    st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=30).filter(
        lambda pairs: len({right for _, right in pairs}) == 2
    )
)
def test_ranking_is_that_of_scikit_learn_ties_included(pairs):
    scores, right = (np.array(side) for side in zip(*pairs, strict=True))
    auc, precision = ranking(scores.astype(float), right)
    assert auc == pytest.approx(metrics.roc_auc_score(right, scores), abs=1e-12)
    assert precision == pytest.approx(metrics.average_precision_score(right, scores), abs=1e-12)


def test_ranking_of_many_scores():
    rng = np.random.default_rng(1)
    right = rng.random(3_000) < 0.2
    scores = np.round(rng.normal(size=3_000) + right, 2)
    auc, precision = ranking(scores, right)
    assert auc == pytest.approx(metrics.roc_auc_score(right, scores), abs=1e-12)
    assert precision == pytest.approx(metrics.average_precision_score(right, scores), abs=1e-12)
    intervals = ranking_intervals(scores, right, np.random.default_rng(1))
    # Hanley and McNeil's standard error of an AUC, about.
    (low, high), (low_precision, high_precision) = intervals
    assert low < auc < high
    assert high - low == pytest.approx(4 * 0.0105, rel=0.2)
    assert low_precision < precision < high_precision


def test_equal_scores_tell_nothing():
    right = np.arange(10) < 3
    assert ranking(np.zeros(10), right) == (0.5, pytest.approx(0.3))


@given(st.integers(2, 12), st.integers(0, 80), st.integers(0, 9))
def test_non_edges_are_none_and_none_twice(n, count, seed):
    rng = np.random.default_rng(seed)
    edges = rng.integers(0, n, (8, 2))
    found = draw_non_edges(n, edges, count, rng)
    taken = {frozenset(edge) for edge in edges.tolist() if edge[0] != edge[1]}
    drawn = [frozenset(pair) for pair in found.tolist()]
    assert len(set(drawn)) == len(drawn) == min(count, n * (n - 1) // 2 - len(taken))
    assert not taken & set(drawn)
    assert all(len(pair) == 2 for pair in drawn)


def test_non_edges_of_a_large_graph_are_spread_evenly():
    n = 4_000
    edges = np.stack([np.arange(n), (np.arange(n) + 1) % n], axis=1)
    found = draw_non_edges(n, edges, 20_000, np.random.default_rng(1))
    assert len(np.unique(found, axis=0)) == 20_000
    assert not ((found[:, 1] - found[:, 0]) % n == 1).any()
    # Each node is in 10 pairs on average: a chi-square with n degrees of freedom, five sigma.
    counts = np.bincount(found.ravel(), minlength=n)
    assert ((counts - 10) ** 2 / 10).sum() == pytest.approx(n, abs=5 * (2 * n) ** 0.5)


def rings(groups=6, each=8):
    """Return vectors of groups, every link inside them, and as many pairs across."""
    names = [f"n{number}" for number in range(groups * each)]
    rng = np.random.default_rng(1)
    centers = np.eye(groups, 8)
    matrix = np.repeat(centers, each, axis=0) + 0.1 * rng.normal(size=(len(names), 8))
    group = {name: place // each for place, name in enumerate(names)}
    inside = [(a, b) for i, a in enumerate(names) for b in names[:i] if group[a] == group[b]]
    return Vectors(names, matrix.astype(np.float32)), EdgeSet("inside", tuple(inside))


def test_planted_links_are_found_by_every_feature():
    vectors, inside = rings()
    result = score_links(vectors, LinkTest(inside))
    assert (result.links, result.non_links, result.drawn) == (168, 168, True)
    assert [one.feature for one in result.features] == ["dot", "cosine", "hadamard"]
    for one in result.features:
        assert one.auc > 0.95, one.feature
        assert one.auc_interval[0] <= one.auc <= one.auc_interval[1]
        assert one.precision > 0.9, one.feature


def test_scores_are_those_of_the_given_pairs():
    vectors = Vectors(list("abc"), np.array([[2, 0], [1, 1], [0, 3]], np.float32))
    links, others = EdgeSet("l", (("a", "b"), ("x", "a"))), EdgeSet("n", (("a", "c"), ("b", "c")))
    result = score_links(vectors, LinkTest(links, others, features=("dot", "cosine")))
    assert (result.pairs, result.links, result.non_links, result.drawn) == (4, 1, 2, False)
    dot, cosine = result.features
    # Dots: 2 against 0 and 3. Cosines: 0.71 against 0 and 0.71.
    assert (dot.auc, cosine.auc) == (0.5, 0.75)


def test_known_links_are_not_drawn():
    vectors, inside = rings(2, 3)
    names = vectors.words
    across = [(a, b) for a in names[:3] for b in names[3:]]
    known = EdgeSet("known", tuple(across[1:]))
    result = score_links(vectors, LinkTest(inside, known_links=known, features=("dot",)))
    assert result.non_links == 1
    everything = EdgeSet("known", tuple(across))
    with pytest.raises(DataError, match="every pair of nodes is an edge"):
        score_links(vectors, LinkTest(inside, known_links=everything, features=("dot",)))


def test_edges_are_read(write):
    edges = read_edges(write("# c\n% c\na b\nb,c\nc\td 0.5\nd , e\n"))
    assert edges.pairs == (("a", "b"), ("b", "c"), ("c", "d"), ("d", "e"))


@pytest.mark.parametrize("line", ["a", "a b c", "a b 1 2", "a,,b", "a b nan"])
def test_ragged_edges(write, line):
    with pytest.raises(DataError, match=r"set\.txt:2: .* is not two nodes"):
        read_edges(write(f"a b\n{line}\n"))


def test_what_cannot_be_scored():
    vectors, inside = rings(2, 3)
    with pytest.raises(DataError, match=r"none of its pairs \(1\) has two vectors"):
        score_links(vectors, LinkTest(EdgeSet("l", (("n1", "x"),))))
    with pytest.raises(DataError, match="3 links or non-links: the feature hadamard takes 5"):
        score_links(vectors, LinkTest(EdgeSet("l", inside.pairs[:3])))
    with pytest.raises(ConfigError, match="no feature 'sum'"):
        LinkTest(inside, features=("sum",))
    with pytest.raises(ConfigError, match="leave one of them out"):
        LinkTest(inside, inside, inside)


def test_without_scikit_learn_the_extra_is_named(monkeypatch):
    def fail():
        raise ConfigError("needs scikit-learn")

    monkeypatch.setattr("w2v.evaluation.links.require", fail)
    with pytest.raises(ConfigError, match="do without the feature hadamard"):
        LinkTest(EdgeSet("l", ()))
    assert LinkTest(EdgeSet("l", ()), features=("dot",)).features == ("dot",)


def test_the_extra_is_named_where_scikit_learn_is_imported(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "sklearn", None)
    with pytest.raises(ConfigError, match=r"pip install 'w2v\[labels\]'"):
        logistic.require()


@pytest.mark.parametrize("error", [ImportError("libgomp.so"), ValueError("numpy.dtype size")])
def test_a_broken_scikit_learn_is_not_called_absent(monkeypatch, error):
    class Broken:
        @property
        def linear_model(self):
            raise error

    monkeypatch.setitem(__import__("sys").modules, "sklearn", Broken())
    with pytest.raises(ConfigError, match=rf"installed but cannot be imported .*{error}"):
        logistic.require()
