import sys

import pytest

from benchmarks import graphs, store, task_tables
from benchmarks.contenders.pecanpy import GraphJob, OursOnGraphs, PecanPy


@pytest.mark.slow
def test_a_quick_session_measures_all_that_is_here(tmp_path):
    code = graphs.main(
        ["--quick", "--results", str(tmp_path), "--threads", "1", "--tmpdir", str(tmp_path)]
    )
    found = store.load(tmp_path / "graphs.json")
    assert code == (1 if found["failed"] else 0)
    assert not [one for one in found["failed"] if one["contender"] == "w2v"]
    summary = found["summary"]["graphs"]
    assert set(summary) >= {"graph-walk", "graph-large", "graph-node2vec", "graph-deepwalk"}
    for task in ("graph-walk", "graph-large"):
        one = summary[task]["w2v"]
        assert one["biased_steps_per_second"]["median"] > 0
        assert one["edges"]["median"] > 1000
    table = "\n".join(task_tables.graphs(found))
    assert "| read, walk, train, save: DeepWalk | generated | w2v |" in table
    assert [path.name for path in tmp_path.iterdir()] == ["graphs.json"]


def test_a_missing_graph_is_told(tmp_path, capsys):
    assert graphs.main(["--quick", "--edges", str(tmp_path / "none"), "--results", "."]) == 2
    assert "no such file" in capsys.readouterr().err


@pytest.mark.parametrize("seed", [1, 2])
def test_the_generated_graph_has_hubs(tmp_path, seed):
    path = tmp_path / "edges"
    graphs.make_power_law(path, 500, 5_000, seed)
    lines = path.read_text().split()
    assert len(lines) == 10_000
    counts = sorted((lines.count(name) for name in set(lines)), reverse=True)
    assert counts[0] > 10 * counts[len(counts) // 2]


def test_both_get_the_same_settings(tmp_path):
    (tmp_path / "w2v").touch()
    job = GraphJob("a.edges", "b.bin", 3, 5, 0.25, 4.0, 7, 9, 11, 13)
    ours = OursOnGraphs(tmp_path / "python").graph_command(job)
    assert ours[1:6] == ["train", "--graph", "a.edges", "-o", "b.bin"]
    given = dict(zip(ours[6::2], ours[7::2], strict=True))
    peer = PecanPy(tmp_path / "python").graph_command(job)
    for name, value in given.items():
        assert f'"{name[2:]}": {value}' in peer[2]
    assert set(given) == {
        f"--{n}" for n in ["walks", "length", "p", "q", "dim", "window", "threads", "seed"]
    }
    assert sys.executable not in peer
