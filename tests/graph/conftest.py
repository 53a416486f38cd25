"""Graphs to walk on, and the exact probabilities of a step, slowly and obviously."""

from __future__ import annotations

import numpy as np
import pytest

from w2v.graph import Graph


def _step_odds(graph, here, before, p, q):
    """Return the probability of each next node, in plain Python (Grover and Leskovec 2016)."""
    odds = {}
    for link in range(graph.offsets[here], graph.offsets[here + 1]):
        node = int(graph.neighbors[link])
        weight = 1.0 if graph.weights is None else float(graph.weights[link])
        if before is not None:
            there = set(graph.neighbors[graph.offsets[before] : graph.offsets[before + 1]].tolist())
            weight *= 1 / p if node == before else 1 if node in there else 1 / q
        odds[node] = weight
    total = sum(odds.values())
    return {node: weight / total for node, weight in odds.items()}


@pytest.fixture
def step_odds():
    return _step_odds


def _lists(rows):
    """Return walks as lists of rows."""
    ends = np.flatnonzero(rows == -1)
    return [part[part >= 0].tolist() for part in np.split(rows, ends + 1)[:-1]]


@pytest.fixture
def lists():
    return _lists


# Zachary (1977), nodes from 0; the second half sided with the officer.
KARATE = (
    "0-1 0-2 0-3 0-4 0-5 0-6 0-7 0-8 0-10 0-11 0-12 0-13 0-17 0-19 0-21 0-31 1-2 1-3 1-7 1-13 1-17 "
    "1-19 1-21 1-30 2-3 2-7 2-8 2-9 2-13 2-27 2-28 2-32 3-7 3-12 3-13 4-6 4-10 5-6 5-10 5-16 6-16 "
    "8-30 8-32 8-33 9-33 13-33 14-32 14-33 15-32 15-33 18-32 18-33 19-33 20-32 20-33 22-32 22-33 "
    "23-25 23-27 23-29 23-32 23-33 24-25 24-27 24-31 25-31 26-29 26-33 27-33 28-31 28-33 29-32 "
    "29-33 30-32 30-33 31-32 31-33 32-33"
)
OFFICER = {9, 14, 15, 18, 20, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33}


@pytest.fixture(scope="session")
def karate():
    """Return the graph and the faction of each node, 0 or 1."""
    edges = [tuple(map(int, edge.split("-"))) for edge in KARATE.split()]
    assert len(edges) == 78
    return Graph.from_edges(edges), np.array([int(node in OFFICER) for node in range(34)])


@pytest.fixture
def save(tmp_path):
    """Return a function that writes a file and gives its path."""

    def write(content, name="edges.txt"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def small():
    """Return small graphs of each kind by name."""
    edges = [(0, 1), (0, 2), (1, 2), (2, 3), (3, 4), (4, 0), (4, 4), (1, 5)]
    weights = [1.0, 4.0, 0.5, 2.0, 1.0, 3.0, 0.25, 7.0]
    return {
        "plain": Graph.from_edges(edges),
        "weighted": Graph.from_edges(edges, weights),
        "directed": Graph.from_edges([*edges, (2, 0), (3, 2), (5, 1)], directed=True),
        "directed-weighted": Graph.from_edges(
            [*edges, (2, 0), (3, 2), (5, 1)], [*weights, 1.0, 2.0, 3.0], directed=True
        ),
    }
