"""A world small enough to be worked out by hand, and files of test sets."""

import numpy as np
import pytest

from w2v.vectors import Vectors

# Royalty and sex are two directions, so that analogies can be worked out by hand.
WORDS = ["man", "woman", "king", "queen", "boy", "girl", "apple", "King"]
MATRIX = np.array(
    [
        [1, 0, 0, 0.1],
        [0, 1, 0, 0.1],
        [1, 0, 1, 0],
        [0, 1, 1, 0],
        [1, 0, 0, 1],
        [0, 1, 0, 1],
        [-1, -1, -1, -1],
        [0, 1, 1, 0],
    ],
    np.float32,
)


@pytest.fixture
def vectors() -> Vectors:
    return Vectors(WORDS, MATRIX)


@pytest.fixture
def write(tmp_path):
    def write_file(content: str | bytes):
        path = tmp_path / "set.txt"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write_file
