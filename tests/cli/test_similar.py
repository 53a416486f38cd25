"""w2v similar: answers as people and as scripts read them."""

import json
import os
import subprocess
import sys

import pytest

from w2v.errors import DataError


def test_one_word(vectors, w2v):
    answer = w2v("similar", "north", "-k", "2")
    assert answer.code == 0
    assert answer.out == b"bad\xff\t0.9939\nnortheast\t0.7071\n"
    assert answer.err == ""


def test_several_words_name_their_query(vectors, w2v):
    answer = w2v("similar", "east", "south", "--count", "1")
    assert answer.lines == ["east\tnortheast\t0.7071", "south\teast\t0.0000"]


def test_queries_from_stdin_one_a_line(vectors, w2v):
    answer = w2v("similar", "-k1", stdin=b"east\r\n\n  bad\xff \nsouth")
    assert answer.code == 0
    assert [line.split("\t")[0] for line in answer.lines] == ["east", "bad\udcff", "south"]


def test_no_query_on_stdin_is_no_error(vectors, w2v):
    answer = w2v("similar", stdin=b"")
    assert (answer.code, answer.out, answer.err) == (0, b"", "")


def test_json_lines(vectors, w2v):
    answer = w2v("similar", "east", "bad\udcff", "-k1", "--json")
    records = [json.loads(line) for line in answer.out.decode().splitlines()]
    assert records == [
        {"query": "east", "neighbors": [{"word": "northeast", "cosine": 0.707107}]},
        {"query": "bad\udcff", "neighbors": [{"word": "north", "cosine": 0.993884}]},
    ]


def test_unknown_word_is_told_and_the_others_answered(vectors, w2v):
    answer = w2v("similar", "nort", "east", "-k1")
    assert answer.code == 1
    assert answer.lines == ["east\tnortheast\t0.7071"]
    assert answer.err.count("\n") == 1
    assert "'nort'" in answer.err
    assert "north" in answer.err.replace("'nort'", "")


def test_vectors_from_option_variable_and_stdin(vectors, w2v, tmp_path, finish):
    other = vectors.rename(tmp_path / "other.txt")
    assert w2v("similar", "east", "-m", other).code == 0
    assert w2v("similar", "east", W2V_VECTORS=str(other)).code == 0
    assert finish("similar", "east", "-m", "-", stdin=other.read_bytes()).code == 0
    assert w2v("similar", "east").code == 4


def test_vectors_and_queries_cannot_both_come_from_stdin(w2v):
    answer = w2v("similar", "-m", "-", stdin=b"")
    assert answer.code == 2
    assert "give the words" in answer.err


def test_no_prompt_on_a_terminal(vectors, w2v, monkeypatch):
    class Terminal:
        stdin = type("stdin", (), {"isatty": staticmethod(lambda: True)})

    monkeypatch.setattr("w2v.cli.asking.sys", Terminal)
    answer = w2v("similar")
    assert answer.code == 2
    assert "no word to look up" in answer.err


def test_not_a_vector_file(w2v, tmp_path):
    path = tmp_path / "vectors.bin"
    path.write_bytes(b"nothing of the kind\n")
    answer = w2v("similar", "king")
    assert answer.code == DataError.exit_code
    assert str(path.name) in answer.err


@pytest.mark.parametrize("count", ["0", "-1", "many"])
def test_count_must_be_positive(count, w2v):
    assert w2v("similar", "king", "-k", count).code == 2


@pytest.mark.parametrize("threads", ["0", "1000000000"])
def test_threads_out_of_range(threads, w2v):
    answer = w2v("similar", "king", "--threads", threads)
    assert answer.code == 2
    assert f"threads is {threads}" in answer.err


THREADS = """
import os, sys
sys.argv = ["w2v", "similar", "east", *sys.argv[1:]]
from w2v.cli import main
try:
    main()
finally:
    print(os.environ["OMP_NUM_THREADS"], os.environ["OPENBLAS_NUM_THREADS"])
"""


@pytest.mark.parametrize(
    ("args", "env", "limits"),
    [
        ([], {}, b"1 1"),
        (["--threads", "3"], {"OMP_NUM_THREADS": "2"}, b"1 1"),
        ([], {"OMP_NUM_THREADS": "2"}, b"2 1"),
        ([], {"W2V_THREADS": "2"}, b"1 1"),
    ],
)
def test_linear_algebra_has_one_thread_beside_ours(args, env, limits, vectors, monkeypatch):
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)
    run = subprocess.run(
        [sys.executable, "-I", "-c", THREADS, *args],
        env={**os.environ, **env},
        capture_output=True,
        check=True,
    )
    assert run.stdout.splitlines()[-1] == limits


def test_words_survive_a_plain_locale(vectors, finish):
    env = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    answer = finish("similar", b"bad\xff".decode("utf-8", "surrogateescape"), "-k1", env=env)
    assert answer.out == b"north\t0.9939\n"
    answer = finish("similar", "-k1", stdin=b"north\n", env=env)
    assert answer.out == b"north\tbad\xff\t0.9939\n"
