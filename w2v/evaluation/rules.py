"""What counts as known and what becomes of the rest: the settings of an evaluation."""

from __future__ import annotations

import dataclasses
from typing import Literal

from w2v.errors import ConfigError

Case = Literal["lower", "keep"]
Oov = Literal["skip", "wrong"]

# Rows that may ask and answer analogies unless somebody says otherwise: the figures of
# different vocabularies are comparable only under one limit, and this is the benchmarks'.
QUESTION_ROWS = 70_000


@dataclasses.dataclass(frozen=True, kw_only=True)
class Rules:
    """How to score a test set.

    Attributes
    ----------
    restrict : int or None
        Only this many first rows are known, to ask and to answer; 0 for all of them.
        None for the custom of the set: 70,000 for analogies, all for word pairs.
    case : {"lower", "keep"}
        Lower-case the words of both sides, so that any spelling of the right word is
        right, or compare them as they are.
    oov : {"skip", "wrong"}
        Leave a question with an unknown word out, or count it as wrong. A word pair
        with an unknown word is left out, or gets the cosine 0.
    seed : int
        Of the resampling behind the intervals, 0 to 2**64 - 1.

    Raises
    ------
    ConfigError
        A value is not one of these.
    """

    restrict: int | None = None
    case: Case = "lower"
    oov: Oov = "skip"
    seed: int = 1

    def __post_init__(self) -> None:
        if self.restrict is not None:
            self._at_least_zero("restrict")
        self._at_least_zero("seed")
        for name, choices in (("case", ("lower", "keep")), ("oov", ("skip", "wrong"))):
            value = getattr(self, name)
            if value not in choices:
                raise ConfigError(f"{name} is {value!r}: give {' or '.join(choices)}")

    def _at_least_zero(self, name: str) -> None:
        value = getattr(self, name)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise ConfigError(f"{name} is {value!r}: give a whole number, 0 or more")

    def rows(self, custom: int | None) -> int | None:
        """Return how many first rows are known, None for all; `custom` if nobody said."""
        return custom if self.restrict is None else self.restrict or None
