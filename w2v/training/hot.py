"""Whether workers train copies of the most frequent rows, and of how many: see kernels/hot.h.

Copies pay where a cache line takes long from one core to another. Where it goes there and back in
55 to 75 ns (Zen 4, two cores that share a third cache), two threads train 1.9 times as fast as one
without copies, and up to 15 percent slower with them; on a mesh of cores (Sapphire Rapids), a
program much like this one trained 1.4 times as fast with two threads as with one, and 1.9 times
with copies of 1,024 rows. So the time is measured. On a mesh, or between groups of cores that have
a third cache each, it is 95 to 220 ns.
"""

from __future__ import annotations

import contextlib
import os
import threading

import numpy as np
from numpy.typing import NDArray

from w2v._core import pass_line
from w2v.config import Config
from w2v.cpu import second_cache
from w2v.errors import ConfigError
from w2v.text.threads import start_thread
from w2v.training.tables import row_stride

SLOW_LINE = 85e-9  # seconds, there and back

# So many words are trained on, by all workers together, between two merges of the most frequent
# rows. After five epochs of 17 million words, vectors of 2 to 16 workers were as good as without
# copies; with four times as many, words had learned less after the first epoch.
MERGED_WORDS = 32_768
# A merge touches 12 rows for each hot one, training some 24 for each word, and 5 of 16 hot rows
# are due on average: with a hot row for every 4 words, that is a twentieth of all that is touched.
WORDS_PER_ROW = 4
MOST_ROWS = 1024  # more were not tried
USUAL_CACHE = 1 << 20  # bytes, where the system does not tell


def wanted_hot_rows() -> int | None:
    """Return the number that W2V_HOT_ROWS says, 0 for no copies, or None if it says nothing.

    Raises
    ------
    ConfigError
        It is no number from 0 on.
    """
    wanted = os.environ.get("W2V_HOT_ROWS", "")
    if wanted and not (wanted.isascii() and wanted.isdecimal() and len(wanted) < 10):
        raise ConfigError(f"W2V_HOT_ROWS is {wanted!r:.40}: give a number of rows, 0 for none")
    return int(wanted) if wanted else None


def hot_rows(words: int, config: Config, workers: int) -> tuple[int, int]:
    """Return how many rows each worker has copies of, and `merge_interval`.

    W2V_HOT_ROWS overrides the number.
    """
    interval = max(1, MERGED_WORDS // max(1, workers))
    # One worker has nobody to share with, and hs has copies of its own (kernels/path.h).
    if workers < 2 or config.loss == "hs":
        return 0, interval
    wanted = wanted_hot_rows()
    if wanted is not None:
        return min(wanted, words), interval
    trip = line_round_trip()
    if trip is None or trip < SLOW_LINE:
        return 0, interval
    return _fitting(words, config.dim, interval), interval


def _fitting(words: int, dim: int, interval: int) -> int:
    """Return so many rows that merging them is cheap and copies take half of the second cache.

    The eighth that is the most: of a small vocabulary all rows would be hot.
    """
    of_both = 2 * 4 * row_stride(dim)
    cached = (second_cache() or USUAL_CACHE) // 2 // of_both
    return min(MOST_ROWS, interval // WORDS_PER_ROW, cached, words // 8)


def line_round_trip() -> float | None:
    """Return the seconds that a cache line takes to another core and back, None if unknown.

    Of the CPUs that this process may use, the first is paired with the last and with the one in
    the middle: a processor with several groups of cores shall be seen as slow as it is. Takes a
    thousandth of a second.
    """
    cpus = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [0, 1]
    if len(cpus) < 2:
        return None
    pairs = {(cpus[0], cpus[-1]), (cpus[0], cpus[len(cpus) // 2])}
    trips = [_round_trip(pair) for pair in sorted(pairs)]
    return max(trips) if all(trips) else None


def _round_trip(cpus: tuple[int, int]) -> float:
    """Return what `line_round_trip` does, for two CPUs; 0 if one of them did not answer."""
    room: NDArray[np.int64] = np.zeros(16, np.int64)
    first = -room.ctypes.data % 64 // 8
    line = room[first : first + 8]
    trips = [0.0, 0.0]

    def pass_on(side: int) -> None:
        if hasattr(os, "sched_setaffinity"):
            with contextlib.suppress(OSError):  # forbidden: then wherever the system puts it
                os.sched_setaffinity(0, {cpus[side]})  # of this thread alone
        trips[side] = pass_line(line, side)

    threads = [threading.Thread(target=pass_on, args=(side,), daemon=True) for side in range(2)]
    for thread in threads:
        start_thread(thread, len(threads))
    for thread in threads:
        thread.join()
    return trips[0]
