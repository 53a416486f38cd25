"""`train`: the whole way from text to a model."""

from __future__ import annotations

import contextlib
import dataclasses
import math
import os
import time
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2v._core import Run
from w2v.config import Config
from w2v.cpu import available_memory, chosen_isa
from w2v.errors import ConfigError, DataError
from w2v.text.corpus import Corpus, corpus_from_sentences, read_corpus
from w2v.text.vocab import Vocab
from w2v.training import report, tables
from w2v.training.checkpoint import Folder
from w2v.training.epochs import chunk_bounds
from w2v.training.keeper import DEFAULT_SECONDS, Keeper
from w2v.training.progress import Listener, Progress
from w2v.training.session import Session, State, check_state, diverged, tokens_taken, worker_count
from w2v.vectors import Vectors

Path = str | os.PathLike[str]

# The loss is measured at one word out of so many. That costs about as much as training on the
# word, so at most 0.8 percent of the time; prime, lest lines of one length are always met at
# the same place.
LOSS_INTERVALS = (127, 61, 31, 13, 7, 3, 1)
LOSS_WORDS = 4096  # a small corpus has at least this many words measured


@dataclasses.dataclass(frozen=True, kw_only=True)
class Model:
    """What training gives.

    Attributes
    ----------
    vectors : Vectors
        One row per word, most frequent first.
    outputs : float32 (n, dim)
        The second matrix: rows that inputs are scored against.
    vocab : Vocab
    record : dict
        The run record, as it is written to JSON.
    """

    vectors: Vectors
    outputs: NDArray[np.float32]
    vocab: Vocab
    record: dict[str, Any]


def memory_needed(words: int, config: Config, corpus_rows: int = 0) -> int:
    """Return the bytes that training takes: both matrices and the corpus's rows."""
    matrices = 2 * (words + 1) * tables.row_stride(config.dim) * 4
    return matrices + 4 * corpus_rows + 12 * words


def train(
    corpus: Path | Iterable[Any] | Corpus,
    config: Config | None = None,
    *,
    vocab: Vocab | None = None,
    progress: Listener | None = None,
    tmpdir: Path | None = None,
    checkpoint: Path | None = None,
    checkpoint_every: float = DEFAULT_SECONDS,
    keep_corpus: bool = False,
    on_interrupt: Callable[[Model], object] | None = None,
    output: dict[str, Any] | None = None,
) -> Model:
    """Train word vectors by skip-gram with negative sampling (Mikolov et al. 2013).

    Parameters
    ----------
    corpus : path, sequence of paths, iterable of lists of str, or Corpus
        Files, folders, globs or ``"-"``; or sentences, taken once; or rows already made,
        with their `vocab`.
    config : Config, optional
        All settings; the defaults if left out.
    vocab : Vocab, optional
        Only with a `Corpus`.
    progress : callable, optional
        Gets a `Progress` about ten times a second, from this thread.
    tmpdir : path, optional
        Where rows that do not fit in memory go.
    checkpoint : path, optional
        A folder that keeps the run, so that `w2v.resume` can go on with it. Made if need be.
        After the last epoch it holds the finished run.
    checkpoint_every : float
        Seconds from one checkpoint to the next.
    keep_corpus : bool
        Keep the rows of the text in the checkpoint too, 4 bytes a word. Otherwise `w2v.resume`
        reads the files again. What cannot be read again (standard input, pipes, sentences
        from Python, a `Corpus`) is always kept.
    on_interrupt : callable, optional
        Gets the model as it is when training is interrupted and there is no checkpoint.
    output : dict, optional
        Plain values kept in the checkpoint for whoever goes on with it.

    Returns
    -------
    Model

    Raises
    ------
    ConfigError
        Settings contradict each other, or the matrices do not fit in memory.
    DataError
        The text is not usable; the message names the place.
    FileError
        A file cannot be read.
    KeyboardInterrupt
        Workers have stopped, temporary files are gone, and the checkpoint is written: its
        argument says so.
    """
    config = config or Config()
    isa = chosen_isa()
    started = time.perf_counter()
    if isinstance(corpus, Corpus) and vocab is None:
        raise ConfigError("a Corpus needs its Vocab: pass vocab=")
    if not isinstance(corpus, Corpus) and vocab is not None:
        raise ConfigError("vocab goes with a Corpus; text makes its own")
    with contextlib.ExitStack() as stack:
        keeper = None
        if checkpoint is not None:
            folder = Folder(checkpoint)
            folder.claim(go_on=False)
            keeper = stack.enter_context(
                Keeper(
                    folder,
                    seconds=checkpoint_every,
                    keep_corpus=keep_corpus or isinstance(corpus, Corpus),
                    output=output,
                    progress=progress,
                )
            )
        if not isinstance(corpus, Corpus):
            vocab, corpus = _read(corpus, config, progress, tmpdir, started)
            stack.enter_context(corpus)
        assert vocab is not None
        text_seconds = time.perf_counter() - started
        session = new_session(corpus, vocab, config, isa)
        session.record["seconds"]["text"] = text_seconds
        tables.fill_initial(session.inputs, config.dim, config.seed)
        return train_session(session, progress, keeper, on_interrupt)


def _read(
    source: Path | Iterable[Any],
    config: Config,
    progress: Listener | None,
    tmpdir: Path | None,
    started: float,
) -> tuple[Vocab, Corpus]:
    settings: dict[str, Any] = {
        "min_count": config.min_count,
        "max_vocab": config.max_vocab,
        "lowercase": config.lowercase,
    }
    if isinstance(source, (str, os.PathLike)):
        source = [source]
    if not isinstance(source, (list, tuple)) or not all(
        isinstance(item, (str, os.PathLike)) for item in source
    ):
        return corpus_from_sentences(source, tmpdir=tmpdir, **settings)

    def listen(done: int, total: int | None) -> None:
        if progress is not None:
            seconds = time.perf_counter() - started
            progress(Progress(phase="text", done=done, total=total, seconds=seconds))

    return read_corpus(source, threads=config.threads, tmpdir=tmpdir, progress=listen, **settings)


def new_session(
    corpus: Corpus,
    vocab: Vocab,
    config: Config,
    isa: str,
    state: State | None = None,
    buffers: Callable[[Run], NDArray[np.uint8]] | None = None,
) -> Session:
    """Return a session whose matrices are zero still.

    Parameters
    ----------
    corpus, vocab, config
    isa : str
        The kernel to use.
    state : State, optional
        Where a checkpoint was; a new run if left out.
    buffers : callable, optional
        Returns what the workers of the checkpoint held.
    """
    if len(vocab) < 2:
        raise DataError(f"the vocabulary has {len(vocab)} word: training needs two or more")
    _check_matrices(len(vocab), config)
    state = state or State(chunk_threads=config.threads)
    bounds = chunk_bounds(corpus, state.chunk_threads)
    check_state(state, corpus, bounds, config)
    if buffers is None and state.places:
        # what the workers that are no more had not yet reported is with nobody else
        state = dataclasses.replace(state, done=tokens_taken(state, corpus, bounds))
    inputs = tables.padded_matrix(len(vocab), config.dim)
    outputs = tables.padded_matrix(len(vocab), config.dim)
    run = _new_run(corpus, vocab, config, isa, inputs, outputs, state.done)
    count = worker_count(config, bounds)
    _check_memory(count * run.worker_bytes, f"{count} threads", "fewer threads")
    return Session(
        run=run,
        inputs=inputs,
        outputs=outputs,
        corpus=corpus,
        vocab=vocab,
        config=config,
        record=report.new_record(corpus, vocab, config),
        state=state,
        isa=isa,
        bounds=bounds,
        buffers=None if buffers is None else buffers(run),
    )


def train_session(
    session: Session,
    progress: Listener | None,
    keeper: Keeper | None,
    on_interrupt: Callable[[Model], object] | None,
) -> Model:
    """Train a session to its end, or to an interrupt, and return its model."""
    begun = time.perf_counter() - session.trained_seconds

    def model() -> Model:
        matrices = session.inputs, session.outputs
        if not all(math.isfinite(float(m.sum(dtype=np.float64))) for m in matrices):
            raise diverged(session.epoch, "vectors are not finite", session.config)
        text = session.record["seconds"]["text"]
        report.close_record(session.record, text, time.perf_counter() - begun, session.finished)
        return new_model(session)

    try:
        session.train(progress, keeper)
        if keeper is not None:
            keeper.write_last(session)
    except KeyboardInterrupt as stop:
        if keeper is not None:
            stop.args = (keeper.write_interrupted(session),)
        elif on_interrupt is not None:
            on_interrupt(model())
        raise
    except ConfigError as error:  # training diverged
        if keeper is None or not keeper.folder.complete:
            raise
        path = keeper.folder.path
        raise ConfigError(f"{error}; {path} holds the last good checkpoint") from error
    return model()


def new_model(session: Session) -> Model:
    """Return the model of a session; its matrices are the session's own."""
    dim, record = session.config.dim, session.record
    return Model(
        vectors=Vectors(session.vocab.words, session.inputs[:-1, :dim], record=record),
        outputs=session.outputs[:-1, :dim],
        vocab=session.vocab,
        record=record,
    )


def _check_memory(needed: int, what: str, remedy: str) -> None:
    free = available_memory()
    if free is not None and needed > free:
        raise ConfigError(
            f"{what} need {needed / 1e9:.1f} GB and {free / 1e9:.1f} GB is free: {remedy} would fit"
        )


def _check_matrices(words: int, config: Config) -> None:
    needed, free = memory_needed(words, config), available_memory()
    if free is None or needed <= free:
        return
    row = (needed - 12 * words) // (words + 1)
    fits = max(0, int(free / (words + 1) - 12) // 8 // tables.ROW_FLOATS * tables.ROW_FLOATS)
    smaller = f"dim {fits}" if fits else "more memory"
    remedy = f"{smaller} or max_vocab {free // (row + 12):,}"
    _check_memory(needed, f"{words:,} words of dim {config.dim}", remedy)


def _new_run(
    corpus: Corpus,
    vocab: Vocab,
    config: Config,
    isa: str,
    inputs: NDArray[np.float32],
    outputs: NDArray[np.float32],
    done: int,
) -> Run:
    keep = tables.keep_thresholds(vocab.counts, config.sample)
    noise = tables.noise_table(vocab.counts, config.noise_exponent)
    kept = int(vocab.counts @ (keep / 0xFFFFFFFF))
    return Run(
        inputs,
        outputs,
        keep,
        noise,
        total=corpus.kept * config.epochs,
        isa=isa,
        dim=config.dim,
        window=config.window,
        window_mode=config.window_mode,
        negative=config.negative,
        negatives=config.negatives,
        alpha=config.alpha,
        min_alpha=config.min_alpha,
        block_length=config.block_length,
        block_noise=config.block_noise,
        loss_interval=next(i for i in LOSS_INTERVALS if i == 1 or i * LOSS_WORDS <= kept),
        done=done,
    )
