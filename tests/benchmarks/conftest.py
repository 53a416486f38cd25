"""benchmarks/ as a package, and a session's results to work on."""

import importlib.util
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "benchmarks"

# By path: the repository is not on sys.path, and must not be, or the sources of w2v in it
# would be tested in place of the installed package.
_spec = importlib.util.spec_from_file_location(
    "benchmarks", FOLDER / "__init__.py", submodule_search_locations=[str(FOLDER)]
)
_package = importlib.util.module_from_spec(_spec)
sys.modules["benchmarks"] = _package
_spec.loader.exec_module(_package)

from benchmarks import store, summary  # noqa: E402


def _train_run(task, contender, whole, training, *, repeat=1, seed=1, accuracy=None):
    entry = {
        "task": task,
        "contender": contender,
        "threads": 2,
        "epochs": 1,
        "seed": seed,
        "repeat": repeat,
        "command": ["w2v", "train", "wiki100.txt"],
        "seconds": {"whole": whole, "training": training},
        "words_per_second": round(16_000_000 / training),
        "peak_memory_bytes": 200_000_000,
        "cpu_seconds": 2 * whole,
        "other_cpu_seconds": None,
    }
    if accuracy:
        entry["accuracy"] = dict.fromkeys(summary.SCORES, accuracy)
    return entry


@pytest.fixture
def train_run():
    return _train_run


@pytest.fixture
def results():
    runs = [
        _train_run("speed", "w2v-shared", 3.0, 2.0, repeat=1),
        _train_run("speed", "w2v-shared", 5.0, 2.5, repeat=2),
        _train_run("speed", "w2v-shared", 4.0, 1.5, repeat=3),
        _train_run("speed", "gensim", 40.0, 30.0),
        _train_run("accuracy", "w2v-shared", 9.0, 8.0, seed=1, accuracy=28.0),
        _train_run("accuracy", "w2v-shared", 9.0, 8.0, seed=2, accuracy=30.0),
        _train_run("accuracy", "gensim", 160.0, 150.0, accuracy=28.75),
        {**_train_run("text", "w2v", 1.0, 0.25), "threads": 1, "words_per_second": 42_000_000},
        {**_train_run("text", "w2v", 0.6, 0.2), "threads": 2, "words_per_second": 77_000_000},
        {**_train_run("similar", "w2v", 0.25, 1.0), "threads": 1},
        {**_train_run("help", "w2v", 0.125, 1.0), "threads": 1},
    ]
    return {
        "schema": store.SCHEMA,
        "name": "wiki100",
        "started": "2025-01-31 10:00 UTC",
        "finished": "2025-01-31 11:00 UTC",
        "settings": {
            "dim": 100,
            "window": 5,
            "negative": 5,
            "sample": 1e-3,
            "min_count": 5,
            "alpha": 0.025,
            "threads": 2,
        },
        "corpus": {"name": "wiki100.txt", "bytes": 100_000_000, "tokens": 16_816_360},
        "machine": {
            "cpu": "A CPU",
            "architecture": "x86_64",
            "cores": 2,
            "cpus": 2,
            "memory_bytes": 24 * 2**30,
            "system": "A system",
            "compiler": "cc 12",
        },
        "versions": {"w2v": "0.1.0", "gensim": "4.4.0"},
        "build": "0123",
        "isa": "avx512",
        "contenders": [
            {"name": "w2v-shared", "title": "**w2v**"},
            {"name": "gensim", "title": "gensim"},
            {"name": "word2vec", "title": "word2vec"},
        ],
        "missing": [{"name": "fasttext", "title": "fastText", "why": "not installed"}],
        "failed": [{"task": "speed", "contender": "word2vec", "why": "exit code 1"}],
        "runs": runs,
        "summary": summary.summarize(runs),
    }
