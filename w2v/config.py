"""The settings that decide what the vectors will be, and their defaults."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Literal, get_args

from w2v.checks import Checked
from w2v.cpu import available_cpus
from w2v.defaults import EFFORTS, Effort, default_alpha, default_window_mode
from w2v.errors import ConfigError
from w2v.presets import preset_settings

if TYPE_CHECKING:
    from typing_extensions import Self

WindowMode = Literal["weighted", "shrink", "fixed"]
Negatives = Literal["shared", "private"]
Window = int | Literal["sentence"]
ModelName = Literal["skipgram", "cbow"]
Loss = Literal["ns", "hs", "nce", "sampled-softmax", "softmax"]
CbowGradient = Literal["corrected", "original"]
CbowHidden = Literal["mean", "sum"]
LargeLogits = Literal["exact", "skip", "saturate"]

NOISE_LOSSES = ("ns", "nce", "sampled-softmax")  # those that draw noise words
SENTENCE: Literal["sentence"] = "sentence"

MAX_DIM = 65_536
MAX_THREADS = 1_024
MAX_WINDOW = 1_000
MAX_BLOCK = 4_096
MAX_LENGTH = 1_000_000
LARGEST_BIAS = 1e6


@dataclasses.dataclass(frozen=True, kw_only=True)
class Config(Checked):
    """Everything that changes the vectors, and nothing else.

    Paths, progress and the like are arguments of the functions that need them.
    Defaults are those of the original word2vec where it has the setting.

    Attributes
    ----------
    model : {"skipgram", "cbow"}
        ``skipgram`` scores a center against each context by itself, ``cbow`` against
        the mean (or sum) of all its contexts.
    loss : {"ns", "hs", "nce", "sampled-softmax", "softmax"}
        Negative sampling, hierarchical softmax, noise-contrastive estimation, sampled
        or full softmax: see docs/objectives.md.
    log_q : bool
        Subtract the logarithm of the expected number of draws of a word, ``negative *
        P_n(word)``, from its logit (`loss` = sampled-softmax).
    cbow_gradient : {"corrected", "original"}
        ``corrected`` gives each context its share of the gradient of the mean;
        ``original`` gives it the whole, as word2vec.c does (`model` = cbow).
    cbow_hidden : {"mean", "sum"}
        What CBOW makes of the contexts of a center.
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
        ``shrink`` for CBOW, and ``fixed`` where `window` is sentence, which allows no other.
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
        Learning rate at the start; it falls linearly to `min_alpha`. Left out (None), it
        is that of the model: see `default_alpha`.
    min_alpha : float
        Learning rate at the end.
    effort : {"fast", "balanced", "accurate"}
        What is given for accuracy: sets `block_length` and `block_noise` where they are left
        out (`negatives` = shared).
    block_length : int
        Centers that share one draw of noise (`negatives` = shared). Left out (None), it is that
        of the effort: 64, 128 or 256.
    block_noise : int
        Noise words drawn per block (`negatives` = shared). More are more accurate and slower.
        Left out (None), it is that of the effort: 16, 32 or 64.
    holdout : float
        The share of sentences, 0 to 0.5, that is kept out of training and whose loss is
        computed after each epoch; 0 is none. They still count in the vocabulary.
    patience : int
        Stop after so many epochs in which the held-out loss did not improve, and return to
        the vectors of the best epoch; 0 is never.
    initial_range : float
        Input rows start as uniform numbers from -`initial_range` / `dim` to
        `initial_range` / `dim`; output rows as zeros.
    large_logits : {"exact", "skip", "saturate"}
        What other programs' tables do to logits beyond `logit_limit`: train on them as they
        are, not at all, or as if their sigmoid were 0 or 1 (`loss` = ns with `negatives` =
        private, or hs).
    logit_limit : float
        Where `large_logits` begins.
    threads : int
        Worker threads. With one, the same seed gives the same bytes.
    seed : int
        Start of all randomness, 0 to 2**64 - 1.

    Raises
    ------
    ConfigError
        A value is out of range; the message names it and the range.
    """

    model: ModelName = "skipgram"
    loss: Loss = "ns"
    log_q: bool = False
    cbow_gradient: CbowGradient = "corrected"
    cbow_hidden: CbowHidden = "mean"
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
    alpha: float = None  # type: ignore[assignment]  # __post_init__ replaces it
    min_alpha: float = 2.5e-6
    effort: Effort = "balanced"
    block_length: int = None  # type: ignore[assignment]  # __post_init__ replaces it
    block_noise: int = None  # type: ignore[assignment]  # __post_init__ replaces it
    holdout: float = 0.0
    patience: int = 0
    initial_range: float = 0.5
    large_logits: LargeLogits = "exact"
    logit_limit: float = 6.0
    threads: int = dataclasses.field(default_factory=available_cpus)
    seed: int = 1

    def __post_init__(self) -> None:
        self._check_objective()
        self._integer("dim", 1, MAX_DIM)
        self._check_window()
        # hs and softmax draw no noise: the original's users say so with 0
        self._integer("negative", 1 if self.loss in NOISE_LOSSES else 0, 1_000)
        self._choice("negatives", ("shared", "private"))
        self._real("noise_exponent", -10.0, 10.0)
        self._real("sample", 0.0, 1.0)
        self._integer("min_count", 1, 2**62)
        if self.max_vocab is not None:
            self._integer("max_vocab", 2, 2**31 - 2)
        self._boolean("lowercase")
        self._integer("epochs", 1, 1_000_000)
        self._real("alpha", 0.0, 10.0)
        self._real("min_alpha", 0.0, 10.0)
        if self.min_alpha > self.alpha:
            raise ConfigError(
                f"min_alpha is {self.min_alpha:g}, above alpha {self.alpha:g}: "
                "the learning rate falls from alpha to min_alpha"
            )
        self._check_block()
        self._real("holdout", 0.0, 0.5)
        self._real("initial_range", 0.0, 1_000.0)
        self._check_large_logits()
        self._integer("patience", 0, 1_000_000)
        if self.patience and not self.holdout:
            raise ConfigError(
                f"patience is {self.patience}, and without held-out sentences there is no loss "
                "to wait for: give holdout, for example 0.001"
            )
        self._integer("threads", 1, MAX_THREADS)
        self._integer("seed", 0, 2**64 - 1)

    @property
    def widest(self) -> int:
        """The largest window, in words, that there can be: `window`, or the cap of sentence."""
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
            mode = default_window_mode(self.model, whole=whole)
            object.__setattr__(self, "window_mode", mode)
        self._choice("window_mode", ("weighted", "shrink", "fixed"))
        if whole and self.window_mode != "fixed":
            raise ConfigError(
                f"window_mode is {self.window_mode}: window {SENTENCE} counts all pairs alike: "
                "leave window_mode out"
            )

    def _check_objective(self) -> None:
        self._choice("model", get_args(ModelName))
        self._choice("loss", get_args(Loss))
        self._boolean("log_q")
        self._choice("cbow_gradient", get_args(CbowGradient))
        self._choice("cbow_hidden", get_args(CbowHidden))
        if self.log_q and self.loss != "sampled-softmax":
            raise ConfigError(
                f"log_q goes with loss sampled-softmax, and loss is {self.loss}: leave out log_q"
            )
        for name in ("cbow_gradient", "cbow_hidden"):
            default = Config.__dataclass_fields__[name].default
            if self.model != "cbow" and getattr(self, name) != default:
                raise ConfigError(f"{name} goes with model cbow, and model is {self.model}")
        if self.alpha is None:
            object.__setattr__(self, "alpha", default_alpha(self.model, self.cbow_gradient))

    def _check_large_logits(self) -> None:
        self._choice("large_logits", get_args(LargeLogits))
        self._real("logit_limit", 0.1, 100.0)
        if self.large_logits == "exact":
            if self.logit_limit != Config.__dataclass_fields__["logit_limit"].default:
                raise ConfigError("logit_limit goes with large_logits skip or saturate")
        elif self.loss != "hs" and (self.loss, self.negatives) != ("ns", "private"):
            raise ConfigError(
                f"large_logits is {self.large_logits}, which goes with loss hs, or with loss ns "
                f"and negatives private: here they are {self.loss} and {self.negatives}"
            )

    def _check_block(self) -> None:
        self._choice("effort", tuple(EFFORTS))
        drawn = self.loss in NOISE_LOSSES
        if self.effort != "balanced" and not (drawn and self.negatives == "shared"):
            why = f"negatives are {self.negatives}" if drawn else f"loss is {self.loss}"
            raise ConfigError(f"effort goes with shared noise words, and {why}: leave it out")
        for name, usual in zip(("block_length", "block_noise"), EFFORTS[self.effort], strict=True):
            if getattr(self, name) is None:
                object.__setattr__(self, name, usual)
            self._integer(name, 1, MAX_BLOCK)
            if drawn and self.negatives == "private" and getattr(self, name) != usual:
                raise ConfigError(f"{name} goes with negatives shared, not private: leave it out")
        ring = self.model == "skipgram" and self.loss == "sampled-softmax"
        if ring and self.negatives == "shared" and self.block_length < 2 * self.widest:
            raise ConfigError(
                f"block_length is {self.block_length}: sampled-softmax needs at least twice "
                f"the window, {2 * self.widest}"
            )

    @classmethod
    def preset(cls, name: str, **changes: Any) -> Self:
        """Return the settings with which another program trains; see docs/presets.md.

        Parameters
        ----------
        name : {"word2vec", "gensim", "fasttext"}
        **changes
            Fields; they win over the preset.

        Raises
        ------
        ConfigError
            There is no such preset, it does not have that loss, or a value is out of range.
        """
        if cls is not Config:
            raise ConfigError(f"preset {name!r} is for text: make a {cls.__name__} without one")
        given = {"model": cls.model, "loss": cls.loss, **changes}
        return cls(**preset_settings(name, given) | changes)

    def as_dict(self) -> dict[str, Any]:
        """Return the settings as plain values, for the run record."""
        return dataclasses.asdict(self)


@dataclasses.dataclass(frozen=True, kw_only=True)
class GraphConfig(Config):
    """Everything that changes the vectors of a graph's nodes, and nothing else.

    Words are nodes here, the text is walks from node to node. Where the defaults differ from
    those of `Config` they are those of node2vec (Grover and Leskovec 2016).

    Attributes
    ----------
    walks : int
        Walks from each node, in each epoch: others in every epoch.
    length : int
        Nodes of a walk, its start included. One that cannot go on is shorter.
    p, q : float
        Going back to where the walk came from counts 1 / p times, going on to a node that is
        not linked from there 1 / q times. With 1 and 1 walks are DeepWalk's.
    directed : bool
        Edges lead from the first node to the second only.
    weights : bool
        A third column of the edges is their weights: walks prefer heavy edges.
    metapath : str or None
        Types of nodes with dashes between, as A-P-A: walks begin at a node of the first type
        and visit the others in this order, over and over if the last is the first.
    **others
        As in `Config`. `min_count`, `max_vocab` and `lowercase` are about the names in edges.

    Raises
    ------
    ConfigError
        A value is out of range, or p or q is given with a metapath.
    """

    dim: int = 128
    window: Window = 10
    sample: float = 0.0
    min_count: int = 1
    epochs: int = 1
    walks: int = 10
    length: int = 80
    p: float = 1.0
    q: float = 1.0
    directed: bool = False
    weights: bool = True
    metapath: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self._integer("walks", 1, 1_000_000)
        self._integer("length", 2, MAX_LENGTH)
        self._real("p", 1 / LARGEST_BIAS, LARGEST_BIAS)
        self._real("q", 1 / LARGEST_BIAS, LARGEST_BIAS)
        self._boolean("directed")
        self._boolean("weights")
        if self.metapath is None:
            return
        if not isinstance(self.metapath, str) or len(self.metapath.split("-")) < 2:
            raise ConfigError(f"metapath is {self.metapath!r}: give types with dashes, as A-P-A")
        if "" in self.metapath.split("-"):
            raise ConfigError(f"metapath is {self.metapath!r}: nothing stands beside a dash")
        if (self.p, self.q) != (1, 1):
            raise ConfigError(f"metapath is {self.metapath!r}: walks along one take no p or q")
