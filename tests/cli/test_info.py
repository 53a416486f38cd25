"""w2v info: what is in a file, and what the processor can do."""

import json

import numpy as np
import pytest

from w2v.cli.info import CHUNK, norm_facts


def facts_of(answer):
    assert answer.code == 0, answer.err
    return dict(line.split("\t") for line in answer.lines)


def test_a_file(vectors, w2v):
    facts = facts_of(w2v("info", vectors))
    assert facts["file"] == str(vectors)
    assert (facts["format"], facts["words"], facts["dim"]) == ("text", "5", "2")
    assert facts["bytes"] == str(vectors.stat().st_size)
    assert float(facts["min_norm"]) == pytest.approx(0.905539, abs=2e-6)
    assert (facts["max_norm"], facts["zero_rows"], facts["non_finite_values"]) == ("1.0", "0", "0")


def test_the_default_file(vectors, w2v, tmp_path):
    assert facts_of(w2v("info"))["file"] == "vectors.bin"
    other = vectors.rename(tmp_path / "other.bin")
    assert facts_of(w2v("info", W2V_VECTORS=str(other)))["words"] == "5"
    assert w2v("info").code == 4


def test_binary_and_json(w2v, corpus):
    assert w2v("train", corpus, "--dim", "3", "--threads", "1", "-q").code == 0
    facts = json.loads(w2v("info", "--json").out)
    assert (facts["format"], facts["words"], facts["dim"]) == ("word2vec", 10, 3)
    assert facts["run"]["settings"]["dim"] == 3
    assert facts_of(w2v("info"))["run.settings.dim"] == "3"


def test_a_file_on_stdin(vectors, finish):
    facts = facts_of(finish("info", "-", stdin=vectors.read_bytes()))
    assert (facts["file"], facts["words"]) == ("-", "5")


def test_damaged_run_record(vectors, w2v, tmp_path):
    (tmp_path / "vectors.run.json").write_text("[")
    answer = w2v("info")
    assert answer.code == 3
    assert "vectors.run.json" in answer.err


def test_cpu(w2v):
    facts = facts_of(w2v("info", "--cpu"))
    assert set(facts) == {"cpu", "isa", "available"}
    assert facts["isa"] in facts["available"].split()
    assert facts["cpu"]


def test_cpu_honours_the_forced_instruction_set(finish):
    available = facts_of(finish("info", "--cpu"))["available"].split()
    for isa in available:
        assert facts_of(finish("info", "--cpu", env={"W2V_ISA": isa}))["isa"] == isa
    answer = finish("info", "--cpu", env={"W2V_ISA": "abacus"})
    assert answer.code == 2
    assert "abacus" in answer.err


def test_norms_count_what_is_unfit():
    matrix = np.zeros((CHUNK + 3, 2), np.float32)
    matrix[1:] = (3, 4)
    matrix[CHUNK] = (np.nan, np.inf)
    matrix[CHUNK + 1] = (6, 8)
    facts = norm_facts(matrix)
    assert facts["zero_rows"] == 1
    assert facts["non_finite_values"] == 2
    assert (facts["min_norm"], facts["max_norm"]) == (0.0, 10.0)
    assert facts["mean_norm"] == pytest.approx((5 * (CHUNK + 1 - 1) + 10) / (CHUNK + 2), abs=1e-6)


def test_norms_of_nothing_finite():
    facts = norm_facts(np.full((2, 2), np.nan, np.float32))
    assert facts["min_norm"] is facts["max_norm"] is facts["mean_norm"] is None
    assert facts["non_finite_values"] == 4
