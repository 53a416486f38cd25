"""Time turning a text into rows: path, threads and min-count as arguments; JSON on stdout."""

import json
import sys
import time

from w2v.text import read_corpus

path, threads, min_count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
start = time.perf_counter()
vocab, corpus = read_corpus(
    [path], min_count=min_count, max_vocab=None, lowercase=False, threads=threads
)
seconds = time.perf_counter() - start
with corpus:
    print(json.dumps({"rows": seconds, "tokens": corpus.tokens, "words": len(vocab)}))
