"""Median and spread of a few timings."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from typing import Any

# More of the CPUs than this in other hands, and a timing is called noisy.
NOISE = 0.05


def spread(values: Iterable[float]) -> dict[str, float]:
    """Return median, least, greatest and number of some timings."""
    found = sorted(values)
    return {
        "median": rounded(statistics.median(found)),
        "min": rounded(found[0]),
        "max": rounded(found[-1]),
        "n": len(found),
    }


def rounded(value: float) -> float:
    """Keep four significant digits: more would only be noise."""
    return value if isinstance(value, int) else float(f"{value:.4g}")


def run_counts(counts: Iterable[int]) -> str:
    """Return how many runs each had: "3", or "3 to 5"."""
    found = set(counts) or {0}
    return " to ".join(map(str, sorted({min(found), max(found)})))


def noise(entry: dict[str, Any], cpus: int) -> float:
    """Return the share of the CPUs that others used during a run; 0 where it is not known."""
    other, whole = entry["other_cpu_seconds"], entry["seconds"]["whole"]
    # The clock of /proc/stat ticks a hundred times a second: it says nothing of short runs.
    return 0.0 if other is None or whole <= 1 else float(other / (whole * cpus))
