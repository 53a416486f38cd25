from __future__ import annotations

import collections
import itertools

import numpy as np
import pytest

from w2v.config import GraphConfig
from w2v.errors import DataError
from w2v.graph import Graph, Walks

SIGMAS = 5
NAMES = ["A1", "A2", "P1", "P2", "P3", "V1", "x"]
# author - paper, paper - venue, paper - paper, author - x
EDGES = [(0, 2), (0, 3), (1, 3), (1, 4), (2, 5), (3, 5), (4, 5), (2, 3), (0, 6), (3, 4)]
WEIGHTS = [1, 3, 1, 1, 2, 1, 1, 5, 9, 2]


def walks_of(lists, metapath, types=None, weights=None, **settings):
    graph = Graph.from_edges(EDGES, weights, names=NAMES)
    walks = Walks(graph, GraphConfig(metapath=metapath, threads=1, **settings), types)
    return walks, lists(walks.chunk(1, 0, walks.total))


@pytest.mark.parametrize("metapath", ["A-P-A", "P-V-P", "A-P-V-P-A", "P-P", "A-P-V"])
def test_walks_follow_the_path(metapath, lists):
    steps = metapath.split("-")
    period = len(steps) - 1
    walks, made = walks_of(lists, metapath, walks=5, length=12)
    for walk in made:
        for place, node in enumerate(walk):
            kind = steps[place % period] if steps[0] == steps[-1] else steps[place]
            assert NAMES[node][0] == kind
        assert len(walk) == (12 if steps[0] == steps[-1] else len(steps))
    starts = collections.Counter(NAMES[walk[0]] for walk in made)
    assert starts == {name: 5 for name in NAMES if name[0] == steps[0]}
    assert walks.counts.min() == 1


def test_steps_go_by_weight_among_nodes_of_the_type(lists):
    _, made = walks_of(lists, "A-P-A", weights=WEIGHTS, walks=400, length=9)
    steps = collections.defaultdict(collections.Counter)
    for walk in made:
        for here, there in itertools.pairwise(walk):
            steps[here][there] += 1
    for here, counts in steps.items():
        assert here in (0, 1, 2, 3, 4)
        weights = {}
        for (u, v), weight in zip(EDGES, WEIGHTS, strict=True):
            for one, other in ((u, v), (v, u)):
                if one == here and NAMES[other][0] == ("P" if NAMES[here][0] == "A" else "A"):
                    weights[other] = weight
        total, sum_ = sum(counts.values()), sum(weights.values())
        assert set(counts) == set(weights)
        for node, weight in weights.items():
            share = weight / sum_
            deviation = max(np.sqrt(total * share * (1 - share)), 1)
            assert abs(counts[node] - total * share) < SIGMAS * deviation


def test_types_from_a_table_outdo_names(lists):
    types = {"A1": "left", "x": "right", "P1": "right"}
    _, made = walks_of(lists, "left-right-left", types, walks=3, length=5)
    assert {NAMES[node] for walk in made for node in walk} == {"A1", "x", "P1"}


def test_the_longest_type_that_a_name_begins_with_counts(lists):
    graph = Graph.from_edges([(0, 1)], names=["ab1", "a1"])
    walks = Walks(graph, GraphConfig(metapath="a-ab-a", threads=1, length=3, walks=1))
    assert lists(walks.chunk(1, 0, walks.total)) == [[1, 0, 1]]


@pytest.mark.parametrize(
    ("metapath", "message"),
    [("A-Q-A", "no node is of type Q"), ("A-V-A", "no link leads from type A to type V")],
)
def test_paths_that_fit_nothing_are_refused(metapath, message, lists):
    with pytest.raises(DataError, match=message):
        walks_of(lists, metapath)
