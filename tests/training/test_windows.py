"""Pairs made in numpy are those that a plain loop finds."""

from __future__ import annotations

import numpy as np
import pytest

from w2v import Config
from w2v.training.windows import Windows

ALL = 0xFFFFFFFF


def pairs(blocks):
    """Return what blocks hold as (center row, context row, weight), and every center's row."""
    return [
        (int(block.words[center]), int(block.words[context]), float(weight))
        for block in blocks
        for center, context, weight in zip(
            block.centers, block.contexts, block.weights, strict=True
        )
    ]


def expected(sentences, window, mode):
    return [
        (
            sentence[center],
            sentence[context],
            (window + 1 - abs(center - context)) / window if mode == "weighted" else 1.0,
        )
        for sentence in sentences
        for center in range(len(sentence))
        for context in range(max(0, center - window), min(len(sentence), center + window + 1))
        if context != center
    ]


@pytest.mark.parametrize("mode", ["weighted", "fixed"])
@pytest.mark.parametrize("window", [1, 3, 50])
@pytest.mark.parametrize("block_length", [1, 7, 1000])
def test_pairs_are_those_of_a_plain_loop(window, mode, block_length):
    generator = np.random.default_rng(3)
    sentences = [generator.integers(0, 99, n).tolist() for n in (1, 2, 30, 1, 9)]
    rows = np.array([row for sentence in sentences for row in [*sentence, -1]], np.int32)
    config = Config(window=window, window_mode=mode, block_length=block_length)
    windows = Windows(np.full(99, ALL, np.uint32), config)
    blocks = list(windows.blocks(rows, generator))
    assert pairs(blocks) == expected(sentences, window, mode)
    assert [block.tokens for block in blocks] == sorted(block.tokens for block in blocks)
    assert blocks[-1].tokens == 43


def test_shrunken_reach_is_uniform():
    rows = np.arange(60_000, dtype=np.int32)
    windows = Windows(np.full(60_000, ALL, np.uint32), Config(window=4, window_mode="shrink"))
    far = np.zeros(5)
    for block in windows.blocks(rows, np.random.default_rng(1)):
        far += np.bincount(np.abs(block.centers - block.contexts), minlength=5)
    np.testing.assert_allclose(far[1:] / 120_000, [1, 0.75, 0.5, 0.25], atol=0.01)


def test_thinned_out_words_are_neither_centers_nor_contexts():
    keep = np.array([ALL, 0, ALL // 2], np.uint32)
    rows = np.tile(np.array([0, 1, 2], np.int32), 10_000)
    windows = Windows(keep, Config(window=1, window_mode="fixed"))
    found = pairs(windows.blocks(rows, np.random.default_rng(1)))
    assert {row for center, context, _ in found for row in (center, context)} == {0, 2}
    assert sum(center == 2 for center, _, _ in found) == pytest.approx(10_000, rel=0.05)


def test_a_text_that_is_thinned_out_altogether_has_no_block():
    windows = Windows(np.zeros(2, np.uint32), Config())
    assert not list(windows.blocks(np.array([0, 1, -1], np.int32), np.random.default_rng(1)))
