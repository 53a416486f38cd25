"""`train`: the whole way from text to a model."""

from __future__ import annotations

import contextlib
import dataclasses
import math
import os
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2v._core import Run, Worker
from w2v.config import Config, GraphConfig
from w2v.cpu import available_memory, chosen_isa
from w2v.errors import ConfigError, DataError
from w2v.graph import Graph, Walks, read_graph
from w2v.text.corpus import Corpus, corpus_from_sentences, read_corpus
from w2v.text.vocab import Vocab
from w2v.training import report, tables
from w2v.training.chunks import Chunks
from w2v.training.epochs import CompiledTrainer, chunk_bounds
from w2v.training.holdout import Holdout, TrainingText
from w2v.training.huffman import TOP_NODES, copied_nodes, huffman_tree, path_bytes
from w2v.training.judging import Judge
from w2v.training.loop import Trainer, diverged, run_epochs
from w2v.training.progress import EpochMeter, Listener, Progress
from w2v.training.softmax import SoftmaxTrainer, check_size
from w2v.training.window import settle_window
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
        The second matrix: rows that inputs are scored against. With hierarchical softmax row v
        is that of node v of `w2v.training.huffman.huffman_tree`, and the last is not used.
    vocab : Vocab
    record : dict
        The run record, as it is written to JSON.
    """

    vectors: Vectors
    outputs: NDArray[np.float32]
    vocab: Vocab
    record: dict[str, Any]


def memory_needed(words: int, config: Config, corpus_rows: int = 0) -> int:
    """Return the bytes that training takes: both matrices and the corpus's rows.

    With patience the matrices count twice: those of the best epoch are kept.
    """
    copies = 2 if config.patience else 1
    matrices = copies * 2 * (words + 1) * tables.row_stride(config.dim) * 4
    return matrices + 4 * corpus_rows + words * _bytes_beside(words, config)


def _bytes_beside(words: int, config: Config) -> int:
    """Return the bytes that a word takes beside its rows: thresholds and noise, or its path."""
    return 12 + (path_bytes(words) if config.loss == "hs" else 0)


def train(
    corpus: Path | Iterable[Any] | Corpus | Graph | Walks,
    config: Config | None = None,
    *,
    vocab: Vocab | None = None,
    progress: Listener | None = None,
    tmpdir: Path | None = None,
    force: bool = False,
) -> Model:
    """Train word vectors by skip-gram or CBOW (Mikolov et al. 2013).

    With a `GraphConfig` words are the nodes of a graph, and the text is walks on it: DeepWalk
    (Perozzi et al. 2014) and node2vec (Grover and Leskovec 2016).

    Parameters
    ----------
    corpus : path, sequence of paths, iterable of lists of str, Corpus, Graph or Walks
        Files, folders, globs or ``"-"``; or sentences, taken once; or rows already made,
        with their `vocab`. With a `GraphConfig`: files of edges, a `Graph`, or `Walks` of the
        same config.
    config : Config, optional
        All settings; the defaults if left out. A `GraphConfig` for graphs.
    vocab : Vocab, optional
        Only with a `Corpus`.
    progress : callable, optional
        Gets a `Progress` about ten times a second, from this thread.
    tmpdir : path, optional
        Where rows that do not fit in memory go.
    force : bool, optional
        Let the full softmax train on a vocabulary of any size. (Its products run on the
        threads of `Config.threads`; each uses as many more as numpy's BLAS is set to.)

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
    if config is None:
        config = GraphConfig() if isinstance(corpus, (Graph, Walks)) else Config()
    if force and config.loss != "softmax":
        raise ConfigError(f"force goes with loss softmax, and loss is {config.loss}: leave it out")
    isa = chosen_isa()
    started = time.perf_counter()
    if isinstance(corpus, Corpus):
        if vocab is None:
            raise ConfigError("a Corpus needs its Vocab: pass vocab=")
        return _train_rows(corpus, vocab, config, isa, progress, started, force)
    if vocab is not None:
        raise ConfigError("vocab goes with a Corpus; text makes its own")
    if isinstance(config, GraphConfig):
        walks = _walks(corpus, config, progress, started)
        started -= walks.graph.seconds if isinstance(corpus, (Graph, Walks)) else 0
        vocab = Vocab(walks.graph.names, walks.counts)
        return _train_rows(walks, vocab, config, isa, progress, started, force)
    if isinstance(corpus, (Graph, Walks)):
        raise ConfigError("a graph is trained on with a GraphConfig")
    vocab, corpus = _read(corpus, config, progress, tmpdir, started)
    with corpus:
        return _train_rows(corpus, vocab, config, isa, progress, started, force)


def _walks(source: Any, config: GraphConfig, progress: Listener | None, started: float) -> Walks:
    if isinstance(source, Walks):
        return source
    if isinstance(source, Graph):
        return Walks(source, config)
    graph = read_graph(
        source,
        directed=config.directed,
        weights=config.weights,
        min_count=config.min_count,
        max_vocab=config.max_vocab,
        lowercase=config.lowercase,
        threads=config.threads,
        progress=_text_listener(progress, started),
    )
    return Walks(graph, config)


def _text_listener(progress: Listener | None, started: float) -> Callable[[int, int | None], None]:
    def listen(done: int, total: int | None) -> None:
        if progress is not None:
            seconds = time.perf_counter() - started
            progress(Progress(phase="text", done=done, total=total, seconds=seconds))

    return listen


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
    listen = _text_listener(progress, started)
    return read_corpus(source, threads=config.threads, tmpdir=tmpdir, progress=listen, **settings)


def _train_rows(
    corpus: Chunks,
    vocab: Vocab,
    config: Config,
    isa: str,
    progress: Listener | None,
    started: float,
    force: bool,
) -> Model:
    text_seconds = time.perf_counter() - started
    if len(vocab) < 2:
        raise DataError(f"the vocabulary has {len(vocab)} word: training needs two or more")
    if config.loss == "softmax":
        check_size(len(vocab), force=force)
    _check_matrices(len(vocab), config)
    begun = time.perf_counter()
    record = report.new_record(corpus, vocab, config)
    config = settle_window(config, corpus)
    text = _training_text(corpus, vocab, config)
    judge = Judge(text.holdout, text, config) if text.holdout else None
    inputs = tables.padded_matrix(len(vocab), config.dim)
    outputs = tables.padded_matrix(len(vocab), config.dim)
    tables.fill_initial(inputs, config.dim, config.seed, config.initial_range)
    if text.holdout:
        sentences, tokens = len(text.holdout.starts), text.holdout.tokens
        record["heldout"] = {"sentences": sentences, "tokens": tokens}
    with _open_trainer(text, config, isa, inputs, outputs, progress) as trainer:
        run_epochs(trainer, (inputs, outputs), text.words, config, record, progress, judge)
    if not math.isfinite(float(inputs.sum(dtype=np.float64))):
        raise diverged(config.epochs, "vectors are not finite", config)
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
    beside = _bytes_beside(words, config)
    row = (needed - words * beside) // (words + 1)
    fits = max(0, int(free / (words + 1) - beside) // 8 // tables.ROW_FLOATS * tables.ROW_FLOATS)
    smaller = f"dim {fits}" if fits else "more memory"
    remedy = f"{smaller} or max_vocab {free // (row + beside):,}"
    _check_memory(needed, f"{words:,} words of dim {config.dim}", remedy)


def _training_text(corpus: Chunks, vocab: Vocab, config: Config) -> TrainingText:
    keep = tables.keep_thresholds(vocab.counts, config.sample)
    holdout = None
    if config.holdout:
        if not isinstance(corpus, Corpus):
            raise ConfigError("holdout goes with text: walks are new in every epoch")
        holdout = Holdout(corpus, config.holdout, config.seed)
    return TrainingText(corpus=corpus, vocab=vocab, keep=keep, holdout=holdout)


@contextlib.contextmanager
def _open_trainer(
    text: TrainingText,
    config: Config,
    isa: str,
    inputs: NDArray[np.float32],
    outputs: NDArray[np.float32],
    progress: Listener | None,
) -> Iterator[Trainer]:
    """Yield what trains by the loss that `config` names; docs/objectives.md lists them."""
    if config.loss != "softmax":
        yield _compiled_trainer(_new_run(text, config, isa, inputs, outputs), text, config)
        return
    with SoftmaxTrainer(inputs, outputs, text, config) as trainer:
        what = f"blocks of {config.block_length} words against {len(text.vocab):,}"
        _check_memory(trainer.memory, what, "a smaller block_length or max_vocab")
        alphas = (config.alpha, config.min_alpha)
        meter = EpochMeter(progress, 1, config.epochs, text.words, alphas)
        meter.report(0.0, estimate=trainer.estimate())
        yield trainer


def _new_run(
    text: TrainingText,
    config: Config,
    isa: str,
    inputs: NDArray[np.float32],
    outputs: NDArray[np.float32],
) -> Run:
    vocab = text.vocab
    noise = tables.noise_table(vocab.counts, config.noise_exponent)
    return Run(
        inputs,
        outputs,
        text.keep,
        noise,
        total=text.tokens * config.epochs,
        isa=isa,
        dim=config.dim,
        window=config.widest,
        window_mode=config.window_mode,
        negative=config.negative,
        negatives=config.negatives,
        alpha=config.alpha,
        min_alpha=config.min_alpha,
        block_length=config.block_length,
        model=config.model,
        loss=config.loss,
        cbow_gradient=config.cbow_gradient,
        cbow_hidden=config.cbow_hidden,
        large_logits=config.large_logits,
        logit_limit=config.logit_limit,
        loss_interval=next(i for i in LOSS_INTERVALS if i == 1 or i * LOSS_WORDS <= text.expected),
        **_scored_rows(vocab, config),
    )


def _scored_rows(vocab: Vocab, config: Config) -> dict[str, Any]:
    """Return what a `Run` needs to know of the output rows besides a center's own.

    They stand for noise words or, with hs, for the nodes of a tree.
    """
    words = len(vocab)
    if config.loss == "hs":
        tree = huffman_tree(vocab.counts)
        return {
            "path_start": tree.path_start,
            "path": tree.path,
            "block_noise": min(TOP_NODES, words - 1),
            "copied_nodes": copied_nodes(words, config.block_length),
        }
    corrected = config.loss == "nce" or config.log_q
    draws = tables.log_draws(vocab.counts, config.noise_exponent, config.negative)
    return {"block_noise": config.block_noise, "log_draws": draws if corrected else None}


def _compiled_trainer(run: Run, text: TrainingText, config: Config) -> CompiledTrainer:
    bounds = chunk_bounds(text.corpus, config.threads)
    # a worker without a chunk would only cost memory
    count = min(config.threads, len(bounds) - 1)
    _check_memory(count * run.worker_bytes, f"{count} threads", "fewer threads")
    workers = [Worker(run, config.seed, stream) for stream in range(count)]
    return CompiledTrainer(run, workers, text, bounds, max(1, text.tokens * config.epochs))
