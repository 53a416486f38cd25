"""`train`: the whole way from text to a model."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterable
from typing import Any

from w2v.config import Config, GraphConfig
from w2v.cpu import chosen_isa
from w2v.errors import ConfigError, W2VError
from w2v.graph import Graph, Walks, read_graph
from w2v.text.corpus import Corpus, corpus_from_sentences, read_corpus
from w2v.text.vocab import Known, Vocab
from w2v.training import report, tables
from w2v.training.building import NewSession
from w2v.training.checkpoint import Folder
from w2v.training.chunks import Chunks
from w2v.training.hot import wanted_hot_rows
from w2v.training.keeper import DEFAULT_SECONDS, Keeper, check_seconds
from w2v.training.loop import diverged
from w2v.training.model import Carried, Model, whole_model
from w2v.training.progress import Listener, Progress
from w2v.training.session import Session
from w2v.training.softmax import check_size
from w2v.training.starting import Start, started
from w2v.vectors import Vectors

Path = str | os.PathLike[str]


def train(
    corpus: Path | Iterable[Any] | Corpus | Graph | Walks,
    config: Config | None = None,
    *,
    vocab: Vocab | None = None,
    start: Start | Path | Model | Vectors | None = None,
    progress: Listener | None = None,
    tmpdir: Path | None = None,
    force: bool = False,
    checkpoint: Path | None = None,
    checkpoint_every: float = DEFAULT_SECONDS,
    keep_corpus: bool = False,
    on_interrupt: Callable[[Model], object] | None = None,
    output: dict[str, Any] | None = None,
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
    start : Start, path, Model or Vectors, optional
        An earlier model to begin with: see `Start`, which a path, a `Model` or `Vectors` are
        made into. `Config.dim` has to be its; without `config` it is.
    progress : callable, optional
        Gets a `Progress` about ten times a second, from this thread.
    tmpdir : path, optional
        Where rows that do not fit in memory go.
    force : bool, optional
        Let the full softmax train on a vocabulary of any size. (Its products run on the
        threads of `Config.threads`; each uses as many more as numpy's BLAS is set to.)
    checkpoint : path, optional
        A folder that keeps the run, so that `w2v.resume` can go on with it. Made if need be.
        After the last epoch it holds the finished run.
    checkpoint_every : float
        Seconds from one checkpoint to the next.
    keep_corpus : bool
        Keep the rows of the text in the checkpoint too, 4 bytes a word. Otherwise `w2v.resume`
        reads the files again. What cannot be read again (standard input, pipes, sentences
        from Python, a `Corpus`, graphs) is always kept.
    on_interrupt : callable, optional
        Gets the model as it is when training is interrupted, after the checkpoint is written.
    output : dict, optional
        Plain values kept in the checkpoint for whoever goes on with it.

    Returns
    -------
    Model

    Raises
    ------
    ConfigError
        Settings contradict each other, W2V_HOT_ROWS is no number, or the matrices do not fit in
        memory.
    DataError
        The text is not usable; the message names the place.
    FileError
        A file cannot be read.
    KeyboardInterrupt
        Workers have stopped, temporary files are gone, and the checkpoint is written: its
        argument says so.
    """
    start = None if start is None else started(start)
    config = _settings(corpus, config, start)
    check_seconds(checkpoint_every)
    if keep_corpus and (checkpoint is None or isinstance(config, GraphConfig)):
        why = "checkpoint: give a folder" if checkpoint is None else "text: a graph is always kept"
        raise ConfigError(f"keep_corpus goes with {why}, or leave it out")
    _check_arguments(corpus, config, vocab, force=force)
    isa = chosen_isa()
    began = time.perf_counter()
    with contextlib.ExitStack() as stack:
        keeper = None
        if checkpoint is not None:
            folder = stack.enter_context(Folder(checkpoint).claimed(go_on=False))
            keeper = stack.enter_context(Keeper(folder, checkpoint_every, output, progress))
            keeper.keep_corpus = keep_corpus or isinstance(corpus, Corpus)
        chunks: Chunks
        if isinstance(config, GraphConfig):
            chunks = _walks(corpus, config, progress, began)
            began -= chunks.graph.seconds if isinstance(corpus, (Graph, Walks)) else 0
            vocab = Vocab(chunks.graph.names, chunks.counts)
        elif isinstance(corpus, Corpus):
            chunks = corpus
        else:
            assert not isinstance(corpus, (Graph, Walks))  # refused above
            known = None if start is None else start.known()
            vocab, chunks = _read(corpus, config, known, progress, tmpdir, began)
            stack.enter_context(chunks)
        assert vocab is not None
        begun = time.perf_counter()
        if config.loss == "softmax":
            check_size(len(vocab), force=force)
        carried = Carried() if start is None else start.carried(vocab, config)
        new = NewSession(chunks, vocab, config, isa, carried=carried)
        with new.opened(progress) as session:
            session.record["seconds"]["text"] = begun - began
            first = (config.dim, config.seed, config.initial_range, config.threads)
            tables.fill_initial(session.inputs, *first)
            if start is not None:
                _begin_with(start, session, progress)
            return train_session(session, progress, keeper, on_interrupt, begun)


def _settings(corpus: Any, config: Config | None, start: Start | None) -> Config:
    if config is not None and not isinstance(config, Config):
        raise ConfigError(f"config is {config!r:.60}: give a w2v.Config, as Config(dim=300)")
    kind = GraphConfig if isinstance(corpus, (Graph, Walks)) else Config
    if start is not None:
        return start.config(config, kind)
    return kind() if config is None else config


def _check_arguments(corpus: Any, config: Config, vocab: Vocab | None, *, force: bool) -> None:
    """Refuse what does not go together."""
    if force and config.loss != "softmax":
        raise ConfigError(f"force goes with loss softmax, and loss is {config.loss}: leave it out")
    if isinstance(corpus, Corpus) and vocab is None:
        raise ConfigError("a Corpus needs its Vocab: pass vocab=")
    if not isinstance(corpus, Corpus) and vocab is not None:
        raise ConfigError("vocab goes with a Corpus; text makes its own")
    if isinstance(corpus, (Graph, Walks)) and not isinstance(config, GraphConfig):
        raise ConfigError("a graph is trained on with a GraphConfig")
    wanted_hot_rows()  # refuses a wrong one


def _begin_with(start: Start, session: Session, progress: Listener | None) -> None:
    """Put the rows of an earlier model into a new session, and say so."""
    start.fill(session.inputs, session.outputs, session.vocab, session.carried)
    start.forget()
    for note in start.notes(session.record["start"], session.config):
        if progress is not None:
            progress(Progress(phase="training", done=0, total=None, note=note))


def _walks(source: Any, config: GraphConfig, progress: Listener | None, began: float) -> Walks:
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
        progress=_text_listener(progress, began),
    )
    return Walks(graph, config)


def _text_listener(progress: Listener | None, began: float) -> Callable[[int, int | None], None]:
    def listen(done: int, total: int | None) -> None:
        if progress is not None:
            seconds = time.perf_counter() - began
            progress(Progress(phase="text", done=done, total=total, seconds=seconds))

    return listen


def _read(
    source: Path | Iterable[Any],
    config: Config,
    known: Known | None,
    progress: Listener | None,
    tmpdir: Path | None,
    began: float,
) -> tuple[Vocab, Corpus]:
    settings: dict[str, Any] = {
        "known": known,
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
    listen = _text_listener(progress, began)
    return read_corpus(source, threads=config.threads, tmpdir=tmpdir, progress=listen, **settings)


def train_session(
    session: Session,
    progress: Listener | None,
    keeper: Keeper | None,
    on_interrupt: Callable[[Model], object] | None,
    begun: float,
) -> Model:
    """Train a session to its end, or to an interrupt, and return its model.

    Parameters
    ----------
    begun : float
        `time.perf_counter` when training began, or would have without interruption.
    """

    def model() -> Model:
        matrices, threads = (session.inputs, session.outputs), session.config.threads
        if not all(tables.all_finite(matrix, threads) for matrix in matrices):
            raise diverged(session.epoch, "vectors are not finite", session.config)
        text = session.record["seconds"]["text"]
        report.close_record(session.record, text, time.perf_counter() - begun, session.finished)
        return _model(session)

    try:
        session.train(progress, keeper)
        if keeper is not None:
            keeper.write_last(session)
    except KeyboardInterrupt as stop:
        if keeper is not None:
            stop.args = (keeper.write_interrupted(session),)
        if on_interrupt is not None:
            try:
                on_interrupt(model())
            except W2VError as error:
                if keeper is None:
                    raise
                stop.args = (*stop.args, f"the vectors so far were not written: {error}")
        raise
    except ConfigError as error:  # training diverged
        if keeper is None or not keeper.folder.complete:
            raise
        path = keeper.folder.path
        raise ConfigError(f"{error}; {path} holds the last good checkpoint") from error
    return model()


def _model(session: Session) -> Model:
    dim = session.config.dim
    inputs, outputs = session.inputs[:-1, :dim], session.outputs[:-1, :dim]
    return whole_model(session.vocab, inputs, outputs, session.carried, session.record)
