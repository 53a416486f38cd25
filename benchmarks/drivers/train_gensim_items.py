"""Train gensim on sessions: text, output, workers, seed; ``items`` for other than its defaults."""

import sys

from gensim.models import Word2Vec

text, output, workers, seed, *rest = sys.argv[1:]
# The settings that w2v is given: skip-gram over all items of a session, and every item.
changes = {"sg": 1, "window": 50, "min_count": 1, "sample": 0} if rest == ["items"] else {}
model = Word2Vec(corpus_file=text, workers=int(workers), seed=int(seed), **changes)
model.wv.save_word2vec_format(output, binary=True)
