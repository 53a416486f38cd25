"""Train on a slice of a text for each line on stdin; on stdout the nanoseconds of CPU a word took.

Arguments: path, isa, dim, window, block length, noise words, model. A line is the number of tokens
of a slice. There is one thread.
"""

import sys
import time

import numpy as np

from w2v import Config, W2VError, _core
from w2v.text import read_corpus
from w2v.training import tables

path, isa = sys.argv[1:3]
dim, window, block_length, block_noise = map(int, sys.argv[3:7])
try:
    config = Config(
        dim=dim,
        window=window,
        block_length=block_length,
        block_noise=block_noise,
        model=sys.argv[7],
    )
    if isa not in _core.available_isas():
        sys.exit(f"no kernel {isa}: there are {', '.join(_core.available_isas())}")
except W2VError as error:
    sys.exit(str(error))
vocab, corpus = read_corpus([path], min_count=config.min_count, threads=1)
words = len(vocab)
inputs, outputs = (tables.padded_matrix(words, dim) for _ in range(2))
tables.fill_initial(inputs, dim, config.seed)
run = _core.Run(
    inputs,
    outputs,
    tables.keep_thresholds(vocab.counts, config.sample),
    tables.noise_table(vocab.counts, config.noise_exponent),
    total=1 << 40,
    isa=isa,
    dim=dim,
    window=window,
    window_mode=config.window_mode,
    negative=config.negative,
    negatives="shared",
    alpha=config.alpha,
    min_alpha=config.min_alpha,
    block_length=config.block_length,
    block_noise=config.block_noise,
    step=_core.LONGEST_STEP,
    loss_interval=127,
    model=config.model,
)
worker = _core.Worker(run, config.seed, 0)
rows = np.asarray(corpus.rows)
start = 0
print("ready", flush=True)
for line in sys.stdin:
    tokens = min(int(line), len(rows))
    if start + tokens > len(rows):
        start = 0
    began = time.thread_time_ns()
    worker.train(rows[start : start + tokens])
    took = time.thread_time_ns() - began
    start += tokens
    print(took / max(1, np.count_nonzero(rows[start - tokens : start] >= 0)), flush=True)
