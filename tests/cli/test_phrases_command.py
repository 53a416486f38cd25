"""w2v phrases: text in, text with its phrases joined out."""

import gzip
import json
import os
import signal
import subprocess

import pytest

from w2v.cli.phrases import phrases
from w2v.text.phrases import find_phrases

# "a b" is a phrase: it is here 12 times, and neither word is elsewhere.
TEXT = b"a b  x0\n\n" + b"".join(b"a b x%d\ny z%d y\n" % (n, n) for n in range(11))
JOINED = TEXT.replace(b"a b", b"a_b")
WORDS = 12 * 3 + 11 * 3
SCORE = (12 - 5) / (12 * 12) * WORDS
FIND = ("--threshold", "2", "--threads", "2")


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "text.txt"
    path.write_bytes(TEXT)
    return path


def test_joins(text, w2v):
    answer = w2v("phrases", text, *FIND)
    assert answer.code == 0
    assert answer.out == JOINED
    assert answer.err == f"text: {WORDS} words; 1 phrases\n"
    assert w2v("phrases", text, *FIND, "-q").err == ""


def test_list(text, w2v):
    assert w2v("phrases", text, *FIND, "--list").out == f"a_b\t{SCORE:.6g}\t12\n".encode()
    (line,) = w2v("phrases", text, *FIND, "--list", "--json").lines
    assert json.loads(line) == {"phrase": "a_b", "score": pytest.approx(SCORE), "count": 12}


def test_every_option_counts(text, tmp_path, w2v):
    def listed(*options):
        answer = w2v("phrases", text, "--list", *options)
        assert answer.code == 0
        return {line.split("\t")[0] for line in answer.lines}

    assert listed() == set()
    assert listed("--threshold", f"{SCORE}") == set()
    assert listed("--threshold", "2", "--min-count", "13") == set()
    assert listed("--threshold", "2", "--delimiter", "--") == {"a--b"}
    assert listed("--score", "npmi") == {"a_b"}
    text.write_bytes(b"a of b c\n" * 12 + b"y x c\n" * 12)
    connectors = tmp_path / "connectors"
    connectors.write_bytes(b"of the\r\nin")
    assert "a_of_b" in listed("--connectors", connectors, "--threshold", "1")
    assert "a_of_b_c" in listed("--threshold", "0", "--passes", "2")


def test_same_file_for_other_text(text, tmp_path, w2v):
    saved = tmp_path / "phrases.tsv"
    assert w2v("phrases", text, *FIND, "--save", saved, "-o", tmp_path / "joined").code == 0
    assert (tmp_path / "joined").read_bytes() == JOINED
    other = tmp_path / "other.txt"
    other.write_bytes(b"so a b\na\nb")
    answer = w2v("phrases", "--load", saved, other)
    assert (answer.code, answer.out, answer.err) == (0, b"so a_b\na\nb\n", "")
    assert w2v("phrases", "--load", saved, "--list").lines == [f"a_b\t{SCORE:.6g}\t12"]


@pytest.mark.parametrize("data", [TEXT, gzip.compress(TEXT)], ids=["plain", "gzip"])
def test_stdin_is_read_twice(data, tmp_path, finish):
    folder = tmp_path / "tmp"
    folder.mkdir()
    answer = finish("phrases", "-", *FIND, "--tmpdir", folder, stdin=data)
    assert answer.code == 0
    assert answer.out == JOINED
    assert list(folder.iterdir()) == []
    answer = finish("phrases", "-", *FIND, "--tmpdir", tmp_path / "none", stdin=data)
    assert answer.code == 4
    assert "name another folder with --tmpdir" in answer.err


def test_stdin_is_not_copied_without_need(text, tmp_path, finish):
    none = ("--tmpdir", tmp_path / "none")
    assert finish("phrases", "-", *FIND, *none, "--list", stdin=TEXT).code == 0
    saved = tmp_path / "saved"
    assert finish("phrases", text, *FIND, "--save", saved).code == 0
    assert finish("phrases", "-", "--load", saved, *none, stdin=TEXT).out == JOINED


def test_named_pipe(tmp_path, start):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    process = start("phrases", pipe, *FIND)
    pipe.write_bytes(TEXT)
    assert process.communicate(timeout=30)[0] == JOINED


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["{text}", "--json"], 2, "add --list"),
        (["{text}", "--load", "f", "--threshold", "3"], 2, "--threshold is for finding"),
        (["{text}", "--load", "f", "--min-count", "3"], 2, "--min-count is for finding"),
        (["{text}", "--load", "f", "--list"], 2, "give no CORPUS"),
        ([], 2, "no text"),
        (["{text}", "--threshold", "nan"], 2, "threshold is nan"),
        (["{text}", "--score", "npmi", "--threshold", "3"], 2, "between -1 and 1"),
        (["{text}", "--max-bigrams", "1"], 2, "max_bigrams is 1"),
        (["{text}", "-o", "{text}"], 2, "both corpus and output"),
        (["{text}", "-o", "x", "--save", "x"], 2, "give another name"),
        (["{text}", "-o", "{folder}"], 4, "is a folder"),
        (["{text}", "--save", "{folder}/no/f"], 4, "make the folder"),
        (["{text}", "--load", "{text}"], 3, "text.txt:1: this is not a file of phrases"),
        (["{text}", "--load", "none"], 4, "cannot be read"),
        (["{text}", "--connectors", "none"], 4, "cannot be read"),
        (["{text}", "--connectors", "/dev/null"], 3, "no word in it"),
        (["none"], 4, "none: cannot be read"),
        (["/dev/null"], 3, "no word in it"),
    ],
)
def test_refusals(arguments, code, message, text, tmp_path, w2v, untouched):
    untouched()
    answer = w2v("phrases", *(one.format(text=text, folder=tmp_path) for one in arguments))
    assert answer.code == code, answer.err
    assert message in answer.err
    assert answer.out == b""
    assert answer.err.count("\n") == 1


def test_nul_bytes(text, w2v):
    text.write_bytes(TEXT + b"\0")
    answer = w2v("phrases", text, *FIND)
    assert answer.code == 3
    assert f"NUL byte at byte {len(TEXT)}" in answer.err


def test_settings_of_other_commands_do_not_disturb_load(text, tmp_path, w2v):
    saved = tmp_path / "saved"
    w2v("phrases", text, *FIND, "--save", saved)
    assert w2v("phrases", "--load", saved, text, W2V_MIN_COUNT="3").out == JOINED


@pytest.fixture
def large(tmp_path):
    path = tmp_path / "large.txt"
    path.write_bytes(TEXT * 60_000)
    return path


def test_closed_pipe(large, start):
    process = start("phrases", large, *FIND, "-q")
    assert process.stdout.readline() == b"a_b  x0\n"
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(30) == 0


def test_interrupt_while_nobody_reads(large, start):
    """The workers end although the pipe is full and stays so."""
    process = start("phrases", large, *FIND, "-q", stderr=subprocess.PIPE)
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    assert process.wait(10) == 130
    assert process.stderr.read() == b"w2v: interrupted\n"


def test_defaults_are_those_of_python():
    defaults = find_phrases.__kwdefaults__
    shown = {one.name: one.default for one in phrases.params}
    for name in ("score", "passes", "delimiter", "max_bigrams", "min_count"):
        assert shown[name] == defaults[name], name


def test_errors_of_the_second_reading(text, tmp_path, w2v):
    saved = tmp_path / "saved"
    w2v("phrases", text, *FIND, "--save", saved)
    text.write_bytes(TEXT + b"\0")
    answer = w2v("phrases", "--load", saved, text, "-o", tmp_path / "joined")
    assert answer.code == 3
    assert "NUL byte" in answer.err
    assert not (tmp_path / "joined").exists()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")  # noqa: PTH110
def test_full_disk(large, finish):
    with open("/dev/full", "wb") as full:  # noqa: PTH123
        answer = finish("phrases", large, *FIND, "-q", stdout=full)
    assert answer.code == 4
    assert answer.err == "w2v: error: standard output: No space left on device\n"
