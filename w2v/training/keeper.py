"""Writes checkpoints of a session: when, out of which memory, in which thread."""

from __future__ import annotations

import dataclasses
import mmap
import numbers
import shlex
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from w2v._core import STATE_LAYOUT
from w2v.cpu import available_memory
from w2v.errors import ConfigError, FileError, W2VError
from w2v.graph import Walks
from w2v.text.corpus import Corpus
from w2v.training import tables
from w2v.training.checkpoint import Folder
from w2v.training.facts import Facts
from w2v.training.graphs import graph_contents, graph_facts
from w2v.training.loop import diverged
from w2v.training.model import Carried
from w2v.training.pieces import SLAB, Content, array_content, text_content
from w2v.training.progress import Listener, Progress
from w2v.training.session import Session

if TYPE_CHECKING:
    from w2v.text.vocab import Vocab
    from w2v.training.chunks import Chunks

DEFAULT_SECONDS = 600.0

Matrices = tuple[NDArray[np.float32], ...]


class Keeper:
    """Keeps the checkpoint of one run.

    Parameters
    ----------
    folder : Folder
        Claimed, and released by whoever claimed it.
    seconds : float
        From the end of one checkpoint to the next.
    output : dict or None
        Whatever the caller wants to know when the run is gone on with; plain values.
    progress : callable or None
        Told what a user should know.
    resumed : bool
        Whether vocabulary and rows are in the folder already.

    Attributes
    ----------
    keep_corpus : bool
        Whether to keep the rows of a text that could be read again.
    """

    def __init__(
        self,
        folder: Folder,
        seconds: float,
        output: dict[str, Any] | None,
        progress: Listener | None,
        *,
        resumed: bool = False,
    ) -> None:
        self.folder = folder
        self.keep_corpus = False
        self._seconds = seconds
        self._output = output
        self._progress = progress
        self._constants_written = resumed
        self._best_written = 0
        self._since = time.monotonic()
        self._copies: Matrices | None = None
        self._copies_refused = False
        self._ending = False
        # Not a thread to join(): see run_threads.
        self._idle = threading.Event()
        self._idle.set()
        self._failure: BaseException | None = None

    def __enter__(self) -> Keeper:
        return self

    def __exit__(self, *_error: object) -> None:
        self._ending = True
        self._idle.wait()

    def due(self, session: Session) -> bool:
        """Whether training is to stand still for a checkpoint now.

        It is when it is time, the last one is written, and there is memory for the copies. To
        get that from the system takes many times longer than to copy: training goes on meanwhile.
        """
        if not self._idle.is_set() or time.monotonic() - self._since < self._seconds:
            return False
        if self._copies is not None or self._copies_refused:
            return True
        needed, free = 2 * session.inputs.nbytes, available_memory()
        if free is not None and needed > free:
            return True
        self._in_thread(self._make_copies, session)
        return False

    def tell(self) -> None:
        """Raise what ended the run in the writing thread; tell what did not.

        Raises
        ------
        ConfigError
            The matrices are not finite: training has diverged.
        """
        failure, self._failure = self._failure, None
        if failure is None:
            return
        if not isinstance(failure, _NotWrittenError):
            raise failure
        self._say(f"{failure}; training goes on, and so does the checkpoint before, if any")

    def write_copy(self, session: Session) -> None:
        """Copy what is to be written, and write it while training goes on; only when `due`.

        Where memory is too short for a copy, training waits for the disk.
        """
        self._join()
        facts, contents = self._parts(session)
        live = (session.inputs, session.outputs)
        if self._copies is None:
            self._say(
                f"checkpoint: no memory for a copy of the matrices ({2 * live[0].nbytes / 1e9:.1f} "
                "GB): training waits while it is written"
            )
            self._write(session, facts, contents, live)
            self.tell()
            return
        for copy, matrix in zip(self._copies, live, strict=True):
            np.copyto(copy, matrix)
        self._in_thread(self._write, session, facts, contents, self._copies)

    def write(self, session: Session) -> None:
        """Write a checkpoint now; no worker may be training.

        Raises
        ------
        FileError
            The disk is full or the like; the checkpoint before is still there.
        ConfigError
            The matrices are not finite.
        """
        self._ending = True  # nobody waits for copies that are not used any more
        self._join()
        self._failure = None
        facts, contents = self._parts(session)
        self._write(session, facts, contents, (session.inputs, session.outputs))
        failure, self._failure = self._failure, None
        if isinstance(failure, _NotWrittenError):
            raise failure.error
        if failure is not None:
            raise failure

    def write_last(self, session: Session) -> None:
        """Write the checkpoint of a finished run; if that fails the vectors are still worth it."""
        try:
            self.write(session)
        except FileError as error:
            self._say(f"no checkpoint of the finished run was written: {error}")

    def write_interrupted(self, session: Session) -> str:
        """Write a checkpoint after an interrupt, and return what to tell the user."""
        path = self.folder.path
        try:
            if session.torn:
                raise FileError("it was interrupted between two epochs")
            self.write(session)
        except W2VError as error:
            before = f"; {path} holds the one before" if self.folder.complete else ""
            return f"no checkpoint was written: {error}{before}"
        return f"go on with: w2v resume {shlex.quote(str(path))}"

    def _parts(self, session: Session) -> tuple[Facts, dict[str, Content]]:
        state = dataclasses.asdict(session.snapshot())
        facts = _facts(session, state, self._output)
        contents = {}
        buffers = session.trainer.buffers()
        if buffers is not None:
            contents["workers"] = array_content(buffers)
        best = session.best
        if best.copies and best.epoch != self._best_written:
            dim = session.config.dim
            for name, matrix in zip(("best_inputs", "best_outputs"), best.copies, strict=True):
                contents[name] = array_content(matrix[:-1, :dim])
        return facts, contents

    def _make_copies(self, session: Session) -> None:
        """Make memory for copies, each page touched; the same pages as those of the matrices."""
        words, dim = len(session.vocab), session.config.dim
        try:
            copies = tuple(tables.padded_matrix(words, dim) for _ in range(2))
            for copy in copies:
                floats = copy.reshape(-1)
                for start in range(0, floats.size, SLAB):
                    if self._ending:
                        return
                    floats[start : start + SLAB : mmap.PAGESIZE // 4] = 0
        except (MemoryError, OSError):
            self._copies_refused = True
        else:
            self._copies = copies

    def _text_contents(self, chunks: Chunks) -> dict[str, Content]:
        if isinstance(chunks, Walks):
            return graph_contents(chunks)
        assert isinstance(chunks, Corpus)
        if self.keep_corpus or not can_be_read_again(chunks):
            return {"rows": array_content(chunks.rows)}
        return {}

    def _write(
        self,
        session: Session,
        facts: Facts,
        contents: dict[str, Content],
        matrices: Matrices,
    ) -> None:
        try:
            if not all(map(all_finite, matrices)):
                # a checkpoint that holds such numbers is worse than the one before
                raise diverged(facts["state"]["epoch"], "vectors are not finite", session.config)
            dim = session.config.dim
            used = (array_content(matrix[:-1, :dim]) for matrix in matrices)
            named = dict(zip(("inputs", "outputs"), used, strict=True))
            if not self._constants_written:  # gathered here, since training need not wait for it
                contents |= _constants(session.vocab, session.carried)
                contents |= self._text_contents(session.text.corpus)
            try:
                self.folder.write(facts, {**named, **contents})
            except (W2VError, OSError) as error:
                raise _NotWrittenError(error) from error
            self._constants_written = True
            self._best_written = facts["state"]["best_epoch"]
        except BaseException as error:
            self._failure = error
            if not isinstance(error, Exception):
                raise
        finally:
            self._since = time.monotonic()

    def _in_thread(self, work: Callable[..., None], *arguments: Any) -> None:
        def run() -> None:
            try:
                work(*arguments)
            finally:
                self._idle.set()

        thread = threading.Thread(target=run, daemon=True)
        try:
            self._idle.clear()
            thread.start()
        except BaseException:
            self._idle.set()
            raise

    def _join(self) -> None:
        self._idle.wait()

    def _say(self, note: str) -> None:
        if self._progress is not None:
            self._progress(Progress(phase="training", done=0, total=None, note=note))


class _NotWrittenError(Exception):
    """A checkpoint could not be written; training need not end for that."""

    def __init__(self, error: Exception) -> None:
        super().__init__(f"no checkpoint was written: {error}")
        self.error = error


def check_seconds(seconds: float) -> None:
    """Refuse what is no time from one checkpoint to the next.

    Raises
    ------
    ConfigError
        It is not a positive number.
    """
    if isinstance(seconds, bool) or not isinstance(seconds, numbers.Real) or not seconds > 0:
        raise ConfigError(f"checkpoint_every is {seconds!r}: give seconds, more than 0")


def can_be_read_again(corpus: Corpus) -> bool:
    """Whether a corpus came from ordinary files only."""
    return bool(corpus.paths) and all(Path(path).is_file() for path in corpus.paths)


def all_finite(matrix: NDArray[np.float32]) -> bool:
    """Whether all numbers of a C-contiguous matrix are finite: their sum is not otherwise."""
    with np.errstate(over="ignore", invalid="ignore"):
        return bool(np.isfinite(matrix.sum()))


def _constants(vocab: Vocab, carried: Carried) -> dict[str, Content]:
    contents = {"words": _lines(vocab.words), "counts": array_content(vocab.counts)}
    if carried.inputs is not None and carried.outputs is not None:
        contents["absent_words"] = _lines(carried.words)
        contents["absent_inputs"] = array_content(carried.inputs)
        contents["absent_outputs"] = array_content(carried.outputs)
    if carried.frozen is not None:
        contents["frozen"] = array_content(carried.frozen)
    return contents


def _lines(words: list[str]) -> Content:
    return text_content("".join(f"{word}\n" for word in words).encode("utf-8", "surrogateescape"))


def _facts(session: Session, state: dict[str, Any], output: dict[str, Any] | None) -> Facts:
    chunks = session.text.corpus
    return {
        "finished": session.finished,
        "isa": session.isa,
        "layout": STATE_LAYOUT,
        "hot_rows": session.record["hot_rows"],
        "settings": session.record["settings"],
        "window": session.record["window"],
        "words": len(session.vocab),
        "start": session.carried.record,
        "absent": len(session.carried.words),
        "corpus": _corpus_facts(chunks) if isinstance(chunks, Corpus) else None,
        "graph": graph_facts(chunks) if isinstance(chunks, Walks) else None,
        "state": state,
        "position": session.trainer.position(),
        "epochs": session.record["epochs"][: state["epoch"] - 1],
        "heldout": session.record.get("heldout"),
        "text_seconds": session.record["seconds"]["text"],
        "output": output,
    }


def _corpus_facts(corpus: Corpus) -> Facts:
    return {
        "paths": [str(Path(path).absolute()) for path in corpus.paths],
        "bytes": corpus.bytes,
        "lines": corpus.lines,
        "tokens": corpus.tokens,
        "kept": corpus.kept,
        "rows": len(corpus.rows),
        "fingerprint": corpus.fingerprint,
    }
