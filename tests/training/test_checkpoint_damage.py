"""A checkpoint that is damaged, or meant to do harm: refused, or harmless."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import random
import shutil

import numpy as np
import pytest
from interrupting import SMALL, Interrupter, rewrite
from test_checkpoint import quick_polls  # noqa: F401

from w2v import Config, resume, train
from w2v.errors import DataError, FileError, W2VError
from w2v.training import building, checkpoint
from w2v.training.session import State


def resume_copy(folder):
    """Go on with a copy, which is then gone: the folder itself stays as it is."""
    copy = folder.with_name("copy")
    shutil.copytree(folder, copy)
    try:
        resume(copy)
    finally:
        shutil.rmtree(copy)


def test_every_damaged_byte_is_refused(saved):
    draw = random.Random(5)
    files = sorted(path for path in saved.iterdir() if path.name != "checkpoint.json")
    assert len(files) == 5
    for path in [*files, saved / "checkpoint.json"]:
        good = path.read_bytes()
        for _ in range(6):
            bad = bytearray(good)
            bad[draw.randrange(len(bad))] ^= 1 << draw.randrange(8)
            path.write_bytes(bad)
            with pytest.raises(W2VError):
                resume(saved)
        for cut in (0, len(good) // 2, len(good) - 2):
            path.write_bytes(good[:cut])
            with pytest.raises(W2VError, match=path.name.split(".")[0]):
                resume(saved)
        path.unlink()
        with pytest.raises(FileError, match=path.name):
            resume(saved)
        path.write_bytes(good)
    resume(saved)


def places(facts):
    """Return (container, key) of every value in nested facts."""
    items = facts.items() if isinstance(facts, dict) else enumerate(facts)
    for key, value in items:
        yield facts, key
        if isinstance(value, (dict, list)):
            yield from places(value)


def test_no_value_in_the_json_file_is_trusted(saved):
    path = saved / "checkpoint.json"
    facts = json.loads(path.read_text())
    count = len(list(places(facts)))
    draw = random.Random(6)
    strange = [None, -1, 1 << 61, 1 << 80, 0.5, "x", [], {}, [[1]], True, 1e300]
    harmless = 0
    for number in range(count):
        changed = json.loads(json.dumps(facts))
        container, key = list(places(changed))[number]
        container[key] = draw.choice(strange)
        rewrite(path, changed)
        with contextlib.suppress(W2VError):
            resume_copy(saved)
            harmless += 1  # such as the seconds of an epoch
    assert harmless < count / 2


def test_no_byte_of_the_workers_is_trusted(saved):
    """Whatever they hold with a checksum that is right, nothing outside the buffers is touched."""
    index, path = saved / "checkpoint.json", next(saved.glob("workers.*"))
    facts, good = json.loads(index.read_text()), path.read_bytes()
    draw = random.Random(7)
    for _ in range(60):
        bad = bytearray(good)
        for _ in range(draw.choice([1, 8])):
            place = draw.choice([draw.randrange(128, 300), draw.randrange(128, len(bad))])
            bad[place] = draw.randrange(256)
        path.write_bytes(bad)
        facts["files"]["workers"]["crc32"] = checkpoint.zlib.crc32(bytes(bad))
        rewrite(index, facts)
        with contextlib.suppress(W2VError):
            resume_copy(saved)


def test_another_version_is_named(saved):
    path = saved / "checkpoint.json"
    facts = json.loads(path.read_text())
    rewrite(path, {**facts, "w2v": "99.1"})
    with pytest.raises(DataError, match=r"made by w2v 99\.1, format 2; this is"):
        resume(saved)
    rewrite(path, {**facts, "format": 3})
    with pytest.raises(DataError, match="format 3"):
        resume(saved)


def test_rows_outside_the_vocabulary_are_refused(text, tmp_path):
    folder = tmp_path / "run"
    with pytest.raises(KeyboardInterrupt):
        train(
            text,
            Config(**SMALL),
            checkpoint=folder,
            keep_corpus=True,
            progress=Interrupter(1, 1),
        )
    index, path = folder / "checkpoint.json", next(folder.glob("rows.*"))
    facts = json.loads(index.read_text())
    rows = np.load(path)
    for bad in (len(rows), -2):
        rows[17] = bad
        np.save(path, rows)
        facts["files"]["rows"]["crc32"] = checkpoint.zlib.crc32(path.read_bytes())
        rewrite(index, facts)
        with pytest.raises(DataError, match="not in the vocabulary"):
            resume(folder)


def test_a_checkpoint_cannot_take_more_memory_than_its_size_allows(saved, monkeypatch):
    """Sizes in the JSON file that the files do not have are refused before anything is made."""
    index = saved / "checkpoint.json"
    facts = json.loads(index.read_text())
    facts["words"] = facts["settings"]["max_vocab"] = 1 << 30
    rewrite(index, facts)
    made = []
    monkeypatch.setattr(building.tables, "padded_matrix", lambda *shape: made.append(shape))
    with pytest.raises(DataError, match="not an array of int64"):
        resume(saved)
    assert not made


def test_a_state_is_dataclass_fields(saved):
    """Whoever adds a field to State has to read it back as well."""
    facts = json.loads((saved / "checkpoint.json").read_text())
    assert set(facts["state"]) == {field.name for field in dataclasses.fields(State)}
