"""The demo's text: what it is made of, and that it is always the same."""

from __future__ import annotations

import re
import sys

import pytest

from w2v.errors import DataError, FileError
from w2v.text import demo
from w2v.text.corpus import read_corpus
from w2v.text.demo import demo_text, write_demo_text

SOURCE = b'''#!/usr/bin/env python
"""Keep the FIRST line of prose, don't lose it.

    >>> not_this_line of example code here
A second paragraph, with some_name and h4x in it.
"""
name = "short # string"  # A comment that
# goes on in the next line
value = 'it isn\\'t hard: a "long" message of many plain words'  # noqa of no use
other = """another text between quotation marks"""
'''


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "site-packages").mkdir()
    (tmp_path / "site-packages/foreign.py").write_bytes(b"# these words are from elsewhere")
    (tmp_path / "one.py").write_bytes(SOURCE)
    (tmp_path / "two.py").write_bytes(SOURCE)
    (tmp_path / "gone.py").symlink_to(tmp_path / "nowhere")
    monkeypatch.setattr(demo.sysconfig, "get_path", lambda name: str(tmp_path))
    monkeypatch.setattr(demo.importlib.util, "find_spec", lambda name: None)
    return tmp_path


def test_prose_is_found_and_code_is_not(folder):
    assert demo_text().decode().splitlines() == [
        "keep the first line of prose don't lose it",
        "a second paragraph with and in it",
        "a comment that goes on in the next line",
        "it isn't hard a long message of many plain words",
        "another text between quotation marks",
    ]


def test_no_sources_at_all(folder, monkeypatch):
    monkeypatch.setattr(demo.sysconfig, "get_path", lambda name: str(folder / "lib.zip"))
    with pytest.raises(DataError, match=r"lib\.zip: no Python sources"):
        demo_text()


def test_file_cannot_be_written(folder):
    with pytest.raises(FileError, match="cannot be written: No such file"):
        write_demo_text(folder / "missing/demo.txt")


@pytest.mark.slow
def test_this_installation_has_enough(tmp_path):
    loaded = set(sys.modules)
    path = write_demo_text(tmp_path)
    assert not {name for name in set(sys.modules) - loaded if name.startswith("test")}
    assert path == tmp_path / "demo.txt"
    text = path.read_bytes()
    assert text == demo_text()
    assert re.fullmatch(rb"[a-z'\n -]+\n", text)
    vocab, corpus = read_corpus(path, min_count=5, threads=1)
    # Without the tests of the standard library, which some systems package apart, about half.
    assert corpus.tokens > 300_000
    assert {"true", "false", "list", "error"} <= set(vocab.words[:2000])
