"""w2v evaluate: tables for people, JSON and exit codes for scripts."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

QUESTIONS = (
    ": family\nman woman king queen\nman woman boy apple\n: gram1\nking queen boy girl\na b c d\n"
)
PAIRS = "word1,word2,score\nman,boy,9\nman,woman,3\nman,apple,0\nman,prince,5\n"


@pytest.fixture(autouse=True)
def _files(tmp_path):
    """Write two sets and two files of vectors, of which the second confuses king and apple."""
    (tmp_path / "questions.txt").write_text(QUESTIONS)
    (tmp_path / "pairs.csv").write_text(PAIRS)
    rows = {
        "man": "1 0 0 0.1",
        "woman": "0 1 0 0.1",
        "king": "1 0 1 0",
        "queen": "0 1 1 0",
        "boy": "1 0 0 1",
        "girl": "0 1 0 1",
        "apple": "-1 -1 -1 -1",
    }
    for file in ("vectors.bin", "other.bin"):
        lines = [f"{word} {row}" for word, row in rows.items()]
        (tmp_path / file).write_text("\n".join([f"{len(rows)} 4", *lines]) + "\n")
        rows["queen"], rows["apple"] = rows["apple"], rows["queen"]


def test_a_table(w2v):
    answer = w2v("evaluate", "questions.txt", "pairs.csv")
    assert (answer.code, answer.err) == (0, "")
    header, *rows = [line.split("\t") for line in answer.lines]
    assert header == [
        "set",
        "section",
        "measure",
        "questions",
        "vectors.bin",
        "low",
        "high",
        "known",
    ]
    assert [row[:5] + row[7:] for row in rows] == [
        ["questions.txt", "family", "accuracy", "2", "0.5000", "2"],
        ["questions.txt", "gram1", "accuracy", "2", "1.0000", "1"],
        ["questions.txt", "semantic", "accuracy", "2", "0.5000", "2"],
        ["questions.txt", "syntactic", "accuracy", "2", "1.0000", "1"],
        ["questions.txt", "total", "accuracy", "4", "0.6667", "3"],
        ["pairs.csv", "total", "spearman", "4", "1.0000", "3"],
    ]
    assert rows[0][5:7] == ["0.0000", "1.0000"]
    assert w2v("evaluate", "questions.txt", "pairs.csv").out == answer.out


def test_several_vectors_side_by_side(w2v):
    answer = w2v("evaluate", "questions.txt", "-m", "vectors.bin", "-m", "other.bin")
    header, *rows = [line.split("\t") for line in answer.lines]
    assert (header[4], header[8], len(header)) == ("vectors.bin", "other.bin", 12)
    assert [(row[1], row[4], row[8]) for row in rows if row[1] in ("family", "total")] == [
        ("family", "0.5000", "0.0000"),
        ("total", "0.6667", "0.3333"),
    ]


def test_paths_are_shortened_unless_they_are_alike(w2v, tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "pairs.csv").write_text(PAIRS)
    (tmp_path / "sub" / "vectors.bin").write_bytes((tmp_path / "vectors.bin").read_bytes())
    answer = w2v("evaluate", "sub/pairs.csv", "-m", "sub/vectors.bin")
    assert [line.split("\t")[0] for line in answer.lines] == ["set", "pairs.csv"]
    assert "\tvectors.bin\t" in answer.lines[0]
    args = ["pairs.csv", "sub/pairs.csv", "-m", "vectors.bin", "-m", "sub/vectors.bin"]
    answer = w2v("evaluate", *args)
    assert [line.split("\t")[0] for line in answer.lines] == ["set", "pairs.csv", "sub/pairs.csv"]
    assert "\tsub/vectors.bin\t" in answer.lines[0]


def test_columns_line_up_on_a_terminal(w2v, monkeypatch):
    class Terminal:
        stdout = type("stdout", (), {"isatty": staticmethod(lambda: True)})

    monkeypatch.setattr("w2v.cli.evaluate.sys", Terminal)
    lines = w2v("evaluate", "questions.txt").lines
    assert not any("\t" in line for line in lines)
    assert len({len(line) for line in lines}) == 1
    assert lines[1].startswith("questions.txt  family     accuracy  ")


def test_json_lines(w2v):
    answer = w2v("evaluate", "questions.txt", "pairs.csv", "--json", "--oov", "wrong")
    questions, pairs = (json.loads(line) for line in answer.lines)
    assert questions.pop("interval")[0] < 0.5 < questions.pop("sections")[0].pop("interval")[1]
    assert questions == {
        "vectors": "vectors.bin",
        "set": "questions.txt",
        "kind": "analogies",
        "accuracy": 0.5,
        "correct": 2,
        "total": 4,
        "skipped": 0,
        "known": 3,
        "coverage": 0.75,
        "semantic": 0.5,
        "syntactic": 0.5,
    }
    assert pairs["spearman"] == pytest.approx(0.8)
    assert len(pairs.pop("interval")) == 2
    assert {**pairs, "spearman": 0} == {
        "vectors": "vectors.bin",
        "set": "pairs.csv",
        "kind": "pairs",
        "spearman": 0,
        "pairs": 4,
        "skipped": 0,
        "known": 3,
        "coverage": 0.75,
    }


def test_what_has_no_value_is_a_dash_or_null(w2v, tmp_path):
    (tmp_path / "q.txt").write_text(": none\n: some\nman woman king queen\n: unknown\nx x x x\n")
    lines = [line.split("\t")[3:] for line in w2v("evaluate", "q.txt").lines[1:]]
    assert lines[0] == ["0", "-", "-", "-", "0"]
    assert lines[2] == ["1", "-", "-", "-", "0"]
    sections = json.loads(w2v("evaluate", "q.txt", "--json").out)["sections"]
    assert sections[0]["accuracy"] is sections[0]["coverage"] is None
    assert sections[2]["interval"] == [None, None]
    (tmp_path / "p.txt").write_text("man boy 1\nman king 1\n")
    assert json.loads(w2v("evaluate", "p.txt", "--json").out)["spearman"] is None


def test_options_reach_the_scores(w2v):
    def record(*args):
        return json.loads(w2v("evaluate", "questions.txt", "--json", *args).out)

    assert record("--restrict", "6")["known"] == 2
    assert record("--restrict", "0")["known"] == record()["known"] == 3
    (family,) = [one for one in record("--oov", "wrong")["sections"] if one["name"] == "family"]
    assert family["total"] == 2


def test_the_seed_is_that_of_the_intervals(w2v, tmp_path):
    words = ["man", "woman", "king", "queen", "boy", "girl", "apple"]
    pairs = [f"{a} {b} {(i * j) % 5}" for i, a in enumerate(words) for j, b in enumerate(words)]
    (tmp_path / "p.txt").write_text("\n".join(pairs))
    one, same, other = (
        json.loads(w2v("evaluate", "p.txt", "--json", *seed).out)
        for seed in ([], ["--seed", "1"], ["--seed", "2"])
    )
    assert one == same
    assert one["interval"] != other["interval"]
    assert one["spearman"] == other["spearman"]


def test_case(w2v, tmp_path):
    (tmp_path / "q.txt").write_text("Man woman king queen\nman woman boy girl\n")
    known = [
        json.loads(w2v("evaluate", "q.txt", "--json", "--case", case).out)["known"]
        for case in ("lower", "keep")
    ]
    assert known == [2, 1]


def test_min_accuracy(w2v):
    both = ["questions.txt", "pairs.csv", "-m", "vectors.bin", "-m", "other.bin"]
    answer = w2v("evaluate", *both, "--min-accuracy", "0.6")
    assert answer.code == 1
    assert answer.err == "w2v: other.bin on questions.txt: accuracy 0.3333 is below 0.6\n"
    assert len(answer.lines) == 7
    assert w2v("evaluate", "questions.txt", "--min-accuracy", "0.6").code == 0
    assert w2v("evaluate", "questions.txt", "--min-accuracy", "0.67", "--json").code == 1


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["questions.txt", "--min-accuracy", "40"], "--min-accuracy"),
        (["pairs.csv", "--min-accuracy", "0.4"], "needs a set of analogies"),
        (["questions.txt", "--restrict", "-1"], "--restrict"),
        (["questions.txt", "--seed", "-1"], "seed is -1"),
        (["questions.txt", "--threads", "0"], "threads is 0"),
        (["-", "-m", "-"], "standard input can be read once"),
        ([], "SET..."),
    ],
)
def test_usage(w2v, args, message):
    answer = w2v("evaluate", *args)
    assert answer.code == 2
    assert message in answer.err


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "set.txt is empty"),
        ("man woman king queen\nman woman king\n", "set.txt:2: 3 words: give four"),
        ("man boy 9\nman girl\n", "set.txt:2: 'man girl' is not two words and a number"),
        ("a b c d\n", "vectors.bin on set.txt: none of 1 questions has all its words"),
        ("a b 1\nc d 2\n", "vectors.bin on set.txt: 0 of 2 pairs are in the vocabulary"),
    ],
)
def test_bad_sets(w2v, tmp_path, content, message):
    (tmp_path / "set.txt").write_text(content)
    answer = w2v("evaluate", "set.txt")
    assert (answer.code, answer.out) == (3, b"")
    assert message in answer.err
    assert answer.err.count("\n") == 1


def test_vectors_that_cannot_be_read_are_told_before_any_work(w2v, tmp_path):
    answer = w2v("evaluate", "questions.txt", "--json", "-m", "vectors.bin", "-m", "none.bin")
    assert (answer.code, answer.out) == (4, b"")
    assert "none.bin cannot be read: No such file" in answer.err
    (tmp_path / "bad.bin").write_bytes(b"5 2\nnorth 1 x\n")
    answer = w2v("evaluate", "questions.txt", "-m", "bad.bin")
    assert answer.code == 3
    assert "bad.bin" in answer.err


def test_stdin_may_be_the_set_or_the_vectors(finish, tmp_path):
    answer = finish("evaluate", "-", stdin=QUESTIONS.encode())
    assert answer.code == 0
    assert answer.lines[-1].startswith("-\ttotal\taccuracy\t4\t0.6667")
    answer = finish(
        "evaluate", "questions.txt", "-m-", stdin=(tmp_path / "vectors.bin").read_bytes()
    )
    assert answer.code == 0
    assert answer.lines[0].split("\t")[4] == "-"


def test_the_variable_may_hold_blanks(w2v, tmp_path):
    (tmp_path / "vectors.bin").rename(tmp_path / "my vectors.bin")
    answer = w2v("evaluate", "pairs.csv", W2V_VECTORS="my vectors.bin")
    assert answer.code == 0
    assert "\tmy vectors.bin\t" in answer.lines[0]


def test_threads_share_the_questions(w2v, tmp_path, monkeypatch):
    pools = []

    class Pool(ThreadPoolExecutor):
        def __init__(self, threads):
            pools.append(threads)
            super().__init__(threads)

    monkeypatch.setattr("w2v.evaluation.solver.ThreadPoolExecutor", Pool)
    (tmp_path / "many.txt").write_text("man woman king queen\n" * 1_100)
    for threads in ("1", "2", "9"):
        answer = w2v("evaluate", "many.txt", "--json", "--threads", threads)
        assert json.loads(answer.out)["correct"] == 1_100
    assert pools == [1, 2, 3]


LINEAR_ALGEBRA = """
import os, sys
sys.argv = ["w2v", "evaluate", "questions.txt", "--threads", "3"]
from w2v.cli import main
try:
    main()
finally:
    print(os.environ["OPENBLAS_NUM_THREADS"])
"""


def test_linear_algebra_starts_no_threads_of_its_own():
    command = [sys.executable, "-c", LINEAR_ALGEBRA]
    env = {**os.environ, "OPENBLAS_NUM_THREADS": "2"}
    run = subprocess.run(command, env=env, capture_output=True, check=True)
    assert run.stdout.splitlines()[-1] == b"1"
