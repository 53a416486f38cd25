"""Phrases against a slow search, against word2phrase and gensim, and however text is cut."""

from __future__ import annotations

import dataclasses
import json
import math
import random
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2v.errors import ConfigError, DataError
from w2v.text.phrase_table import Phrase
from w2v.text.phrases import Phrases, find_phrases
from w2v.text.rewriting import rewrite_text
from w2v.text.sources import find_sources

GOLDEN = Path(__file__).resolve().parent.parent / "golden"
TEXT = GOLDEN / "phrases.txt"


def pairs(words, connectors):
    """Yield (start, stop) of every pair of words, connectors between them included."""
    start = None
    for at, word in enumerate(words):
        if word in connectors:
            if start is not None and at - start > 3:
                start = None
        else:
            if start is not None:
                yield start, at + 1
            start = at


def join_slowly(words, chosen, connectors):
    out, at = [], 0
    while at < len(words):
        stop = next((stop for start, stop in pairs(words[at:], connectors) if start == 0), None)
        if words[at] not in connectors and stop and tuple(words[at : at + stop]) in chosen:
            out.append("_".join(words[at : at + stop]))
            at += stop
        else:
            out.append(words[at])
            at += 1
    return out


def find_slowly(lines, *, threshold, min_count, score="original", connectors=(), passes=1):
    """Search pass by pass, over the text as the pass before left it."""
    found = []
    for _ in range(passes):
        counts = Counter(word for line in lines for word in line)
        together = Counter(
            tuple(line[start:stop]) for line in lines for start, stop in pairs(line, connectors)
        )
        tokens = sum(counts.values())
        chosen = {}
        for words, n in together.items():
            a, b = counts[words[0]], counts[words[-1]]
            if score == "original":
                value = (n - min_count) / (a * b) * tokens
            else:
                value = math.log(n / tokens / (a / tokens * b / tokens)) / -math.log(n / tokens)
            if n >= min_count and value > threshold:
                chosen[words] = (value, n)
        found.append(chosen)
        if not chosen:
            break
        lines = [join_slowly(line, chosen, connectors) for line in lines]
    return found, lines


def by_pass(phrases):
    found = {}
    for number, words, score, count in phrases.found:
        found.setdefault(number, {})[words] = (pytest.approx(score, rel=1e-12), count)
    return list(found.values())


def rewritten(phrases, path, **extra):
    return b"".join(phrases.rewrite(path, **extra)).decode("utf-8", "surrogateescape")


WORDS = st.sampled_from(["a", "b", "c", "d", "of", "the", "a_rather_long_word_of_more_than_16"])
LINES = st.lists(st.lists(WORDS, max_size=12), min_size=1, max_size=30).filter(any)


@settings(max_examples=150)
@given(
    LINES,
    st.sampled_from([("original", 0.3), ("original", 0.9), ("original", 1.5), ("npmi", 0.2)]),
    st.integers(1, 3),
    st.sampled_from([(), ("of", "the")]),
    st.integers(1, 3),
    st.integers(1, 3),
)
def test_as_a_slow_search(tmp_path_factory, lines, scoring, min_count, connectors, passes, threads):
    score, threshold = scoring
    # Scores that are equal but for the last bit must not decide.
    threshold += 1e-4
    path = tmp_path_factory.mktemp("phrases") / "text"
    path.write_text("\n".join(map(" ".join, lines)) + "\n")
    phrases = find_phrases(
        path,
        threshold=threshold,
        min_count=min_count,
        score=score,
        connectors=connectors,
        passes=passes,
        threads=threads,
    )
    expected, joined = find_slowly(
        lines,
        threshold=threshold,
        min_count=min_count,
        score=score,
        connectors=connectors,
        passes=passes,
    )
    assert by_pass(phrases) == [chosen for chosen in expected if chosen]
    assert rewritten(phrases, path, threads=threads).split("\n")[:-1] == list(map(" ".join, joined))
    assert [phrases.join(line) for line in lines] == joined


CONNECTED = Phrases(
    [
        Phrase(1, ("a", "of", "b"), 9.0, 9),
        Phrase(1, ("b", "the", "of", "c"), 8.0, 9),
        Phrase(1, ("c", "d"), 7.0, 9),
        Phrase(2, ("a_of_b", "c_d"), 9.0, 9),
        Phrase(2, ("d", "the", "a_of_b"), 9.0, 9),
    ],
    connectors=["of", "the"],
)


@settings(max_examples=100)
@given(
    LINES, st.integers(1, 40), st.integers(1, 3), st.booleans(), st.sampled_from(["\n", "", " "])
)
def test_blocks_do_not_show(tmp_path_factory, lines, block, threads, stream, last):
    path = tmp_path_factory.mktemp("blocks") / "text"
    path.write_text("\n".join(map(" ".join, lines)) + last)
    found = find_phrases([path], threshold=0.2, min_count=1, passes=2, threads=1)
    sources = find_sources([path])
    if stream:
        sources = [dataclasses.replace(sources[0], size=None)]
    for one in (CONNECTED, found):
        pieces = rewrite_text(sources, one.table(), threads, block)
        assert b"".join(pieces).decode() == rewritten(one, path)


def test_bytes_between_words_stay(write):
    phrases = find_phrases(write(b"new york\n" * 9), threshold=0, min_count=2, threads=1)
    path = write(b"  new \t york  a\t\tb \n\n\nnew\nyork\r\n new york ")
    assert rewritten(phrases, path) == "  new_york  a\t\tb \n\n\nnew\nyork\n new_york \n"


def test_rare_words_keep_their_neighbors_apart(write):
    lines = b"".join(b"a x%d b\n" % number for number in range(20))
    assert not find_phrases(write(lines), threshold=0, min_count=2, threads=1).scores


def test_too_many_connectors_in_a_row(write):
    path = write(b"a of of of b\n" * 9 + b"c of of of of d\n" * 9)
    phrases = find_phrases(path, threshold=0, min_count=2, connectors=["of"], threads=1)
    assert list(phrases.scores) == ["a_of_of_of_b"]


def test_bytes_that_are_no_text(write):
    path = write(b"\x80\xff y\xc3\n" * 9)
    phrases = find_phrases(path, threshold=0, min_count=2, delimiter="—", threads=1)
    assert list(phrases.scores) == ["\udc80\udcff—y\udcc3"]
    assert (
        b"".join(phrases.rewrite(path))
        == "\udc80\udcff—y\udcc3\n".encode("utf-8", "surrogateescape") * 9
    )


def test_few_bigrams_at_a_time_find_the_same(tmp_path):
    draw = random.Random(5)
    path = tmp_path / "text"
    lines = (" ".join(str(int(draw.paretovariate(0.6))) for _ in range(30)) for _ in range(1500))
    path.write_text("\n".join(lines))
    options = {"threshold": 1.0, "min_count": 2, "passes": 2}
    whole = find_phrases(path, threads=1, **options)
    parted = find_phrases(path, threads=2, max_bigrams=1000, **options)
    assert parted.found == whole.found
    assert len(whole) > 20
    assert whole.parts == 1 < parted.parts


def test_original():
    """What word2phrase joins in the same text; see golden/README.md."""
    phrases = find_phrases(TEXT, threshold=8, min_count=5, threads=2)
    original = (GOLDEN / "phrases.original.txt").read_text().splitlines()
    assert rewritten(phrases, TEXT).splitlines() == [line.strip() for line in original]
    assert sum(line.count("_") for line in original) > 500


@pytest.mark.parametrize("name", ["original", "npmi", "original-connectors", "npmi-connectors"])
def test_gensim(name):
    expected = json.loads((GOLDEN / "phrases.gensim.json").read_text())[name]
    score = name.partition("-")[0]
    words = TEXT.read_text().split()
    # gensim multiplies by its number of words and bigrams, word2phrase by the words of the text.
    factor = len(words) / expected["vocabulary"] if score == "original" else 1
    phrases = find_phrases(
        TEXT,
        threshold=expected["threshold"] * factor,
        min_count=5,
        score=score,
        connectors=expected["connectors"],
        threads=1,
    )
    assert phrases.scores == {
        phrase: pytest.approx(value * factor, rel=1e-9)
        for phrase, value in expected["scores"].items()
    }
    lines = rewritten(phrases, TEXT).splitlines()[: len(expected["lines"])]
    assert lines == expected["lines"]
    assert [" ".join(phrases.join(line.split())) for line in words_of_lines(40)] == lines


def words_of_lines(n):
    return TEXT.read_text().splitlines()[:n]


def test_join_takes_words_only():
    phrases = Phrases([])
    assert phrases.join([]) == []
    assert phrases.join(["a\u00a0b", "c"]) == ["a\u00a0b", "c"]
    for bad in (["a b"], [""], [1], "text"):
        with pytest.raises(DataError):
            phrases.join(bad)


@pytest.mark.parametrize(
    ("setting", "value", "message"),
    [
        ("min_count", 0, "min_count is 0"),
        ("passes", 256, "passes is 256"),
        ("passes", 0, "from 1 to 255"),
        ("max_bigrams", 10, "at least 1000"),
        ("threshold", math.nan, "threshold is nan"),
        ("score", "pmi", "score is 'pmi'"),
        ("delimiter", "", "delimiter is ''"),
        ("delimiter", "a b", "no blanks"),
        ("connectors", "of", "a list of words"),
        ("connectors", ["of the"], "no word"),
        ("connectors", [str(n) for n in range(1024)], "at most 1023"),
        ("threads", 0, "threads is 0"),
    ],
)
def test_settings_out_of_range(setting, value, message):
    with pytest.raises(ConfigError, match=message):
        find_phrases(TEXT, **{setting: value})


def test_npmi_thresholds():
    with pytest.raises(ConfigError, match="between -1 and 1"):
        find_phrases(TEXT, score="npmi", threshold=100)


def test_empty_text(write):
    with pytest.raises(DataError, match="no word in it"):
        find_phrases(write(b"\n \n"))


def test_nothing_frequent(write):
    path = write(b"a b c\n")
    phrases = find_phrases(path)
    assert len(phrases) == 0
    assert rewritten(phrases, path) == "a b c\n"
