"""Copies of hot rows: what is merged, and when (kernels/hot.h)."""

import threading
import time

import numpy as np
import pytest
from test_core import SETTINGS, isa, noise_table, problem  # noqa: F401 -- isa is a fixture

from w2v import _core
from w2v.cpu import available_cpus
from w2v.training.tables import padded_matrix

WORDS, DIM = 64, 20
LONG = 10**9  # an interval that no test reaches


def matrices(kernel, *, seed=0, alpha=0.05, **changes):
    inputs, outputs, counts = problem(WORDS, DIM, seed)
    both = [padded_matrix(WORDS, DIM) for _ in range(2)]
    both[0][:-1, :DIM], both[1][:-1, :DIM] = inputs, outputs
    settings = SETTINGS | {"alpha": alpha, "min_alpha": alpha} | changes
    keep = np.full(WORDS, 0xFFFFFFFF, np.uint32)
    run = _core.Run(
        *both, keep, noise_table(counts**0.75), isa=kernel, dim=DIM, total=10**6, **settings
    )
    return run, *both


def text(words, tokens=2000, seed=3):
    rows = np.random.default_rng(seed).choice(words, tokens).astype(np.int32)
    rows[::20] = -1
    return rows


def close(one, other, tolerance=2e-6):
    np.testing.assert_allclose(one, other, rtol=0, atol=tolerance)


@pytest.mark.parametrize("interval", [1, 300, LONG])
@pytest.mark.parametrize(
    "changes",
    [{}, {"model": "cbow"}, {"negatives": "private"}, {"loss": "sampled-softmax"}],
    ids=str,
)
def test_one_worker_trains_the_same_with_copies(isa, changes, interval):  # noqa: F811
    rows = text(WORDS)
    trained = []
    for copies in ({}, {"hot_rows": 40, "merge_interval": interval}):
        run, inputs, outputs = matrices(isa, **changes, **copies)
        worker = _core.Worker(run, 7, 0)
        assert worker.train(rows)
        worker.flush()
        assert not inputs[-1].any()
        trained.append((inputs, outputs))
    # Merging rounds, and 16-bit numbers made of rows that differ in rounding differ in theirs.
    tolerance = 2e-5 if isa == "avx512" else 3e-3
    close(trained[0][0], trained[1][0], tolerance)
    close(trained[0][1], trained[1][1], tolerance)


def test_workers_on_other_words_keep_all_they_learned(isa):  # noqa: F811
    low, high = text(range(20)), text(range(20, 40))
    alone = []
    for stream, rows in enumerate((low, high)):
        run, inputs, _ = matrices(isa)
        worker = _core.Worker(run, 7, stream)
        worker.train(rows)
        worker.flush()
        alone.append(inputs)
    run, inputs, _ = matrices(isa, hot_rows=WORDS, merge_interval=LONG)
    workers = [_core.Worker(run, 7, stream) for stream in range(2)]
    for worker, rows in zip(workers, (low, high), strict=True):
        worker.train(rows)  # both begin with the same rows
    begin = matrices(isa)[1]
    close(inputs, begin, 0)  # nothing has been merged
    for worker in workers:
        worker.flush()
    # not exactly: each row's rounding
    close(inputs[:20], alone[0][:20])
    close(inputs[20:40], alone[1][20:40])
    assert np.abs(inputs[:40] - begin[:40]).max() > 0.01


def test_what_two_workers_both_learned_counts_once(isa):  # noqa: F811
    rows = text(range(40))
    run, once, _ = matrices(isa)
    worker = _core.Worker(run, 7, 0)
    worker.train(rows)
    worker.flush()
    run, inputs, _ = matrices(isa, hot_rows=WORDS, merge_interval=LONG)
    twins = [_core.Worker(run, 7, 0) for _ in range(2)]  # that draw the same numbers
    for twin in twins:
        twin.train(rows)
    for twin in twins:
        twin.flush()
    close(inputs, once)


def test_nothing_waits_in_a_worker_that_was_stopped(isa):  # noqa: F811
    rows = text(WORDS, 20_000)
    run, *trained = matrices(isa, hot_rows=WORDS, merge_interval=LONG)
    worker = _core.Worker(run, 7, 0)
    worker.train(rows[:10_000])
    begin = matrices(isa)[1]
    close(trained[0], begin, 0)
    run.stop()
    assert not worker.train(rows[10_000:])
    assert np.abs(trained[0] - begin).max() > 0.01
    held, taken, merged = worker.state(), worker.taken, [m.copy() for m in trained]
    run.go_on()
    # Another that knows no more than the matrices and that state goes on as this one does.
    other_run, *others = matrices(isa, hot_rows=WORDS, merge_interval=LONG)
    for matrix, now in zip(others, merged, strict=True):
        matrix[:] = now
    other = _core.Worker(other_run, 1, 1)
    other.restore(held, taken)
    for one in (worker, other):
        one.train(rows[10_000:])
        one.flush()
    for own, its in zip(trained, others, strict=True):
        close(own[:-1], its[:-1])


def test_frequent_rows_are_merged_more_often(isa):  # noqa: F811
    block = SETTINGS["block_length"]
    rows = text(WORDS, 40 * block)
    rows[rows < 0] = 5  # one sentence
    begin = matrices(isa)[1]
    merged = []
    for merges in (1, 2, 4, 8):
        # long enough for so many merges, and too short for another
        run, inputs, _ = matrices(isa, hot_rows=WORDS, merge_interval=2 * block)
        worker = _core.Worker(run, 7, 0)
        ahead = _core.LONGEST_STEP + SETTINGS["window"]
        worker.train(rows[: 2 * block * merges + ahead + block // 2])
        changed = np.flatnonzero((inputs != begin)[:-1].any(axis=1))
        merged.append(changed.max() + 1)
    assert merged == [WORDS // 8, WORDS // 4, WORDS // 2, WORDS]


def test_copies_can_be_given_up_and_made_again(isa):  # noqa: F811
    rows = text(WORDS, 9_000)
    trained = []
    for copies in ({}, {"hot_rows": 40, "merge_interval": LONG}):
        run, inputs, _ = matrices(isa, **copies)
        begin = inputs.copy()
        worker = _core.Worker(run, 7, 0)
        for copying, first in ((True, 0), (False, 3_000), (True, 6_000)):
            run.copy_hot_rows(copying)
            worker.train(rows[first : first + 3_000])
            if copies and first == 0:
                close(inputs[:40], begin[:40], 0)
        assert (inputs[:40] != begin[:40]).any()  # merged when they were given up
        worker.flush()
        trained.append(inputs)
    close(*trained, 2e-5 if isa == "avx512" else 3e-3)


def test_frozen_rows_stay(isa):  # noqa: F811
    frozen = np.zeros(WORDS + 1, np.uint8)
    frozen[[0, 3]] = 1
    run, inputs, _ = matrices(isa, hot_rows=10, merge_interval=100, frozen=frozen)
    begin = inputs.copy()
    worker = _core.Worker(run, 7, 0)
    worker.train(text(WORDS))
    worker.flush()
    close(inputs[[0, 3]], begin[[0, 3]], 0)
    assert (inputs[1] != begin[1]).any()


def test_copies_are_counted_in_memory_and_not_in_the_state():
    plain, hot = matrices("baseline")[0], matrices("baseline", hot_rows=40)[0]
    stride = padded_matrix(WORDS, DIM).shape[1]
    assert hot.worker_bytes - plain.worker_bytes == 4 * 40 * stride * 4
    assert hot.state_bytes == plain.state_bytes


@pytest.mark.parametrize(
    "wrong",
    [{"hot_rows": -1}, {"hot_rows": 65}, {"merge_interval": 0}, {"slow_line": float("nan")}],
)
def test_wrong_numbers_are_refused(wrong):
    with pytest.raises(ValueError, match=r"hot_rows|slow_line"):
        matrices("baseline", **wrong)


def train_together(run, seconds, workers=2):
    """Let workers train side by side, until they have copies or so long."""
    crew = [_core.Worker(run, 7, stream) for stream in range(workers)]
    rows = text(WORDS, 200_000)
    end = time.monotonic() + seconds

    def work(worker):
        while not run.copied_rows and time.monotonic() < end:
            worker.train(rows)
        worker.flush()

    threads = [threading.Thread(target=work, args=(worker,)) for worker in crew]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


SLOWLY = {"alpha": 0.001, "hot_rows": 40, "merge_interval": 100}


@pytest.mark.skipif(available_cpus() < 2, reason="two threads must run at the same time")
@pytest.mark.parametrize("workers", [2, 3])
def test_workers_get_copies_where_lines_are_slow(workers):
    run, *_ = matrices("baseline", slow_line=1e-12, **SLOWLY)
    assert not run.copied_rows
    assert run.line_round_trip is None
    train_together(run, 60, workers)
    assert run.copied_rows
    assert 1e-9 < run.line_round_trip < 1e-3


@pytest.mark.skipif(available_cpus() < 2, reason="two threads must run at the same time")
def test_workers_get_none_where_lines_are_fast():
    for _ in range(60):
        run, *_ = matrices("baseline", slow_line=0.1, **SLOWLY)
        train_together(run, 0.3)
        assert not run.copied_rows
        if run.line_round_trip is not None:
            return
    pytest.fail("no line was measured")


def test_a_worker_alone_asks_nobody():
    run, inputs, _ = matrices("baseline", hot_rows=40, slow_line=1e-12)
    worker = _core.Worker(run, 7, 0)
    worker.train(text(WORDS, 20_000))
    worker.flush()
    assert not run.copied_rows
    plain, once, _ = matrices("baseline")
    worker = _core.Worker(plain, 7, 0)
    worker.train(text(WORDS, 20_000))
    worker.flush()
    close(inputs, once, 0)


def test_a_worker_whose_partner_never_comes_goes_on():
    run, *_ = matrices("baseline", alpha=0.001, hot_rows=40, slow_line=1e-12)
    worker, _other = (_core.Worker(run, 7, stream) for stream in range(2))
    worker.train(text(WORDS, 100_000))
    worker.flush()
    assert not run.copied_rows
