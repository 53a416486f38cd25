"""Plain values out of a checkpoint's JSON file, which may hold anything."""

from __future__ import annotations

import math
from typing import Any

Facts = dict[str, Any]

LIMIT = 1 << 62


def whole(value: Any) -> int:
    """Return a whole number from 0 on that fits in 62 bits, or raise ValueError."""
    if type(value) is not int or not 0 <= value < LIMIT:
        raise ValueError(f"{value!r:.40} is no whole number from 0 on")
    return value


def whole_or_none(value: Any) -> int | None:
    """Return what `whole` does, or None."""
    return None if value is None else whole(value)


def real(value: Any) -> float:
    """Return a finite number, or raise ValueError."""
    if type(value) not in (int, float) or not math.isfinite(value):
        raise ValueError(f"{value!r:.40} is no number")
    return float(value)


def truth(value: Any) -> bool:
    """Return true or false, or raise ValueError."""
    if type(value) is not bool:
        raise ValueError(f"{value!r:.40} is neither true nor false")
    return value


def text(value: Any) -> str:
    """Return text, or raise ValueError."""
    if type(value) is not str:
        raise ValueError(f"{value!r:.40} is no text")
    return value
