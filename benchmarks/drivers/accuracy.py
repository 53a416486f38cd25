"""Score a file of vectors: the file and the folder of test sets as arguments; JSON on stdout."""

import json
import sys
from pathlib import Path

from w2v.evaluation import analogies, similarity
from w2v.formats import load

vectors = load(sys.argv[1])
folder = Path(sys.argv[2])
questions = analogies(vectors, folder / "questions-words.txt")
scores = {
    "analogies": questions.accuracy,
    "semantic": questions.semantic,
    "syntactic": questions.syntactic,
}
for name, file in (
    ("ws353", "EN-WS-353-ALL.txt"),
    ("men", "EN-MEN-TR-3k.txt"),
    ("simlex", "EN-SIMLEX-999.txt"),
):
    scores[name] = similarity(vectors, folder / file).spearman
print(json.dumps({name: round(100 * score, 2) for name, score in scores.items()}))
