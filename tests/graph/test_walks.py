from __future__ import annotations

import collections
import itertools
import math

import numpy as np
import pytest

from w2v.config import GraphConfig
from w2v.errors import ConfigError
from w2v.graph import Graph, Walks

SIGMAS = 5


def walks_of(graph, lists, **settings):
    walks = Walks(graph, GraphConfig(threads=1, **settings))
    return lists(walks.chunk(1, 0, walks.total))


def counted_steps(walks):
    """Count steps by the node before (None at the start) and the node they leave."""
    steps = collections.defaultdict(collections.Counter)
    for walk in walks:
        for place in range(len(walk) - 1):
            before = walk[place - 1] if place else None
            steps[before, walk[place]][walk[place + 1]] += 1
    return steps


def off_by(counts, odds):
    """Return the largest deviation from the expected counts, in standard deviations."""
    total = sum(counts.values())
    assert set(counts) <= set(odds)
    return max(
        abs(counts[node] - total * share) / max(math.sqrt(total * share * (1 - share)), 1)
        for node, share in odds.items()
    )


@pytest.mark.parametrize("kind", ["plain", "weighted", "directed", "directed-weighted"])
@pytest.mark.parametrize(("p", "q"), list(itertools.product([0.25, 1, 4], repeat=2)))
def test_steps_have_the_exact_probabilities(small, kind, p, q, step_odds, lists):
    graph = small[kind]
    walks = walks_of(graph, lists, walks=1500, length=12, p=p, q=q, seed=5)
    steps = counted_steps(walks)
    assert len(steps) > len(graph)
    for (before, here), counts in steps.items():
        second = before if (p, q) != (1, 1) else None
        assert off_by(counts, step_odds(graph, here, second, p, q)) < SIGMAS


@pytest.mark.parametrize(("p", "q"), [(1e-5, 1), (1e5, 1e5), (1e5, 1e-5), (1e-6, 1e6)])
def test_extreme_settings_are_exact_too(karate, p, q, step_odds, lists):
    """Where nearly every draw is rejected, all links are looked at instead."""
    graph, _ = karate
    steps = counted_steps(walks_of(graph, lists, walks=60, length=40, p=p, q=q))
    for (before, here), counts in steps.items():
        if sum(counts.values()) > 50:
            odds = step_odds(graph, here, before, p, q)
            assert off_by(counts, odds) < SIGMAS + 1


def test_every_node_begins_a_walk_in_every_round_in_random_order(karate, lists):
    graph, _ = karate
    walks = walks_of(graph, lists, walks=3, length=5)
    rounds = [[walk[0] for walk in walks[k : k + 34]] for k in range(0, 102, 34)]
    assert all(sorted(starts) == list(range(34)) for starts in rounds)
    assert len({tuple(starts) for starts in rounds}) == 3
    assert list(range(34)) not in rounds


@pytest.mark.parametrize("nodes", [1, 2, 3, 4, 5, 16, 17, 100])
def test_starts_are_a_permutation_whatever_their_number(nodes, lists):
    ring = Graph.from_edges([(node, (node + 1) % nodes) for node in range(nodes)])
    walks = walks_of(ring, lists, walks=2, length=2)
    assert sorted(walk[0] for walk in walks[:nodes]) == list(range(nodes))


@pytest.mark.parametrize("settings", [{}, {"p": 0.5, "q": 2.0}])
def test_walks_are_the_same_however_they_are_cut(karate, settings, lists):
    graph, _ = karate
    walks = Walks(graph, GraphConfig(walks=4, length=7, threads=1, **settings))
    whole = walks.chunk(1, 0, walks.total)
    pieces = [walks.chunk(1, k, min(k + 5, walks.total)) for k in range(0, walks.total, 5)]
    assert np.array_equal(whole, np.concatenate(pieces))
    more = Walks(graph, GraphConfig(walks=2, length=7, threads=3, **settings))
    epochs = [more.chunk(epoch, 0, more.total) for epoch in (1, 2)]
    assert np.array_equal(whole, np.concatenate(epochs))
    assert b"".join(walks.text()) == b"".join(
        Walks(graph, GraphConfig(walks=4, length=7, threads=3, **settings)).text()
    )


def test_another_seed_or_round_is_another_walk(karate, lists):
    graph, _ = karate
    walks = walks_of(graph, lists, walks=2, length=20)
    others = walks_of(graph, lists, walks=2, length=20, seed=2)
    assert len({tuple(walk) for walk in walks + others}) == 4 * 34


def test_a_walk_ends_where_no_link_leaves(lists):
    chain = Graph.from_edges([(0, 1), (1, 2), (2, 3)], directed=True)
    for settings in ({}, {"p": 4.0, "q": 0.25}):
        walks = walks_of(chain, lists, walks=20, length=10, **settings)
        assert sorted({tuple(walk) for walk in walks}) == [(0, 1, 2, 3), (1, 2, 3), (2, 3), (3,)]


def test_a_lone_node_is_a_walk_of_one(lists):
    graph = Graph.from_edges([(0, 1)], names=["a", "b", "c"])
    assert graph.isolated.tolist() == [2]
    walks = walks_of(graph, lists, walks=1, length=4)
    assert sorted(map(len, walks)) == [1, 4, 4]


def test_visits_are_those_of_an_epoch(small, lists):
    for graph in small.values():
        walks = Walks(graph, GraphConfig(walks=7, length=9, q=0.5, threads=2))
        made = lists(walks.chunk(1, 0, walks.total))
        counts = collections.Counter(itertools.chain.from_iterable(made))
        assert walks.counts.tolist() == [counts[node] for node in range(len(graph))]
        assert walks.tokens == sum(counts.values())


def test_visits_of_many_walks_are_estimated(karate, monkeypatch):
    graph, _ = karate
    settings = GraphConfig(walks=200, length=20, threads=1)
    exact = Walks(graph, settings).counts
    monkeypatch.setattr("w2v.graph.walks.COUNTED_STEPS", 40_000)
    walks = Walks(graph, settings)
    assert np.abs(walks.counts / exact - 1).max() < 0.15
    assert walks.tokens == pytest.approx(34 * 200 * 20, rel=1e-3)


def test_chunks_cover_an_epoch(karate):
    graph, _ = karate
    walks = Walks(graph, GraphConfig(walks=50, length=9, threads=1))
    bounds = walks.cut(1000)
    assert bounds[0] == 0
    assert bounds[-1] == walks.total
    assert all(0 < end - start <= 100 for start, end in itertools.pairwise(bounds))


@pytest.mark.parametrize(
    "settings",
    [
        {"p": 0},
        {"q": 0},
        {"p": -1},
        {"q": math.nan},
        {"length": 1},
        {"walks": 0},
        {"directed": 1},
        {"metapath": "A"},
        {"metapath": "A--B"},
        {"metapath": "A-B-A", "p": 2},
    ],
)
def test_settings_out_of_range_are_refused(settings):
    with pytest.raises(ConfigError, match=next(iter(settings))):
        GraphConfig(**settings)
