"""w2v evaluate on nodes and sessions: tables, JSON, and what is asked for wrongly."""

import json
import sys

import pytest

GROUPS = {"a": ["1 0.1", "1 0", "0.9 0.2", "1 -0.1", "0.8 0"], "b": ["0 1", "0.1 1", "0 0.9"] * 2}
NODES = {f"{name}{place}": row for name, rows in GROUPS.items() for place, row in enumerate(rows)}
LINKS = [
    f"{one} {other}\n" for one in NODES for other in NODES if one[0] == other[0] and one < other
]
ACROSS = [f"{one} {other}\n" for one in NODES for other in NODES if one[0] < other[0]]


@pytest.fixture(autouse=True)
def _files(tmp_path):
    lines = [f"{name} {row}" for name, row in NODES.items()]
    (tmp_path / "vectors.bin").write_text("\n".join([f"{len(NODES)} 2", *lines]) + "\n")
    (tmp_path / "n.labels").write_text("".join(f"{name} {name[0]}\n" for name in [*NODES, "x"]))
    (tmp_path / "n.links").write_text("".join(LINKS))
    (tmp_path / "n.non-links").write_text("".join(ACROSS))
    (tmp_path / "n.sessions").write_text("a1 a0 a4\nb0 b3 b1\nb1 a0\nx a1\n")


def rows(answer):
    assert (answer.code, answer.err) == (0, "")
    return [line.split("\t") for line in answer.lines]


def test_labels(w2v):
    pytest.importorskip("sklearn")
    answer = w2v("evaluate", "--labels", "n.labels", "--ratios", "50,80", "--splits", "3")
    header, *found = rows(answer)
    assert header[1:4] == ["section", "measure", "questions"]
    assert [row[:4] + row[7:] for row in found] == [
        ["n.labels", ratio, measure, "12", "11"]
        for ratio in ("50%", "80%")
        for measure in ("micro-F1", "macro-F1")
    ]
    assert found[0][4:7] == ["1.0000"] * 3
    args = ["--labels", "n.labels", "--ratios", "50", "--splits", "2", "--json"]
    record = json.loads(w2v("evaluate", *args).out)
    (ratio,) = record.pop("ratios")
    assert record == {
        "vectors": "vectors.bin",
        "set": "n.labels",
        "kind": "labels",
        "nodes": 12,
        "known": 11,
        "coverage": 11 / 12,
        "labels": 2,
    }
    assert (ratio["percent"], ratio["learned"], ratio["tested"]) == (50, 5, 6)
    assert ratio["micro_f1"] == {"mean": 1.0, "deviation": 0.0, "splits": [1.0, 1.0]}


def test_links(w2v):
    args = ["--links", "n.links", "--non-links", "n.non-links", "--features", "dot,cosine"]
    found = rows(w2v("evaluate", *args))[1:]
    assert [row[1:6] + row[7:] for row in found] == [
        [feature, measure, "55", "1.0000", "1.0000", "55"]
        for feature in ("dot", "cosine")
        for measure in ("AUC", "AP")
    ]
    record = json.loads(w2v("evaluate", *args, "--json").out)
    features = record.pop("features")
    assert [one["feature"] for one in features] == ["dot", "cosine"]
    assert features[0]["auc"] == features[0]["average_precision"] == 1
    assert (record["links"], record["non_links"], record["drawn"]) == (25, 30, False)
    record = json.loads(w2v("evaluate", *args[:2], *args[4:], "--json").out)
    assert (record["links"], record["drawn"]) == (25, True)


def test_hadamard(w2v):
    pytest.importorskip("sklearn")
    args = ["--links", "n.links", "--non-links", "n.non-links", "--features", "hadamard"]
    assert rows(w2v("evaluate", *args))[1][1:5] == ["hadamard", "AUC", "55", "1.0000"]


def test_next_items(w2v, tmp_path):
    found = rows(w2v("evaluate", "--next-item", "n.sessions", "--k", "1"))[1:]
    assert [row[1:4] + row[7:] for row in found] == [
        [name, f"{measure}@1", "4", "3"]
        for name in ("vectors", "popularity")
        for measure in ("HR", "MRR", "recall")
    ]
    assert found[0][4] == found[2][4] == "0.3333"
    (tmp_path / "train.txt").write_text("a4 a4 b1\n")
    args = ["--next-item", "n.sessions", "--k", "1", "--train-sessions", "train.txt", "--json"]
    record = json.loads(w2v("evaluate", *args).out)
    assert record.pop("popularity")["hit_rate"] == pytest.approx(1 / 3)
    assert record["hit_rate"] == record["recall"] == record["mrr"] == pytest.approx(1 / 3)
    assert record["hit_rate_interval"] == [0, 1]
    assert [record[key] for key in ("sessions", "known", "tested", "k")] == [4, 3, 3, 1]
    wrong = json.loads(w2v("evaluate", *args[:4], "--oov", "wrong", "--json").out)
    assert (wrong["tested"], wrong["hit_rate"]) == (4, 0.25)


def test_several_tests_and_vectors_side_by_side(w2v, tmp_path):
    (tmp_path / "pairs.txt").write_text("a0 a1 9\na0 b0 1\na0 b1 2\n")
    (tmp_path / "other.bin").write_bytes((tmp_path / "vectors.bin").read_bytes())
    args = ["pairs.txt", "--links", "n.links", "--features", "dot", "--next-item", "n.sessions"]
    header, *found = rows(w2v("evaluate", *args, "-m", "vectors.bin", "-m", "other.bin"))
    assert len(header) == 12
    assert [row[0] for row in found] == ["pairs.txt", *["n.links"] * 2, *["n.sessions"] * 6]
    assert all(row[4:8] == row[8:] for row in found)


def test_the_same_file_may_be_two_tests(w2v):
    args = ["--links", "n.labels", "--non-links", "n.links", "--features", "dot"]
    assert w2v("evaluate", "--next-item", "n.labels", *args).code == 3
    names = [row[0] for row in rows(w2v("evaluate", "--next-item", "n.sessions"))]
    assert names[1:] == ["n.sessions"] * 6


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ([], "nothing to score: give SET..."),
        (["--ratios", "50", "--next-item", "n.sessions"], "--ratios goes with --labels"),
        (["--k", "5", "--links", "n.links"], "--k goes with --next-item"),
        (["--oov", "wrong", "--links", "n.links"], "--oov goes with SET or --next-item"),
        (["--restrict", "5", "--labels", "n.labels"], "--restrict goes with SET"),
        (["--labels", "n.labels", "--ratios", "50,100"], "--ratios"),
        (["--labels", "n.labels", "--ratios", "x"], "--ratios"),
        (["--links", "n.links", "--features", "dot,sum"], "'sum' is not one of"),
        (["--links", "-", "--non-links", "-"], "standard input can be read once"),
        (
            ["--links", "n.links", "--non-links", "n.links", "--known-links", "n.links"],
            "leave one of them out",
        ),
    ],
)
def test_usage(w2v, args, message):
    answer = w2v("evaluate", *args)
    assert answer.code == 2
    assert message in answer.err


@pytest.mark.parametrize(
    ("option", "content", "message"),
    [
        ("--labels", "a0 1\na1\n", "bad.txt:2: 'a1' has no label"),
        ("--labels", "y 1\nz 2\n", "vectors.bin on bad.txt: none of its nodes (2) has a vector"),
        ("--links", "a0 a1\na0\n", "bad.txt:2: 'a0' is not two nodes"),
        ("--links", "y z\n", "vectors.bin on bad.txt: none of its pairs (1) has two vectors"),
        ("--next-item", "x y\ny x\n", "vectors.bin on bad.txt: none of 2 sessions"),
        ("--next-item", "", "bad.txt"),
        ("--next-item", "a0 a0\na0\n", "vectors.bin on bad.txt: none of 0 sessions"),
    ],
)
def test_bad_files(w2v, tmp_path, option, content, message):
    pytest.importorskip("sklearn")
    (tmp_path / "bad.txt").write_text(content)
    answer = w2v("evaluate", option, "bad.txt")
    assert (answer.code, answer.out) == (3, b"")
    assert message in answer.err
    assert answer.err.count("\n") == 1


@pytest.mark.parametrize(
    "args", [["--labels", "n.labels"], ["--links", "n.links", "--features", "dot,hadamard"]]
)
def test_the_extra_is_named(w2v, monkeypatch, args):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    answer = w2v("evaluate", *args)
    assert (answer.code, answer.out) == (2, b"")
    assert "pip install 'w2v[labels]'" in answer.err


def test_without_the_extra_what_needs_it_is_left_out_unless_asked_for(w2v, monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    answer = w2v("evaluate", "--links", "n.links", "--non-links", "n.non-links")
    assert answer.code == 0
    assert [line.split("\t")[1] for line in answer.lines[1:]] == ["dot"] * 2 + ["cosine"] * 2
    assert answer.err.startswith("w2v: left out the feature hadamard: ")
    assert "pip install 'w2v[labels]'" in answer.err


def test_the_environment_may_hold_options_of_other_tests(w2v):
    answer = w2v("evaluate", "--next-item", "n.sessions", W2V_RATIOS="50", W2V_K="3")
    assert answer.code == 0
    assert "HR@3" in answer.out.decode()


def test_sessions_from_stdin(finish):
    answer = finish("evaluate", "--next-item", "-", "--json", stdin=b"a0 a1\nb0 b1\n")
    assert answer.code == 0
    assert json.loads(answer.out)["sessions"] == 2
