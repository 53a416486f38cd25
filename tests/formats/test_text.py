import io
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from w2v.errors import DataError
from w2v.formats import binary, text
from w2v.formats.source import Source
from w2v.vectors import Vectors


def words_without(separators: bytes) -> st.SearchStrategy[str]:
    allowed = st.sampled_from(sorted(set(range(256)) - set(separators)))
    return st.lists(allowed, min_size=1, max_size=12).map(
        lambda values: bytes(values).decode("utf-8", "surrogateescape")
    )


@st.composite
def any_vectors(draw: st.DrawFn) -> Vectors:
    words = draw(st.lists(words_without(b" \t\n"), min_size=1, max_size=6))
    shape = (len(words), draw(st.integers(1, 5)))
    return Vectors(words, draw(hnp.arrays(np.float32, shape)))


def written(vectors: Vectors) -> bytes:
    file = io.BytesIO()
    text.save(vectors, file)
    return file.getvalue()


def numbers(matrix: list[float] | np.ndarray) -> list[str]:
    row = np.array(matrix, dtype=np.float32).reshape(1, -1)
    return written(Vectors(["w"], row)).decode().split("\n")[1].split(" ")[1:]


def read(*decimals: str) -> np.ndarray:
    data = f"1 {len(decimals)}\nw {' '.join(decimals)}\n".encode()
    return text.load(Source("x.txt", data)).matrix[0]


def nearest_float32(decimal: str) -> float:
    """Return the float32 nearest to a decimal, ties to even: slow and obvious."""
    exact = Fraction(decimal)
    with np.errstate(over="ignore"):
        first = np.float32(float(decimal))
        below, above = (np.nextafter(first, np.float32(end)) for end in (-np.inf, np.inf))
    around = [below, first, above]
    finite = [one for one in around if np.isfinite(one)]
    return min(
        finite,
        key=lambda one: (abs(Fraction(float(one)) - exact), one.view(np.uint32) & 1),
    )


def digits(decimal: str) -> str:
    """Return the significant digits of a decimal."""
    return decimal.lower().partition("e")[0].replace(".", "").strip("-0")


@given(any_vectors())
def test_any_words_and_any_numbers_survive(vectors):
    again = text.load(Source("x.txt", written(vectors)))
    assert again.words == vectors.words
    nan = np.isnan(vectors.matrix)
    assert np.array_equal(np.isnan(again.matrix), nan)
    assert np.array_equal(again.matrix.view(np.uint32)[~nan], vectors.matrix.view(np.uint32)[~nan])


@given(hnp.arrays(np.uint32, 8))
def test_decimals_are_the_shortest_and_nearest(bits):
    row = bits.view(np.float32)
    row = row[np.isfinite(row)]
    for value, ours in zip(row, numbers(row) if len(row) else [], strict=True):
        theirs = np.format_float_scientific(value, unique=True, trim="-")
        assert Fraction(ours) == Fraction(theirs)
        # no digit too many, however the point and the exponent are placed
        assert digits(ours) == digits(theirs)


def test_decimals_at_every_power_of_two_are_those_of_numpy():
    # The interval of a power of two is lopsided: the case that shortest-decimal methods miss.
    powers = np.arange(1 << 23, 255 << 23, 1 << 23, dtype=np.uint32)
    row = np.concatenate([powers - 1, powers, powers + 1]).view(np.float32)
    for value, ours in zip(row, numbers(row), strict=True):
        assert Fraction(ours) == Fraction(np.format_float_scientific(value, unique=True))


def test_known_numbers_look_as_people_write_them():
    values = [0.0, -0.0, 1.0, -2.5, 0.1, 100.0, 123456790.0, 1e9, 0.001, 0.0001, 1e-5, 1.5e-7]
    assert " ".join(numbers(values)) == (
        "0 -0 1 -2.5 0.1 100 123456790 1e9 0.001 0.0001 1e-5 1.5e-7"
    )
    assert numbers([np.inf, -np.inf, np.nan]) == ["inf", "-inf", "nan"]
    extremes = np.array([1, 0x7F7FFFFF, 0x807FFFFF], np.uint32).view(np.float32)
    assert numbers(extremes) == ["1e-45", "3.4028235e38", "-1.1754942e-38"]


@pytest.mark.parametrize(
    "decimal",
    [
        # On either side of, and exactly on, the middle between two float32; the first two
        # are so near to it that float64 cannot tell, and rounding twice goes wrong.
        "1.00000005960464477539062500000000001",
        "1.00000017881393432617187499999999999",
        "1.000000059604644775390625",
        "1.000000178813934326171875",
        "7.0064923216240853546186479164495806564013097093825788587853e-46",
        "7.00649232162408535461864791644958065640130970938257885878534e-46",
        "2.1019476964872256063855943749348741969203929128147736576356e-45",
        "340282356779733661637539395458142568447",
        "3.4028234663852886e38",
        "-0.1000000014901161193847656250",
        "123456789012345678901234567890",
        "0.00000000000000000000000000000012345678901234567890",
        "9007199254740993",
        "1e-45",
        "4e+2",
        "1E5",
        "5.e-3",
        ".5",
    ],
)
def test_decimals_are_rounded_once(decimal):
    assert read(decimal)[0] == nearest_float32(decimal)


@given(st.floats(allow_nan=False, allow_infinity=False, width=64))
def test_float64_decimals_are_rounded_to_the_nearest(value):
    if abs(value) < 3.4e38:
        assert read(repr(value))[0] == nearest_float32(repr(value))


def test_numbers_that_are_not_finite_are_read():
    row = read("nan", "-nan", "inf", "-inf", "Infinity")
    assert np.isnan(row[:2]).all()
    assert row[2:].tolist() == [np.inf, -np.inf, np.inf]


@pytest.mark.parametrize("decimal", ["1e39", "-1e999", "3.4028236e38", "9" * 40])
def test_decimals_beyond_float32_are_refused(decimal):
    with pytest.raises(DataError, match=rf"number 2 of 'w' is '{decimal}', .* beyond float32"):
        read("1", decimal)


@given(any_vectors())
def test_every_truncation_is_refused_or_harmless(vectors):
    data = written(vectors)
    last_line = data.rstrip(b"\n").rfind(b"\n") + 1
    for end in range(len(data)):
        try:
            again = text.load(Source("x.txt", data[:end]))
        except DataError as error:
            assert str(error).startswith("x.txt")
        else:
            # Only digits of the last number can go unnoticed.
            assert end > last_line
            assert again.words == vectors.words
            assert np.array_equal(again.matrix[:-1], vectors.matrix[:-1], equal_nan=True)


@given(st.binary(max_size=60), st.integers(1, 4), st.integers(1, 4))
def test_any_bytes_are_read_or_refused(body, words, dim):
    data = b"%d %d\n" % (words, dim) + body
    try:
        vectors = text.load(Source("x.txt", data))
    except DataError as error:
        assert "\n" not in str(error)
    else:
        assert vectors.matrix.shape == (words, dim)


def test_layouts_of_other_programs_are_read():
    data = b" 3  2 \r\na\t1\t2 \r\nb  3 4\t\nc 5 6\n\n"
    vectors = text.load(Source("x.vec", data))
    assert vectors.words == ["a", "b", "c"]
    assert vectors.matrix.tolist() == [[1, 2], [3, 4], [5, 6]]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"2 2\na 1 2\nb 1 zwei\n", "3: number 2 of 'b' is 'zwei', which is not a number"),
        (b"2 2\na 1 2\nb 1 1_0\n", "3: number 2 of 'b' is '1_0', which"),
        (b"2 2\na 1 2\nb 1 0x10\n", "3: number 2 of 'b' is '0x10', which"),
        (b"2 2\na 1 2\nb 1 1\x002\n", r"3: number 2 of 'b' is '1\\x002', which"),
        (b"2 2\na 1 2\nb 1 --1\n", "3: number 2 of 'b' is '--1', which"),
        (b"1 1\nb " + b"1" * 1025, "2: number 1 of 'b' is '1{40}', which"),
        (b"2 2\na 1\nb 1 2 3 4\n", "2: 'a' has 1 numbers, the header says 2"),
        (b"2 2\na 1 2\nb 1 2 3\n", "3: 'b' has 3 numbers, the header says 2"),
        (b"2 2\na 1 2\nb 1      ", "3: 'b' has 1 numbers, the header says 2"),
        (b"2 2\na 1 2\nb\n        ", "3: 'b' has 0 numbers, the header says 2"),
        (b"2 2\na 1.000 2.000\n", "3: word 2 of 2 is missing"),
        (b"2 2\na 1 2\n\nb 1 2\n", "3: the line is empty"),
        (b"2 2\na 1 2\n 1 2 3\n", "3: the line does not begin with a word"),
        (b"1 2\na 1 2\nb 1 2\n", "3: a line follows the last of 1 words"),
    ],
)
def test_a_broken_line_is_named(data, message):
    with pytest.raises(DataError, match=rf"^x\.txt:{message}"):
        text.load(Source("x.txt", data))


@pytest.mark.parametrize("header", [b"999999999999 100\n", b"100 999999999999\n"])
def test_a_header_that_lies_takes_no_memory(header):
    with pytest.raises(DataError, match="cut short or the header is wrong"):
        text.load(Source("x.txt", header + b"a " + b"1 " * 400))


def test_tabs_in_words_cannot_be_written():
    with pytest.raises(DataError, match=r"'a\\tb' contains a tab"):
        written(Vectors(["a\tb"], np.zeros((1, 1), np.float32)))


def test_padded_rows_and_many_blocks_are_written_in_order():
    rng = np.random.default_rng(1)
    padded = rng.random((6_000, 112), dtype=np.float32)
    vectors = Vectors([f"w{i}" for i in range(6_000)], padded[:, :100])
    again = text.load(Source("x.txt", written(vectors)))
    assert again.words == vectors.words
    assert np.array_equal(again.matrix, vectors.matrix)


@given(any_vectors())
def test_text_is_known_as_text(vectors):
    assert text.looks_like(Source("x.txt", written(vectors)))


@given(
    st.integers(1, 5),
    st.lists(st.floats(2**-12, 2, width=32), min_size=5, max_size=40),
)
def test_binary_is_known_as_binary(dim, values):
    n = len(values) // dim
    matrix = np.array(values[: n * dim], np.float32).reshape(n, dim)
    file = io.BytesIO()
    binary.save(Vectors([f"w{i}" for i in range(n)], matrix), file)
    assert not text.looks_like(Source("x", file.getvalue()))
