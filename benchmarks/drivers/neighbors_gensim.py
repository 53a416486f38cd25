"""Nearest words by gensim: the vectors, how many, then words; JSON on stdout."""

import json
import sys

from gensim.models import KeyedVectors

vectors = KeyedVectors.load_word2vec_format(sys.argv[1], binary=True)
count = int(sys.argv[2])
print(json.dumps({word: vectors.most_similar(word, topn=count) for word in sys.argv[3:]}))
