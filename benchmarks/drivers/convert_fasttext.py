"""Write the vectors of a fastText model as word2vec binary: one job, as JSON, in the argument."""

import json
import sys

import fasttext

job = json.loads(sys.argv[1])
model = fasttext.load_model(job["output"] + ".fasttext")
matrix = model.get_input_matrix().astype("<f4")
words = model.words
with open(job["output"], "wb") as out:  # noqa: PTH123
    out.write(b"%d %d\n" % (len(words), matrix.shape[1]))
    for word, vector in zip(words, matrix, strict=True):
        out.write(word.encode() + b" " + vector.tobytes() + b"\n")
