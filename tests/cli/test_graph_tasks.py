"""From an edge list to scores: what one command writes the next one reads."""

import itertools
import json

import pytest


@pytest.fixture
def cliques(tmp_path):
    """Write a ring of eight cliques of ten nodes, and the clique of each node."""
    pairs = [
        (10 * clique + one, 10 * clique + other)
        for clique in range(8)
        for one, other in itertools.combinations(range(10), 2)
    ]
    pairs += [(10 * clique, 10 * (clique + 1) % 80 + 1) for clique in range(8)]
    (tmp_path / "edges").write_text("".join(f"{one} {other}\n" for one, other in pairs))
    (tmp_path / "cliques").write_text("".join(f"{node} c{node // 10}\n" for node in range(80)))


@pytest.fixture
def nodes(cliques, w2v):
    assert w2v("walk", "edges", "--split", "0.2", "-o", "held").code == 0
    # one thread: two that share so few nodes undo each other's steps where they have to wait
    given = ("-o", "nodes.bin", "--dim", "16", "--seed", "3", "--threads", "1")
    answer = w2v("train", "--graph", "held.train", *given)
    assert answer.code == 0, answer.err


def test_links_of_a_split_are_told_from_its_other_pairs(nodes, w2v):
    pytest.importorskip("sklearn")
    args = ["--links", "held.test", "--non-links", "held.non-edges", "-m", "nodes.bin", "--json"]
    record = json.loads(w2v("evaluate", *args).out)
    assert record["links"] == record["non_links"] == 74
    for one in record["features"]:
        assert one["auc"] > 0.9, one["feature"]


def test_cliques_are_classified_and_filled_in(nodes, w2v, tmp_path):
    pytest.importorskip("sklearn")
    args = ["--labels", "cliques", "--ratios", "50", "--splits", "3", "-m", "nodes.bin", "--json"]
    (ratio,) = json.loads(w2v("evaluate", *args).out)["ratios"]
    assert ratio["micro_f1"]["mean"] > 0.9
    lines = (tmp_path / "cliques").read_text().splitlines()
    (tmp_path / "half").write_text("\n".join(lines[::2]))
    answer = w2v("impute", "--labels", "half", "-m", "nodes.bin")
    filled = [line.split("\t") for line in answer.lines]
    right = [label == f"c{int(node) // 10}" for node, label, _ in filled]
    assert len(right) == 40
    assert sum(right) >= 36
