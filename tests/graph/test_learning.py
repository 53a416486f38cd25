"""What is planted in a graph is found by training on it."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from w2v import train
from w2v.config import Config, GraphConfig
from w2v.errors import ConfigError
from w2v.graph import Graph, Walks


def unit_rows(model, graph):
    assert model.vectors.words == graph.names
    rows = np.asarray(model.vectors.matrix, np.float64)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def by_centroid(rows, groups):
    """Return the group whose mean is nearest to each row."""
    centroids = np.stack([rows[groups == group].mean(axis=0) for group in range(groups.max() + 1)])
    return np.argmax(rows @ centroids.T, axis=1)


@pytest.mark.parametrize("seed", range(1, 11))
def test_the_karate_club_parts_into_its_factions(karate, seed):
    graph, factions = karate
    config = GraphConfig(dim=16, walks=40, length=40, window=5, alpha=0.05, seed=seed, threads=1)
    found = by_centroid(unit_rows(train(graph, config), graph), factions)
    assert np.count_nonzero(found == factions) >= 33


def cliques(count, size, bridges):
    """Return cliques, and edges from the last node of one to the first of the next."""
    edges = [
        (clique * size + u, clique * size + v)
        for clique in range(count)
        for u, v in itertools.combinations(range(size), 2)
    ]
    edges += [((k + 1) * size - 1, (k + 1) % count * size) for k in range(bridges)]
    return Graph.from_edges(edges), np.repeat(np.arange(count), size)


@pytest.mark.parametrize(
    ("count", "size", "bridges"), [(2, 10, 1), (8, 10, 8)], ids=["barbell", "ring of cliques"]
)
@pytest.mark.parametrize("bias", [{}, {"p": 1.0, "q": 0.5}])
def test_cliques_are_found_exactly(count, size, bridges, bias):
    graph, groups = cliques(count, size, bridges)
    config = GraphConfig(dim=16, walks=40, length=20, window=3, alpha=0.05, threads=1, **bias)
    rows = unit_rows(train(graph, config), graph)
    assert np.array_equal(by_centroid(rows, groups), groups)
    cosines = rows @ rows.T
    np.fill_diagonal(cosines, -1)
    assert np.array_equal(groups[np.argmax(cosines, axis=1)], groups)


def test_one_seed_and_one_thread_is_one_result(karate):
    graph, _ = karate
    config = GraphConfig(dim=8, walks=4, length=10, q=0.5, epochs=2, threads=1)
    models = [train(graph, config) for _ in range(2)]
    assert np.array_equal(models[0].vectors.matrix, models[1].vectors.matrix)
    assert not np.array_equal(
        models[0].vectors.matrix,
        train(graph, GraphConfig(**{**config.as_dict(), "seed": 2})).vectors.matrix,
    )


def test_the_record_tells_of_the_graph(karate):
    graph, _ = karate
    record = train(graph, GraphConfig(dim=8, walks=4, length=10, threads=1, epochs=2)).record
    assert record["settings"]["walks"] == 4
    assert record["corpus"]["nodes"] == 34
    assert record["corpus"]["edges"] == 78
    assert record["corpus"]["tokens"] == 34 * 4 * 10
    assert len(record["epochs"]) == 2
    assert record["finished"]


def test_epochs_walk_anew(karate, monkeypatch):
    graph, _ = karate
    seen = []
    make = Walks.chunk

    def chunk(self, epoch, start, end):
        rows = make(self, epoch, start, end)
        seen.append((epoch, rows.tobytes()))
        return rows

    config = GraphConfig(dim=8, walks=4, length=10, epochs=2, threads=1)
    walks = Walks(graph, config)
    assert walks.tokens == 34 * 4 * 10  # counted now, by walks that are not trained on
    monkeypatch.setattr(Walks, "chunk", chunk)
    train(walks, config)
    assert [epoch for epoch, _ in seen] == [1, 2]
    assert seen[0][1] != seen[1][1]


def test_files_are_read_with_a_graph_config(tmp_path, karate):
    graph, _ = karate
    path = tmp_path / "edges.txt"
    sources, targets = graph.links()
    path.write_text("".join(f"{u} {v}\n" for u, v in zip(sources, targets, strict=True) if u < v))
    told = []
    model = train(path, GraphConfig(dim=8, walks=2, threads=1), progress=told.append)
    assert len(model.vectors.words) == 34
    assert told[0].phase == "text"
    assert model.vocab.counts.sum() == 34 * 2 * 80


def test_graphs_and_configs_go_together(karate):
    graph, _ = karate
    with pytest.raises(ConfigError, match="GraphConfig"):
        train(graph, Config())
