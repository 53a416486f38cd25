import pytest

import w2v
from w2v.errors import ConfigError, DataError, FileError
from w2v.evaluation import PairSet, QuestionSet, read_set


@pytest.fixture
def bats(tmp_path):
    """Return a function that makes a folder of relations."""

    def make(**files):
        for name, content in files.items():
            path = tmp_path / "bats" / "1_first" / f"{name}.txt"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        return tmp_path / "bats"

    return make


class TestKinds:
    @pytest.mark.parametrize(
        ("content", "pair"),
        [
            ("tiger\tcat\t7.35\ntiger\ttiger\t10.00\n", ("tiger", "cat", 7.35)),  # WS-353
            ("Word 1,Word 2,Human (mean)\nlove,sex,6.77\ntiger,cat,7\n", ("love", "sex", 6.77)),
            ("sun sunlight 50.000000\nold new 1\n", ("sun", "sunlight", 50)),  # MEN
            (  # SimLex-999
                "word1\tword2\tPOS\tSimLex999\tconc(w1)\tSD(SimLex)\n"
                "old\tnew\tA\t1.58\t2.72\t0.41\nsmart\tintelligent\tA\t9.2\t1.75\t0.67\n",
                ("old", "new", 1.58),
            ),
            ("squishing\tsquirt\t5.88\t7\t5\na\tb\t1\t2\t3\n", ("squishing", "squirt", 5.88)),  # RW
            ("take\tremove\tV\t6.81\tSYNONYMS\na\tb\tV\t1\tNONE\n", ("take", "remove", 6.81)),
            ("gem;jewel;3.94\na;b;1\n", ("gem", "jewel", 3.94)),  # RG-65
            ("new york\tcity\t7\na\tb\t1\n", ("new york", "city", 7)),
            ("nou\u00a0vel old 7\na b 1\n", ("nou\u00a0vel", "old", 7)),
        ],
    )
    def test_pairs(self, write, content, pair):
        found = read_set(write(content))
        assert isinstance(found, PairSet)
        assert found.pairs[0] == pair
        assert len(found.pairs) == 2

    def test_questions(self, write):
        found = read_set(write("one 1 two 2\na b c d\n: last\ne f g h\n"))
        assert isinstance(found, QuestionSet)
        assert [name for name, _ in found.sections] == ["", "last"]
        assert found.sections[0][1][0] == ("one", ("1",), "two", ("2",))

    def test_questions_without_sections(self, write):
        assert isinstance(read_set(write("a b c d\none 1 two 2\ne f g h\n")), QuestionSet)

    def test_a_relation(self, write):
        found = read_set(write("cat\tanimal/pet\nrose\tflower/\n"))
        assert found.sections == (
            (
                "set",
                (
                    ("cat", ("animal", "pet"), "rose", ("flower",)),
                    ("rose", ("flower",), "cat", ("animal", "pet")),
                ),
            ),
        )

    def test_a_folder_of_relations(self, bats):
        folder = bats(b="a b\nc d\n", a="a b\nc d\ne f\n")
        (folder / "README").write_text("not a relation")
        assert [(name, len(asked)) for name, asked in read_set(folder).sections] == [
            ("a", 6),
            ("b", 2),
        ]

    @pytest.mark.parametrize(
        ("content", "message"),
        [
            ("one\n", r"set\.txt:1: 'one' is neither four words"),
            ("cat animal\n", "one pair makes no question"),
            ("cat animal\nrose flower\ndog\n", r"set\.txt:3: 'dog' is not a word and its"),
            ("cat animal\nrose /\n", r"set\.txt:2: 'rose /' is not a word and its"),
            ("ab\0c", r"set\.txt, byte 2: a NUL byte"),
            ("a b 1\nc d 2\ne\tf\n", r"set\.txt:3: .* in field 3 of 3"),
            ("a,b,1\nc,,2\n", r"set\.txt:2: 'c,,2' is not two words"),
            ("a b\nc\nx y 1\nz w 2\nu v 3\n", r"set\.txt:1: 'a b' is not two words"),
            ("# only a comment\n", r"set\.txt is empty"),
        ],
    )
    def test_bad_files(self, write, content, message):
        with pytest.raises(DataError, match=message):
            read_set(write(content))

    def test_bad_folders(self, bats, tmp_path):
        with pytest.raises(DataError, match=r"bats.1_first.a\.txt: holds pairs, not a relation"):
            read_set(bats(a="a b 1\nc d 2\n"))
        (tmp_path / "none").mkdir()
        with pytest.raises(DataError, match=r"none: no \.txt file"):
            read_set(tmp_path / "none")

    def test_a_missing_file(self, tmp_path):
        with pytest.raises(FileError, match=r"no\.txt cannot be read: No such file"):
            read_set(tmp_path / "no.txt")


class TestEvaluate:
    def test_any_of_several_answers_is_right(self, vectors, bats):
        # man:woman :: king:queen works both ways, and so does boy:girl.
        folder = bats(a="man woman/lady\nking empress/queen\nboy girl\n", b="walk went\ngo gone\n")
        result = w2v.evaluate(vectors, folder)
        assert [one[:5] for one in result.sections] == [("a", 6, 6, 0, 6), ("b", 0, 0, 2, 0)]
        assert result.accuracy == 1
        assert result.interval == (1, 1)

    def test_unknown_questions_may_count_as_wrong(self, vectors, write):
        path = write(": x\nman woman king queen\nman woman prince princess\n: y\na b c d\n")
        result = w2v.evaluate(vectors, path, oov="wrong")
        assert [one[:5] for one in result.sections] == [("x", 1, 2, 0, 1), ("y", 0, 1, 0, 0)]
        assert (result.accuracy, result.coverage) == (1 / 3, 1 / 3)
        result = w2v.evaluate(vectors, path)
        assert (result.accuracy, result.coverage, result.skipped) == (1, 1 / 3, 2)

    def test_case_and_restrict(self, vectors, write):
        path = write(": x\nMan woman king queen\nman woman boy girl\n")
        assert w2v.evaluate(vectors, path).total == 2
        assert w2v.evaluate(vectors, path, case="keep").total == 1
        assert w2v.evaluate(vectors, path, restrict=5).total == 1
        assert w2v.evaluate(vectors, path, restrict=0).total == 2

    @pytest.mark.parametrize(
        ("setting", "message"),
        [
            ({"case": "upper"}, "case is 'upper': give lower or keep"),
            ({"oov": "no"}, "oov is 'no': give skip or wrong"),
            ({"restrict": -1}, "restrict is -1: give a whole number"),
            ({"restrict": 1.5}, r"restrict is 1\.5"),
            ({"seed": -1}, "seed is -1"),
            ({"threads": 0}, "threads is 0"),
        ],
    )
    def test_bad_settings(self, vectors, write, setting, message):
        with pytest.raises(ConfigError, match=message):
            w2v.evaluate(vectors, write("man woman king queen\n"), **setting)

    def test_the_wrong_kind_for_one_function(self, vectors, write):
        with pytest.raises(DataError, match="holds word pairs: give four words"):
            w2v.evaluation.analogies(vectors, write("a b 1\nc d 2\n"))
        with pytest.raises(DataError, match="holds questions: give two words"):
            w2v.evaluation.similarity(vectors, write("a b c d\n"))
