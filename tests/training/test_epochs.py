from __future__ import annotations

import itertools
import os
import signal
import threading
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from w2v.text.corpus import Corpus
from w2v.training.epochs import LONGEST_CHUNK, CompiledTrainer, chunk_bounds, run_threads
from w2v.training.holdout import TrainingText
from w2v.training.progress import EpochMeter


class Recorder:
    """A worker that notes its chunks."""

    def __init__(self, error=None, pause=0.0):
        self.chunks, self.error, self.pause, self.flushed = [], error, pause, False

    def train(self, rows):
        if self.error:
            raise self.error
        self.chunks.append(rows)
        time.sleep(self.pause)
        return True

    def flush(self):
        self.flushed = True


class Rows(Corpus):
    """A corpus in memory."""

    def __init__(self, rows):
        super().__init__(rows, len(rows), len(rows), 0, 0, [], "")
        self.released = []

    def release(self, start, end):
        self.released.append((start, end))


def whole(corpus):
    """All of a corpus as text to train on."""
    return TrainingText(corpus=corpus, vocab=None, keep=None, holdout=None)


def run_epoch(run, workers, text, bounds, poll):
    meter = EpochMeter(None, 1, 1, len(text.corpus), (0.025, 0.0))
    return CompiledTrainer(run, workers, text, bounds, 1, {}).run(meter, poll)


class Stopper:
    stopped, copied_rows, line_round_trip = False, 0, None

    def stop(self):
        self.stopped = True


@given(st.lists(st.booleans(), max_size=60), st.integers(1, 9))
def test_chunks_cover_the_corpus_in_order(ends, threads):
    rows = np.repeat(np.where(ends, -1, 7).astype(np.int32), 3000)
    bounds = chunk_bounds(Rows(rows), threads)
    assert bounds[0] == 0
    assert bounds[-1] == len(rows)
    assert all(0 < b - a <= LONGEST_CHUNK for a, b in itertools.pairwise(bounds)) or (
        len(rows) == 0
    )


def test_chunks_end_with_sentences():
    rows = np.tile(np.array([1, 2, 3, 4, 5, 6, -1], np.int32), 100_000)
    bounds = chunk_bounds(Rows(rows), 4)
    assert len(bounds) > 16
    assert (rows[np.array(bounds[1:]) - 1] == -1).all()


def test_all_chunks_are_trained_once():
    rows = np.arange(100_000, dtype=np.int32)
    bounds = chunk_bounds(Rows(rows), 3)
    workers = [Recorder() for _ in range(3)]
    corpus = Rows(rows)
    run_epoch(Stopper(), workers, whole(corpus), bounds, lambda: None)
    seen = sorted(int(chunk[0]) for worker in workers for chunk in worker.chunks)
    assert seen == bounds[:-1]
    assert all(worker.flushed for worker in workers)
    assert sorted(corpus.released) == list(itertools.pairwise(bounds))


def test_a_failing_worker_ends_the_epoch_with_its_error():
    before = threading.active_count()
    rows = np.zeros(10_000_000, np.int32)
    run, workers = Stopper(), [Recorder(pause=0.01), Recorder(error=RuntimeError("broken"))]
    with pytest.raises(RuntimeError, match="broken"):
        run_epoch(run, workers, whole(Rows(rows)), [0, 5_000_000, len(rows)], lambda: None)
    assert run.stopped
    assert threading.active_count() == before


def test_an_interrupt_stops_the_workers_and_goes_on_to_the_caller():
    before = threading.active_count()
    rows = np.zeros(1_000_000, np.int32)
    run = Stopper()

    def interrupt():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_epoch(run, [Recorder(pause=0.05)], whole(Rows(rows)), [0, len(rows)], interrupt)
    assert run.stopped
    assert threading.active_count() == before


def test_a_signal_while_waiting_arrives_once_the_threads_have_ended():
    """Thread.join(), interrupted, takes the thread for ended (before Python 3.13)."""
    for moment in (0.05, 0.13, 0.22):
        stopped, ended = threading.Event(), threading.Event()

        def work(stopped=stopped, ended=ended):
            stopped.wait(10)
            time.sleep(0.2)
            ended.set()

        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        killer = threading.Timer(moment, os.kill, (os.getpid(), signal.SIGINT))
        killer.start()
        try:
            with pytest.raises(KeyboardInterrupt):
                run_threads([work], stopped.set, lambda: None)
        finally:
            signal.signal(signal.SIGINT, before)
        assert ended.is_set()
        killer.join()
