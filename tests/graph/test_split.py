from __future__ import annotations

import numpy as np
import pytest

from w2v.errors import ConfigError, DataError
from w2v.graph import Graph
from w2v.graph.split import split_edges


def components(nodes, pairs):
    """Return the smallest node of each node's component."""
    roots = list(range(nodes))
    changed = True
    while changed:
        changed = False
        for u, v in pairs:
            low = min(roots[u], roots[v])
            changed |= (roots[u], roots[v]) != (low, low)
            roots[u] = roots[v] = low
    return roots


def pairs_of(array):
    return [tuple(pair) for pair in array.tolist()]


@pytest.mark.parametrize("directed", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_nothing_is_cut_off(seed, directed):
    random = np.random.default_rng(seed)
    edges = random.integers(0, 40, (150, 2))
    edges[100:] = edges[100:] % 7 + 40  # a second component, some loops
    graph = Graph.from_edges(edges, directed=directed)
    split = split_edges(graph, 0.3, seed)
    train, test, non_edges = map(pairs_of, (split.train, split.test, split.non_edges))
    sources, targets = graph.links()
    links = set(zip(sources.tolist(), targets.tolist(), strict=True))
    edges = links if directed else {(u, v) for u, v in links if u <= v}
    assert sorted(train + test) == sorted(edges)
    assert len(test) == round(0.3 * len(edges))
    assert components(len(graph), train) == components(len(graph), edges)
    assert len(set(non_edges)) == len(non_edges) == len(test)
    assert not links & set(non_edges)
    assert all(u != v for u, v in non_edges + test)
    assert directed or all(u < v for u, v in non_edges)


def test_one_seed_one_split(karate):
    graph, _ = karate
    splits = [split_edges(graph, 0.2, seed) for seed in (1, 1, 2)]
    tests = [pairs_of(split.test) for split in splits]
    assert tests[0] == tests[1] != tests[2]
    assert pairs_of(splits[0].non_edges) == pairs_of(splits[1].non_edges)


def test_every_loose_edge_can_be_held_out():
    ring = Graph.from_edges([(node, (node + 1) % 10) for node in range(10)])
    held = {pairs_of(split_edges(ring, 0.1, seed).test)[0] for seed in range(120)}
    assert len(held) == 10


def test_non_edges_of_a_large_graph_are_drawn(monkeypatch):
    graph = Graph.from_edges(np.random.default_rng(1).integers(0, 60, (400, 2)))
    monkeypatch.setattr("w2v.graph.split.ALL_PAIRS", 0)
    split = split_edges(graph, 0.5, 1)
    assert len(set(pairs_of(split.non_edges))) == len(split.test)
    assert not graph.has_links(*np.ascontiguousarray(split.non_edges.T)).any()


def test_weights_go_with_their_edges():
    graph = Graph.from_edges([(0, 1), (1, 2), (2, 0), (0, 3)], [1, 2, 3, 4.5], names=[*"abcd"])
    text = {part: b"".join(lines) for part, lines in split_edges(graph, 0.25, 1).text().items()}
    train = dict(line.rsplit(" ", 1) for line in text["train"].decode().splitlines())
    known = {"a b": "1", "b c": "2", "a c": "3", "a d": "4.5"}
    assert text["test"].decode().strip() in known
    del known[text["test"].decode().strip()]
    assert train == known
    assert text["non-edges"].decode().strip() in {"b d", "c d"}


@pytest.mark.parametrize(("share", "message"), [(0.5, "at most 1 of 10"), (0.001, "none of 10")])
def test_impossible_shares_are_refused(share, message):
    ring = Graph.from_edges([(node, (node + 1) % 10) for node in range(10)])
    with pytest.raises(ConfigError, match=message):
        split_edges(ring, share, 1)


def test_a_tree_has_no_edge_to_spare():
    tree = Graph.from_edges([(0, 1), (1, 2), (1, 3), (4, 5)])
    with pytest.raises(DataError, match="each of the 4 edges is the only way"):
        split_edges(tree, 0.5, 1)


def test_a_share_that_is_advised_can_be_had():
    """One edge of 30,001 can be spared: not a share that four decimals show."""
    path = [(node, node + 1) for node in range(30_000)]
    graph = Graph.from_edges([*path, (0, 2)])
    with pytest.raises(ConfigError, match="at most 1 of 30,001") as error:
        split_edges(graph, 0.5, 1)
    most = float(str(error.value).rpartition(" ")[2])
    assert len(split_edges(graph, most, 1).test) == 1


def test_too_few_pairs_without_an_edge():
    full = Graph.from_edges([(u, v) for u in range(6) for v in range(u)])
    with pytest.raises(DataError, match="only 0 pairs"):
        split_edges(full, 0.3, 1)
