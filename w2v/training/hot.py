"""Whether workers train copies of the most frequent rows, and of how many: see kernels/hot.h.

Copies pay where a cache line takes long from one core to another. On Zen 4 they cost a few percent
of the rate where it goes there and back in 70 ns, between cores that share a third cache, and gave
a fifth more where it takes 300 ns, between others. A mesh of cores, as Intel's servers have, takes
95 to 150 ns: there, on Sapphire Rapids, a program much like this one trained 1.4 times as fast with
two threads as with one, and 1.9 times with copies of 1,024 rows. So workers measure the time
(kernels/sharing.h), again and again: threads of virtual machines are moved from core to core.
"""

from __future__ import annotations

import dataclasses
import os
from typing import Any

from w2v._core import Run
from w2v.config import Config
from w2v.cpu import cache_sizes
from w2v.errors import ConfigError
from w2v.training.tables import row_stride

SLOW_LINE = 90e-9  # seconds, there and back

# So many words are trained on, by all workers together, between two merges of the most frequent
# rows. The more, the less of what they learn of frequent words adds up (kernels/hot.h).
MERGED_WORDS = 16_384
# A merge touches 12 rows for each hot one, training some 24 for each word, and 5 of 16 hot rows
# are due on average: with a hot row for every 4 words, that is 4 percent of all that is touched.
WORDS_PER_ROW = 4
MOST_ROWS = 1024  # half of what centers and contexts touch; 2,048 would be two thirds
USUAL_CACHE = 1 << 20  # bytes, where the system does not tell


@dataclasses.dataclass(frozen=True)
class HotRows:
    """How workers share the most frequent rows.

    Attributes
    ----------
    rows : int
        Rows that each may have copies of, the first of both matrices.
    interval : int
        Words that each trains on between two merges.
    slow_line : float
        Seconds that a cache line takes to another core and back from which on they have them; 0 if
        W2V_HOT_ROWS says that they shall.
    """

    rows: int
    interval: int = 1
    slow_line: float = SLOW_LINE


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


def hot_rows(words: int, config: Config, workers: int) -> HotRows:
    """Return how many copies so many workers may have.

    Raises
    ------
    ConfigError
        See `wanted_hot_rows`.
    """
    wanted = wanted_hot_rows()
    # One worker has nobody to share with, and hs has copies of its own (kernels/path.h).
    if workers < 2 or config.loss == "hs":
        return HotRows(0)
    interval = max(1, MERGED_WORDS // workers)
    if wanted is not None:
        return HotRows(min(wanted, words), interval, slow_line=0)
    # Copies of both matrices take at most half of a core's second cache, and are of at most an
    # eighth of the vocabulary.
    of_both = 2 * 4 * row_stride(config.dim)
    cached = cache_sizes().get(2, USUAL_CACHE) // 2 // of_both
    return HotRows(min(MOST_ROWS, interval // WORDS_PER_ROW, cached, words // 8), interval)


def note_sharing(run: Run, record: dict[str, Any]) -> None:
    """Note in a run's record what its workers, who have stopped, have had copies of.

    ``hot_rows`` is the number of rows, 0 if they never had any; ``line_ns`` the mean time of a
    line, there and back.
    """
    if run.copied_rows:
        record["hot_rows"] = run.copied_rows
    if run.line_round_trip is not None:
        record["line_ns"] = round(1e9 * run.line_round_trip)
