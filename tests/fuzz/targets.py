"""What is fuzzed: functions of bytes that end quietly, or with an error of ours, or show a defect.

An error that is not a `W2VError` is a defect, and so are a failed assertion, a message of two
lines and whatever the sanitizers see.
"""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np

from w2v import Config, resume, train
from w2v.errors import ConfigError, W2VError
from w2v.formats import FORMATS, recognize
from w2v.formats.source import Source
from w2v.graph.edges import read_graph
from w2v.text.corpus import read_corpus
from w2v.training import checkpoint
from w2v.vectors import Vectors

MEMORY = Path("/dev/shm")  # where flushing a file costs nothing
_KEPT = tempfile.TemporaryDirectory(prefix="w2v-fuzz-", dir=MEMORY if MEMORY.is_dir() else None)
FOLDER = Path(_KEPT.name)
SINGLE = [name for name, known in FORMATS.items() if not known.words and not known.require]
PAIRS = [name for name, known in FORMATS.items() if known.words]
TEXT = b"one two three four five six\r\none two one\tseven\n\xff\xc3\xa9 one eight " * 8
SMALL = {"dim": 5, "min_count": 1, "epochs": 2, "sample": 1e-2, "threads": 1}


class EnoughError(Exception):
    """Ends training after its first steps: what a checkpoint holds has then been used."""


@contextlib.contextmanager
def refusing():
    """Take errors of ours for an answer, if they are one line."""
    try:
        yield
    except W2VError as error:
        assert "\n" not in str(error), str(error)


def fuzz_text(data: bytes) -> None:
    """Count words; one thread and two must agree, and so must the sums."""
    path = FOLDER / "text.txt"
    path.write_bytes(data[1:])
    lowercase = bool(data[:1] and data[0] & 1)
    with refusing():
        found = []
        for threads in (1, 2):
            vocab, corpus = read_corpus(path, min_count=1, lowercase=lowercase, threads=threads)
            with contextlib.closing(corpus):
                rows = np.array(corpus.rows)
                assert np.array_equal(np.bincount(rows[rows >= 0]), vocab.counts)
                assert corpus.tokens == corpus.kept == vocab.counts.sum()
                found.append((list(vocab.words), rows.tolist(), corpus.fingerprint))
        assert found[0] == found[1]


def fuzz_vectors(data: bytes) -> None:
    """Read a file as the format that its first byte chooses; what is read can be written."""
    choice = data[0] % (len(SINGLE) + 1) if data else 0
    source = Source("vectors", data[1:], threads=1 + (data[:1] > b"\x7f"))
    with refusing():
        name = SINGLE[choice] if choice < len(SINGLE) else recognize(source)
        if name in SINGLE:
            vectors = FORMATS[name].load(source)
            assert vectors.matrix.shape[0] == len(vectors.words)
            assert vectors.matrix.nbytes <= 16 * len(data) + 1024
            FORMATS[SINGLE[0]].save(vectors, io.BytesIO())


def fuzz_pairs(data: bytes) -> None:
    """Read numbers and the words beside them, which come first, as the first byte chooses."""
    name = PAIRS[data[0] % len(PAIRS)] if data else PAIRS[0]
    end = 3 + int.from_bytes(data[1:3], "little")
    path, known = FOLDER / "pair", FORMATS[name]
    known.words.path(path).write_bytes(data[3:end])
    with refusing():
        vectors = known.load(Source(str(path), data[end:], threads=1 + (data[:1] > b"\x7f")))
        assert vectors.matrix.shape[0] == len(vectors.words)
        assert vectors.matrix.nbytes <= 16 * len(data) + 1024
        known.save(vectors, io.BytesIO())
        known.words.save(vectors, io.BytesIO())


def fuzz_parquet(data: bytes) -> None:
    """Read Parquet, which pyarrow does: what it lets through, or how it refuses, is ours."""
    with refusing():
        vectors = FORMATS["parquet"].load(Source("vectors", data))
        assert vectors.matrix.shape[0] == len(vectors.words)
        FORMATS["parquet"].save(vectors, io.BytesIO())


def fuzz_sparse(data: bytes) -> None:
    """Read a matrix of links, of which the array that the first byte chooses is replaced.

    The sums of the archive are right: they guard against accidents.
    """
    choice = data[0] if data else 0
    path = FOLDER / "links.npz"
    with zipfile.ZipFile(path, "w") as archive:
        for number, (name, content) in enumerate(LINKS.items()):
            replaced = number == choice % len(LINKS)
            archive.writestr(name, data[1:] if replaced else content)
    with refusing():
        graph = read_graph(path, directed=choice > 0x7F)
        assert len(graph.names) >= 1


def fuzz_edges(data: bytes) -> None:
    """Read edges, with the options that the first byte chooses."""
    path = FOLDER / "edges.txt"
    path.write_bytes(data[1:])
    bits = data[0] if data else 0
    with refusing():
        graphs = [
            read_graph(path, directed=bool(bits & 1), weights=bool(bits & 2), threads=threads)
            for threads in (1, 2)
        ]
        assert graphs[0].names == graphs[1].names
        assert len(graphs[0].names) >= 1


def _interrupted(folder: Path) -> Path:
    """Make a checkpoint of a run that has begun."""

    def stop(report):
        if report.phase == "training" and report.epoch_end:
            raise KeyboardInterrupt

    text = FOLDER / "corpus.txt"
    text.write_bytes(TEXT)
    with contextlib.suppress(KeyboardInterrupt):
        train(text, Config(**SMALL), checkpoint=folder, keep_corpus=True, progress=stop)
    return folder


class Checkpoint:
    """A checkpoint, of which one file is replaced, with checksums that are right.

    Checksums guard against accidents; here, as with a file from somebody else, they do not help.
    """

    def __init__(self) -> None:
        self.whole = _interrupted(FOLDER / "whole")
        self.facts = json.loads((self.whole / checkpoint.INDEX).read_text())
        self.names = [checkpoint.INDEX, *sorted(self.facts["files"])]

    def path(self, folder: Path, name: str) -> Path:
        """Return where a file of the checkpoint is."""
        return folder / name if name == checkpoint.INDEX else next(folder.glob(f"{name}.*"))

    def changed(self, data: bytes) -> Path:
        """Return a copy in which the file that the first byte names holds the other bytes."""
        name = self.names[data[0] % len(self.names)] if data else checkpoint.INDEX
        content, facts = data[1:], json.loads(json.dumps(self.facts))
        copy = FOLDER / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.whole, copy)
        if name == checkpoint.INDEX:
            with contextlib.suppress(ValueError, RecursionError):
                facts = json.loads(content)
        else:
            self.path(copy, name).write_bytes(content)
            facts["files"][name].update(bytes=len(content), crc32=zlib.crc32(content))
        index = copy / checkpoint.INDEX
        if not isinstance(facts, dict):
            index.write_bytes(content)
            return copy
        facts.pop("crc32", None)
        index.write_text(json.dumps({**facts, "crc32": checkpoint._crc(facts)}))
        return copy

    def seeds(self) -> list[bytes]:
        """Return every file as it is."""
        paths = (self.path(self.whole, name) for name in self.names)
        return [bytes([number]) + path.read_bytes() for number, path in enumerate(paths)]


def fuzz_checkpoint(data: bytes) -> None:
    """Go on from a checkpoint with one file replaced, for one report."""

    def stop(report):
        if report.phase == "training":
            raise EnoughError

    with contextlib.suppress(EnoughError), refusing():
        resume(CHECKPOINT.changed(data), progress=stop)


CHECKPOINT = Checkpoint()
VECTORS = Vectors(["one", "two", "é"], np.arange(12, dtype=np.float32).reshape(3, 4) / 7)


def _links() -> dict[str, bytes]:
    """Return the members of a matrix of links, as scipy writes them."""
    arrays = {
        "format": np.array(b"csr"),
        "shape": np.array([3, 3]),
        "indptr": np.array([0, 1, 3, 4], np.int32),
        "indices": np.array([1, 0, 2, 1], np.int32),
        "data": np.ones(4),
    }
    found = {}
    for name, array in arrays.items():
        file = io.BytesIO()
        np.save(file, array)
        found[f"{name}.npy"] = file.getvalue()
    return found


LINKS = _links()


def _pairs() -> list[bytes]:
    found = []
    for number, name in enumerate(PAIRS):
        words, numbers = io.BytesIO(), io.BytesIO()
        FORMATS[name].words.save(VECTORS, words)
        FORMATS[name].save(VECTORS, numbers)
        length = len(words.getvalue()).to_bytes(2, "little")
        found.append(bytes([number]) + length + words.getvalue() + numbers.getvalue())
    return found


def _parquet() -> list[bytes]:
    found = []
    for words in (VECTORS.words, ["\udcff", "two", "é"]):
        file = io.BytesIO()
        FORMATS["parquet"].save(Vectors(words, VECTORS.matrix), file)
        found.append(file.getvalue())
    return found


def _vectors() -> list[bytes]:
    vectors, found = VECTORS, []
    for number, name in enumerate(SINGLE):
        file = io.BytesIO()
        FORMATS[name].save(vectors, file)
        found += [bytes([number]) + file.getvalue(), bytes([len(SINGLE)]) + file.getvalue()]
    return found


TARGETS: dict[str, tuple[Callable[[bytes], None], list[bytes]]] = {
    "text": (fuzz_text, [b"\0" + TEXT, b"\1ABC \xc3\x89 abc\r\n\n\n x", b"\0" + b"a" * 300]),
    "vectors": (fuzz_vectors, _vectors()),
    "edges": (
        fuzz_edges,
        [
            b"\0a b\nb,c 2.5\n# no\nc a 1e-3\r\n",
            b"\3a\tb\t1\nb\ta\n",
            b"\2%%MatrixMarket matrix coordinate real general\n3 3 2\n1 2 0.5\n3 1 2\n",
        ],
    ),
    "checkpoint": (fuzz_checkpoint, CHECKPOINT.seeds()),
    "pairs": (fuzz_pairs, _pairs()),
    "sparse": (fuzz_sparse, [bytes([n]) + content for n, content in enumerate(LINKS.values())]),
}
with contextlib.suppress(ConfigError):  # pyarrow is not installed
    TARGETS["parquet"] = (fuzz_parquet, _parquet())
