import sys

import pytest

from benchmarks import duel
from w2v import _core


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text("to be or not to be that is the question\n" * 400)
    return path


def test_builds_take_turns(text, capsys):
    options = ["--corpus", str(text), "--isa", "baseline", "--dim", "8", "--turns", "3"]
    assert duel.main([sys.executable, sys.executable, *options]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert lines[1].endswith("rate / first: 1.000 1.000 1.000")


def test_kernels_of_one_build_take_turns(text, capsys):
    options = ["--corpus", str(text), "--dim", "8", "--turns", "1"]
    kernels = _core.available_isas()
    assert duel.main([sys.executable, "--isa", ",".join(kernels), *options]) == 0
    lines = capsys.readouterr().out.splitlines()[1:]
    assert [line.split(": ")[0] for line in lines] == [f"{sys.executable}, {k}" for k in kernels]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (["--isa", "none"], "no kernel none: there are "),
        (["--isa", "baseline", "--block-length", "0"], "block_length is 0"),
    ],
)
def test_a_build_that_does_not_train(given, says, text, capfd):
    with pytest.raises(SystemExit, match=f"{sys.executable}, .*: its w2v does not train"):
        duel.main([sys.executable, "--corpus", str(text), *given])
    assert says in capfd.readouterr().err


@pytest.mark.parametrize(("given", "says"), [(["--turns", "0"], "turns is 0"), (["none"], "none")])
def test_what_cannot_be_compared(given, says, text, capsys):
    with pytest.raises(SystemExit):
        duel.main([sys.executable, "--corpus", str(text), *given])
    assert says in capsys.readouterr().err
