"""Time one thing gensim does: what, and the files, as arguments; JSON on stdout."""

import json
import sys
import time

from gensim.models import KeyedVectors
from gensim.models.phrases import Phrases
from gensim.models.word2vec import LineSentence


def phrases(path):
    found = Phrases(LineSentence(path), min_count=5, threshold=100.0, scoring="default").freeze()
    with open("joined.gensim", "w", encoding="utf-8") as out:  # noqa: PTH123
        for sentence in found[LineSentence(path)]:
            out.write(" ".join(sentence) + "\n")
    return len(found.phrasegrams)


task, path = sys.argv[1], sys.argv[2]
if task in ("write-text", "evaluate"):
    vectors = KeyedVectors.load_word2vec_format(path, binary=True)
start = time.perf_counter()
if task.startswith("phrases"):
    answer = phrases(path)
elif task == "write-text":
    vectors.save_word2vec_format("written.gensim", binary=False)
    answer = len(vectors)
elif task == "evaluate":
    # The rules w2v has by default.
    answer, _ = vectors.evaluate_word_analogies(
        sys.argv[3], restrict_vocab=70_000, case_insensitive=True, dummy4unknown=False
    )
else:
    answer = len(KeyedVectors.load_word2vec_format(path, binary=task == "load"))
print(json.dumps({"work": time.perf_counter() - start, "answer": float(answer)}))
