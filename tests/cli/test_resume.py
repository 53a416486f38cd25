"""w2v train --checkpoint, w2v resume: interrupted processes lose nothing."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from w2v.cli.training import LONGEST, Duration

FAST = ("--dim", "8", "--threads", "1", "--sample", "0")
# More lines of progress than a pipe and its reader's buffer hold: a run whose reader waits does
# not end by itself. Linux is told how much a pipe holds; elsewhere it may be 64 KiB.
PIPE = {"pipesize": 4096}
EPOCHS = ("--epochs", "400" if sys.platform == "linux" else "1500")
LONG = (*FAST, "--epochs", "1000000")
CODES = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}


@pytest.fixture
def corpus(corpus):
    """Cut the text short: many epochs shall be quick."""
    corpus.write_text("".join(corpus.read_text().splitlines(keepends=True)[:40]))
    return corpus


def until_epoch(process, number):
    for line in process.stderr:
        if line.startswith(f"epoch {number}/".encode()):
            return
    raise AssertionError("it ended before its time")


@pytest.fixture
def interrupted(corpus, start, tmp_path):
    """Interrupt a long run; return its last lines."""

    def begin(number=signal.SIGINT, *more):
        process = start("train", corpus, *FAST, *EPOCHS, "--checkpoint", "run", *more, **PIPE)
        until_epoch(process, 2)
        process.send_signal(number)
        lines = process.stderr.read().decode().splitlines()
        assert process.wait(60) == CODES[number]
        return lines

    return begin


@pytest.mark.parametrize("number", CODES)
def test_interrupted_training_goes_on_to_the_same_bytes(number, interrupted, w2v, tmp_path):
    lines = interrupted(number)
    assert lines[-1] == "w2v: interrupted: go on with: w2v resume run"
    assert not (tmp_path / "vectors.bin").exists()
    answer = w2v("resume", "run")
    assert answer.code == 0, answer.err
    assert "wrote " in answer.err.splitlines()[-1]
    assert w2v("train", "corpus.txt", *FAST, *EPOCHS, "-o", "whole.bin").code == 0
    assert (tmp_path / "vectors.bin").read_bytes() == (tmp_path / "whole.bin").read_bytes()
    record = json.loads((tmp_path / "vectors.run.json").read_text())
    assert record["finished"] is True
    assert record["resumes"] == 1
    assert not list(tmp_path.rglob("*.tmp"))


def test_a_finished_run_gives_its_vectors_again(corpus, w2v, tmp_path):
    assert w2v("train", corpus, *FAST, "--checkpoint", "run").code == 0
    corpus.unlink()
    (tmp_path / "vectors.bin").rename("old.bin")
    assert w2v("resume", "run").code == 0
    assert (tmp_path / "vectors.bin").read_bytes() == (tmp_path / "old.bin").read_bytes()
    assert w2v("resume", "run", "-o", "a.txt", "--save-outputs", "b.txt").code == 0
    assert (tmp_path / "a.txt").read_bytes().startswith(b"10 8\n")
    assert (tmp_path / "b.txt").exists()


def test_text_from_a_pipe_is_kept(corpus, start, w2v, tmp_path):
    run = ("train", "-", *FAST, *EPOCHS, "--checkpoint", "run")
    process = start(*run, stdin=subprocess.PIPE, **PIPE)
    process.stdin.write(corpus.read_bytes())
    process.stdin.close()
    until_epoch(process, 2)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 130
    assert w2v("resume", "run").code == 0
    assert w2v("train", corpus, *FAST, *EPOCHS, "-o", "whole.bin").code == 0
    assert (tmp_path / "vectors.bin").read_bytes() == (tmp_path / "whole.bin").read_bytes()


def test_the_recorded_output_is_not_written_over_something_else(corpus, w2v, tmp_path):
    """The checkpoint may be somebody else's: it must not choose which file is replaced."""
    assert w2v("train", corpus, *FAST, "--checkpoint", "run").code == 0
    (tmp_path / "vectors.run.json").unlink()
    before = (tmp_path / "vectors.bin").read_bytes()
    answer = w2v("resume", "run")
    assert answer.code == 2
    assert "no run record beside it" in answer.err
    assert (tmp_path / "vectors.bin").read_bytes() == before


def test_vectors_so_far_are_written_if_asked_for(corpus, start, tmp_path, w2v):
    process = start("train", corpus, *LONG, "--on-interrupt", "save")
    until_epoch(process, 2)
    process.send_signal(signal.SIGTERM)
    lines = process.stderr.read().decode().splitlines()
    assert process.wait(60) == 143
    assert lines[-1] == "w2v: interrupted: vectors.bin and vectors.run.json were written"
    record = json.loads((tmp_path / "vectors.run.json").read_text())
    assert record["finished"] is False
    assert w2v("similar", "king", "-k1").code == 0


def test_vectors_so_far_go_to_stdout_too(corpus, start, tmp_path, w2v):
    with (tmp_path / "out.txt").open("wb") as out:
        process = start(*("train", corpus, *LONG, "--on-interrupt", "save", "-o", "-"), stdout=out)
        until_epoch(process, 2)
        process.send_signal(signal.SIGINT)
        lines = process.stderr.read().decode().splitlines()
    assert process.wait(60) == 130
    assert lines[-1] == "w2v: interrupted: stdout was written"
    assert w2v("info", "out.txt").code == 0


def test_vectors_so_far_are_written_beside_a_checkpoint(interrupted, w2v, tmp_path):
    lines = interrupted(signal.SIGINT, "--on-interrupt", "save")
    files = "vectors.bin and vectors.run.json"
    assert lines[-1] == f"w2v: interrupted: {files} were written; go on with: w2v resume run"
    before = (tmp_path / "vectors.bin").read_bytes()
    assert json.loads((tmp_path / "vectors.run.json").read_text())["finished"] is False
    assert w2v("resume", "run").code == 0
    assert json.loads((tmp_path / "vectors.run.json").read_text())["finished"] is True
    assert (tmp_path / "vectors.bin").read_bytes() != before


def test_a_second_signal_leaves_at_once_and_leaves_nothing(corpus, tmp_path):
    """Here a file takes forever to write, after the first signal too."""
    code = (
        "import signal, sys, time\n"
        "from w2v.cli import signals\n"
        "from w2v.formats.atomic import Output, write_all\n"
        "signals.install()\n"
        "def write(file):\n"
        "    file.write(b'half'); file.flush()\n"
        "    try:\n"
        "        print('saving', flush=True); time.sleep(60)\n"
        "    except KeyboardInterrupt:\n"
        "        print('stopping', flush=True); time.sleep(60)\n"
        "write_all([Output('vectors.bin', write)])\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout.readline() == "saving\n"
        assert list(tmp_path.glob(".w2v-*.tmp"))
        process.send_signal(signal.SIGINT)
        assert process.stdout.readline() == "stopping\n"
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == -signal.SIGTERM
    finally:
        process.kill()
        process.communicate()
    assert {path.name for path in tmp_path.iterdir()} == {"corpus.txt"}


def test_interrupted_while_reading_the_text(start, tmp_path):
    process = start("train", "-", *FAST, "--checkpoint", "run", stdin=subprocess.PIPE)
    process.stdin.write(b"some words\n" * 1000)
    process.stdin.flush()
    while not Path("run").exists():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    error = process.stderr.read().decode()
    assert process.wait(60) == 130
    assert error.splitlines()[-1].startswith("w2v: interrupted")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["resume", "nowhere"], 4, "nowhere: no checkpoint"),
        (["resume", "corpus.txt"], 4, "corpus.txt: no checkpoint"),
        (["resume", "."], 4, "no checkpoint"),
        (["train", "corpus.txt", "--checkpoint", "."], 2, "holds other files"),
        (["train", "corpus.txt", "--checkpoint", "corpus.txt"], 4, "corpus.txt"),
        (["train", "corpus.txt", "--keep-corpus"], 2, "needs --checkpoint"),
        (["train", "corpus.txt", "--checkpoint-every", "9m"], 2, "needs --checkpoint"),
        (["train", "corpus.txt", "--checkpoint-every", "soon"], 2, "'soon' is no time"),
        (["train", "corpus.txt", "--on-interrupt", "pray"], 2, "pray"),
    ],
)
def test_refused_before_the_text_is_read(args, code, words, corpus, w2v, untouched):
    untouched()
    answer = w2v(*args)
    assert answer.code == code
    assert words in answer.err
    assert answer.err.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("90s", 90), ("10m", 600), ("1.5h", 5400), (".5s", 0.5)]
)
def test_durations(text, seconds):
    assert Duration().convert(text, None, None) == seconds


@pytest.mark.parametrize("text", ["", "0", "-1", "1d", "m", "1e9", f"{LONGEST}1", "nan", "9" * 400])
def test_no_durations(text):
    with pytest.raises(Exception, match="is no time"):
        Duration().convert(text, None, None)


def test_a_graph_is_resumed_without_its_files(start, w2v, tmp_path):
    nodes = [f"n{k}" for k in range(40)]
    edges = "".join(f"{a} {b}\n" for a, b in zip(nodes, [*nodes[1:], nodes[0]], strict=True))
    (tmp_path / "edges.txt").write_text(edges)
    run = ("train", "--graph", "edges.txt", "--dim", "8", "--threads", "1", *EPOCHS)
    run = (*run, "--length", "9", "--walks", "2", "--negatives", "private")
    process = start(*run, "--checkpoint", "run", **PIPE)
    until_epoch(process, 2)
    process.send_signal(signal.SIGINT)
    assert process.stderr.read().decode().splitlines()[-1].endswith("w2v resume run")
    assert process.wait(60) == 130
    assert w2v(*run, "-o", "whole.bin").code == 0
    (tmp_path / "edges.txt").unlink()
    answer = w2v("resume", "run")
    assert answer.code == 0, answer.err
    assert (tmp_path / "vectors.bin").read_bytes() == (tmp_path / "whole.bin").read_bytes()
