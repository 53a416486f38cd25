"""Whatever a file holds, reading it ends with a test set or an error of ours."""

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from w2v.errors import W2VError
from w2v.evaluation import PairSet, evaluate, read_set
from w2v.vectors import Vectors

FIELD = st.sampled_from(["a", "b", "A", "c/d", "1", "2.5", "-", "nan", "", ":", "#", "é", "\u00a0"])
LINE = st.lists(FIELD, max_size=6)
GAP = st.sampled_from([" ", "\t", ",", ";", ", "])
LINES = st.lists(st.tuples(LINE, GAP).map(lambda pair: pair[1].join(pair[0])), max_size=8)
BYTES = st.one_of(st.binary(max_size=60), LINES.map(lambda lines: "\n".join(lines).encode()))
VECTORS = Vectors(["a", "b", "c", "d", "A"], np.eye(5, 3, dtype=np.float32))


@given(BYTES)
def test_any_bytes(data):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "set.txt"
        path.write_bytes(data)
        try:
            found = read_set(path)
        except W2VError as error:
            assert str(path) in str(error)
            assert "\n" not in str(error)
            return
        assert found.pairs if isinstance(found, PairSet) else any(asked for _, asked in found[1])
        for oov in ("skip", "wrong"):
            try:
                result = evaluate(VECTORS, path, oov=oov)
            except W2VError as error:
                assert "vocabulary" in str(error)
            else:
                assert 0 <= result.coverage <= 1
