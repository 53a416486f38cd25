"""The same scores as gensim, scipy and the original's word2vec-compute-accuracy."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from w2v.evaluation import evaluate, spearman
from w2v.formats import load

FOLDER = Path(__file__).resolve().parent.parent / "golden" / "evaluation"
GENSIM = json.loads((FOLDER / "gensim.json").read_text())
SETTINGS = ("restrict", "case", "oov")


@pytest.fixture(scope="module")
def golden():
    return load(FOLDER / "vectors.bin")


def settings(record):
    return {name: record[name] for name in SETTINGS}


@pytest.mark.parametrize("record", GENSIM["analogies"])
def test_analogies_of_gensim(golden, record):
    result = evaluate(golden, FOLDER / "questions.txt", **settings(record))
    found = {one.name: [one.correct, one.total] for one in result.sections}
    found["Total accuracy"] = [result.correct, result.total]
    assert found == record["sections"]


@pytest.mark.parametrize("record", GENSIM["pairs"])
def test_pairs_of_gensim(golden, record):
    result = evaluate(golden, FOLDER / "pairs.txt", **settings(record))
    assert result.spearman == pytest.approx(record["spearman"], abs=1e-12)
    assert 100 * (1 - result.coverage) == pytest.approx(record["unknown"])


@pytest.mark.parametrize("record", GENSIM["spearman"])
def test_spearman_of_scipy(record):
    x, y = np.array(record["x"]), np.array(record["y"])
    assert spearman(x, y) == pytest.approx(record["rho"], abs=1e-12)


def test_the_original(golden):
    text = (FOLDER / "original.txt").read_text()
    printed = []
    for restrict in (0, 40):
        result = evaluate(golden, FOLDER / "questions.txt", restrict=restrict)
        correct = total = 0
        for one in result.sections:
            correct, total = correct + one.correct, total + one.total
            printed += [
                f"{one.name}:",
                f"ACCURACY TOP1: {100 * one.accuracy:.2f} %  ({one.correct} / {one.total})",
                f"Total accuracy: {100 * correct / total:.2f} %",
            ]
        seen, whole = result.whole.known, result.whole.questions
        printed.append(f"Questions seen / total: {seen} {whole}   {100 * seen / whole:.2f} %")
    # It calls the first five sections semantic, whatever they are named.
    assert re.sub(r"   Semantic.*| +$", "", text, flags=re.MULTILINE).splitlines() == printed
