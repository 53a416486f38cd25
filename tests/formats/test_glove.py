"""GloVe's text: no header, and words that contain spaces."""

import pytest

from w2v.errors import DataError
from w2v.formats import glove
from w2v.formats.source import Source


def read(data):
    return glove.load(Source("x.txt", data))


def test_words_with_spaces_are_what_stands_before_the_numbers():
    vectors = read(b"the 1 2\n. . . 3 4\nat name@domain.com 5 6\n1 2 3 7 8\nend 9 10")
    assert vectors.words == ["the", ". . .", "at name@domain.com", "1 2 3", "end"]
    assert vectors.matrix.tolist() == [[1, 2], [3, 4], [5, 6], [7, 8], [9, 10]]


def test_other_blanks_are_read():
    vectors = read(b"a\t1\t2 \r\nb\xc2\xa0c  3 4\n\n \n")
    assert vectors.words == ["a", "b\u00a0c"]
    assert vectors.matrix.tolist() == [[1, 2], [3, 4]]


def test_many_words_with_spaces_one_after_another():
    data = b"".join(b"w w%d %d 0.5\n" % (i, i) for i in range(5_000)) + b"plain 1 2\n"
    vectors = read(data)
    assert vectors.words == [*(f"w w{i}" for i in range(5_000)), "plain"]
    assert vectors["w w77"].tolist() == [77, 0.5]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"a 1 2\nb 1 2\nc 1\n", ":3: 'c' has 1 numbers, the lines before have 2"),
        (b"a 1 2\n\nb 1 2\n", ":2: the line is empty"),
        (b"a 1 2\n 1 2 3\nb 1 2\n", ":2: the line does not begin with a word"),
        (b"a 1 2\nb c 1 1e39\nd 1 2\n", ":2: number 2 of 'b c' is '1e39', which is beyond float32"),
        (b"a 1 2\nb c 1 zwei\nd 1 2\n", ":2: number 2 of 'b c' is 'zwei', which is not a number"),
        (b"2 3\na 1 2 3\nb 1 2 3\n", ":1: a header, which GloVe's text has not"),
        (b"word\nanother\n", ": most of its first lines are not a word and numbers"),
        (b"a" + 99 * b" 1" + b"\n\n\n\n\nb" + 99 * b" 1" + b"\n", "are not a word and numbers"),
        ((b"a" + b" 1" * 5000 + b"\n") * 60 + b"\n" * 10**6 + b"b", ":61: the line is empty"),
    ],
)
def test_broken_lines_are_named(data, message):
    with pytest.raises(DataError, match=rf"^x\.txt.*{message}"):
        read(data)


@pytest.mark.parametrize(
    ("data", "known"),
    [
        (b"the 0.418 -0.24\n", True),
        (b"a b " + b"0.5 " * 12 + b"\n", True),
        (b"2 3\nking 1 2 3\n", False),
        (b"the year was 1984 and 3\n", False),
        (b"-1 5\n", False),
        (b"\n", False),
        (b"x " + b"1 " * 100_000, False),
    ],
)
def test_what_looks_like_it(data, known):
    assert glove.looks_like(Source("x", data)) is known
