"""The settings that decide what the vectors will be, and their defaults."""

from __future__ import annotations

import dataclasses
import math
import numbers
import operator
from typing import Any, Literal

from w2v.cpu import available_cpus
from w2v.errors import ConfigError

WindowMode = Literal["weighted", "shrink", "fixed"]
Negatives = Literal["shared", "private"]
Window = int | Literal["sentence"]

SENTENCE: Literal["sentence"] = "sentence"

MAX_DIM = 65_536
MAX_THREADS = 1_024
MAX_WINDOW = 1_000
MAX_BLOCK = 4_096


@dataclasses.dataclass(frozen=True, kw_only=True)
class Config:
    """Everything that changes the vectors, and nothing else.

    Paths, progress and the like are arguments of the functions that need them.
    Defaults are those of the original word2vec where it has the setting.

    Attributes
    ----------
    dim : int
        Numbers per vector.
    window : int or "sentence"
        The largest distance, in words, between a center and a context. ``"sentence"`` pairs
        every word of a line with every other, whatever their order, as suits sessions: it is
        the distance from the first word of the longest line to its last, if `window_cap`
        allows.
    window_cap : int
        The largest distance that `window` = sentence may be. Time grows with it.
    window_mode : {"weighted", "shrink", "fixed"}
        How nearer contexts count for more. ``shrink`` draws a reach from 1 to
        `window` for each center, as the original does; ``weighted`` gives every
        pair the expectation of that, ``(window - distance + 1) / window``, as
        its weight; ``fixed`` counts all pairs alike. Left out (None), it is ``weighted``,
        and ``fixed`` where `window` is sentence, which allows no other.
    negative : int
        Noise words per pair. With shared negatives it is a weight and costs nothing.
    negatives : {"shared", "private"}
        ``shared`` draws noise once per block of centers; ``private`` draws it
        for each pair and trains pair after pair, as the original does.
    noise_exponent : float
        Noise words are drawn in proportion to ``count ** noise_exponent``.
    sample : float
        Words more frequent than this share of the corpus are thinned out; 0 keeps all.
    min_count : int
        Words that occur less often are dropped.
    max_vocab : int or None
        Keep at most this many words, the most frequent.
    lowercase : bool
        Lower-case the text before counting.
    epochs : int
        Passes over the corpus.
    alpha : float
        Learning rate at the start; it falls linearly to `min_alpha`.
    min_alpha : float
        Learning rate at the end.
    block_length : int
        Centers that share one draw of noise (`negatives` = shared).
    block_noise : int
        Noise words drawn per block (`negatives` = shared). More are more accurate and slower.
    threads : int
        Worker threads. With one, the same seed gives the same bytes.
    seed : int
        Start of all randomness, 0 to 2**64 - 1.

    Raises
    ------
    ConfigError
        A value is out of range; the message names it and the range.
    """

    dim: int = 100
    window: Window = 5
    window_cap: int = 50
    window_mode: WindowMode = None  # type: ignore[assignment]  # __post_init__ replaces it
    negative: int = 5
    negatives: Negatives = "shared"
    noise_exponent: float = 0.75
    sample: float = 1e-3
    min_count: int = 5
    max_vocab: int | None = None
    lowercase: bool = False
    epochs: int = 5
    alpha: float = 0.025
    min_alpha: float = 2.5e-6
    block_length: int = 128
    block_noise: int = 32
    threads: int = dataclasses.field(default_factory=available_cpus)
    seed: int = 1

    def __post_init__(self) -> None:
        self._integer("dim", 1, MAX_DIM)
        self._check_window()
        self._integer("negative", 1, 1_000)
        self._choice("negatives", ("shared", "private"))
        self._real("noise_exponent", -10.0, 10.0)
        self._real("sample", 0.0, 1.0)
        self._integer("min_count", 1, 2**62)
        if self.max_vocab is not None:
            self._integer("max_vocab", 2, 2**31 - 2)
        if not isinstance(self.lowercase, bool):
            raise ConfigError(f"lowercase is {self.lowercase!r}: give true or false")
        self._integer("epochs", 1, 1_000_000)
        self._real("alpha", 0.0, 10.0)
        self._real("min_alpha", 0.0, 10.0)
        if self.min_alpha > self.alpha:
            raise ConfigError(
                f"min_alpha is {self.min_alpha:g}, above alpha {self.alpha:g}: "
                "the learning rate falls from alpha to min_alpha"
            )
        self._integer("block_length", 1, MAX_BLOCK)
        self._integer("block_noise", 1, MAX_BLOCK)
        self._integer("threads", 1, MAX_THREADS)
        self._integer("seed", 0, 2**64 - 1)

    @property
    def widest(self) -> int:
        """The largest window, in words, that there can be."""
        return self.window_cap if self.window == SENTENCE else self.window

    def _check_window(self) -> None:
        whole = self.window == SENTENCE
        if isinstance(self.window, str) and not whole:
            raise ConfigError(f"window is {self.window!r}: give a whole number, or {SENTENCE}")
        if not whole:
            self._integer("window", 1, MAX_WINDOW)
        self._integer("window_cap", 1, MAX_WINDOW)
        if not whole and self.window_cap != Config.__dataclass_fields__["window_cap"].default:
            raise ConfigError(
                f"window_cap goes with window {SENTENCE}, and window is {self.window}: leave it out"
            )
        if self.window_mode is None:
            object.__setattr__(self, "window_mode", "fixed" if whole else "weighted")
        self._choice("window_mode", ("weighted", "shrink", "fixed"))
        if whole and self.window_mode != "fixed":
            raise ConfigError(
                f"window_mode is {self.window_mode}: window {SENTENCE} counts all pairs alike: "
                "leave window_mode out"
            )

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

    def as_dict(self) -> dict[str, Any]:
        """Return the settings as plain values, for the run record."""
        return dataclasses.asdict(self)
