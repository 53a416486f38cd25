"""Files of phrases: what was saved comes back, and nothing else is taken for one."""

from __future__ import annotations

import random

import pytest

from w2v.errors import DataError, FileError
from w2v.text.phrase_table import Phrase
from w2v.text.phrases import Phrases

FOUND = [
    Phrase(1, ("new", "york"), 1234.5678901234567, 20),
    Phrase(1, ("state", "of", "the", "art"), 100.1, 7),
    Phrase(2, ("new--york", "caf\udcff"), 101.0, 5),
]


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "phrases.tsv"
    phrases = Phrases(FOUND, delimiter="--", connectors=["the", "of"])
    path.write_bytes(b"".join(phrases.lines()))
    return path


def test_round_trip(file):
    phrases = Phrases.load(file)
    assert phrases.found == FOUND
    assert phrases.delimiter == "--"
    assert phrases.connectors == ["the", "of"]
    words = ["new", "york", "caf\udcff", "state", "of", "the", "art", "state", "of", "art"]
    joined = ["new--york--caf\udcff", "state--of--the--art", "state", "of", "art"]
    assert phrases.join(words) == joined
    assert "new--york" in phrases
    assert phrases.counts["state--of--the--art"] == 7


def test_no_phrases(tmp_path):
    path = tmp_path / "none"
    path.write_bytes(b"".join(Phrases([]).lines()))
    assert len(Phrases.load(path)) == 0


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (b'"w2v phrases": 1', b'"w2v phrases": 2', ":1: version 2"),
        (b'"w2v phrases"', b'"other"', ":1: this is not a file of phrases"),
        (b"{", b"", ":1: this is not"),
        (b'"--"', b'" "', ":1: the delimiter"),
        (b'"--"', b'"\\ud800"', ":1: the delimiter"),
        (b'["the"', b'[1, "the"', ":1: the connectors"),
        (b"1\t1234", b"0\t1234", ":2: .*out of range"),
        (b"1\t1234", b"256\t1234", ":2: .*out of range"),
        (b"100.1", b"nan", ":3: .*out of range"),
        (b"\t7\t", b"\tseven\t", ":3: .*not a pass"),
        (b"\tyork\n", b"\n", ":2: 'new' is not two words"),
        (b"york\n", b"\n", ":2: .*is not two words"),
        (b"\tthe\tart", b"\tgallery\tart", ":3: .*is not two words"),
        (b"\tthe\tart", b"\tof\tof\tthe\tart", ":3: .*at most 3"),
        (b"\tthe\tart", b"\tthe\tof", ":3: "),
        (b"\xff\n", b"\xff", ":4: the last line is cut short"),
        (b"2\t101.0\t5\tnew--york\tcaf\xff", b"1\t1\t1\tnew\tyork", ":4: .*twice"),
    ],
)
def test_damage(file, old, new, message):
    data = file.read_bytes()
    assert old in data
    file.write_bytes(data.replace(old, new, 1))
    with pytest.raises(DataError, match=message):
        Phrases.load(file)


def test_missing(tmp_path):
    with pytest.raises(FileError, match="cannot be read"):
        Phrases.load(tmp_path / "none")


def test_flipped_bits(file):
    """Our error, or phrases that can be used."""
    data = file.read_bytes()
    draw = random.Random(1)
    for _ in range(400):
        changed = bytearray(data)
        changed[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
        file.write_bytes(changed[: draw.randrange(len(data))] if draw.random() < 0.2 else changed)
        try:
            phrases = Phrases.load(file)
        except DataError as error:
            assert "\n" not in str(error)
        else:
            assert phrases.join(["new", "yorks"]) == ["new", "yorks"]
