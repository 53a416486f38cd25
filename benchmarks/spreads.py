"""Median and spread of a few timings."""

from __future__ import annotations

import statistics
from collections.abc import Iterable


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
