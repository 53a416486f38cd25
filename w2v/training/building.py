"""From text and settings to a session: tables, matrices, workers; whether they fit in memory."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2v._core import LONGEST_STEP, Run, Worker
from w2v.config import MAX_THREADS, Config
from w2v.cpu import available_memory
from w2v.errors import ConfigError, DataError
from w2v.text.corpus import Corpus
from w2v.text.vocab import Vocab
from w2v.training import report, tables
from w2v.training.chunks import Chunks
from w2v.training.epochs import CompiledTrainer, Position, chunk_bounds
from w2v.training.holdout import Holdout, TrainingText
from w2v.training.hot import HotRows, hot_rows
from w2v.training.huffman import TOP_NODES, copied_nodes, huffman_tree, path_bytes
from w2v.training.judging import Judge
from w2v.training.loop import Trainer
from w2v.training.model import Carried
from w2v.training.progress import EpochMeter, Listener
from w2v.training.session import Session, State
from w2v.training.softmax import SoftmaxTrainer
from w2v.training.window import settle_window

# The loss is measured at one word out of so many. That costs about as much as training on the
# word, so at most 0.8 percent of the time; prime, lest lines of one length are always met at
# the same place.
SHORT_STEP = 16
MANY_WORDS = 5_000  # so many that few are in one step twice
LOSS_INTERVALS = (127, 61, 31, 13, 7, 3, 1)
LOSS_WORDS = 4096  # a small corpus has at least this many words measured


def memory_needed(words: int, config: Config, corpus_rows: int = 0, absent: int = 0) -> int:
    """Return the bytes that training takes: both matrices and the corpus's rows.

    With patience the matrices count twice: those of the best epoch are kept. If `absent` old
    words stay as they are, all rows are copied in the end, to be one matrix with them.
    """
    copies = 2 if config.patience else 1
    matrices = copies * 2 * (words + 1) * tables.row_stride(config.dim) * 4
    matrices += 2 * (words + absent) * config.dim * 4 if absent else 0
    return matrices + 4 * corpus_rows + words * _bytes_beside(words, config)


def _bytes_beside(words: int, config: Config) -> int:
    """Return the bytes that a word takes beside its rows: thresholds and noise, or its path."""
    return 12 + (path_bytes(words) if config.loss == "hs" else 0)


class NewSession:
    """All that a session is made of, before its matrices are.

    Parameters
    ----------
    corpus : Chunks
    vocab : Vocab
    config : Config
    isa : str
        The kernel to use.
    state : State, optional
        That of a checkpoint.
    position : Position, optional
        That of a checkpoint's workers.
    carried : Carried, optional
        What there is of an earlier model.
    """

    def __init__(
        self,
        corpus: Chunks,
        vocab: Vocab,
        config: Config,
        isa: str,
        state: State | None = None,
        position: Position | None = None,
        carried: Carried | None = None,
    ) -> None:
        self._carried = carried = carried or Carried()
        if len(vocab) < 2:
            raise DataError(f"the vocabulary has {len(vocab)} word: training needs two or more")
        _check_matrices(len(vocab), config, len(carried.words))
        self._record = report.new_record(corpus, vocab, config, carried)
        self.config = settle_window(config, corpus)
        self._isa, self._position = isa, position
        self._state = state or State(chunk_threads=config.threads)
        self._resumed = state is not None
        self._text = _training_text(corpus, vocab, self.config)

    @contextlib.contextmanager
    def opened(self, progress: Listener | None) -> Iterator[Session]:
        """Yield the session; its matrices are zero still, its trainer at the front."""
        text, config = self._text, self.config
        judge = Judge(text.holdout, text, config) if text.holdout else None
        words = len(text.vocab)
        inputs, outputs = (tables.padded_matrix(words, config.dim) for _ in range(2))
        record = self._record
        record["isa"] = self._isa
        if text.holdout:
            sentences, tokens = len(text.holdout.starts), text.holdout.tokens
            record["heldout"] = {"sentences": sentences, "tokens": tokens}
        with self._open_trainer(inputs, outputs, progress) as trainer:
            yield Session(
                trainer=trainer,
                inputs=inputs,
                outputs=outputs,
                text=text,
                config=config,
                record=record,
                state=self._state,
                isa=self._isa,
                judge=judge,
                carried=self._carried,
            )

    @contextlib.contextmanager
    def _open_trainer(
        self, inputs: NDArray[np.float32], outputs: NDArray[np.float32], progress: Listener | None
    ) -> Iterator[Trainer]:
        """Yield what trains by the loss that `config` names; docs/objectives.md lists them."""
        text, config = self._text, self.config
        if config.loss != "softmax":
            yield self._compiled_trainer(inputs, outputs)
            return
        frozen = self._carried.frozen
        with SoftmaxTrainer(inputs, outputs, text, config, frozen) as trainer:
            what = f"blocks of {config.block_length} words against {len(text.vocab):,}"
            _check_memory(trainer.memory, what, "a smaller block_length or max_vocab")
            if not self._resumed:
                alphas = (config.alpha, config.min_alpha)
                meter = EpochMeter(progress, 1, config.epochs, text.words, alphas)
                meter.report(0.0, estimate=trainer.estimate())
            yield trainer

    def _compiled_trainer(
        self, inputs: NDArray[np.float32], outputs: NDArray[np.float32]
    ) -> CompiledTrainer:
        text, config, position = self._text, self.config, self._position
        bounds = chunk_bounds(text.corpus, self._state.chunk_threads)
        done = 0
        if position is not None:
            epoch = self._state.epoch
            position.check(text, bounds, epoch)
            # counted, since workers that are no more had not reported all that they took
            done = position.done
            if position.fresh:
                position.dismiss(text, bounds, epoch)
                done = (epoch - 1) * text.tokens + position.tokens(text, bounds, epoch)
        frozen = self._carried.frozen
        # a worker without a chunk would only cost memory
        count = min(config.threads, len(bounds) - 1)
        hot = hot_rows(len(text.vocab), config, count)
        run = _new_run(text, config, self._isa, inputs, outputs, done, frozen, hot)
        _check_memory(count * run.worker_bytes, f"{count} threads", "fewer threads")
        # workers that take the place of others draw other numbers than those did
        first = self._state.resumes * MAX_THREADS if position and position.fresh else 0
        workers = [Worker(run, config.seed, first + number) for number in range(count)]
        total = max(1, text.tokens * config.epochs)
        return CompiledTrainer(run, workers, text, bounds, total, self._record, position)


def _check_memory(needed: int, what: str, remedy: str) -> None:
    free = available_memory()
    if free is not None and needed > free:
        raise ConfigError(
            f"{what} need {needed / 1e9:.1f} GB and {free / 1e9:.1f} GB is free: {remedy} would fit"
        )


def _check_matrices(words: int, config: Config, absent: int) -> None:
    needed, free = memory_needed(words, config, absent=absent), available_memory()
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


def _new_run(
    text: TrainingText,
    config: Config,
    isa: str,
    inputs: NDArray[np.float32],
    outputs: NDArray[np.float32],
    done: int,
    frozen: NDArray[np.uint8] | None,
    hot: HotRows,
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
        step=_step(len(vocab), config.loss),
        model=config.model,
        loss=config.loss,
        cbow_gradient=config.cbow_gradient,
        cbow_hidden=config.cbow_hidden,
        large_logits=config.large_logits,
        logit_limit=config.logit_limit,
        loss_interval=next(i for i in LOSS_INTERVALS if i == 1 or i * LOSS_WORDS <= text.expected),
        done=done,
        frozen=frozen,
        hot_rows=hot.rows,
        merge_interval=hot.interval,
        slow_line=hot.slow_line,
        **_scored_rows(vocab, config),
    )


def _step(words: int, loss: str) -> int:
    """Return how many centers go together.

    All of a step are trained on the rows as they were before it: with few words, or with the
    nodes at the root of a tree, longer steps overshoot.
    """
    return LONGEST_STEP if words >= MANY_WORDS and loss != "hs" else SHORT_STEP


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
