"""Train with gensim: one job, as JSON, in the first argument; seconds, as JSON, on stdout."""

import json
import sys
import time

from gensim.models import Word2Vec

job = json.loads(sys.argv[1])
settings = job["settings"]
model = Word2Vec(
    sg=int(job["model"] == "skipgram"),
    hs=int(job["loss"] == "hs"),
    vector_size=settings["dim"],
    window=settings["window"],
    negative=0 if job["loss"] == "hs" else settings["negative"],
    sample=settings["sample"],
    min_count=settings["min_count"],
    alpha=settings["alpha"],
    workers=settings["threads"],
    epochs=job["epochs"],
    seed=job["seed"],
)
start = time.perf_counter()
model.build_vocab(corpus_file=job["corpus"])
counted = time.perf_counter()
model.train(
    corpus_file=job["corpus"],
    total_examples=model.corpus_count,
    total_words=model.corpus_total_words,
    epochs=job["epochs"],
)
trained = time.perf_counter()
model.wv.save_word2vec_format(job["output"], binary=True)
saved = time.perf_counter()
print(
    json.dumps({"text": counted - start, "training": trained - counted, "saving": saved - trained})
)
