"""w2v similar with signs, vectors, lists of answers; many queries; words that are not there."""

import json
import subprocess

import pytest

from w2v.cli.asking import BATCH, MOST_HINTS
from w2v.cli.similar import signed
from w2v.errors import DataError, FileError, NotFoundError


@pytest.mark.parametrize(
    ("text", "weights"),
    [
        ("king", {"king": 1}),
        ("king - man + woman", {"king": 1, "man": -1, "woman": 1}),
        ("- man  +\tking", {"man": -1, "king": 1}),
        ("+ a + a - b", {"a": 2, "b": -1}),
        ("a - a", {"a": 0}),
        ("-", {"-": 1}),
        ("- -", {"-": -1}),
        ("- - +", {"-": 1, "+": -1}),
        ("+ + - -", {"+": 1, "-": -1}),
        ("-x - +y", {"-x": 1, "+y": -1}),
    ],
)
def test_signs_and_words_take_turns(text, weights):
    assert signed(text) == weights


@pytest.mark.parametrize("text", ["new york", "king -man", "king - man woman", "a b c"])
def test_signs_are_needed(text):
    with pytest.raises(NotFoundError, match=r"put \+ or - between them"):
        signed(text)


def test_words_added_and_taken_away(vectors, w2v):
    answer = w2v("similar", "north + east", "east - north", "-k1")
    assert (answer.code, answer.err) == (0, "")
    assert answer.lines == ["north + east\tnortheast\t1.0000", "east - north\tsouth\t0.7071"]
    assert w2v("similar", "-k1", stdin=b"north + east\n").lines == answer.lines[:1]
    record = json.loads(w2v("similar", "north + east", "-k1", "--json").out)
    assert record["query"] == "north + east"


def test_words_that_look_like_signs(w2v, tmp_path):
    (tmp_path / "vectors.bin").write_text("4 2\n- 1 0\n+ 0 1\n-x 1 1\ny -1 1\n")
    assert w2v("similar", "-", "-k1").lines == ["-x\t0.7071"]
    assert w2v("similar", "-k1", "--", "-x").lines == ["-\t0.7071"]
    assert w2v("similar", "-k1", "--", "- - +").lines[0] == "-x\t0.0000"
    assert w2v("similar", "-k1", stdin=b"-\n-x\n+ - -\n").lines == [
        "-\t-x\t0.7071",
        "-x\t-\t0.7071",
        "+ - -\ty\t1.0000",
    ]


class TestByVector:
    def test_numbers_and_names(self, vectors, w2v):
        answer = w2v("similar", "--by-vector", "-k1", stdin=b"\n0 2\nhere -1e3\t0\n")
        assert answer.lines == ["2\teast\t1.0000", "here\tsouth\t1.0000"]
        answer = w2v("similar", "--by-vector", "-k1", "--json", stdin=b"0 2\nhere -1 0\n")
        assert [json.loads(line)["query"] for line in answer.lines] == [1, "here"]

    @pytest.mark.parametrize(
        ("line", "message"),
        [
            (b"1", "stdin:2: 1 numbers: the vectors have 2, give as many"),
            (b"x 1 2 3", "stdin:2: 4 numbers"),
            (b"x 1", "stdin:2: could not convert string to float: 'x': give decimals"),
        ],
    )
    def test_what_is_no_vector(self, line, message, vectors, w2v):
        answer = w2v("similar", "--by-vector", "-k1", stdin=b"0 1\n" + line + b"\n0 1\n")
        assert answer.code == DataError.exit_code
        assert answer.lines == ["1\teast\t1.0000"]
        assert answer.err.startswith(f"w2v: error: {message}")

    def test_vectors_that_are_not_finite(self, vectors, w2v):
        answer = w2v("similar", "--by-vector", "-k1", stdin=b"0 1\n1 nan\n0 1\n")
        assert answer.code == DataError.exit_code
        assert answer.lines == ["1\teast\t1.0000", "3\teast\t1.0000"]
        assert answer.err == "w2v: stdin:2: the vector is not finite: nothing is near it\n"

    def test_words_beside_it(self, vectors, w2v):
        answer = w2v("similar", "--by-vector", "east", stdin=b"")
        assert answer.code == 2
        assert "give no words" in answer.err


class TestRestricted:
    def test_to_a_file(self, vectors, w2v, tmp_path):
        (tmp_path / "few.txt").write_bytes(b"south\r\n\nbad\xff\nsouth\n")
        answer = w2v("similar", "north", "--among", "few.txt")
        assert answer.out == b"bad\xff\t0.9939\nsouth\t-1.0000\n"
        assert answer.err == ""

    def test_to_stdin(self, vectors, finish):
        assert finish("similar", "north", "--among", "-", stdin=b"south\n").lines == [
            "south\t-1.0000"
        ]

    def test_unknown_words_are_counted(self, vectors, w2v, tmp_path):
        (tmp_path / "few.txt").write_text("south\nnowhere\n")
        answer = w2v("similar", "north", "--among", "few.txt")
        assert (answer.code, answer.lines) == (0, ["south\t-1.0000"])
        assert answer.err == "w2v: few.txt: 1 of 2 words are not in the vocabulary\n"

    @pytest.mark.parametrize(
        ("content", "code", "message"),
        [
            (b"x\ny\n", 1, "few.txt: none of its words (2) is in the vocabulary"),
            (b" \n", DataError.exit_code, "few.txt: empty"),
            (None, FileError.exit_code, "few.txt: No such file"),
        ],
    )
    def test_files_that_will_not_do(self, content, code, message, vectors, w2v, tmp_path):
        if content is not None:
            (tmp_path / "few.txt").write_bytes(content)
        answer = w2v("similar", "north", "--among", "few.txt")
        assert answer.code == code
        assert answer.err.startswith(f"w2v: error: {message}")

    def test_to_the_most_frequent(self, vectors, w2v):
        assert w2v("similar", "bad\udcff", "--top-vocab", "1").lines == ["north\t0.9939"]
        assert w2v("similar", "north", "--top-vocab", "0").code == 2

    def test_stdin_is_read_once(self, vectors, w2v):
        assert w2v("similar", "--among", "-", stdin=b"").code == 2
        assert w2v("similar", "east", "-m", "-", "--among", "-", stdin=b"").code == 2


def test_more_queries_than_a_batch_keep_their_order(vectors, w2v):
    words = ["north", "east", "south"] * (BATCH // 2)
    answer = w2v("similar", "-k1", stdin="\n".join(words).encode())
    assert [line.split("\t")[0] for line in answer.lines] == words


def test_a_query_in_two_pieces(vectors, start):
    process = start("similar", "-k1", stdin=subprocess.PIPE)
    process.stdin.write(b"nor")
    process.stdin.flush()
    process.stdin.write(b"th\nea")
    process.stdin.flush()
    assert process.stdout.readline().startswith(b"north\t")
    process.stdin.write(b"st")
    process.stdin.close()
    assert process.stdout.readline().startswith(b"east\t")
    assert process.wait(60) == 0


def test_hints_end_where_they_only_cost_time(vectors, w2v):
    answer = w2v("similar", "-k1", stdin=b"nort\n" * (MOST_HINTS + 3) + b"east\n")
    assert answer.code == 1
    assert answer.lines == ["east\tnortheast\t0.7071"]
    lines = answer.err.splitlines()
    assert ["did you mean" in line for line in lines] == [True] * MOST_HINTS + [False] * 3
    assert lines[-1] == "w2v: 'nort' is not in the vocabulary"


def test_a_word_without_a_direction_is_told_and_the_others_are_answered(w2v, tmp_path):
    (tmp_path / "vectors.bin").write_text("3 2\na 1 0\nb nan 0\nc 1 1\n")
    answer = w2v("similar", "a", "b", "nowhere", "c", "-k1")
    assert answer.code == DataError.exit_code
    assert answer.lines == ["a\tc\t0.7071", "c\ta\t0.7071"]
    first, second = answer.err.splitlines()
    assert first == "w2v: the vector of 'b' is not finite: nothing is near it"
    assert second.startswith("w2v: 'nowhere' is not in the vocabulary")


def test_words_with_several_rows_are_told_once(w2v, tmp_path):
    rows = [f"{word} {n} 1" for n, word in enumerate("abcdeabcda")]
    (tmp_path / "vectors.bin").write_text("\n".join(["10 2", *rows]) + "\n")
    answer = w2v("similar", "a", "e", "-k2")
    assert answer.err == (
        "w2v: words that occur more than once: the first counts: 'a', 'b', 'c', ...\n"
    )
    assert [line.split("\t")[1] for line in answer.lines] == ["b", "c", "d", "c"]
