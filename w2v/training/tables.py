"""The arrays that workers share: matrices, noise distribution, keep thresholds."""

from __future__ import annotations

import mmap

import numpy as np
from numpy.typing import NDArray

from w2v._core import alias_table
from w2v.text.threads import share

ROW_FLOATS = 16  # rows are padded to 64 bytes, a cache line and the widest vector
HUGE_PAGE = 2 << 20
SLAB_ROWS = 1024  # an even number: see fill_initial


def row_stride(dim: int) -> int:
    """Return the floats from one row of a matrix to the next."""
    return -(-dim // ROW_FLOATS) * ROW_FLOATS


def padded_matrix(words: int, dim: int) -> NDArray[np.float32]:
    """Return a zero matrix of words + 1 padded rows, on huge pages where there are any.

    Parameters
    ----------
    words : int
        Rows to be used; one more stands at the end and pads blocks.
    dim : int
        Columns to be used.

    Returns
    -------
    float32 (words + 1, row_stride(dim)), aligned to 2 MiB
    """
    shape = (words + 1, row_stride(dim))
    size = shape[0] * shape[1] * 4
    if not hasattr(mmap, "MADV_HUGEPAGE"):
        raw = np.zeros(size + HUGE_PAGE, np.uint8)
    else:
        # private, since shared mappings get no huge pages
        pages = mmap.mmap(-1, size + HUGE_PAGE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        pages.madvise(mmap.MADV_HUGEPAGE)
        raw = np.frombuffer(pages, np.uint8)
    # .ctypes would leave 56 bytes behind at each call
    start = -int(raw.__array_interface__["data"][0]) % HUGE_PAGE
    return raw[start : start + size].view(np.float32).reshape(shape)


def fill_initial(
    inputs: NDArray[np.float32],
    dim: int,
    seed: int,
    initial_range: float = 0.5,
    threads: int = 1,
) -> None:
    """Fill all rows but the last with uniform numbers, up to `initial_range` / dim either way.

    A slab at a time, so that it needs no second matrix; each goes to the place in one sequence
    of numbers that it would have with one thread. Most of the time goes into the system giving
    pages to whoever touches them first, which threads do side by side.

    Parameters
    ----------
    inputs : float32 (words + 1, stride)
        OUT.
    dim : int
        Columns to fill.
    seed : int
    initial_range : float
    threads : int
        The numbers do not depend on it.
    """
    words = inputs.shape[0] - 1

    def fill(place: int) -> None:
        start = place * SLAB_ROWS
        slab = inputs[start : min(start + SLAB_ROWS, words), :dim]
        bits = np.random.PCG64(seed)
        # a draw of 64 bits makes two numbers, and a slab has an even number of rows
        bits.advance(start * dim // 2)
        numbers = np.random.Generator(bits).random(slab.shape, dtype=np.float32)
        numbers -= np.float32(0.5)
        numbers *= np.float32(2 * initial_range)
        np.divide(numbers, np.float32(dim), out=slab)

    share(-(-words // SLAB_ROWS), threads, fill)


def all_finite(matrix: NDArray[np.float32], threads: int) -> bool:
    """Return whether every number of a matrix is finite, without a second matrix of answers."""
    finite = [True] * -(-len(matrix) // SLAB_ROWS)

    def look(place: int) -> None:
        slab = matrix[place * SLAB_ROWS : (place + 1) * SLAB_ROWS]
        finite[place] = bool(np.isfinite(slab).all())

    share(len(finite), threads, look)
    return all(finite)


def keep_thresholds(counts: NDArray[np.int64], sample: float) -> NDArray[np.uint32]:
    """Return, for each word, the uint32 up to which a random one keeps a token.

    The probability is the original program's, ``(sqrt(f / sample) + 1) * sample / f`` with
    f the word's share of the corpus; a `sample` of 0 keeps everything.
    """
    if sample == 0:
        return np.full(len(counts), 0xFFFFFFFF, np.uint32)
    share = counts / counts.sum()
    ratio = sample / share  # this way round nothing overflows, however small the sample
    keep = np.sqrt(ratio) + ratio
    thresholds: NDArray[np.uint32] = (np.minimum(keep, 1.0) * 0xFFFFFFFF).astype(np.uint32)
    return thresholds


def noise_weights(counts: NDArray[np.int64], exponent: float) -> NDArray[np.float64]:
    """Return ``count ** exponent``, the largest scaled to 1."""
    # in logarithms and relative to the largest, so that no exponent overflows
    logs = np.log(counts.astype(np.float64)) * exponent
    weights: NDArray[np.float64] = np.exp(logs - logs.max())
    return weights


def noise_table(counts: NDArray[np.int64], exponent: float) -> NDArray[np.uint64]:
    """Return the alias table for drawing words in proportion to ``count ** exponent``."""
    table = np.empty(len(counts), np.uint64)
    alias_table(noise_weights(counts, exponent), table)
    return table


def log_draws(counts: NDArray[np.int64], exponent: float, negative: int) -> NDArray[np.float32]:
    """Return log(negative * P_n(word)) for each word, and 0 for the row of padding.

    It is the logarithm of how often a word is expected among the noise words of a pair.
    """
    weights = noise_weights(counts, exponent)
    # a weight that underflowed is never drawn: any finite number will do
    share = np.maximum(weights / weights.sum(), np.finfo(np.float64).tiny)
    return np.append(np.log(negative * share), 0.0).astype(np.float32)
