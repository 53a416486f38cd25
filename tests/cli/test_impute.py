"""w2v impute: lines for people and programs, and the score beside them."""

import json
import sys

import pytest

ROWS = {
    **{f"a{n}": f"1 0.{n}" for n in range(8)},
    **{f"b{n}": f"0.{n} 1" for n in range(8)},
}


@pytest.fixture(autouse=True)
def _files(tmp_path):
    lines = [f"{name} {row}" for name, row in ROWS.items()]
    (tmp_path / "vectors.bin").write_text("\n".join(["16 2", *lines]) + "\n")
    known = [name for name in ROWS if name[1] != "0"]
    (tmp_path / "n.labels").write_text("".join(f"{name},{name[0]}\n" for name in known) + "x a\n")
    (tmp_path / "n.numbers").write_text("".join(f"{name} {ROWS[name][0]}\n" for name in known))


def test_labels(w2v):
    answer = w2v("impute", "--labels", "n.labels", "--method", "knn", "--neighbors", "3")
    assert (answer.code, answer.out) == (0, b"a0\ta\t1\nb0\tb\t1\n")
    assert answer.err.splitlines() == [
        "1 of 15 nodes have no vector: left out",
        "held-out fifth, 2 nodes: accuracy 1.0000 (the most frequent label: 0.5000)",
    ]
    quiet = w2v("impute", "--labels", "n.labels", "--method", "knn", "--neighbors", "3", "-q")
    assert (quiet.out, quiet.err) == (answer.out, "")


def test_logistic_regression_and_several_labels(w2v):
    pytest.importorskip("sklearn")
    answer = w2v("impute", "--labels", "n.labels", "--top", "2", "--json")
    records = [json.loads(line) for line in answer.lines]
    assert [(one["node"], one["label"]) for one in records] == [
        ("a0", "a"),
        ("a0", "b"),
        ("b0", "b"),
        ("b0", "a"),
    ]
    assert records[0]["probability"] + records[1]["probability"] == pytest.approx(1, abs=0.01)


def test_numbers(w2v):
    answer = w2v("impute", "--labels", "n.numbers", "--numbers")
    assert answer.code == 0
    assert "R2 " in answer.err
    (first, second) = [line.split("\t") for line in answer.lines]
    assert (first[0], second[0]) == ("a0", "b0")
    assert float(first[1]) == pytest.approx(1, abs=0.3)
    assert float(second[1]) == pytest.approx(0, abs=0.3)
    assert float(first[2]) > 0
    args = ["--method", "knn", "--neighbors", "3", "--json"]
    record = json.loads(w2v("impute", "--labels", "n.numbers", "--numbers", *args).lines[0])
    assert record == {"node": "a0", "number": 1.0, "deviation": 0.0}


def test_nothing_to_fill_in(w2v, tmp_path):
    (tmp_path / "all").write_text("".join(f"{name} {name[0]}\n" for name in ROWS))
    answer = w2v("impute", "--labels", "all", "--method", "knn")
    assert (answer.code, answer.out) == (0, b"")
    assert "every vector has its label" in answer.err


@pytest.mark.parametrize(
    ("args", "code", "message"),
    [
        ([], 2, "--labels"),
        (["--labels", "-", "-m", "-"], 2, "standard input can be read once"),
        (["--labels", "n.labels", "--method", "ridge"], 2, "is for numbers: give --numbers"),
        (["--labels", "n.numbers", "--numbers", "--method", "logistic"], 2, "is for labels"),
        (["--labels", "n.labels", "--neighbors", "3"], 2, "--neighbors goes with --method knn"),
        (["--labels", "n.numbers", "--numbers", "--top", "3"], 2, "--top counts labels"),
        (["--labels", "n.labels", "--numbers"], 3, "n.labels:1: 'a1 a' is not a node and a finite"),
        (["--labels", "none"], 4, "none cannot be read"),
    ],
)
def test_bad_input(w2v, args, code, message):
    answer = w2v("impute", *args)
    assert (answer.code, answer.out) == (code, b"")
    assert message in answer.err


def test_the_extra_is_named(w2v, monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    answer = w2v("impute", "--labels", "n.labels")
    assert (answer.code, answer.out) == (2, b"")
    assert "pip install 'w2v[labels]'" in answer.err


def test_quiet_is_quiet_about_words_that_occur_twice(w2v, tmp_path):
    rows = [f"{name} {row}\n" for name, row in ROWS.items()]
    (tmp_path / "v.glove").write_text("".join(rows) + "b0 1 1\n")
    args = ["impute", "-m", "v.glove", "--labels", "n.labels", "--method", "knn"]
    loud, quiet = w2v(*args), w2v(*args, "-q")
    assert "'b0'" in loud.err
    assert (quiet.code, quiet.out, quiet.err) == (0, loud.out, "")
