"""Train with fastText: one job, as JSON, in the first argument."""

import json
import sys

import fasttext

job = json.loads(sys.argv[1])
settings = job["settings"]
model = fasttext.train_unsupervised(
    job["corpus"],
    model="skipgram",
    loss="ns",
    dim=settings["dim"],
    ws=settings["window"],
    neg=settings["negative"],
    t=settings["sample"],
    minCount=settings["min_count"],
    lr=settings["alpha"],
    thread=settings["threads"],
    epoch=job["epochs"],
    # No subwords; without bucket=0 the Python module still allocates 2 million rows for them.
    minn=0,
    maxn=0,
    bucket=0,
    verbose=2,
)
model.save_model(job["output"] + ".fasttext")
