"""A language of pairs whose probabilities are known, and how far a model is from them."""

from __future__ import annotations

import dataclasses
import itertools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2v import Config, Model, train

Array = NDArray[np.float64]

WORDS, SENTENCES = 30, 100_000
SEEN = 20  # pairs seen less often say little of their PMI


@dataclasses.dataclass(frozen=True)
class Language:
    """Sentences of two words; `counts[i, j]`: how often j stands beside i."""

    sentences: list[list[str]]
    counts: Array


def make_language() -> Language:
    """Words by Zipf's law, each with likes and dislikes among the others."""
    generator = np.random.default_rng(1)
    zipf = 1 / np.arange(1.0, WORDS + 1)
    taste = generator.gamma(0.5, size=(WORDS, WORDS))
    joint = (taste + taste.T) * np.outer(zipf, zipf)
    drawn = generator.choice(WORDS * WORDS, SENTENCES, p=(joint / joint.sum()).ravel())
    counts = np.bincount(drawn, minlength=WORDS * WORDS).reshape(WORDS, WORDS).astype(float)
    sentences = [[f"w{pair // WORDS}", f"w{pair % WORDS}"] for pair in drawn]
    return Language(sentences, counts + counts.T)


def inner_products(language: Language, **changes: Any) -> tuple[Array, Array]:
    """Return inputs . outputs of a model with as many dimensions as words, and the counts."""
    return products_of(train(language.sentences, learning(**changes)), language)


def learning(**changes: Any) -> Config:
    """Return settings that learn the language, but for these changes."""
    settings: dict[str, Any] = {
        **{"dim": WORDS, "window": 1, "min_count": 1, "sample": 0.0, "noise_exponent": 1.0},
        **{"epochs": 10, "alpha": 0.1, "min_alpha": 0.001, "threads": 1},
    }
    if changes.get("negatives") != "private":
        settings["block_length"] = 16
    return Config(**settings | changes)


def products_of(model: Model, language: Language) -> tuple[Array, Array]:
    """Return inputs . outputs of a model of the language, and the counts in its order."""
    order = [int(word[1:]) for word in model.vocab.words]
    products = model.vectors.matrix.astype(float) @ model.outputs.T.astype(float)
    return products, language.counts[np.ix_(order, order)]


def log_share(counts: Array) -> Array:
    """Return the logarithm of each word's share."""
    return np.log(counts.sum(axis=0) / counts.sum())


def divergence(logits: Array, counts: Array) -> float:
    """Return the mean over the words of KL(seen conditional distribution || softmax of logits)."""
    seen = counts / counts.sum(axis=1, keepdims=True)
    model = logits - np.logaddexp.reduce(logits, axis=1)[:, None]
    logs = np.log(np.where(seen > 0, seen, 1))
    return float((seen * (logs - model)).sum(axis=1).mean())


ROLES, KINDS = 4, 6


def analogy_sentences() -> list[list[str]]:
    """A small world: the word in the middle has a role and a kind, and its neighbors are of them.

    w02 is to w12 as w04 to w14: another role of the same kind.
    """
    generator = np.random.default_rng(7)
    sentences = []
    for _ in range(3000):
        role, kind = generator.integers(ROLES), generator.integers(KINDS)
        around = [f"role{role}_{k}" for k in generator.integers(0, 6, 3)]
        around += [f"kind{kind}_{k}" for k in generator.integers(0, 6, 3)]
        generator.shuffle(around)
        sentences.append([*around[:3], f"w{role}{kind}", *around[3:]])
    return sentences


def analogies() -> list[tuple[str, str, str, str]]:
    """Every analogy that the small world holds."""
    return [
        (f"w{a}{c}", f"w{b}{c}", f"w{a}{d}", f"w{b}{d}")
        for a, b in itertools.permutations(range(ROLES), 2)
        for c, d in itertools.permutations(range(KINDS), 2)
    ]
