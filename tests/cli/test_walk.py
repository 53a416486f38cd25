"""``w2v walk`` and ``w2v train --graph``."""

import itertools
import json
import signal
import time

import numpy as np
import pytest

EDGES = "a b\nb c\nc a\nc d\nd e\ne f\nf d\n"


@pytest.fixture
def edges(tmp_path):
    path = tmp_path / "edges.txt"
    path.write_text(EDGES)
    return path


def test_walks_are_lines_of_linked_nodes(w2v, edges, tmp_path):
    answer = w2v("walk", edges, "--walks", "3", "--length", "5", "--seed", "7")
    assert answer.code == 0
    assert "graph: " in answer.err
    assert "6 nodes, 7 edges" in answer.err
    assert len(answer.lines) == 18
    pairs = {tuple(line.split()) for line in EDGES.splitlines()}
    for line in answer.lines:
        nodes = line.split(" ")
        assert len(nodes) == 5
        for pair in itertools.pairwise(nodes):
            assert pair in pairs or pair[::-1] in pairs
    for threads in (1, 3):
        again = w2v(
            *("walk", edges, "--walks", "3", "--length", "5", "--seed", "7", "-q"),
            *("--threads", threads, "-o", "walks.txt"),
        )
        assert again.err == ""
        assert (tmp_path / "walks.txt").read_bytes() == answer.out


def test_one_of_each_is_told_in_the_singular(w2v):
    args = ("walk", "-", "--metapath", "a-b", "--walks", "1", "--max-vocab", "2")
    answer = w2v(*args, stdin="#\na b\n")
    assert "2 nodes, 1 edge, 1 comment, " in answer.err
    assert answer.err.endswith("\n1 walk\n")


def test_types_of_lowercase_names(w2v, tmp_path):
    (tmp_path / "types.txt").write_text("Ann Author\nPAPER Paper\n")
    args = ("walk", "-", "--metapath", "Author-Paper", "--types", "types.txt", "--walks", "1")
    answer = w2v(*args, "--lowercase", stdin="ANN Paper\n")
    assert answer.out == b"ann paper\n"


def test_max_vocab_is_that_of_train(w2v):
    star = "a b\na c\nb c\na d\n"
    answer = w2v("walk", "-", "--max-vocab", "3", "--walks", "9", stdin=star)
    assert set(answer.out.split()) == {b"a", b"b", b"c"}


def test_names_stay_the_bytes_they_were(w2v):
    answer = w2v("walk", "-", "--walks", "1", "--length", "2", stdin=b"\xff b\n")
    assert sorted(answer.out.splitlines()) == [b"b \xff", b"\xff b"]


def test_synonyms_of_other_tools(w2v, edges):
    ours = w2v("walk", edges, "--walks", "2", "--length", "4").out
    assert w2v("walk", edges, "--num-walks", "2", "--walk-length", "4").out == ours


def test_split_writes_three_files(w2v, edges, tmp_path):
    answer = w2v("walk", edges, "--split", "0.2", "-o", "part")
    assert answer.code == 0
    train, test, non = (
        (tmp_path / f"part.{part}").read_text().splitlines()
        for part in ("train", "test", "non-edges")
    )
    unordered = {frozenset(line.split()) for line in train + test}
    assert unordered == {frozenset(line.split()) for line in EDGES.splitlines()}
    assert (len(train), len(test), len(non)) == (6, 1, 1)
    assert answer.out == b""


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--p", "0"], 2, "p is 0"),
        (["--q", "nan"], 2, "q is nan"),
        (["--length", "1"], 2, "length is 1"),
        (["--walks", "0"], 2, "walks is 0"),
        (["--metapath", "a-q-a"], 3, "no node is of type q"),
        (["--metapath", "a-q-a", "--q", "2"], 2, "take no p or q"),
        (["--types", "edges.txt"], 2, "add --metapath"),
        (["--nodes", "missing"], 4, "missing"),
        (["--split", "0.2"], 2, "name them with -o"),
        (["--split", "0.2", "-o", "./"], 2, "./.train would be a hidden file: give -o FOLDER/NAME"),
        (["--split", "0.9", "-o", "part"], 2, "at most 2 of 7 edges"),
        (["--split", "0.2", "-o", "part", "--walks", "3"], 2, "--walks is for walks"),
        (["--split", "1", "-o", "part"], 2, "--split"),
        (["-o", "edges.txt"], 2, "both edges and output"),
        (["-o", "no/where"], 4, "make the folder"),
        (["-"], 3, "no edge"),
        (["-", "--nodes", "-"], 2, "standard input can be read once"),
    ],
)
def test_what_cannot_be_is_refused(w2v, edges, untouched, arguments, code, message):
    untouched()
    answer = w2v("walk", *([] if arguments[0] == "-" else [edges]), *arguments, stdin=b"")
    assert message in answer.err
    assert answer.code == code
    assert answer.out == b""


def test_training_on_a_graph(w2v, edges, tmp_path):
    (tmp_path / "nodes.txt").write_text("a\nlonely\n")
    options = ("--nodes", "nodes.txt", "--threads", "1", "--q", "0.5", "--negatives", "private")
    answer = w2v("train", "--graph", edges, *options)
    assert answer.code == 0, answer.err
    assert "1 node has no edge (lonely): nothing is learned about it" in answer.err
    assert "7 words x 128" in answer.err
    record = json.loads((tmp_path / "vectors.run.json").read_text())
    defaults = {"dim": 128, "window": 10, "sample": 0, "min_count": 1, "epochs": 1, "q": 0.5}
    assert defaults.items() <= record["settings"].items()
    assert record["corpus"]["isolated"] == 1
    first = (tmp_path / "vectors.bin").read_bytes()
    w2v("train", "--graph", edges, "-o", "again.bin", "--config", "vectors.run.json")
    assert (tmp_path / "again.bin").read_bytes() == first
    assert w2v("similar", "lonely", "-k", "1").code == 0


def test_a_run_record_names_the_files_of_nodes(w2v, edges, tmp_path):
    (tmp_path / "types.txt").write_text("".join(f"{n} {'AB'[n in 'ace']}\n" for n in "abcdef"))
    (tmp_path / "swapped.txt").write_text("".join(f"{n} {'BA'[n in 'ace']}\n" for n in "abcdef"))
    given = (
        "--metapath",
        "A-B-A",
        "--types",
        "types.txt",
        "--threads",
        "1",
        "--negatives",
        "private",
    )
    assert w2v("train", "--graph", edges, *given, "-o", "one.bin").code == 0
    again = ("train", "--graph", edges, "--config", "one.run.json")
    assert w2v(*again, "-o", "two.bin").code == 0
    assert w2v(*again, "--types", "swapped.txt", "-o", "other.bin").code == 0
    one, two, other = ((tmp_path / f"{n}.bin").read_bytes() for n in ("one", "two", "other"))
    assert one == two != other
    files = [
        json.loads((tmp_path / f"{n}.run.json").read_text())["corpus"]["files"]
        for n in ("two", "other")
    ]
    assert files == [{"types": "types.txt"}, {"types": "swapped.txt"}]
    (tmp_path / "types.txt").unlink()
    answer = w2v(*again, "-o", "two.bin")
    assert answer.code == 4
    assert "types.txt" in answer.err


@pytest.mark.parametrize("corpus", [3, {"files": 3}, {"files": {"types": 3}}])
def test_a_strange_run_record_is_no_defect(w2v, edges, tmp_path, corpus):
    (tmp_path / "a.json").write_text(
        json.dumps({"settings": {"negatives": "private"}, "corpus": corpus})
    )
    assert w2v("train", "--graph", edges, "--config", "a.json").code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--walks", "3"], "--walks is for graphs: add --graph"),
        (["--config", "graph.toml"], "graph.toml: length is for graphs"),
        (["--nodes", "edges.txt"], "--nodes needs --graph"),
        (["--graph", "-o", "edges.txt"], "edges.txt is both corpus"),
        (["--graph", "--types", "edges.txt"], "add --metapath"),
    ],
)
def test_graph_settings_need_a_graph(w2v, edges, tmp_path, untouched, arguments, message):
    (tmp_path / "graph.toml").write_text("length = 5\n")
    untouched()
    answer = w2v("train", edges, *arguments)
    assert answer.code == 2
    assert message in answer.err


def test_a_closed_pipe_ends_quietly(start, edges):
    process = start("walk", edges, "--walks", "100000")
    assert process.stdout.readline()
    process.stdout.close()
    assert process.wait(20) == 0
    assert b"error" not in process.stderr.read()


@pytest.mark.parametrize("command", [["walk"], ["train", "--graph"]])
def test_ctrl_c_leaves_nothing(start, edges, tmp_path, command):
    process = start(*command, edges, "--walks", "1000000", "-o", "out.bin")
    assert b"graph:" in process.stderr.readline()
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 130
    assert [path.name for path in tmp_path.iterdir()] == ["edges.txt"]


@pytest.mark.parametrize("args", [["walk", "-"], ["train", "--graph", "-"], ["train", "-"]])
def test_a_matrix_of_links_from_a_pipe_is_told_to_be_a_file(w2v, tmp_path, args):
    ends = {"indptr": np.array([0, 1, 2]), "indices": np.array([1, 0]), "data": np.ones(2)}
    np.savez(tmp_path / "m.npz", **ends, shape=np.array([2, 2]), format=np.array(b"csr"))
    assert w2v("walk", "m.npz").code == 0
    answer = w2v(*args, stdin=(tmp_path / "m.npz").read_bytes())
    assert answer.code == 3
    assert "standard input: this is an .npz file of NumPy arrays" in answer.err
    assert "from a file that is named" in answer.err
