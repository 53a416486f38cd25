"""Read edges and walk on them; seconds and counts, as JSON, on stdout.

Arguments: the edges, threads, walks per node, length. Steps are made and dropped, an epoch of
them: first DeepWalk's, then node2vec's with p = 1 and q = 0.5.
"""

import itertools
import json
import resource
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from w2v.config import GraphConfig
from w2v.graph import Walks, read_graph

MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024


def walked(walks, threads):
    """Return the steps of an epoch, the seconds to its first chunk, and to its end."""
    start = time.perf_counter()
    walks.chunk(1, 0, 1)
    first = time.perf_counter() - start
    pairs = list(itertools.pairwise(walks.cut(1 << 17)))
    start = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        rows = sum(pool.map(lambda pair: len(walks.chunk(1, *pair)), pairs))
    return rows - walks.total, first, time.perf_counter() - start


edges, threads, rounds, length = sys.argv[1], *map(int, sys.argv[2:5])
start = time.perf_counter()
graph = read_graph(edges, threads=threads)
found = {"read": time.perf_counter() - start}
found["memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * MAXRSS_UNIT
found |= {"nodes": len(graph), "edges": graph.edges}
for name, q in (("uniform", 1.0), ("biased", 0.5)):
    start = time.perf_counter()
    walks = Walks(graph, GraphConfig(walks=rounds, length=length, q=q, threads=threads))
    found[f"{name}_prepared"] = time.perf_counter() - start
    steps, first, seconds = walked(walks, threads)
    found |= {f"{name}_first": first, f"{name}_steps": steps, name: seconds}
print(json.dumps(found))
