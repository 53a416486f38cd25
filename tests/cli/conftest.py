"""Run commands: in this process for messages, in one of their own for pipes and signals."""

import os
import random
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from w2v.cli.program import program


@dataclass
class Answer:
    code: int
    out: bytes
    err: str

    @property
    def lines(self):
        return self.out.decode("utf-8", "surrogateescape").splitlines()


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch):
    """Every test has a folder of its own, and no settings from outside."""
    for name in [name for name in os.environ if name.startswith("W2V_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def w2v():
    """Return a function that runs a command in this process."""

    def run(*args, stdin=None, **env):
        result = CliRunner().invoke(program, [str(arg) for arg in args], input=stdin, env=env)
        return Answer(result.exit_code, result.stdout_bytes, result.stderr)

    return run


@pytest.fixture
def start():
    """Return a function that starts a command in a process of its own, ended with the test."""
    running = []

    def begin(*args, env=None, program=("-m", "w2v"), **extra):
        process = subprocess.Popen(
            [sys.executable, *program, *map(str, args)],
            **{
                "stdin": subprocess.DEVNULL,
                "stdout": subprocess.PIPE,
                "stderr": subprocess.PIPE,
                "env": {**os.environ, **(env or {})},
                **extra,
            },
        )
        running.append(process)
        return process

    yield begin
    for process in running:
        if process.poll() is None:
            process.kill()
            process.wait()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                stream.close()


@pytest.fixture
def finish(start):
    """Return a function that runs a command in a process of its own."""

    def run(*args, stdin=None, **extra):
        if stdin is not None:
            extra["stdin"] = subprocess.PIPE
        process = start(*args, **extra)
        out, err = process.communicate(stdin, timeout=60)
        return Answer(process.returncode, out or b"", (err or b"").decode())

    return run


TOPICS = ("king queen castle crown throne", "wheat barley field plough harvest")


@pytest.fixture
def corpus(tmp_path):
    """Return a small text of two topics that never meet."""
    draw = random.Random(1)
    topics = [topic.split() for topic in TOPICS]
    lines = (" ".join(draw.choices(topics[number % 2], k=10)) for number in range(400))
    path = tmp_path / "corpus.txt"
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.fixture
def vectors(tmp_path):
    """Return a word2vec text file of five vectors, under the name that train would give it."""
    path = tmp_path / "vectors.bin"
    rows = ["north 1 0", "northeast 0.7 0.7", "east 0 1", "south -1 0", "bad\udcff 0.9 0.1"]
    text = "\n".join(["5 2", *rows]) + "\n"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    return path


@pytest.fixture
def untouched(tmp_path):
    """Fail the test if it leaves a file behind, or changes one."""

    def listing():
        files = [path for path in Path(tmp_path).rglob("*") if not path.is_dir()]
        return {path: path.read_bytes() for path in files}

    before = {}

    def remember():
        before.update(listing())

    yield remember
    assert listing() == before
