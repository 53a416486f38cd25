"""From rows to pairs of a center and a context, in numpy: what stream.h does for the kernels.

For what needs no compiled core: the full softmax, whose time goes into dense products, and the
loss of held-out sentences.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from w2v.config import Config

Doubles = NDArray[np.float64]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Block:
    """Some consecutive centers and all their pairs.

    Attributes
    ----------
    words : int32 (n,)
        Rows of the centers and of the contexts around them, in the order of the text.
    centers, contexts : int64 (pairs,)
        Places in `words`, by rising center.
    weights : float64 (pairs,)
        What a pair counts: see `Config.window_mode`.
    tokens : int
        Tokens of the text up to the last center, thinned-out ones included.
    """

    words: NDArray[np.int32]
    centers: NDArray[np.int64]
    contexts: NDArray[np.int64]
    weights: Doubles
    tokens: int


class Windows:
    """Subsampling and windows, by the settings of a run.

    Parameters
    ----------
    keep : uint32 (words,)
        Thresholds, as `w2v.training.tables.keep_thresholds` gives them.
    config : Config
        `window`, `window_mode` and `block_length` are used.
    """

    def __init__(self, keep: NDArray[np.uint32], config: Config) -> None:
        self._keep = keep
        self._window = window = config.widest
        self._shrink = config.window_mode == "shrink"
        self._length = config.block_length
        self._offsets = np.concatenate([np.arange(-window, 0), np.arange(1, window + 1)])
        self._distances = np.abs(self._offsets)
        weighted = config.window_mode == "weighted"
        falling = (window + 1 - self._distances) / window
        self._weights = falling if weighted else np.ones(2 * window)

    def blocks(self, rows: NDArray[np.int32], generator: np.random.Generator) -> Iterator[Block]:
        """Thin out `rows`, int32 (n,) with -1 at sentence ends, and yield their blocks.

        Windows are cut after thinning out and at sentence ends, as the kernels do it.
        """
        draws = generator.integers(0, 0xFFFFFFFF, len(rows), dtype=np.uint32, endpoint=True)
        ends = rows < 0
        kept = ~ends & (draws <= self._keep[rows])
        words = rows[kept]
        sentences = np.cumsum(ends, dtype=np.int64)[kept]
        tokens = np.cumsum(~ends, dtype=np.int64)[kept]
        reach: Any = self._window
        if self._shrink:
            reach = generator.integers(1, self._window, len(words), endpoint=True)
        for start in range(0, len(words), self._length):
            stop = min(start + self._length, len(words))
            yield self._block(words, sentences, reach, start, stop, int(tokens[stop - 1]))

    def _block(
        self,
        words: NDArray[np.int32],
        sentences: NDArray[np.int64],
        reach: Any,
        start: int,
        stop: int,
        tokens: int,
    ) -> Block:
        first, last = max(0, start - self._window), min(len(words), stop + self._window)
        places = np.arange(start, stop)[:, None] + self._offsets
        inside = (places >= 0) & (places < len(words))
        near = sentences[np.clip(places, 0, len(words) - 1)] == sentences[start:stop, None]
        if self._shrink:
            near &= self._distances <= reach[start:stop, None]
        center, offset = np.nonzero(inside & near)
        return Block(
            words=words[first:last],
            centers=center + (start - first),
            contexts=center + (start - first) + self._offsets[offset],
            weights=self._weights[offset],
            tokens=tokens,
        )


class Examples(NamedTuple):
    """The pairs of a block as sources and the targets they are scored against.

    Attributes
    ----------
    mixing : float64 (sources, rows) or None
        What each source is made of; None if sources are rows themselves.
    sharing : float64 (sources, rows) or None
        What share of a source's gradient each row gets; None likewise.
    source, target : int64 (pairs,)
        Number of the source; row of the word to predict.
    weights : float64 (pairs,)
    """

    mixing: Doubles | None
    sharing: Doubles | None
    source: NDArray[np.int64]
    target: NDArray[np.int64]
    weights: Doubles


def examples(block: Block, places: NDArray[np.int64], rows: int, config: Config) -> Examples:
    """Return what a block trains on: its pairs, or for CBOW its centers with contexts.

    Parameters
    ----------
    block : Block
    places : int64 (words of the block,)
        The number of each word among the `rows` distinct ones.
    config : Config
        `model`, `cbow_hidden` and `cbow_gradient` are used.
    """
    near = places[block.contexts]
    if config.model == "skipgram":
        target = block.words[block.centers].astype(np.int64)
        return Examples(None, None, near, target, block.weights)
    centers, number = np.unique(block.centers, return_inverse=True)
    whole = np.zeros((len(centers), rows))
    np.add.at(whole, (number, near), block.weights)
    mixing = whole / whole.sum(axis=1, keepdims=True) if config.cbow_hidden == "mean" else whole
    sharing = mixing if config.cbow_gradient == "corrected" else whole
    target = block.words[centers].astype(np.int64)
    return Examples(mixing, sharing, np.arange(len(centers)), target, np.ones(len(centers)))
