import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import render, store, summary, vectors

ROOT = Path(__file__).resolve().parents[2]


def run_of(task, contender, whole, work=None):
    seconds = {"whole": whole} if work is None else {"whole": whole, "work": work}
    amount = {"amount": [20, "MB"], "answer": None}
    return {
        "task": task,
        "contender": contender,
        "seconds": seconds,
        "peak_memory_bytes": 9,
        **amount,
    }


def test_the_work_alone_counts_where_it_was_timed():
    runs = [
        run_of("load", "w2v", 9.0, 0.5),
        run_of("load", "w2v", 9.0, 0.25),
        run_of("load", "gensim", 9.0, 5.0),
        run_of("phrases-20", "w2v", 0.5),
        run_of("phrases-20", "word2phrase", 10.0),
    ]
    found = summary.summarize(runs)["vectors"]
    assert found["load"]["w2v"]["seconds"]["median"] == 0.375
    assert found["load"]["gensim"]["times"] == 13.33
    assert found["phrases-20"]["word2phrase"]["times"] == 20
    assert "vectors" not in summary.summarize([])


def test_the_table_leaves_nobody_out(results):
    results["settings"] = {"words": 1000, "dim": 3, "text_words": 10}
    runs = [run_of("load", "w2v", 9.0, 0.5), run_of("load", "gensim", 9.0, 5.0)]
    results["summary"] = summary.summarize(runs)
    lines = "\n".join(render.vectors(results))
    assert (
        "read word2vec binary, 1,000 x 3 | w2v | 20 MB | 0.50 (0.50 to 0.50) | 40 MB/s |" in lines
    )
    assert "|  | gensim | 20 MB | 5.00 (5.00 to 5.00) | 4 MB/s | 10.0 x |" in lines
    assert "Not measured: fastText: not installed; speed of word2vec: failed." in lines


def test_accuracies_that_differ_are_a_failure(tmp_path, monkeypatch):
    text = vectors.Text("c.txt", 1, 1, "")
    roster = vectors.Roster([], [], {})
    bench = vectors.VectorBench(tmp_path, text, vectors.QUICK, roster, 9.0)
    monkeypatch.setattr(vectors, "measure", lambda *_, **__: None)
    monkeypatch.setattr(bench, "_read", lambda *_: ({}, 0.5))
    monkeypatch.setattr(vectors, "entry_of", lambda *_: {})
    (tmp_path / vectors.QUESTIONS).write_text(": a\na b c d\n")
    task = vectors.plan.Task("evaluate", "w2v", 1)
    assert bench.carry_out(task) == {"amount": (1, "questions"), "answer": 0.5}
    bench.answers["evaluate", "gensim"] = 0.25
    with pytest.raises(vectors.ProcessError, match="accuracies differ"):
        bench.carry_out(task)


@pytest.mark.slow
def test_a_quick_session_of_w2v_alone(tmp_path):
    draw = random.Random(1)
    words = [f"word{number}" for number in range(60)]
    text = tmp_path / "corpus.txt"
    text.write_text("".join(" ".join(draw.choices(words, k=20)) + "\n" for _ in range(500)))
    (tmp_path / vectors.QUESTIONS).write_text(": one\nword1 word2 word3 word4\n")
    command = [sys.executable, "-m", "benchmarks.vectors", "--quick", "--corpus", text]
    command += ["--eval", tmp_path, "--results", tmp_path, "--repeats", "1", "--peer-repeats", "0"]
    # As if somebody had settings of their own: they must not reach what is measured.
    environment = {**os.environ, "W2V_EPOCHS": "0"}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    results = store.load(tmp_path / "vectors.json")
    assert tuple(results["summary"]["vectors"]) == summary.VECTOR_TASKS
    assert {one["name"] for one in results["missing"]} == {"gensim", "word2phrase"}
    assert not store.partial_path(tmp_path, "vectors").exists()
    assert len(render.vectors(results)) == 2 + len(summary.VECTOR_TASKS) + 2
