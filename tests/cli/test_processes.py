"""Real processes: pipes, closed and full outputs, signals."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from w2v.errors import FileError

# Hours of work, so that a signal always finds it.
LONG = ("--dim", "50", "--epochs", "1000000", "--threads", "2")
FULL = "/dev/full"


@pytest.fixture
def many_words(tmp_path):
    path = tmp_path / "words.txt"
    path.write_text("\n".join(f"word{number}" for number in range(100_000)) + "\n")
    return path


def test_a_reader_that_leaves_ends_it_quietly(many_words, start):
    process = start("vocab", many_words, "--min-count", "1")
    assert process.stdout.readline() == b"word0\t1\n"
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(60) == 0


def test_a_reader_that_leaves_before_the_help(start):
    process = start("--help")
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(60) == 0


@pytest.mark.skipif(not Path(FULL).exists(), reason=f"no {FULL} here")
@pytest.mark.parametrize(
    "args", [["vocab", "words.txt", "--min-count", "1"], ["similar", "north"], ["info"], ["--help"]]
)
def test_full_stdout(args, many_words, vectors, finish):
    with Path(FULL).open("wb") as full:
        answer = finish(*args, stdout=full)
    assert answer.code == FileError.exit_code
    assert answer.err.count("\n") == 1
    assert "No space left" in answer.err


def test_closed_stdout(vectors):
    script = f'"{sys.executable}" -m w2v similar north >&-'
    run = subprocess.run(["sh", "-c", script], capture_output=True, check=False)
    assert run.returncode == FileError.exit_code
    assert run.stderr == b"w2v: error: standard output is closed: send it to a file or a pipe\n"


def test_training_outlives_the_reader_of_its_progress(corpus, start, tmp_path):
    process = start("train", corpus, "--dim", "4", "--epochs", "50")
    process.stderr.close()
    assert process.wait(60) == 0
    assert (tmp_path / "vectors.bin").exists()


def test_answers_come_before_the_next_question(vectors, start):
    process = start("similar", "-k1", stdin=subprocess.PIPE)
    for query in (b"east", b"south"):
        process.stdin.write(query + b"\n")
        process.stdin.flush()
        assert process.stdout.readline().startswith(query + b"\t")
    process.stdin.close()
    assert process.wait(60) == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_interrupted_training_leaves_nothing(number, corpus, start, tmp_path, untouched):
    folder = tmp_path / "tmp"
    folder.mkdir()
    (tmp_path / "vectors.bin").write_bytes(b"old")
    untouched()
    process = start("train", corpus, *LONG, "--tmpdir", folder, env={"TMPDIR": str(folder)})
    for line in process.stderr:
        if line.startswith(b"epoch 2/"):
            break
    process.send_signal(number)
    lines = process.stderr.read().decode().splitlines()
    assert process.wait(60) == 128 + number
    assert lines[-1] == "w2v: interrupted: nothing was written"
    assert all(line.startswith("epoch ") for line in lines[:-1])


def test_interrupted_query_says_so(vectors, start):
    process = start("similar", "-k1", stdin=subprocess.PIPE)
    process.stdin.write(b"east\n")
    process.stdin.flush()
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 130
    assert process.stderr.read() == b"w2v: interrupted\n"


SCRIPT = Path(sys.executable).with_name("w2v")


def test_console_script_is_the_module():
    commands = [[SCRIPT, "--version"], [sys.executable, "-m", "w2v", "--version"]]
    first, second = (subprocess.run(run, capture_output=True, check=True) for run in commands)
    assert first.stdout == second.stdout != b""


@pytest.mark.parametrize(
    ("args", "without"),
    [
        (["train", "--help"], {"numpy", "tqdm", "importlib.metadata", "difflib", "w2v.cli.walk"}),
        (["info", "--cpu"], {"w2v.cli.train", "w2v.cli.walk"}),
    ],
)
def test_a_command_imports_no_other_and_help_nothing_heavy(args, without):
    code = (
        "import sys\nfrom w2v.cli.program import program\n"
        f"try:\n    program.main({args})\nexcept SystemExit:\n    pass\n"
        f"print(sorted({without} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, check=True)
    assert run.stdout.splitlines()[-1] == b"[]"


# What other libraries leave to be done at the end of a process, and one that still works then.
ENDING = """
import atexit, sys, threading, time
atexit.register(print, "registered")
def late():
    time.sleep(0.5)
    print("waited for", flush=True)
if "thread" in sys.argv:
    threading.Thread(target=late).start()
sys.argv = ["w2v", *sys.argv[2:]]
from w2v.cli import process
process()
"""


@pytest.mark.parametrize("kind", ["alone", "thread"])
@pytest.mark.parametrize(("args", "code"), [(["--version"], 0), (["frobnicate"], 2)])
def test_the_end_of_a_process(kind, args, code):
    command = [sys.executable, "-I", "-c", ENDING, kind, *args]
    run = subprocess.run(command, capture_output=True, check=False, timeout=60)
    lines = run.stdout.decode().splitlines()
    assert run.returncode == code
    assert (code == 0) == lines[0].startswith("w2v ")
    assert lines[-1] == "registered"
    assert ("waited for" in lines) == (kind == "thread")


def test_all_of_a_long_answer_reaches_a_file(tmp_path):
    words = tmp_path / "words.txt"
    words.write_text("".join(f"word{k} " * 2 for k in range(20_000)))
    with (tmp_path / "out").open("wb") as out:
        command = [SCRIPT, "vocab", str(words), "--min-count", "1"]
        subprocess.run(command, stdout=out, check=True)
    assert (tmp_path / "out").read_bytes().count(b"\n") == 20_000


def test_a_profiler_sees_the_end_of_the_module(tmp_path):
    command = [sys.executable, "-m", "cProfile", "-o", "profile", "-m", "w2v", "--version"]
    subprocess.run(command, check=True, capture_output=True, cwd=tmp_path)
    assert (tmp_path / "profile").stat().st_size > 0


# A signal that arrives when all has been said, but before the process ends.
LATE = """
import os, signal, sys
from w2v.cli import process, signals
ignore = signals.ignore
def late():
    os.kill(os.getpid(), signal.SIGTERM)
    ignore()
signals.ignore = late
sys.argv = ["w2v", "--version"]
process()
"""


def test_a_signal_at_the_very_end_changes_nothing():
    run = subprocess.run([sys.executable, "-I", "-c", LATE], capture_output=True, check=False)
    assert (run.returncode, run.stderr) == (0, b"")
    assert run.stdout.startswith(b"w2v ")


def test_completions_behind_a_misspelt_command_are_none():
    env = {"COMP_WORDS": "w2v foo --d", "COMP_CWORD": "2", "_W2V_COMPLETE": "bash_complete"}
    command = [sys.executable, "-I", "-m", "w2v"]
    run = subprocess.run(command, env={**os.environ, **env}, capture_output=True, check=False)
    assert run.stderr == b""
