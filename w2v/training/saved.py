"""What a checkpoint holds, taken out of it part by part and checked: it may come from anywhere."""

from __future__ import annotations

import concurrent.futures
import contextlib
import dataclasses
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2v._core import STATE_LAYOUT, isa_refusal
from w2v.config import MAX_THREADS, Config, GraphConfig
from w2v.cpu import chosen_isa
from w2v.errors import ConfigError, DataError, FileError
from w2v.graph import Walks
from w2v.text.corpus import Corpus, read_corpus
from w2v.text.rows import RowStore, default_memory_limit
from w2v.text.vocab import Known, Vocab, decode_words
from w2v.training import report
from w2v.training.building import NewSession
from w2v.training.checkpoint import INDEX, Folder
from w2v.training.chunks import Chunks
from w2v.training.epochs import CompiledTrainer, Position, position_of
from w2v.training.facts import LIMIT, Facts, real, text, truth, whole
from w2v.training.graphs import kept_walks
from w2v.training.model import Carried, Model, whole_model
from w2v.training.pieces import SLAB
from w2v.training.progress import Listener, Progress
from w2v.training.session import Session, State
from w2v.training.softmax import SoftmaxTrainer

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
            kind = Config if facts["graph"] is None else GraphConfig
            self.config = kind(**facts["settings"])
        with self._reading("state"):
            self._state = _state(facts["state"])
        with self._reading("the list of epochs"):
            self._epochs = [_epoch(entry) for entry in facts["epochs"]]
            self._text_seconds = real(facts["text_seconds"])
            self._words = whole(facts["words"])
            self._absent = whole(facts["absent"])
            self._isa = text(facts["isa"])
            self._hot_rows = whole(facts.get("hot_rows", 0))
            self._heldout = _heldout(facts["heldout"])
            self._window = {name: whole(facts["window"][name]) for name in facts["window"]}
            self.finished = truth(facts["finished"])
        self._fresh = threads is not None
        if threads is not None:
            self.config = dataclasses.replace(self.config, threads=threads)

    def isa(self) -> str:
        """Return the kernel to go on with: that of the checkpoint, unless workers are new."""
        wanted = self._isa
        chosen = chosen_isa()
        if self._fresh:
            return chosen
        remedy = "--threads to go on with new workers, not bit for bit the same"
        if self.config.loss != "softmax" and self.facts.get("layout") != STATE_LAYOUT:
            raise ConfigError(
                f"{self.folder.path}: another version of w2v wrote what its workers hold: "
                f"give {remedy}"
            )
        if wanted == chosen or (not os.environ.get("W2V_ISA") and not isa_refusal(wanted)):
            return wanted
        why = "W2V_ISA is" if os.environ.get("W2V_ISA") else "this processor's best is"
        raise ConfigError(
            f"{self.folder.path}: trained with the {wanted:.20} kernel, and {why} {chosen}: set "
            f"W2V_ISA={wanted:.20} where it can run, or give {remedy}"
        )

    def vocab(self) -> Vocab:
        """Read words and counts."""
        counts = self.folder.read(self.facts, "counts", "<i8", (self._words,))
        numbers = counts.array("<i8", (self._words,))
        words = self._text("words")
        if len(words) != self._words or self._words < 2 or numbers.min() < 1:
            counts.refuse("these are not the counts of its words")
        if float(numbers.sum(dtype=np.float64)) >= LIMIT:
            counts.refuse("the counts add up to more words than there can be")
        return Vocab(words, numbers)

    def carried(self) -> Carried:
        """Read what there is of an earlier model beside the rows of the vocabulary."""
        with self._reading("start"):
            start = self.facts["start"]
            record = None if start is None else {name: _plain(start[name]) for name in start}
        frozen = None
        if "frozen" in self.facts["files"]:
            frozen = self._array("frozen", "|u1", (self._words + 1,))
        if not self._absent:
            return Carried(record=record, frozen=frozen)
        shape = (self._absent, self.config.dim)
        matrices = [self._array(f"absent_{name}", "<f4", shape) for name in ("inputs", "outputs")]
        words = self._text("absent_words")
        if len(words) != self._absent:
            raise DataError(f"{self._index}: damaged: it has {len(words)} absent words")
        return Carried(
            record=record, words=words, inputs=matrices[0], outputs=matrices[1], frozen=frozen
        )

    def corpus(
        self,
        vocab: Vocab,
        tmpdir: str | os.PathLike[str] | None,
        progress: Listener | None,
    ) -> Chunks:
        """Return the rows of the text: those kept, or else made from the files again."""
        if isinstance(self.config, GraphConfig):
            return self._walks(vocab)
        facts = self._corpus_facts()
        with self._reading("corpus"):
            rows = whole(self.facts["corpus"]["rows"])
        if "rows" in self.facts["files"]:
            return Corpus(rows=self._kept_rows(rows, tmpdir), **facts)
        # what an earlier model knew was kept too, however rare
        known = None if self.facts["start"] is None else Known(vocab.words, grow=False)
        corpus = self._read_again(facts["paths"], known, tmpdir, progress)
        self._compare(corpus, facts, rows)
        return corpus

    @contextlib.contextmanager
    def session(
        self, corpus: Chunks, vocab: Vocab, isa: str, progress: Listener | None
    ) -> Iterator[Session]:
        """Yield the run at the place where it was."""
        if corpus.kept != int(vocab.counts.sum()):
            raise DataError(f"{self._index}: damaged: corpus and vocabulary disagree")
        state = dataclasses.replace(self._state, resumes=self._state.resumes + 1)
        position = None
        if self.config.loss != "softmax":
            with self._reading("position"):
                position = position_of(self.facts["position"])
                position.fresh = self._fresh
        with contextlib.ExitStack() as stack:
            try:
                new = NewSession(corpus, vocab, self.config, isa, state, position, self.carried())
                session = stack.enter_context(new.opened(progress))
                self._restore(session, position)
            except DataError as error:
                raise DataError(f"{self.folder.path}: damaged: {error}") from error
            record = session.record
            record["epochs"], record["resumes"] = self._epochs, state.resumes
            record["hot_rows"] = record["hot_rows"] or self._hot_rows
            record["seconds"]["text"] = self._text_seconds
            self.fill("", session.inputs, session.outputs)
            yield session

    def _restore(self, session: Session, position: Position | None) -> None:
        """Put trainer and memory of the best epoch where they were."""
        trainer = session.trainer
        if isinstance(trainer, SoftmaxTrainer):
            with self._reading("position"):
                trainer.restore(self.facts["position"])
        elif isinstance(trainer, CompiledTrainer) and position is not None and not self._fresh:
            shape = (len(position.places), trainer.state_bytes)
            reader = self.folder.read(self.facts, "workers", "|u1", shape)
            trainer.restore(position, reader.array("|u1", shape))
        state, best = self._state, session.best
        if state.best_epoch:
            best.epoch, best.loss = state.best_epoch, state.best_loss
            if self.config.patience:
                best.copies = np.zeros_like(session.inputs), np.zeros_like(session.outputs)
                self.fill("best_", *best.copies)

    def fill(self, prefix: str, inputs: NDArray[np.float32], outputs: NDArray[np.float32]) -> None:
        """Read both matrices into the first rows and columns of these."""
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            jobs = [
                pool.submit(self._fill, prefix + name, matrix[: self._words, : self.config.dim])
                for name, matrix in (("inputs", inputs), ("outputs", outputs))
            ]
            for job in jobs:
                job.result()

    def model(self) -> Model:
        """Return the model as it was written; its text is not needed."""
        vocab = self.vocab()
        shape = (self._words, self.config.dim)
        inputs, outputs = np.empty(shape, np.float32), np.empty(shape, np.float32)
        self.fill("", inputs, outputs)
        corpus: Chunks
        if isinstance(self.config, GraphConfig):
            corpus = self._walks(vocab)
        else:
            corpus = Corpus(rows=np.empty(0, np.int32), **self._corpus_facts())
        carried = self.carried()
        record = report.new_record(corpus, vocab, self.config, carried)
        record["epochs"] = self._epochs
        record["window"] = self._window
        record["isa"], record["hot_rows"] = self._isa, self._hot_rows
        if self._heldout is not None:
            record["heldout"] = self._heldout
        report.close_record(record, self._text_seconds, self._state.trained, self.finished)
        return whole_model(vocab, inputs, outputs, carried, record)

    def _walks(self, vocab: Vocab) -> Walks:
        assert isinstance(self.config, GraphConfig)
        with self._reading("graph"):
            return kept_walks(self.facts["graph"], self._array, self._text, vocab, self.config)

    def _array(self, name: str, dtype: str, shape: tuple[int, ...]) -> NDArray[Any]:
        return self.folder.read(self.facts, name, dtype, shape).array(dtype, shape)

    def _text(self, name: str) -> list[str]:
        with self.folder.open(self.facts, name) as reader:
            return decode_words(reader.take(reader.size))

    def _corpus_facts(self) -> dict[str, Any]:
        facts = self.facts["corpus"]
        with self._reading("corpus"):
            numbers = {name: whole(facts[name]) for name in ("bytes", "lines", "tokens", "kept")}
            paths = [text(path) for path in facts["paths"]]
            return {"paths": paths, "fingerprint": text(facts["fingerprint"]), **numbers}

    def _read_again(
        self,
        paths: list[str],
        known: Known | None,
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
                known=known,
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
    except DataError:
        raise  # it says what is wrong
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise DataError(f"{index}: damaged: {what} cannot be read: {error!r:.200}") from error


def _plain(value: Any) -> str | int:
    return text(value) if isinstance(value, str) else whole(value)


def _epoch(entry: Any) -> dict[str, float]:
    names = ["loss", "seconds", "words_per_second"]
    return {name: real(entry[name]) for name in [*names, *(["heldout_loss"] * (len(entry) > 3))]}


def _heldout(facts: Any) -> dict[str, int] | None:
    if facts is None:
        return None
    names = ("sentences", "tokens", "best_epoch", "vectors_epoch")
    return {name: whole(facts[name]) for name in names if name in facts}


def _state(facts: Any) -> State:
    numbers: dict[str, Any] = {
        field.name: (real if field.type == "float" else whole)(facts[field.name])
        for field in dataclasses.fields(State)
    }
    if not 1 <= numbers["chunk_threads"] <= MAX_THREADS or numbers["resumes"] > _MOST_RESUMES:
        raise ValueError("chunk_threads or resumes")
    return State(**numbers)
