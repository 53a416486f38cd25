"""What is wrong with a damaged file, and where."""

import io
import json
from struct import pack

import numpy as np
import pytest

from w2v.errors import DataError
from w2v.formats import FORMATS, load, save
from w2v.formats.source import Source
from w2v.vectors import Vectors

WORDS = ["one", "two", "three", "four"]
VECTORS = Vectors(WORDS, np.ones((4, 25), np.float32))


def written(name):
    file = io.BytesIO()
    FORMATS[name].save(VECTORS, file)
    return file.getvalue()


def refused(name, data, message):
    with pytest.raises(DataError, match=message):
        FORMATS[name].load(Source("/nowhere/x", data))


def npy(header):
    text = header.encode()
    return b"\x93NUMPY\x01\0" + pack("<H", len(text)) + text


SHAPE = "{'descr': %r, 'fortran_order': False, 'shape': %s}"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (npy(SHAPE % ("<f4", "(4, 25)")), "byte 68: the file ends in word 1 of 4"),
        (
            npy(SHAPE % ("<f4", "(9999999999, 9999999)")) + b"1234",
            "the file ends in word 1 of 9999",
        ),
        (npy(SHAPE % ("<f4", "(0, 25)")), "0 words of 25 numbers: both must be at least 1"),
        (npy(SHAPE % ("<f4", "(1, 1)")) + b"12345", "byte 71: 1 bytes follow the last number"),
        (npy(SHAPE % ("<i4", "(1, 1)")) + b"1234", "an array of int32 of shape"),
        (npy(SHAPE % ("<f4", "(100,)")), r"of shape \(100,\): vectors are"),
        (npy(SHAPE % ("<f4", "(1, -1)")), r"of shape \(1, -1\): vectors are"),
        (npy(SHAPE % ("<f4", "(1, True)")), r"of shape \(1, True\): vectors are"),
        (npy(SHAPE % ("|O", "(1, 1)")), "an array of object"),
        (npy("{'descr': '<f4'}"), "the header of this NumPy array is damaged"),
        (npy("(" * 5000), "the header of this NumPy array is damaged"),
        (b"\x93NUMPY\x01\0\xff\x00{", "damaged: the file ends in it"),
        (b"\x93NUMPY\x07\0\x10\x00{}", "the header of this NumPy array is damaged"),
    ],
)
def test_numpy(data, message):
    refused("numpy", data, message)


def test_a_cut_numpy_file_names_the_word(tmp_path):
    save(VECTORS, tmp_path / "v.npy")
    data = (tmp_path / "v.npy").read_bytes()
    (tmp_path / "v.npy").write_bytes(data[: -25 * 4 - 1])
    with pytest.raises(DataError, match=rf"byte {len(data) - 101}: the file ends in word 3 of 4"):
        load(tmp_path / "v.npy")


def tensors(header, body=b""):
    text = json.dumps(header).encode()
    return pack("<Q", len(text)) + text + body


def tensor(kind, shape, first, last):
    return {"dtype": kind, "shape": shape, "data_offsets": [first, last]}


GOOD = {"vectors": tensor("F32", [1, 1], 0, 4), "words": tensor("U8", [2], 4, 6)}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (tensors({}), "the tensors are none: there must be"),
        (tensors(GOOD, b"1234a"), "the file ends within 'words', which lies at bytes"),
        (tensors(GOOD, b"1234ab"), "the last word is cut short"),
        (tensors(GOOD, b"1234\n\n"), "1 vectors, but there are 2 words"),
        (tensors(GOOD | {"words": tensor("U8", [3], 4, 6)}, b"1234a\n"), "has 2 bytes"),
        (tensors(GOOD | {"words": tensor("F32", [1], 0, 4)}, b"1234a\n"), "'words' F32: they must"),
        (
            tensors(GOOD | {"vectors": tensor("BF16", [1, 2], 0, 4)}, b"1234a\n"),
            "'vectors' is BF16 and",
        ),
        (tensors(GOOD | {"vectors": tensor("F32", [-1, -1], 0, 4)}, b"1234a\n"), "not a number"),
        (tensors(GOOD | {"vectors": 5}), "the header is damaged"),
        (tensors([1, 2]), "the header is damaged"),
        (pack("<Q", 50) + b"{", "a header of 50 bytes in a file of 9"),
        (pack("<Q", 90_000) + b"[" * 90_000, "the header is damaged"),
    ],
)
def test_safetensors(data, message):
    refused("safetensors", data, message)


def test_a_matrix_of_another_name_is_taken_if_it_is_the_only_one():
    other = {"embeddings": GOOD["vectors"], "words": GOOD["words"]}
    body = np.float32(2).tobytes() + b"a\n"
    assert FORMATS["safetensors"].load(Source("x", tensors(other, body)))["a"] == 2
    refused("safetensors", tensors(other | {"more": GOOD["vectors"]}, body), "must be a matrix")


def chunk(kind, data):
    return pack("<IQ", kind, len(data)) + data


def fifu(*chunks):
    return b"FiFu" + pack("<II", 0, len(chunks)) + bytes(4 * len(chunks)) + b"".join(chunks)


ONE = chunk(1, pack("<QI", 1, 1) + b"a")
# Behind the words above the floats are at byte 76: after 28 bytes of head and 3 zeros.
FLOAT = chunk(2, pack("<QII", 1, 1, 10) + bytes(3) + pack("<f", 2))


def test_finalfusion_without_norms():
    assert FORMATS["finalfusion"].load(Source("x", fifu(ONE, FLOAT)))["a"] == 2


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (fifu(ONE, FLOAT)[:-1], "byte 79: the file ends in chunk 2 of 2"),
        (fifu(ONE), "words or vectors are missing"),
        (fifu(ONE, chunk(4, b"")), "a quantized matrix, which w2v does not read"),
        (fifu(chunk(3, b""), FLOAT), "a vocabulary of subwords in buckets"),
        (fifu(chunk(1, pack("<QI", 1, 9) + b"a"), FLOAT), "byte 44: word 1 of 1 reaches beyond"),
        (fifu(chunk(1, pack("<QI", 1 << 60, 1) + b"a"), FLOAT), "1 of 1152921504606846976 words"),
        (fifu(chunk(1, b"123"), FLOAT), "byte 32: a number is cut short"),
        (fifu(ONE, chunk(2, pack("<QII", 2, 1, 10) + bytes(7))), "do not fill the 4 bytes"),
        (fifu(ONE, chunk(2, pack("<QII", 1, 1, 11) + bytes(7))), "numbers of type 11"),
        (b"FiFu" + pack("<II", 1, 2), "version 1 with 2 chunks"),
        (b"FiFu" + pack("<II", 0, 1 << 31), "version 0 with 2147483648 chunks"),
    ],
)
def test_finalfusion(data, message):
    refused("finalfusion", data, message)


def parquet(**columns):
    pa = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")

    file = io.BytesIO()
    parquet.write_table(pa.table(columns), file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"word": ["a"], "numbers": [[1.0]]}, "the columns word, numbers are not"),
        ({"a": ["a"], "b": ["b"], "vector": [[1.0]]}, "the columns a, b, vector are not"),
        (
            {"word": ["a", "b"], "vector": [[1.0], [1.0, 2.0]]},
            "of row 2 has 2 numbers, the first has 1",
        ),
        ({"word": ["a", "b"], "vector": [[1.0], None]}, "of row 2 has no numbers, the first has 1"),
        ({"word": ["a"], "vector": [[]]}, "of row 1 has no numbers"),
        ({"word": ["a"], "vector": [[1.0, None]]}, "a number of it is missing"),
        ({"word": ["a"], "vector": [[1, 2]]}, "must be a list of floats"),
        ({"word": ["a"], "vector": [1.0]}, "'vector' is a double: it must be a list of floats"),
        ({"word": ["a", None], "vector": [[1.0], [2.0]]}, "row 2 has no word"),
    ],
)
def test_parquet(columns, message):
    refused("parquet", parquet(**columns), message)


def test_parquet_that_is_cut_or_damaged():
    data = written("parquet")
    refused("parquet", data[:-1], f"byte {len(data) - 1}: a Parquet file ends with 'PAR1'")
    refused("parquet", data[:60] + bytes([data[60] ^ 255]) + data[61:], r"damaged \(Parquet\)")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("1\t2.125\n3\tdrei\n", ":2: the row of 'two' has something that is no number"),
        (
            "1\t2.125\n3\n",
            ":2: the row of 'two' has something that is no number, or nothing, as number 2",
        ),
        ("1\t2\n3\t4\t5\n", ":2: the row of 'two' has more than 2 numbers"),
        ("1\t2\n", "take more than its 4 bytes"),
        ("1\t2\n3\t4\n5\t6\n", "has 3 vectors, but there are 2 words"),
        ("1.25\t2.25\n", "has 1 vectors, but there are 2 words"),
    ],
)
def test_tensorboard(tmp_path, rows, message):
    (tmp_path / "v.tsv").write_text(rows)
    (tmp_path / "v.metadata.tsv").write_text("one\ntwo\n")
    with pytest.raises(DataError, match=message):
        load(tmp_path / "v.tsv")


@pytest.mark.parametrize("name", ["v.metadata.tsv", "metadata.tsv"])
def test_metadata_of_several_columns_have_a_header(tmp_path, name):
    (tmp_path / "v.tsv").write_text("1\t2\n3\t4\n")
    (tmp_path / name).write_text("Word\tCount\nnew york\t5\nb\t4\n")
    assert load(tmp_path / "v.tsv").words == ["new york", "b"]


def test_a_row_that_could_be_a_header_is_none_beside_metadata(tmp_path):
    (tmp_path / "v.tsv").write_text("1\t2\n")
    (tmp_path / "v.metadata.tsv").write_text("one\n")
    assert load(tmp_path / "v.tsv")["one"].tolist() == [1, 2]
