import sys

import pytest

from benchmarks import duel


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


def test_a_build_that_does_not_train(text):
    options = ["--corpus", str(text), "--isa", "none"]
    with pytest.raises(SystemExit, match="does not train"):
        duel.main([sys.executable, *options])
