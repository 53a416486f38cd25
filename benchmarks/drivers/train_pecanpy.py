"""PecanPy's walks, gensim's training: one job, as JSON, in the first argument.

Seconds, as JSON, on stdout. The walks are those of ``pecanpy --mode SparseOTF``, and go to
gensim as its own ``embed`` hands them over, but with the seed and the settings of the job.
"""

import json
import sys
import time

import numba
from gensim.models import Word2Vec
from pecanpy.pecanpy import SparseOTF

job = json.loads(sys.argv[1])
numba.set_num_threads(min(job["threads"], numba.config.NUMBA_NUM_THREADS))
start = time.perf_counter()
graph = SparseOTF(p=job["p"], q=job["q"], workers=job["threads"], verbose=False)
graph.read_edg(job["edges"], False, False, delimiter=" ")
read = time.perf_counter()
walks = graph.simulate_walks(job["walks"], job["length"])
walked = time.perf_counter()
model = Word2Vec(
    walks,
    sg=1,
    vector_size=job["dim"],
    window=job["window"],
    min_count=0,
    workers=job["threads"],
    epochs=1,
    seed=job["seed"],
)
trained = time.perf_counter()
model.wv.save_word2vec_format(job["output"], binary=True)
saved = time.perf_counter()
print(
    json.dumps(
        {
            "read": read - start,
            "walk": walked - read,
            "training": trained - walked,
            "saving": saved - trained,
        }
    )
)
