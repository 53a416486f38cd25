"""From text to rows: sources, scanning, the vocabulary, the corpus."""

from w2v.text.corpus import Corpus, corpus_from_sentences, count_words, read_corpus
from w2v.text.vocab import Vocab

__all__ = ["Corpus", "Vocab", "corpus_from_sentences", "count_words", "read_corpus"]
