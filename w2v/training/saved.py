"""What a checkpoint holds, taken out of it part by part and checked: it may come from anywhere."""

from __future__ import annotations

import concurrent.futures
import contextlib
import dataclasses
import math
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2v._core import Run, available_isas
from w2v.config import MAX_THREADS, Config
from w2v.cpu import chosen_isa
from w2v.errors import ConfigError, DataError, FileError
from w2v.text.corpus import Corpus, read_corpus
from w2v.text.rows import RowStore, default_memory_limit
from w2v.text.vocab import Vocab, decode_words
from w2v.training import report
from w2v.training.checkpoint import INDEX, Facts, Folder
from w2v.training.epochs import Place
from w2v.training.pieces import SLAB
from w2v.training.progress import Listener, Progress
from w2v.training.session import Session, State
from w2v.training.trainer import Model, new_session
from w2v.vectors import Vectors

_LIMIT = 1 << 62
_MOST_RESUMES = 1 << 40  # each takes new numbers for its workers, and those are uint64


class Saved:
    """The parts of a checkpoint.

    Parameters
    ----------
    folder : Folder
    facts : dict
        From `Folder.facts`.
    threads : int or None
        As for `resume`.

    Raises
    ------
    DataError
        The facts are damaged.
    ConfigError
        `threads` is out of range.
    """

    def __init__(self, folder: Folder, facts: Facts, threads: int | None) -> None:
        self.folder, self.facts = folder, facts
        self._index = folder.path / INDEX
        with self._reading("settings"):
            self.config = Config(**facts["settings"])
        with self._reading("state"):
            self._state = _state(facts["state"])
        with self._reading("the list of epochs"):
            self._epochs = [_epoch(entry) for entry in facts["epochs"]]
            self._text_seconds = _real(facts["text_seconds"])
            self._words = _whole(facts["words"])
            self.finished = _truth(facts["finished"])
        self._fresh = threads is not None
        if threads is not None:
            self.config = dataclasses.replace(self.config, threads=threads)

    def isa(self) -> str:
        """Return the kernel to go on with: that of the checkpoint, unless workers are new."""
        wanted = self.facts.get("isa")
        chosen = chosen_isa()
        if self._fresh or (wanted in available_isas() and wanted == chosen):
            return chosen
        if wanted in available_isas() and not os.environ.get("W2V_ISA"):
            return str(wanted)
        why = "W2V_ISA is" if os.environ.get("W2V_ISA") else "this processor's best is"
        raise ConfigError(
            f"{self.folder.path}: trained with the {wanted!s:.20} kernel, and {why} {chosen}: set "
            f"W2V_ISA={wanted!s:.20} where it can run, or give --threads to go on with new "
            "workers, not bit for bit the same"
        )

    def vocab(self) -> Vocab:
        """Read words and counts."""
        counts = self.folder.read(self.facts, "counts", "<i8", (self._words,))
        numbers = counts.array("<i8", (self._words,))
        with self.folder.open(self.facts, "words") as reader:
            words = decode_words(reader.take(reader.size))
        if len(words) != self._words or self._words < 2 or numbers.min() < 1:
            counts.refuse("these are not the counts of its words")
        if float(numbers.sum(dtype=np.float64)) >= _LIMIT:
            counts.refuse("the counts add up to more words than there can be")
        return Vocab(words, numbers)

    def corpus(self, tmpdir: str | os.PathLike[str] | None, progress: Listener | None) -> Corpus:
        """Return the rows of the text: those kept, or else made from the files again."""
        facts = self._corpus_facts()
        with self._reading("corpus"):
            rows = _whole(self.facts["corpus"]["rows"])
        if "rows" in self.facts["files"]:
            return Corpus(rows=self._kept_rows(rows, tmpdir), **facts)
        corpus = self._read_again(facts["paths"], tmpdir, progress)
        self._compare(corpus, facts, rows)
        return corpus

    def session(self, corpus: Corpus, vocab: Vocab, isa: str) -> Session:
        """Return the run at the place where it was."""
        if corpus.kept != int(vocab.counts.sum()):
            raise DataError(f"{self._index}: damaged: corpus and vocabulary disagree")
        state = dataclasses.replace(self._state, resumes=self._state.resumes + 1)
        try:
            session = new_session(
                corpus, vocab, self.config, isa, state, None if self._fresh else self._buffers
            )
        except DataError as error:
            raise DataError(f"{self.folder.path}: damaged: {error}") from error
        session.record["epochs"] = self._epochs
        session.record["seconds"]["text"] = self._text_seconds
        session.record["resumes"] = state.resumes
        self.fill(session.inputs, session.outputs)
        return session

    def fill(self, inputs: NDArray[np.float32], outputs: NDArray[np.float32]) -> None:
        """Read both matrices into the first rows and columns of these."""
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            jobs = [
                pool.submit(self._fill, name, matrix[: self._words, : self.config.dim])
                for name, matrix in (("inputs", inputs), ("outputs", outputs))
            ]
            for job in jobs:
                job.result()

    def model(self) -> Model:
        """Return the model of a finished run; its text is not needed."""
        vocab = self.vocab()
        shape = (self._words, self.config.dim)
        inputs, outputs = np.empty(shape, np.float32), np.empty(shape, np.float32)
        self.fill(inputs, outputs)
        corpus = Corpus(rows=np.empty(0, np.int32), **self._corpus_facts())
        record = report.new_record(corpus, vocab, self.config)
        record["epochs"] = self._epochs
        report.close_record(record, self._text_seconds, self._state.trained)
        vectors = Vectors(vocab.words, inputs, record=record)
        return Model(vectors=vectors, outputs=outputs, vocab=vocab, record=record)

    def _corpus_facts(self) -> dict[str, Any]:
        facts = self.facts["corpus"]
        with self._reading("corpus"):
            numbers = {name: _whole(facts[name]) for name in ("bytes", "lines", "tokens", "kept")}
            paths = [_text(path) for path in facts["paths"]]
            return {"paths": paths, "fingerprint": _text(facts["fingerprint"]), **numbers}

    def _read_again(
        self,
        paths: list[str],
        tmpdir: str | os.PathLike[str] | None,
        progress: Listener | None,
    ) -> Corpus:
        started = time.perf_counter()

        def listen(done: int, total: int | None) -> None:
            if progress is not None:
                seconds = time.perf_counter() - started
                progress(Progress(phase="text", done=done, total=total, seconds=seconds))

        for path in paths:
            if not Path(path).is_file():
                raise FileError(f"{path}: this text of the run is not there any more: restore it")
        try:
            return read_corpus(
                paths,
                min_count=self.config.min_count,
                max_vocab=self.config.max_vocab,
                lowercase=self.config.lowercase,
                threads=self.config.threads,
                tmpdir=tmpdir,
                progress=listen,
            )[1]
        except DataError as error:
            raise DataError(f"the text has changed since the checkpoint: {error}") from error

    def _compare(self, corpus: Corpus, wanted: dict[str, Any], rows: int) -> None:
        """Refuse a text that is not the one that was trained on."""
        found = {name: getattr(corpus, name) for name in ("bytes", "lines", "tokens", "kept")}
        found["fingerprint"], found["rows"] = corpus.fingerprint, len(corpus.rows)
        differing = [
            f"{name} {value} then, {found[name]} now"
            for name, value in {**wanted, "rows": rows}.items()
            if name in found and found[name] != value
        ]
        if differing:
            corpus.close()
            raise DataError(
                f"the text has changed since {self.folder.path} was written: "
                f"{'; '.join(differing)}: restore it, or train anew"
            )

    def _kept_rows(self, count: int, tmpdir: str | os.PathLike[str] | None) -> NDArray[np.int32]:
        """Read the rows; each is an index into the matrices, so each is checked."""
        store = RowStore(default_memory_limit(), tmpdir, count)
        reader = self.folder.read(self.facts, "rows", "<i4", (count,))
        with contextlib.closing(store), reader:
            for start in range(0, count, SLAB):
                slab = np.empty(min(SLAB, count - start), "<i4")
                reader.into(slab.data.cast("B"))
                if slab.min() < -1 or slab.max() >= self._words:
                    reader.refuse("a row is not in the vocabulary")
                store.append(slab)
            return store.finish()

    def _buffers(self, run: Run) -> NDArray[np.uint8]:
        """Read what the workers held."""
        shape = (len(self._state.places), run.state_bytes)
        return self.folder.read(self.facts, "workers", "|u1", shape).array("|u1", shape)

    def _fill(self, name: str, matrix: NDArray[np.float32]) -> None:
        shape = (self._words, self.config.dim)
        rows = max(1, SLAB // (4 * shape[1]))
        slab = np.empty((min(rows, shape[0]), shape[1]), "<f4")
        with self.folder.read(self.facts, name, "<f4", shape) as reader:
            for start in range(0, shape[0], rows):
                part = slab[: min(rows, shape[0] - start)]
                reader.into(part.reshape(-1).data.cast("B"))
                matrix[start : start + len(part)] = part

    def _reading(self, what: str) -> contextlib.AbstractContextManager[None]:
        return _reading(self._index, what)


@contextlib.contextmanager
def _reading(index: Path, what: str) -> Iterator[None]:
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DataError(f"{index}: damaged: {what} cannot be read: {error!r:.200}") from error


def _whole(value: Any) -> int:
    if type(value) is not int or not 0 <= value < _LIMIT:
        raise ValueError(f"{value!r:.40} is no whole number from 0 on")
    return value


def _real(value: Any) -> float:
    if type(value) not in (int, float) or not math.isfinite(value):
        raise ValueError(f"{value!r:.40} is no number")
    return float(value)


def _truth(value: Any) -> bool:
    if type(value) is not bool:
        raise ValueError(f"{value!r:.40} is neither true nor false")
    return value


def _text(value: Any) -> str:
    if type(value) is not str:
        raise ValueError(f"{value!r:.40} is no text")
    return value


def _epoch(entry: Any) -> dict[str, float]:
    return {name: _real(entry[name]) for name in ("loss", "seconds", "words_per_second")}


def _place(entry: Any) -> Place:
    chunk, last = entry["chunk"], entry["last"]
    return Place(
        chunk=None if chunk is None else _whole(chunk),
        skip=_whole(entry["skip"]),
        last=None if last is None else _whole(last),
        finished=_truth(entry["finished"]),
    )


def _state(facts: Any) -> State:
    counts = ("epoch", "done", "next_chunk", "resumes", "chunk_threads")
    reals = ("loss", "pairs", "seconds", "trained")
    numbers: dict[str, Any] = {name: _whole(facts[name]) for name in counts}
    numbers.update((name, _real(facts[name])) for name in reals)
    if not 1 <= numbers["chunk_threads"] <= MAX_THREADS or numbers["resumes"] > _MOST_RESUMES:
        raise ValueError("chunk_threads or resumes")
    return State(
        leftovers=[(_whole(chunk), _whole(skip)) for chunk, skip in facts["leftovers"]],
        places=[_place(entry) for entry in facts["places"]],
        taken=[_whole(taken) for taken in facts["taken"]],
        **numbers,
    )
