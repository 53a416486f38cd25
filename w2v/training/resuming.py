"""`resume`: from a checkpoint to the model that the run would have given."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable

from w2v.errors import FileError
from w2v.text.corpus import Corpus
from w2v.training.checkpoint import Folder
from w2v.training.hot import wanted_hot_rows
from w2v.training.keeper import DEFAULT_SECONDS, Keeper, check_seconds
from w2v.training.model import Model
from w2v.training.progress import Listener
from w2v.training.saved import Saved
from w2v.training.trainer import train_session


def resume(
    path: str | os.PathLike[str],
    *,
    threads: int | None = None,
    progress: Listener | None = None,
    tmpdir: str | os.PathLike[str] | None = None,
    checkpoint_every: float = DEFAULT_SECONDS,
    on_interrupt: Callable[[Model], object] | None = None,
) -> Model:
    """Go on with a run where its checkpoint left it, and keep the checkpoint up to date.

    With one thread the vectors are bit for bit those of a run that was never interrupted.
    The checkpoint of a finished run gives its model at once.

    Parameters
    ----------
    path : path
        The folder of the checkpoint. From somebody else it can run no code and makes w2v
        write nowhere but into itself; but it names the text files that are read.
    threads : int, optional
        Go on with so many new workers. The result is then not bit for bit the same, and up to
        a block of words per old worker is left out once. Needed where this processor has not
        the instruction set of the checkpoint.
    progress, tmpdir, checkpoint_every, on_interrupt
        As for `train`.

    Returns
    -------
    Model

    Raises
    ------
    FileError
        There is no checkpoint, or a file of it or of the text cannot be read.
    DataError
        The checkpoint is damaged or of another version, or the text has changed; the message
        names what differs.
    ConfigError
        Its instruction set is not to be had, memory is short, `checkpoint_every` is no time, or
        W2V_HOT_ROWS no number.
    """
    check_seconds(checkpoint_every)
    wanted_hot_rows()  # refuses a wrong one
    folder = Folder(path)
    saved = Saved(folder, folder.facts(), threads)
    if saved.finished:
        # what a killed process left goes away here too, unless others may write there and not we
        with contextlib.suppress(FileError), folder.claimed(go_on=True):
            pass
        return saved.model()
    with contextlib.ExitStack() as stack:
        stack.enter_context(folder.claimed(go_on=True))
        facts = folder.facts()  # as they are now that nobody else writes
        keeper = Keeper(folder, checkpoint_every, facts.get("output"), progress, resumed=True)
        stack.enter_context(keeper)
        saved = Saved(folder, facts, threads)
        started = time.perf_counter()
        isa = saved.isa()
        vocab = saved.vocab()
        corpus = saved.corpus(vocab, tmpdir, progress)
        if isinstance(corpus, Corpus):
            stack.enter_context(corpus)
        session = stack.enter_context(saved.session(corpus, vocab, isa, progress))
        session.record["seconds"]["text"] += time.perf_counter() - started
        begun = time.perf_counter() - session.trained_seconds
        return train_session(session, progress, keeper, on_interrupt, begun)
