"""Train with checkpoints, or go on from one; seconds and bytes, as JSON, on stdout.

    train TEXT DIM EPOCHS FOLDER SECONDS     seconds of training that checkpoints took
    write TEXT DIM FOLDER COUNT              the first COUNT checkpoints, then one with idle threads
    resume FOLDER                            until it trains

What is timed is taken from within w2v: the tasks name the functions.
"""

import contextlib
import functools
import json
import sys
import time

import numpy as np
from lost import lost_seconds

from w2v import Config, resume, train
from w2v.training.checkpoint import Folder
from w2v.training.epochs import CompiledTrainer
from w2v.training.keeper import Keeper

THREADS = 2


class Spans:
    """Seconds from each call of one function to the end of the next call of another."""

    def __init__(self):
        self.seconds = []
        self._since = None

    def begin(self):
        if self._since is None:
            self._since = time.perf_counter()

    def end(self):
        if self._since is not None:
            self.seconds.append(time.perf_counter() - self._since)
            self._since = None


def around(kind, name, before, after=lambda *_: None):
    """Call `before` and `after` around a method, with its arguments."""
    method = getattr(kind, name)

    @functools.wraps(method)
    def wrapped(*arguments, **named):
        before(*arguments)
        try:
            return method(*arguments, **named)
        finally:
            after(*arguments)

    setattr(kind, name, wrapped)


def config(dim, epochs):
    return Config(dim=int(dim), epochs=int(epochs), min_count=1, threads=THREADS)


def timed_training(text, dim, epochs, folder, seconds):
    """A checkpoint lasts from when workers are asked to stand still until it is on the disk."""
    begins, spans, reports = [], [], []
    around(CompiledTrainer, "stop", lambda *_: begins.append(time.perf_counter()))

    def end(*_):
        if begins:  # not if the first is written when training is over
            spans.append((begins[-1], time.perf_counter()))

    def note(report):
        if report.phase == "training" and not report.note:
            reports.append((time.perf_counter(), report.done))

    around(Folder, "write", lambda *_: None, end)
    model = train(
        text,
        config(dim, epochs),
        checkpoint=folder,
        checkpoint_every=float(seconds),
        progress=note,
    )
    return {"lost": lost_seconds(reports, spans), "words": len(model.vocab)}


def written(text, dim, folder, count):
    """`Keeper.write_copy` and what stands still around it; `Folder.write`."""
    pauses, writes, sessions, sizes = Spans(), Spans(), [], []
    around(CompiledTrainer, "stop", lambda *_: pauses.begin())

    def copies(_keeper, session):
        pauses.begin()  # between epochs nothing is stopped first
        sessions.append(session)

    around(Keeper, "write_copy", copies, lambda *_: pauses.end())
    around(
        Folder,
        "write",
        lambda *_: writes.begin(),
        lambda folder, *_: (writes.end(), sizes.append(size_of(folder))),
    )

    def interrupt(report):
        if report.phase == "training" and len(writes.seconds) >= int(count):
            raise KeyboardInterrupt

    endless = config(dim, 100_000)
    with contextlib.suppress(KeyboardInterrupt):
        train(text, endless, checkpoint=folder, checkpoint_every=1.0, progress=interrupt)
    matrices = sessions[0].inputs, sessions[0].outputs
    fresh, copies = timed(lambda: [matrix.copy() for matrix in matrices])
    warm, _ = timed(lambda: [np.copyto(*pair) for pair in zip(copies, matrices, strict=True)])
    return {
        "pauses": pauses.seconds[: int(count)],
        "writes": writes.seconds,
        "bytes": sizes,
        "copy_fresh": fresh,
        "copy_warm": warm,
    }


def size_of(folder):
    return sum(path.stat().st_size for path in folder.path.iterdir())


def timed(work):
    start = time.perf_counter()
    found = work()
    return time.perf_counter() - start, found


def resumed(folder):
    """`resume` up to its first report of training."""
    start, ends = time.perf_counter(), []

    def interrupt(report):
        if report.phase == "training":
            ends.append(time.perf_counter())
            raise KeyboardInterrupt

    with contextlib.suppress(KeyboardInterrupt):
        resume(folder, progress=interrupt)
    return {"resume": ends[0] - start}


TASKS = {"train": timed_training, "write": written, "resume": resumed}
print(json.dumps(TASKS[sys.argv[1]](*sys.argv[2:])))
