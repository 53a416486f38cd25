import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import store

ROOT = Path(__file__).resolve().parents[2]
WORDS = [f"word{number}" for number in range(60)] + ["king"]


@pytest.mark.slow
def test_a_whole_session_of_w2v_alone(tmp_path):
    draw = random.Random(1)
    text = tmp_path / "corpus.txt"
    text.write_text("".join(" ".join(draw.choices(WORDS, k=20)) + "\n" for _ in range(2_000)))
    sets = tmp_path / "eval"
    sets.mkdir()
    (sets / "questions-words.txt").write_text(
        ": one\nword1 word2 word3 word4\n: gram1-two\nword5 word6 word7 word8\n"
    )
    for name in ("EN-WS-353-ALL.txt", "EN-MEN-TR-3k.txt", "EN-SIMLEX-999.txt"):
        lines = (f"word{number}\tword{number + 1}\t{number}.5\n" for number in range(20))
        (sets / name).write_text("".join(lines))
    done = subprocess.run(
        [
            *(sys.executable, "-m", "benchmarks.run", "--corpus", text, "--eval", sets, "--full"),
            *("--name", "alone", "--results", tmp_path, "--only", "w2v-shared,w2v-private"),
            *("--repeats", "2", "--seeds", "2"),
        ],
        cwd=ROOT,
        # As if somebody had settings of their own: they must not reach what is measured.
        env={**os.environ, "W2V_EPOCHS": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    results = store.load(tmp_path / "alone.json")
    assert json.loads((tmp_path / "alone.json").read_text()) == results
    assert not store.partial_path(tmp_path, "alone").exists()
    assert results["corpus"]["tokens"] == 40_000
    peers = {"gensim", "word2vec", "fasttext"}
    assert {entry["name"] for entry in results["missing"]} == {"w2v-shared-effort-fast", *peers}
    summary = results["summary"]
    for name, runs in (("w2v-shared", 4), ("w2v-private", 2)):  # the former is quick
        assert summary["speed"][name]["whole"]["n"] == runs
        assert summary["accuracy"][name]["ws353"]["n"] == 2
    assert set(summary["text"]) == {"1", "2"}
    assert set(summary["startup"]) == {"similar", "help"}
