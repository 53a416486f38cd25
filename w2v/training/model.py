"""What training gives: both matrices, and with a warm start the words that it did not meet."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2v.text.vocab import Vocab
from w2v.vectors import Vectors

Floats = NDArray[np.float32]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Model:
    """What training gives.

    Attributes
    ----------
    vectors : Vectors
        One row per word, most frequent first.
    outputs : float32 (n, dim)
        The second matrix: rows that inputs are scored against. With hierarchical softmax row v
        is that of node v of `w2v.training.huffman.huffman_tree`, made of the words that the
        text has, and the row of the last of these is not used.
    vocab : Vocab
        With counts of the text; after a warm start words that it does not have come last,
        with 0.
    record : dict
        The run record, as it is written to JSON.
    """

    vectors: Vectors
    outputs: Floats
    vocab: Vocab
    record: dict[str, Any]


@dataclasses.dataclass(frozen=True, kw_only=True)
class Carried:
    """What a session has of an earlier model beside the rows that it goes on with.

    Attributes
    ----------
    record : dict or None
        What the run record says of the start; None if there was no earlier model.
    words : list of str
        Old words that the text does not have: they stay as they were.
    inputs, outputs : float32 (len(words), dim)
    frozen : uint8 (words of the text + 1,) or None
        1 for words whose input rows stay as they are.
    """

    record: dict[str, Any] | None = None
    words: list[str] = dataclasses.field(default_factory=list)
    inputs: Floats | None = None
    outputs: Floats | None = None
    frozen: NDArray[np.uint8] | None = None


def whole_model(
    vocab: Vocab, inputs: Floats, outputs: Floats, carried: Carried, record: dict[str, Any]
) -> Model:
    """Return what was trained together with the words that the text did not have."""
    if carried.inputs is not None and carried.outputs is not None:
        unseen = np.zeros(len(carried.words), np.int64)
        vocab = Vocab([*vocab.words, *carried.words], np.concatenate([vocab.counts, unseen]))
        inputs = np.concatenate([inputs, carried.inputs])
        outputs = np.concatenate([outputs, carried.outputs])
    vectors = Vectors(vocab.words, inputs, record=record)
    return Model(vectors=vectors, outputs=outputs, vocab=vocab, record=record)
