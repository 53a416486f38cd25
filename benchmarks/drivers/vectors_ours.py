"""Time one thing w2v does to vectors: what, the file, threads as arguments; JSON on stdout."""

import json
import sys
import time

from w2v import load, save

task, path, threads = sys.argv[1], sys.argv[2], int(sys.argv[3])
start = time.perf_counter()
vectors = load(path, threads=threads)
if task == "write-text":
    start = time.perf_counter()
    save(vectors, "written.txt")
print(json.dumps({"work": time.perf_counter() - start, "answer": float(len(vectors))}))
