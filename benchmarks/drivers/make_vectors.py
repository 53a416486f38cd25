"""Write random vectors of the words w0, w1, ...: words, numbers each, file as arguments."""

import sys

import numpy as np

from w2v import Vectors, save

words, dim, path = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
matrix = np.random.default_rng(1).standard_normal((words, dim), dtype=np.float32)
save(Vectors([f"w{row}" for row in range(words)], matrix), path)
