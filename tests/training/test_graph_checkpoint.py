"""Checkpoints of walks on a graph: bit for bit, without the files, and nothing believed."""

from __future__ import annotations

import contextlib
import json
import random
import shutil

import numpy as np
import pytest
from interrupting import Interrupter, rewrite
from test_checkpoint import (  # noqa: F401
    interrupted_often,
    quick_polls,
    same,
)
from test_checkpoint_damage import places, resume_copy

from w2v import Graph, GraphConfig, Start, read_graph, resume, train
from w2v.errors import ConfigError, DataError, W2VError
from w2v.graph import Walks
from w2v.graph.graph import checked_graph
from w2v.training import checkpoint

SMALL = {"dim": 7, "epochs": 2, "walks": 3, "length": 20, "threads": 1, "negatives": "private"}
NODES = 300


@pytest.fixture(scope="module")
def edges(tmp_path_factory):
    """A file of edges with weights; names begin with the type of the node."""
    draw = random.Random(8)
    path = tmp_path_factory.mktemp("graph") / "edges.txt"
    lines = []
    for node in range(NODES):
        for other in draw.sample(range(NODES), 4):
            lines.append(f"{'AP'[node % 2]}{node} {'AP'[other % 2]}{other} {draw.randint(1, 5)}\n")
    path.write_text("".join(lines))
    return path


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"negatives": "shared", "p": 0.5, "q": 2.0, "window": 3},
        {"weights": False, "directed": True},
        {"metapath": "A-P-A"},
        {"loss": "hs", "model": "cbow"},
        {"loss": "softmax", "weights": False},
        {"loss": "sampled-softmax", "sample": 1e-2},
    ],
    ids=lambda changes: "-".join(map(str, changes.values())) or "plain",
)
def test_resuming_is_bit_for_bit_not_having_stopped(changes, edges, tmp_path):
    copy = tmp_path / "edges.txt"
    shutil.copy(edges, copy)
    config = GraphConfig(**SMALL | changes)
    whole = train(copy, config)
    parts = interrupted_often(copy, config, tmp_path / "run", seed=repr(changes))
    copy.unlink()
    assert same(whole, parts)
    again = resume(tmp_path / "run")
    assert same(whole, again)
    for model in (parts, again):
        assert model.record["corpus"] == whole.record["corpus"]
        assert model.record["window"] == whole.record["window"]
        assert model.record["settings"] == whole.record["settings"]
    assert parts.vocab.counts.tolist() == whole.vocab.counts.tolist()


def test_graphs_and_types_from_python_are_kept(edges, tmp_path):
    config = GraphConfig(**SMALL, metapath="x-y-x")
    graph = read_graph(edges)
    types = {name: "xy"[number % 2] for number, name in enumerate(graph.names[:-9])}
    whole = train(Walks(graph, config, types), config)
    parts = interrupted_often(Walks(graph, config, types), config, tmp_path / "run", seed=1)
    assert same(whole, parts)


def test_a_warm_start_on_a_graph_is_resumed(edges, tmp_path):
    config = GraphConfig(**SMALL)
    old = train(Graph.from_edges([(0, 1), (1, 2)], names=["A0", "P1", "old"]), config)
    start = Start(old, freeze=["A0"])
    whole = train(edges, config, start=start)
    parts = interrupted_often(edges, config, tmp_path / "run", seed=2, start=start)
    assert same(whole, parts)
    assert parts.vectors["old"].tobytes() == old.vectors["old"].tobytes()
    assert parts.vectors["A0"].tobytes() == old.vectors["A0"].tobytes()


@pytest.fixture
def saved(edges, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        train(edges, GraphConfig(**SMALL), checkpoint=tmp_path / "run", progress=Interrupter(1, 1))
    return tmp_path / "run"


@pytest.mark.parametrize("epochs", [7, pytest.param(20, marks=pytest.mark.slow)])
@pytest.mark.parametrize("polls", [1, 5])
def test_other_threads_go_on_with_all_of_the_walks(polls, epochs, edges, tmp_path):
    folder = tmp_path / "run"
    config = GraphConfig(**SMALL | {"epochs": epochs})
    with pytest.raises(KeyboardInterrupt):
        train(edges, config, checkpoint=folder, progress=Interrupter(polls, polls))
    while True:
        try:
            model = resume(folder, threads=2, progress=Interrupter(3, 20))
            break
        except KeyboardInterrupt:
            continue
    facts = json.loads((folder / "checkpoint.json").read_text())
    # every walk is as long as it can be: epochs have the same number of visits
    walked = NODES * config.walks * config.length * config.epochs
    assert walked <= facts["position"]["done"] <= walked * 1.02
    assert np.isfinite(model.vectors.matrix).all()


def test_every_damaged_file_is_refused(saved):
    draw = random.Random(5)
    names = {path.name.split(".")[0] for path in saved.iterdir()}
    assert {"graph_offsets", "graph_neighbors", "graph_weights"} < names
    for path in sorted(saved.glob("graph_*")):
        good = path.read_bytes()
        bad = bytearray(good)
        bad[draw.randrange(len(bad))] ^= 1 << draw.randrange(8)
        for content in (bytes(bad), good[:-1], b""):
            path.write_bytes(content)
            with pytest.raises(W2VError, match=path.name.split(".")[0]):
                resume(saved)
        path.write_bytes(good)
    resume(saved)


def test_no_value_in_the_json_file_is_trusted(saved):
    path = saved / "checkpoint.json"
    facts = json.loads(path.read_text())
    draw = random.Random(6)
    strange = [None, -1, 1 << 61, 0.5, "x", [], {}, True]
    for part in ("graph", "position"):
        for number in range(1 + len(list(places(facts[part])))):
            changed = json.loads(json.dumps(facts))
            container, key = [(changed, part), *places(changed[part])][number]
            container[key] = draw.choice(strange)
            rewrite(path, changed)
            with contextlib.suppress(W2VError):
                resume_copy(saved)


def test_no_byte_of_the_graph_is_trusted(saved):
    """Whatever links it holds with a checksum that is right, walks stay within the nodes."""
    index = saved / "checkpoint.json"
    facts = json.loads(index.read_text())
    draw = random.Random(7)
    refused = 0
    for path in sorted(saved.glob("graph_*")):
        name, good = path.name.split(".")[0], path.read_bytes()
        for _ in range(5):
            bad = bytearray(good)
            bad[draw.randrange(128, len(bad))] = draw.randrange(256)
            path.write_bytes(bad)
            changed = json.loads(json.dumps(facts))
            changed["files"][name]["crc32"] = checkpoint.zlib.crc32(bytes(bad))
            rewrite(index, changed)
            try:
                resume_copy(saved)
            except W2VError:
                refused += 1
        path.write_bytes(good)
    assert refused > 5


@pytest.mark.parametrize(
    ("offsets", "neighbors"),
    [
        ([0, 1, 2], [1, 2]),
        ([0, 1, 2], [1, -1]),
        ([0, 2, 1], [1, 0]),
        ([1, 1, 2], [1, 0]),
        ([0, 1, 3], [1, 0]),
        ([0, 2, 2], [1, 0]),
        ([0, 0, 0], []),
        ([0, 1, 1], [1]),
    ],
)
def test_links_that_no_graph_has(offsets, neighbors):
    arrays = np.array(offsets, np.int64), np.array(neighbors, np.int32)
    with pytest.raises(DataError, match="damaged"):
        checked_graph(["a", "b"], *arrays, None, directed=False)
    good = Graph.from_edges([(0, 1)])
    checked_graph(good.names, good.offsets, good.neighbors, None, directed=False)


def test_the_links_are_always_kept(edges, tmp_path):
    with pytest.raises(ConfigError, match="a graph is always kept"):
        train(edges, GraphConfig(**SMALL), checkpoint=tmp_path / "run", keep_corpus=True)


@pytest.mark.parametrize(
    "changes",
    [
        {"walks": 1_000_000, "length": 1_000_000},
        {"metapath": "-".join(map(str, range(40_000)))},
    ],
)
def test_settings_cannot_take_more_memory_than_the_graph_allows(changes, saved):
    index = saved / "checkpoint.json"
    facts = json.loads(index.read_text())
    facts["settings"].update(changes)
    rewrite(index, facts)
    with pytest.raises(DataError, match="not those of this graph"):
        resume(saved)
