"""Checks of settings, whose messages name the setting, its value and what it can be."""

from __future__ import annotations

import math
import numbers
import operator

from w2v.errors import ConfigError


class Checked:
    """A frozen dataclass whose fields are checked one by one, and made plain Python values.

    Each check raises `ConfigError`.
    """

    def _integer(self, name: str, low: int, high: int) -> None:
        value = getattr(self, name)
        if isinstance(value, bool) or not hasattr(value, "__index__"):
            raise ConfigError(f"{name} is {value!r}: give a whole number")
        value = operator.index(value)  # numpy's whole numbers become plain ones
        object.__setattr__(self, name, value)
        if not low <= value <= high:
            raise ConfigError(f"{name} is {value}: give {low} to {high}")

    def _real(self, name: str, low: float, high: float) -> None:
        value = getattr(self, name)
        if isinstance(value, bool) or not isinstance(value, numbers.Real):
            raise ConfigError(f"{name} is {value!r}: give a number")
        try:
            value = float(value)
        except OverflowError:
            value = math.inf
        object.__setattr__(self, name, value)
        if not math.isfinite(value) or not low <= value <= high:
            raise ConfigError(f"{name} is {value:g}: give {low:g} to {high:g}")

    def _choice(self, name: str, choices: tuple[str, ...]) -> None:
        value = getattr(self, name)
        if value not in choices:
            raise ConfigError(f"{name} is {value!r}: give {' or '.join(choices)}")

    def _boolean(self, name: str) -> None:
        value = getattr(self, name)
        if not isinstance(value, bool):
            raise ConfigError(f"{name} is {value!r}: give true or false")
