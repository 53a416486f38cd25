"""What a trained word costs, counted from the algorithm: multiply-adds, and bytes moved.

A position of the stream of kept words is a center once and a context once. With a window of w,
N noise words for each block of T words, and rows of dim numbers:

* As a context it meets 2 w centers and N noise words. Each meeting is three products: the
  logit, the delta of the one, the delta of the other. That is 6 dim (2 w + N) floating-point
  operations, a multiply-add being two.
* Of the matrices, its input row and its output row are read, and their deltas added (a read and
  a write), and so are the rows of noise words, of which N / T fall to a position: 6 + 3 N / T
  rows.
* Of the worker's own rows, which stay in the near caches, a step of `STEP` positions reads
  centers and the contexts around them (`STEP` + 2 w rows) for the logits, for the deltas of
  centers and for the deltas of contexts; contexts again for the logits and for the deltas of
  noise words; noise words twice, and their deltas are added; contexts' deltas are added.
  Together 8 + (6 w + 4 N) / `STEP` rows. That is the least there can be: it takes each
  row to be loaded once for each use, as if register tiles were as large as a step.
"""

from __future__ import annotations

from typing import Any

# As in w2v/kernels: positions that go through the products together.
STEP = 32
# Rows are padded to a cache line.
ROW_FLOATS = 16


def flop(dim: int, window: int, block_noise: int) -> float:
    """Return the floating-point operations of a trained word."""
    return 6.0 * dim * (2 * window + block_noise)


def matrix_bytes(dim: int, block_noise: int, block_length: int) -> float:
    """Return the bytes of both matrices that a trained word reads and writes."""
    return (6 + 3 * block_noise / block_length) * row_bytes(dim)


def step_bytes(dim: int, window: int, block_noise: int) -> float:
    """Return the bytes of the worker's own rows that a trained word reads and writes, at least."""
    return (8 + (6 * window + 4 * block_noise) / STEP) * row_bytes(dim)


def row_bytes(dim: int) -> int:
    """Return the bytes of a padded float32 row."""
    return 4 * -(-dim // ROW_FLOATS) * ROW_FLOATS


def intensities(point: dict[str, Any]) -> dict[str, float]:
    """Return the operations for each byte of the ``matrices``, and of the ``step``'s own rows."""
    dim, window, noise = point["dim"], point["window"], point["block_noise"]
    done = flop(dim, window, noise)
    return {
        "matrices": done / matrix_bytes(dim, noise, point["block_length"]),
        "step": done / step_bytes(dim, window, noise),
    }
