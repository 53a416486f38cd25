"""The compiled core against the float64 reference, on every instruction set."""

from __future__ import annotations

import gc
import hashlib
import itertools
import os
import platform
from pathlib import Path

import numpy as np
import pytest
from reference_losses import gradient, objective
from reference_steps import make_reference

from w2v import _core
from w2v.cpu import chosen_isa
from w2v.training.huffman import huffman_tree
from w2v.training.tables import log_draws, padded_matrix

X86 = platform.machine() in ("x86_64", "AMD64")
# Not skips of all others: thousands, which take seconds. conftest.py says which these are.
ISAS = [isa for isa in _core.available_isas() if not _core.isa_refusal(isa)]
TOLERANCE = 1e-5  # of the largest delta
ROUNDING = 3e-7  # matrices are float32: every delta added to a number near 1 rounds it by 6e-8
BF16 = ["amx", "avx512bf16", "neonbf16"]
INT16 = ["avx512vnni", "avxvnni", "avx2", *(["baseline"] if X86 else [])]
# Of the deltas' norm, where numbers of 16 bits are multiplied.
TOLERANCE_BF16 = 1e-2  # 8 bits of each
TOLERANCE_INT16 = 1e-3  # 12 bits of a row's largest
SETTINGS = {
    "window": 5,
    "window_mode": "weighted",
    "negative": 5,
    "negatives": "shared",
    "alpha": 0.05,
    "min_alpha": 0.02,
    "block_length": 32,
    "block_noise": 16,
    "step": _core.LONGEST_STEP,
}


@pytest.fixture(params=ISAS)
def isa(request):
    return request.param


def problem(words, dim, seed=0):
    """Random matrices of lively size, so that sigmoids are neither flat nor straight."""
    generator = np.random.default_rng(seed)
    scale = 1.5 / np.sqrt(dim)
    inputs, outputs = (generator.normal(0, scale, (words, dim)) for _ in range(2))
    counts = generator.integers(1, 100, words)
    return inputs, outputs, counts


def noise_table(weights):
    table = np.zeros(len(weights), np.uint64)
    _core.alias_table(np.asarray(weights, np.float64), table)
    return table


def tree_settings(counts, settings):
    """What hs needs of a tree; rows need not be in the order of counts for its kernel."""
    tree = huffman_tree(np.sort(counts)[::-1])
    nodes = len(counts) - 1
    return {
        "path_start": tree.path_start,
        "path": tree.path,
        "block_noise": min(settings["block_noise"], nodes),
        "copied_nodes": min(settings.get("copied_nodes", 40), nodes),
    }


# What the reference gave; it knows nothing of instruction sets, and takes most of the time. Builds
# that are tested one after another have it once if they are given a folder for it: see .ci/run.
REFERENCES: dict[str, tuple[np.ndarray, ...]] = {}
KEPT_REFERENCES = os.environ.get("TEST_REFERENCES")


def kept_reference(key, reckoned):
    """Return what the folder has for a key, to which `reckoned()` goes if it has nothing."""
    file = Path(KEPT_REFERENCES, hashlib.sha256(key.encode()).hexdigest())
    if not file.exists():
        own = file.with_name(f"{file.name}.{os.getpid()}")  # others may be at the same
        with own.open("wb") as to:
            np.savez(to, *reckoned())
        own.replace(file)
    with np.load(file) as found:
        return tuple(found.values())


def both(
    isa, sentences, *, words, dim, make=problem, keep=None, seed=7, chunks=1, log_q=False, **changes
):
    """Train core and reference alike; return (core, reference) pairs of what they give."""
    settings = SETTINGS | changes
    inputs, outputs, counts = make(words, dim)
    keep = np.full(words, 0xFFFFFFFF, np.uint32) if keep is None else keep
    noise = noise_table(counts**0.75)
    rows = np.array(list(itertools.chain.from_iterable([*s, -1] for s in sentences)), np.int32)
    core_inputs, core_outputs = padded_matrix(words, dim), padded_matrix(words, dim)
    core_inputs[:-1, :dim], core_outputs[:-1, :dim] = inputs, outputs
    inputs, outputs = (m[:-1, :dim].astype(np.float64) for m in (core_inputs, core_outputs))
    settings["total"] = max(1, 2 * int((rows >= 0).sum()))
    if log_q or settings.get("loss") == "nce":
        settings["log_draws"] = log_draws(counts, 0.75, settings["negative"])
    if settings.get("loss") == "hs":
        settings |= tree_settings(counts, settings)
    run = _core.Run(core_inputs, core_outputs, keep, noise, isa=isa, dim=dim, **settings)
    worker = _core.Worker(run, seed, 0)
    parts = np.array_split(rows, chunks)
    for part in parts:
        worker.train(part)
    worker.flush()
    assert not core_inputs[-1].any()
    assert not core_outputs[-1].any()
    assert not core_inputs[:, dim:].any()
    assert not core_outputs[:, dim:].any()
    core = core_inputs[:-1, :dim] - inputs, core_outputs[:-1, :dim] - outputs
    asked = sorted((SETTINGS | changes).items())
    given = (sentences, words, dim, keep.tolist(), seed, chunks, log_q, asked)
    key = f"{make.__name__} {given}"
    if key not in REFERENCES:

        def reckoned():
            return by_reference(inputs, outputs, keep, noise, parts, seed=seed, **settings)

        REFERENCES[key] = kept_reference(key, reckoned) if KEPT_REFERENCES else reckoned()
    return tuple(zip((*core, np.array(worker.take_loss())), REFERENCES[key], strict=True))


def by_reference(inputs, outputs, keep, noise, parts, **settings):
    """Return what the reference adds to its matrices, and its loss with its pairs."""
    begin = inputs.copy(), outputs.copy()
    reference = make_reference(inputs, outputs, keep, noise, **settings)
    for part in parts:
        if len(part):
            reference.train(part.tolist())
    reference.flush()
    loss = np.array([reference.loss_sum, reference.pairs])
    return inputs - begin[0], outputs - begin[1], loss


def check(
    isa,
    results,
    tolerance=TOLERANCE,
    bf16=TOLERANCE_BF16,
    int16=TOLERANCE_INT16,
    negatives="shared",
):
    coarse = dict.fromkeys(BF16, bf16) | dict.fromkeys(INT16, int16)
    for core, reference in results:
        if isa in coarse and negatives == "shared":
            error = np.linalg.norm(core - reference) / max(np.linalg.norm(reference), 1e-3)
            assert error < coarse[isa]
        else:
            scale = max(np.abs(reference).max(), 1e-3)
            np.testing.assert_allclose(core, reference, rtol=0, atol=tolerance * scale + ROUNDING)


def sentences(words, lengths, seed=3):
    generator = np.random.default_rng(seed)
    return [generator.integers(0, words, length).tolist() for length in lengths]


def test_reference_gradient_by_finite_differences():
    generator = np.random.default_rng(1)
    x, y, z = (generator.normal(0, 0.5, (n, 3)) for n in (4, 5, 2))
    weights, noise_weights = generator.random((4, 5)), generator.random((4, 2))
    exact = gradient(x, y, z, weights, noise_weights)
    for array, derivative in zip((x, y, z), exact, strict=True):
        for place in np.ndindex(array.shape):
            kept = array[place]
            values = []
            for nudge in (1e-5, -1e-5):
                array[place] = kept + nudge
                values.append(objective(x, y, z, weights, noise_weights))
            array[place] = kept
            assert derivative[place] == pytest.approx((values[0] - values[1]) / 2e-5, abs=1e-8)


@pytest.mark.parametrize("negatives", ["shared", "private"])
@pytest.mark.parametrize("dim", [1, 3, 7, 11, 16, 20, 31, 100, 300])
def test_equals_reference_for_any_dim(isa, dim, negatives):
    results = both(isa, sentences(50, [40, 3, 30]), words=50, dim=dim, negatives=negatives)
    check(isa, results, negatives=negatives)


@pytest.mark.parametrize("negatives", ["shared", "private"])
@pytest.mark.parametrize(
    "lengths", [[0], [1], [2], [1, 1, 2, 1], [3] * 40, [400], [0, 5, 0, 1, 90, 2]]
)
def test_equals_reference_for_any_sentences(isa, lengths, negatives):
    results = both(isa, sentences(60, lengths), words=60, dim=20, negatives=negatives)
    check(isa, results, negatives=negatives)


@pytest.mark.parametrize("negatives", ["shared", "private"])
@pytest.mark.parametrize("mode", ["weighted", "shrink", "fixed"])
@pytest.mark.parametrize("window", [1, 2, 5, 7, 13, 40])
def test_equals_reference_for_any_window(isa, window, mode, negatives):
    lengths = [25, 4, 60]
    changes = {"window": window, "window_mode": mode, "negatives": negatives, "alpha": 0.1}
    results = both(isa, sentences(60, lengths), words=60, dim=20, **changes)
    check(isa, results, negatives=negatives)


@pytest.mark.parametrize("block_length", [1, 5, 16, 33, 64])
@pytest.mark.parametrize("block_noise", [1, 3, 16, 20, 64])
def test_equals_reference_for_any_block(isa, block_length, block_noise):
    changes = {"block_length": block_length, "block_noise": block_noise}
    check(isa, both(isa, sentences(80, [90, 50]), words=80, dim=12, **changes))


@pytest.mark.parametrize("step", [1, 7, 16])
@pytest.mark.parametrize("model", ["skipgram", "cbow"])
@pytest.mark.parametrize("loss", ["ns", "sampled-softmax", "hs"])
def test_equals_reference_for_any_step(isa, loss, model, step):
    changes = {"step": step, "model": model, "loss": loss, "alpha": 0.1}
    check(isa, both(isa, sentences(80, [90, 50]), words=80, dim=12, **changes))


@pytest.mark.parametrize("negative", [1, 2, 15, 40])
@pytest.mark.parametrize("negatives", ["shared", "private"])
def test_equals_reference_for_any_number_of_negatives(isa, negative, negatives):
    changes = {"negative": negative, "negatives": negatives, "alpha": 0.05, "min_alpha": 0.01}
    results = both(isa, sentences(80, [60, 20]), words=80, dim=12, **changes)
    check(isa, results, negatives=negatives)


@pytest.mark.parametrize("negatives", ["shared", "private"])
@pytest.mark.parametrize("words", [2, 3])
def test_noise_that_is_the_center_itself_is_left_out(isa, words, negatives):
    """With two words nearly every draw of noise hits a center."""
    changes = {"negatives": negatives, "alpha": 0.02, "min_alpha": 0.01}
    results = both(isa, sentences(words, [50, 9]), words=words, dim=8, **changes)
    check(isa, results, negatives=negatives)


def test_a_word_repeated_through_a_sentence(isa):
    check(isa, both(isa, [[4] * 70, [4, 1] * 20], words=6, dim=10, alpha=0.02, min_alpha=0.01))


def test_large_deltas_are_limited(isa):
    """Few words and a large alpha: without the limit this goes to infinity."""
    changes = {"alpha": 2.0, "min_alpha": 1.0, "negative": 20, "block_length": 64}
    results = both(isa, sentences(30, [30]), words=30, dim=10, **changes)
    check(isa, results)
    assert any(np.abs(core).max() > 0.9 for core, _ in results[:2])


@pytest.mark.parametrize("mode", ["weighted", "shrink"])
def test_subsampling_drops_words_before_windows_are_cut(isa, mode):
    keep = np.linspace(0.1, 1.0, 40) * 0xFFFFFFFF
    results = both(
        isa,
        sentences(40, [70, 6, 5, 4, 80]),
        words=40,
        dim=9,
        keep=keep.astype(np.uint32),
        window_mode=mode,
    )
    check(isa, results)


@pytest.mark.parametrize("chunks", [2, 7])
def test_windows_run_on_across_batches_and_chunks(isa, chunks):
    """More tokens than one batch takes, cut into chunks in the middle of a sentence."""
    changes = {"alpha": 0.02, "min_alpha": 0.001}
    results = both(isa, sentences(300, [2500]), words=300, dim=5, chunks=chunks, **changes)
    check(isa, results, tolerance=3e-5)


def test_instruction_sets_agree(isa):
    best = chosen_isa()
    coarse = {TOLERANCE_BF16: {*BF16}, TOLERANCE_INT16: {*INT16}, TOLERANCE: {isa}}
    tolerance = 2 * max(bound for bound, isas in coarse.items() if {isa, best} & isas)
    one = both(isa, sentences(90, [300]), words=90, dim=33)
    other = both(best, sentences(90, [300]), words=90, dim=33)
    for (mine, _), (theirs, _) in zip(one, other, strict=True):
        np.testing.assert_allclose(mine, theirs, atol=tolerance * np.abs(theirs).max())


def make_run(words=10, dim=4, total=100, **changes):
    inputs, outputs = padded_matrix(words, 4), padded_matrix(words, 4)
    keep = np.full(words, 0xFFFFFFFF, np.uint32)
    noise = noise_table(np.ones(words))
    isa = chosen_isa()
    settings = SETTINGS | {"isa": isa, "dim": dim, "total": total} | changes
    return _core.Run(inputs, outputs, keep, noise, **settings)


def test_a_chunk_elsewhere_in_memory_begins_a_new_sentence():
    """Two one-word chunks that are not neighbors make no pair; neighbors do."""
    rows = np.array([1, 2, 3, 4], np.int32)
    apart, together = (_core.Worker(make_run(), 1, 0) for _ in range(2))
    apart.train(rows[:1])
    apart.train(rows[3:])
    apart.flush()
    together.train(rows[:1])
    together.train(rows[1:2])
    together.flush()
    assert apart.take_loss()[1] == 0
    assert together.take_loss()[1] == 2


def test_done_counts_tokens_and_not_sentence_ends():
    run = make_run()
    worker = _core.Worker(run, 1, 0)
    worker.train(np.array([1, 2, -1, 3, -1], np.int32))
    worker.flush()
    assert run.done == 3


def test_stop_ends_training_at_the_next_block():
    run = make_run(total=10_000)
    run.stop()
    worker = _core.Worker(run, 1, 0)
    assert not worker.train(np.arange(10_000, dtype=np.int32) % 10)
    worker.flush()
    assert worker.take_loss()[1] == 0


def test_a_stopped_worker_takes_no_more():
    """Its buffers would overflow: nothing empties them any more."""
    run = make_run(total=10**9)
    worker = _core.Worker(run, 1, 0)
    rows = np.arange(5000, dtype=np.int32) % 10
    worker.train(rows)
    run.stop()
    for _ in range(50):
        assert not worker.train(rows)
        worker.flush()


def test_take_loss_starts_anew():
    worker = _core.Worker(make_run(), 1, 0)
    worker.train(np.array([1, 2, -1], np.int32))
    worker.flush()
    assert worker.take_loss()[1] > 0
    assert worker.take_loss() == (0, 0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"isa": "mmx"}, "no kernel"),
        ({"dim": 17}, "stride"),
        ({"loss_interval": 0}, "loss_interval"),
        ({"step": 0}, "step must be 1 to"),
        ({"step": _core.LONGEST_STEP + 1}, "step must be 1 to"),
    ],
)
def test_run_refuses_what_would_break_the_kernels(change, message):
    with pytest.raises(ValueError, match=message):
        make_run(**change)


def test_run_refuses_matrices_out_of_line():
    inputs = np.zeros((11 * 16 + 1,), np.float32)
    start = 1 if inputs.ctypes.data % 64 == 0 else 0
    crooked = inputs[start : start + 11 * 16].reshape(11, 16)
    keep, noise = np.zeros(10, np.uint32), noise_table(np.ones(10))
    settings = SETTINGS | {"isa": "baseline", "dim": 4, "total": 1}
    with pytest.raises(ValueError, match="aligned"):
        _core.Run(crooked, padded_matrix(10, 4), keep, noise, **settings)
    with pytest.raises(ValueError, match="padding"):
        _core.Run(padded_matrix(9, 4), padded_matrix(10, 4), keep, noise, **settings)


def test_a_worker_in_a_cycle_of_references_is_collected():
    """The collector clears a worker's run before the worker is freed: once a crash."""
    run = _core.Run(
        padded_matrix(2, 4),
        padded_matrix(2, 4),
        np.zeros(2, np.uint32),
        noise_table(np.ones(2)),
        total=1,
        isa="baseline",
        dim=4,
        **SETTINGS,
    )
    worker = _core.Worker(run, 1, 0)  # older than its holder, so cleared before it
    holder = [worker]
    holder.append(holder)
    del holder, worker, run
    gc.collect()
