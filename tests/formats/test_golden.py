"""Files of other programs, read as gensim reads them."""

import mmap

import numpy as np
import pytest

from w2v.errors import W2VError
from w2v.formats import FORMATS, load, recognize, save
from w2v.formats.source import open_source

FILES = ["original.bin", "original.txt", "gensim.bin", "gensim.txt", "fasttext.vec"]
OTHERS = {
    "numpy.npy": "numpy",
    "library.safetensors": "safetensors",
    "pyarrow.parquet": "parquet",
    "finalfusion.fifu": "finalfusion",
    "gensim_tensor.tsv": "tensorboard",
    "gensim.glove": "glove",
}


@pytest.mark.parametrize("name", FILES)
def test_words_and_numbers_are_those_that_gensim_reads(golden, expected, name):
    vectors = load(golden / name)
    assert vectors.words == list(expected[name]["vectors"])
    for word, bits in expected[name]["vectors"].items():
        assert vectors[word].astype("<f4").tobytes().hex() == bits


@pytest.mark.parametrize("name", FILES)
def test_neighbors_are_those_of_gensim(golden, expected, name):
    vectors = load(golden / name)
    for word, neighbors in expected[name]["nearest"].items():
        found = vectors.nearest(word, k=5)
        assert [other for other, _ in found] == [other for other, _ in neighbors]
        assert [c for _, c in found] == pytest.approx([c for _, c in neighbors], abs=2e-6)


@pytest.mark.parametrize("name", FILES)
def test_the_format_is_found_by_content_whatever_the_name(golden, expected, tmp_path, name):
    renamed = tmp_path / "vectors.dat"
    renamed.write_bytes((golden / name).read_bytes())
    assert load(renamed).words == list(expected[name]["vectors"])
    format = expected[name]["format"]
    assert load(renamed, format=format).words == list(expected[name]["vectors"])
    for other in FORMATS.keys() - {format}:
        with pytest.raises(W2VError, match=r"vectors\.dat"):
            load(renamed, format=other)


def test_binary_is_written_as_the_original_writes_it(golden, tmp_path):
    save(load(golden / "original.bin"), tmp_path / "ours.bin")
    assert (tmp_path / "ours.bin").read_bytes() == (golden / "original.bin").read_bytes()


def test_text_is_written_as_gensim_writes_it_but_for_the_layout_of_small_numbers(golden, tmp_path):
    save(load(golden / "gensim.txt"), tmp_path / "ours.txt")
    ours = (tmp_path / "ours.txt").read_bytes().split()
    theirs = (golden / "gensim.txt").read_bytes().split()
    differing = [b for a, b in zip(ours, theirs, strict=True) if a != b]
    assert all(abs(float(number)) < 1e-3 for number in differing)
    assert len(differing) < 3


@pytest.mark.parametrize(("name", "format"), OTHERS.items())
def test_other_formats_hold_the_same_vectors(golden, expected, name, format):
    vectors = load(golden / name)
    assert recognize(open_source(golden / name)) == format
    assert vectors.words == list(expected["gensim.bin"]["vectors"])
    plain = load(golden / "gensim.bin").matrix
    # finalfusion divides by the length, which cannot be undone to the last bit.
    tolerance = 2e-7 if format == "finalfusion" else 0
    assert np.allclose(vectors.matrix, plain, rtol=tolerance, atol=0)


@pytest.mark.parametrize(
    ("name", "ours"),
    [("gensim.glove", "o.glove"), ("gensim_tensor.tsv", "o.tsv")],
)
def test_other_text_is_written_as_gensim_writes_it(golden, tmp_path, name, ours):
    save(load(golden / name), tmp_path / ours)
    written = (tmp_path / ours).read_text().replace("e-5", "e-05")
    assert written.rstrip("\n") == (golden / name).read_text().rstrip("\n")


def test_metadata_are_written_as_gensim_writes_them(golden, tmp_path):
    save(load(golden / "gensim.bin"), tmp_path / "o.tsv")
    written = (tmp_path / "o.metadata.tsv").read_bytes().rstrip(b"\n")
    assert written == (golden / "gensim_metadata.tsv").read_bytes().rstrip(b"\n")


def test_finalfusion_is_written_as_finalfusion_writes_it(golden, tmp_path):
    # Theirs has one chunk more, at its start, for what the file says about itself.
    save(load(golden / "finalfusion.fifu"), tmp_path / "o.fifu")
    theirs, ours = (
        (folder / name).read_bytes()
        for folder, name in [(golden, "finalfusion.fifu"), (tmp_path, "o.fifu")]
    )
    words = b"\x04\0\0\0five"
    assert ours[ours.index(words) :][:160] == theirs[theirs.index(words) :][:160]
    assert abs(len(theirs) - len(ours)) < 64


@pytest.mark.parametrize("module", ["gzip", "bz2", "lzma"])
@pytest.mark.parametrize("name", ["original.bin", "fasttext.vec"])
def test_compressed_files_are_recognised_by_content(golden, tmp_path, module, name):
    compress = pytest.importorskip(module).compress
    plain = load(golden / name)
    path = tmp_path / name
    path.write_bytes(compress((golden / name).read_bytes()))
    vectors = load(path)
    assert vectors.words == plain.words
    assert np.array_equal(vectors.matrix, plain.matrix)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(ValueError, match=f"damaged .{module}"):
        load(path)


def test_plain_files_are_mapped_not_read(golden):
    assert isinstance(open_source(golden / "original.bin").data, mmap.mmap)


@pytest.mark.slow
@pytest.mark.parametrize(("suffix", "binary"), [(".bin", True), (".txt", False)])
def test_gensim_reads_our_files(golden, tmp_path, suffix, binary):
    models = pytest.importorskip("gensim.models")
    vectors = load(golden / "original.bin")
    save(vectors, tmp_path / f"ours{suffix}")
    theirs = models.KeyedVectors.load_word2vec_format(
        str(tmp_path / f"ours{suffix}"), binary=binary
    )
    assert theirs.index_to_key == vectors.words
    assert np.array_equal(theirs.vectors, vectors.matrix)
