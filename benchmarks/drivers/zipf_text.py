"""Write a text of many words by Zipf's law: file, number of words and of tokens as arguments.

Word r occurs about C / (r + 2.7) times, but at least `LEAST`, so that ``--min-count 5`` keeps
all; C makes the text as long as asked for, or `TOKENS_A_WORD` tokens a word if that is more. The
tokens are shuffled with a fixed seed, 20 a line. Words are numbers in base 26: frequent ones
are short.
"""

import string
import sys
from pathlib import Path

import numpy as np

TOKENS_A_WORD = 8
LEAST = 5
SHIFT = 2.7  # Mandelbrot's: bends the law at its front
LINE = 20
PART = 1 << 20


def counts_of(words: int, tokens: int) -> "np.ndarray":
    """Return how often each word occurs, int64, falling; their sum is near `tokens`."""
    shares = 1 / (np.arange(words) + SHIFT)
    low, high = 0.0, float(tokens)
    for _ in range(60):
        scale = (low + high) / 2
        if np.maximum(LEAST, scale * shares).sum() > tokens:
            high = scale
        else:
            low = scale
    return np.maximum(LEAST, low * shares).astype(np.int64)


def spelled(number: int) -> str:
    """Return a number from 0 on in letters."""
    letters = ""
    while True:
        number, last = divmod(number, 26)
        letters = string.ascii_lowercase[last] + letters
        if number == 0:
            return letters
        number -= 1


def main() -> None:
    path, words, tokens = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    tokens = max(words * TOKENS_A_WORD, tokens)
    rows = np.repeat(np.arange(words, dtype=np.int32), counts_of(words, tokens))
    np.random.default_rng(1).shuffle(rows)
    names = [spelled(number) for number in range(words)]
    with path.open("w") as out:
        for start in range(0, len(rows), PART * LINE):
            part = rows[start : start + PART * LINE].tolist()
            for first in range(0, len(part), LINE):
                out.write(" ".join([names[row] for row in part[first : first + LINE]]) + "\n")


if __name__ == "__main__":
    main()
