"""Every exit code of the README's table, each in a real process, with what it promises to say."""

import re
import signal
from pathlib import Path

import pytest

from w2v.cli.program import DEFECT
from w2v.cli.signals import EXIT_CODES
from w2v.errors import W2VError

TRAINING = ("--dim", "4", "--threads", "1", "--epochs", "1000000")
README = Path(__file__).parents[2] / "README.md"
# A process whose command for vectors has a defect, as only a wrong program can have.
DEFECTIVE = """
import sys
import w2v.cli.lookup
def broken(*_given):
    raise RuntimeError("of its own making")
w2v.cli.lookup.open_vectors = broken
from w2v.cli import main
sys.argv = ["w2v", *sys.argv[1:]]
main()
"""


def test_done(vectors, finish):
    answer = finish("similar", "north")
    assert (answer.code, answer.err) == (0, "")
    assert any(line.startswith("northeast\t") for line in answer.lines)


@pytest.mark.parametrize(
    ("code", "command", "says"),
    [
        (1, "similar nowhere", "nowhere"),
        (1, "vectors nowhere", "nowhere"),
        (1, "evaluate --min-accuracy 1 questions.txt", "accuracy"),
        (2, "train corpus.txt --no-such-option", "--no-such-option"),
        (2, "no-such-command", "no-such-command"),
        (2, "train corpus.txt --dim 0", "dim"),
        (2, "train", "CORPUS"),
        (3, "train zeros.txt", "zeros.txt"),
        (3, "similar -m zeros.txt north", "zeros.txt"),
        (3, "resume folder", "folder"),
        (4, "train missing.txt", "missing.txt"),
        (4, "train corpus.txt -o missing/vectors.bin", "missing"),
        (4, "similar -m missing.bin north", "missing.bin"),
        (4, "resume missing", "missing"),
    ],
)
def test_one_line_and_the_code(code, command, says, corpus, vectors, finish, tmp_path, untouched):
    (tmp_path / "zeros.txt").write_bytes(bytes(100))
    (tmp_path / "questions.txt").write_text(": all\neast north northeast south\n")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "checkpoint.json").write_text("{}")
    untouched()
    answer = finish(*command.split())
    assert answer.code == code, answer.err
    assert says in answer.err
    assert answer.err.count("\n") == 1
    assert answer.err.startswith("w2v: ")


@pytest.mark.parametrize("debug", [False, True])
def test_a_defect(debug, vectors, finish):
    options = ["--debug"] if debug else []
    answer = finish("vectors", "north", *options, program=["-c", DEFECTIVE])
    assert answer.code == DEFECT == 70
    last = "w2v: error: a defect in w2v (RuntimeError: of its own making): "
    assert answer.err.splitlines()[-1].startswith(last)
    assert ("Traceback" in answer.err) == debug


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal(number, corpus, start, tmp_path):
    process = start("train", corpus, *TRAINING, "--checkpoint", "run")
    assert any(line.startswith(b"epoch 2/") for line in process.stderr)
    process.send_signal(number)
    said = process.stderr.read().decode().splitlines()
    assert process.wait(60) == 128 + number
    assert said[-1] == "w2v: interrupted: go on with: w2v resume run"
    assert (tmp_path / "run" / "checkpoint.json").exists()


def test_the_table_is_the_readme(finish):
    """Whoever adds a code adds it to the README, and a test above."""
    listed = re.search(r"Exit codes: (.*?)\n\n", README.read_text(), re.DOTALL).group(1)
    codes = {int(code) for code in re.findall(r"(?:^|, )(\d+) [a-z]", listed.replace("\n", " "))}
    kinds = {kind.exit_code for kind in W2VError.__subclasses__()}
    assert codes == {0, *kinds, DEFECT, 130, 143}
    assert {130, 143} <= EXIT_CODES
    assert finish("--help").code == 0
