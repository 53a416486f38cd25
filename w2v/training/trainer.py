"""`train`: the whole way from text to a model."""

from __future__ import annotations

import dataclasses
import functools
import math
import os
import time
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2v._core import Run, Worker
from w2v.config import Config
from w2v.cpu import available_memory, chosen_isa
from w2v.errors import ConfigError, DataError
from w2v.text.corpus import Corpus, corpus_from_sentences, read_corpus
from w2v.text.vocab import Vocab
from w2v.training import report, tables
from w2v.training.epochs import chunk_bounds, run_epoch
from w2v.training.progress import EpochMeter, Listener, Progress
from w2v.training.window import window_words
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
        Workers have stopped and temporary files are gone.
    """
    config = config or Config()
    isa = chosen_isa()
    started = time.perf_counter()
    if isinstance(corpus, Corpus):
        if vocab is None:
            raise ConfigError("a Corpus needs its Vocab: pass vocab=")
        return _train_rows(corpus, vocab, config, isa, progress, started)
    if vocab is not None:
        raise ConfigError("vocab goes with a Corpus; text makes its own")
    vocab, corpus = _read(corpus, config, progress, tmpdir, started)
    with corpus:
        return _train_rows(corpus, vocab, config, isa, progress, started)


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


def _train_rows(
    corpus: Corpus,
    vocab: Vocab,
    config: Config,
    isa: str,
    progress: Listener | None,
    started: float,
) -> Model:
    text_seconds = time.perf_counter() - started
    if len(vocab) < 2:
        raise DataError(f"the vocabulary has {len(vocab)} word: training needs two or more")
    _check_matrices(len(vocab), config)
    begun = time.perf_counter()
    inputs = tables.padded_matrix(len(vocab), config.dim)
    outputs = tables.padded_matrix(len(vocab), config.dim)
    tables.fill_initial(inputs, config.dim, config.seed)
    run = _new_run(corpus, vocab, config, isa, inputs, outputs)
    record = report.new_record(corpus, vocab, config)
    _train_epochs(run, corpus, config, record, progress)
    if not math.isfinite(float(inputs.sum(dtype=np.float64))):
        raise _diverged(config.epochs, "vectors are not finite", config)
    report.close_record(record, text_seconds, time.perf_counter() - begun)
    vectors = Vectors(vocab.words, inputs[:-1, : config.dim], record=record)
    return Model(vectors=vectors, outputs=outputs[:-1, : config.dim], vocab=vocab, record=record)


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
        window=window_words(corpus, config),
        window_mode=config.window_mode,
        negative=config.negative,
        negatives=config.negatives,
        alpha=config.alpha,
        min_alpha=config.min_alpha,
        block_length=config.block_length,
        block_noise=config.block_noise,
        loss_interval=next(i for i in LOSS_INTERVALS if i == 1 or i * LOSS_WORDS <= kept),
    )


def _train_epochs(
    run: Run, corpus: Corpus, config: Config, record: dict[str, Any], progress: Listener | None
) -> None:
    bounds = chunk_bounds(corpus, config.threads)
    # a worker without a chunk would only cost memory
    count = min(config.threads, len(bounds) - 1)
    _check_memory(count * run.worker_bytes, f"{count} threads", "fewer threads")
    workers = [Worker(run, config.seed, stream) for stream in range(count)]
    total = max(1, corpus.kept * config.epochs)
    alphas = (config.alpha, config.min_alpha)
    for epoch in range(1, config.epochs + 1):
        meter = EpochMeter(progress, epoch, config.epochs, corpus.tokens, alphas)
        poll = functools.partial(_report, meter, run, total)
        run_epoch(run, workers, corpus, bounds, poll)
        loss = _mean_loss(workers, epoch, config)
        seconds = meter.report(epoch / config.epochs, loss)
        report.add_epoch(record, corpus, loss, seconds)


def _mean_loss(workers: list[Worker], epoch: int, config: Config) -> float:
    """Return the mean loss per pair of an epoch that has just ended, if there is one."""
    sums = [worker.take_loss() for worker in workers]
    pairs = sum(pairs for _, pairs in sums)
    loss = sum(loss for loss, _ in sums)
    if pairs == 0:
        thinned = f", or sample {config.sample:g} dropped the rest" if config.sample else ""
        remedy = ": try sample 0" if config.sample else ": a line is a sentence, put more on one"
        raise DataError(
            f"epoch {epoch} had no pair of words to learn from: lines have one known word{thinned}"
            f"{remedy}"
        )
    if not math.isfinite(loss):
        raise _diverged(epoch, f"its loss is {loss}", config)
    return loss / pairs


def _diverged(epoch: int, sign: str, config: Config) -> ConfigError:
    return ConfigError(
        f"training diverged in epoch {epoch}: {sign}: lower alpha, which is {config.alpha:g}"
    )


def _report(meter: EpochMeter, run: Run, total: int) -> None:
    meter.report(run.done / total)
