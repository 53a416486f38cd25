import math

import numpy as np
import pytest

from w2v.errors import DataError
from w2v.evaluation import evaluate, similarity
from w2v.vectors import Vectors


class TestSimilarity:
    def test_order_is_all_that_counts(self, vectors, write):
        path = write("man\tboy\t9\nman\twoman\t3.5\nman\tapple\t0\nman\tprince\t5\n")
        result = similarity(vectors, path)
        assert (result.spearman, result.pairs, result.skipped) == (pytest.approx(1), 3, 1)
        path = write("man\tboy\t0\nman\twoman\t3.5\nman\tapple\t9\n")
        assert similarity(vectors, path).spearman == pytest.approx(-1)

    @pytest.mark.parametrize("separator", ["\t", " ", ",", ", ", "  ", " \t", ";"])
    @pytest.mark.parametrize("end", ["\n", "\r\n"])
    def test_layouts(self, vectors, write, separator, end):
        rows = [("Man", "Boy", "9"), ("man", "woman", "3.5"), ("man", "apple", "1e-3")]
        path = write("# a comment\n" + end.join(separator.join(row) for row in rows) + end)
        assert similarity(vectors, path).pairs == 3

    def test_a_header_is_left_out(self, vectors, write):
        path = write("\ufeffWord 1,Word 2,Human (mean)\nman,boy,9\nman,woman,3\n")
        assert similarity(vectors, path).pairs == 2

    def test_case(self, vectors, write):
        path = write("Man Boy 9\nman woman 3\nman apple 1\n")
        assert similarity(vectors, path).pairs == 3
        result = similarity(vectors, path, lowercase=False)
        assert (result.pairs, result.skipped) == (2, 1)

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            ("man boy 9\nman woman\n", r"set\.txt:2: 'man woman' is not two words and a number"),
            ("man boy 9\nman woman x\n", r"set\.txt:2: 'man woman x' is not"),
            ("man boy 9\nman woman nan\n", r"set\.txt:2: "),
            ("man boy 9\nman woman 1 2\n", r"set\.txt:2: "),
            ("man boy 9\nwalk go 1\n", "1 of 2 pairs are in the vocabulary"),
            ("", r"set\.txt is empty"),
        ],
    )
    def test_bad_files(self, vectors, write, content, message):
        with pytest.raises(DataError, match=message):
            similarity(vectors, write(content))

    def test_identical_words_have_the_highest_cosine(self, vectors, write):
        path = write("man man 10\nman boy 9\nman apple 0\n")
        assert similarity(vectors, path).spearman == pytest.approx(1)

    def test_rows_without_a_direction_have_the_cosine_0(self, write):
        rows = np.array(
            [[1, 0], [1, 1], [0, 0], [-1, 0], [np.nan, 1], [1e-30, 1e-30], [3e38, 3e38]]
        )
        vectors = Vectors(list("abcdefg"), rows.astype(np.float32))
        # Cosines 0.7, 0, 0, -1, and 0.7 again however short or long the vector.
        path = write("a b 9\na c 5\na e 5\na d 0\na f 9\na g 9\n")
        result = similarity(vectors, path)
        assert (result.spearman, result.pairs) == (pytest.approx(1, abs=0.01), 6)
        assert math.isnan(similarity(vectors, write("a c 1\na e 2\n")).spearman)

    def test_unknown_words_may_count_as_unlike(self, vectors, write):
        path = write("man boy 9\nman woman 3\nman prince 8\nman apple 0\n")
        skipped, wrong = (evaluate(vectors, path, oov=oov) for oov in ("skip", "wrong"))
        assert (skipped.pairs, skipped.skipped, skipped.known) == (3, 1, 3)
        assert (wrong.pairs, wrong.skipped, wrong.known) == (4, 0, 3)
        assert skipped.coverage == wrong.coverage == 0.75
        # Cosines 0.70, 0.01, 0, -0.52 against 9, 3, 8, 0: two neighbors change places.
        assert wrong.spearman == pytest.approx(0.8)
        assert skipped.spearman == pytest.approx(1)

    def test_restrict(self, vectors, write):
        path = write("man boy 9\nman woman 3\nman queen 1\n")
        assert evaluate(vectors, path).known == 3
        assert evaluate(vectors, path, restrict=4).known == 2
        assert evaluate(vectors, path, restrict=0).known == 3
