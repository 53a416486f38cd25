"""w2v demo: from nothing to answers."""

import pytest

from w2v.errors import FileError


@pytest.fixture(autouse=True)
def _small_text(monkeypatch):
    """Replace the prose of the installation, which takes seconds to collect."""

    def write(path):
        lines = ["monday tuesday wednesday thursday friday", "true false none"] * 50
        path.write_text("\n".join(lines))
        return path

    monkeypatch.setattr("w2v.text.demo.write_demo_text", write)


def test_vectors_answers_and_the_next_step(w2v, tmp_path):
    answer = w2v("demo", "--dim", "8", "--threads", "1")
    assert answer.code == 0
    assert {path.name for path in tmp_path.iterdir()} == {"demo.bin", "demo.run.json"}
    queries = {line.split("\t")[0] for line in answer.lines}
    assert queries == {"monday", "true"}
    assert "w2v similar -m demo.bin WORD" in answer.err
    assert w2v("similar", "-m", "demo.bin", "monday").code == 0


def test_quiet(w2v):
    answer = w2v("demo", "--dim", "8", "-q")
    assert answer.out
    assert answer.err == ""


def test_a_second_demo_replaces_the_first_but_nothing_else(w2v, tmp_path):
    assert w2v("demo", "--dim", "4", "-q").code == 0
    assert w2v("demo", "--dim", "8", "-q").code == 0
    (tmp_path / "mine.bin").write_bytes(b"mine")
    answer = w2v("demo", "-o", "mine.bin")
    assert answer.code == FileError.exit_code
    assert "mine.bin" in answer.err
    assert (tmp_path / "mine.bin").read_bytes() == b"mine"


def test_answers_need_stdout(w2v):
    assert w2v("demo", "-o", "-").code == 2
