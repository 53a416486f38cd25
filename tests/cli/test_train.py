"""w2v train: what it writes, says, and refuses before the long part."""

import json

import numpy as np
import pytest

import w2v as package
from w2v.config import Config
from w2v.records import record_path

FAST = ("--dim", "8", "--epochs", "2", "--threads", "1")


def record_of(path):
    return json.loads(path.read_text())


def test_vectors_and_record(corpus, w2v, tmp_path):
    answer = w2v("train", corpus, *FAST)
    assert answer.code == 0, answer.err
    assert answer.out == b""
    assert {path.name for path in tmp_path.iterdir()} == {
        "corpus.txt",
        "vectors.bin",
        "vectors.run.json",
    }
    vectors = package.load("vectors.bin")
    assert vectors.matrix.shape == (10, 8)
    record = record_of(tmp_path / "vectors.run.json")
    assert record["settings"] == Config(dim=8, epochs=2, threads=1).as_dict()
    assert {"text", "training", "saving", "whole"} <= set(record["seconds"])
    assert len(record["epochs"]) == 2


def test_progress_is_lines_and_ends_with_what_was_written(corpus, w2v):
    lines = w2v("train", corpus, *FAST).err.splitlines()
    assert lines[0].startswith("text: ")
    assert [line.split(":")[0] for line in lines[1:3]] == ["epoch 1/2", "epoch 2/2"]
    assert lines[-1].startswith("wrote vectors.bin and vectors.run.json: 10 words x 8, ")
    assert not any("\r" in line for line in lines)


def test_quiet_and_verbose(corpus, w2v):
    assert w2v("train", corpus, *FAST, "-q").err == ""
    lines = w2v("train", corpus, *FAST, "-v").err.splitlines()
    settings = Config(dim=8, epochs=2, threads=1).as_dict()
    assert lines[: len(settings)][:2] == ["model = skipgram", "loss = ns"]
    assert "dim = 8" in lines
    assert "max_vocab = none" in lines
    assert "lowercase = false" in lines


def test_similar_works_right_after(corpus, w2v):
    assert w2v("train", corpus, "--dim", "16", "--epochs", "30", "--sample", "0").code == 0
    answer = w2v("similar", "king", "-k", "4")
    assert {line.split("\t")[0] for line in answer.lines} == {"queen", "castle", "crown", "throne"}


def test_same_seed_same_bytes_and_a_record_repeats_its_run(corpus, w2v, tmp_path):
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        assert w2v("train", corpus, *FAST, "--seed", seed, "-o", f"{name}.bin").code == 0
    assert w2v("train", corpus, "--config", "a.run.json", "-o", "d.bin").code == 0
    a, b, c, d = ((tmp_path / f"{name}.bin").read_bytes() for name in "abcd")
    assert a == b == d
    assert a != c


def test_text_format_by_suffix_and_by_name(corpus, w2v, tmp_path):
    assert w2v("train", corpus, *FAST, "-o", "a.txt").code == 0
    assert w2v("train", corpus, *FAST, "-o", "b.bin", "--format", "text").code == 0
    text = (tmp_path / "a.txt").read_bytes()
    assert text.startswith(b"10 8\n")
    assert (tmp_path / "b.bin").read_bytes() == text


def test_outputs(corpus, w2v):
    assert w2v("train", corpus, *FAST, "--save-outputs", "out.bin").code == 0
    inputs, outputs = package.load("vectors.bin"), package.load("out.bin")
    assert inputs.words == outputs.words
    assert inputs.matrix.shape == outputs.matrix.shape
    assert not np.array_equal(inputs.matrix, outputs.matrix)


def test_vectors_to_stdout(corpus, w2v, tmp_path):
    answer = w2v("train", corpus, *FAST, "-o", "-")
    assert answer.out.startswith(b"10 8\n")
    assert answer.out.count(b"\n") == 11
    assert [path.name for path in tmp_path.iterdir()] == ["corpus.txt"]
    binary = w2v("train", corpus, *FAST, "-o", "-", "--format", "word2vec").out
    assert w2v("train", corpus, *FAST).code == 0
    assert binary == (tmp_path / "vectors.bin").read_bytes()


def test_text_from_stdin(corpus, finish, w2v, tmp_path):
    assert finish("train", "-", *FAST, "-o", "a.bin", stdin=corpus.read_bytes()).code == 0
    assert w2v("train", corpus, *FAST, "-o", "b.bin").code == 0
    assert (tmp_path / "a.bin").read_bytes() == (tmp_path / "b.bin").read_bytes()


def test_output_from_the_environment(corpus, w2v, tmp_path):
    # What is asked by default is not what is overwritten.
    (tmp_path / "v.bin").write_bytes(b"precious")
    assert w2v("train", corpus, *FAST, W2V_VECTORS="v.bin").code == 0
    assert w2v("train", corpus, *FAST, W2V_VECTORS="v.bin", W2V_OUTPUT="o.bin").code == 0
    assert {"vectors.bin", "o.bin", "o.run.json"} <= {path.name for path in tmp_path.iterdir()}
    assert (tmp_path / "v.bin").read_bytes() == b"precious"


def test_a_preset_is_resolved_in_the_record(corpus, w2v, tmp_path):
    answer = w2v("train", corpus, *FAST, "--preset", "fasttext", "--sample", "0")
    assert answer.code == 0, answer.err
    expected = Config.preset("fasttext", dim=8, epochs=2, threads=1, sample=0.0)
    assert record_of(tmp_path / "vectors.run.json")["settings"] == expected.as_dict()


def test_early_stop_names_the_best_epoch(corpus, w2v, tmp_path):
    args = ("--dim", 8, "--epochs", 40, "--holdout", 0.2, "--patience", 2, "--sample", 0)
    answer = w2v("train", corpus, *args, "--alpha", 1, "--min-alpha", 1, "--threads", 1)
    assert answer.code == 0, answer.err
    record = record_of(tmp_path / "vectors.run.json")
    best = record["heldout"]["best_epoch"]
    assert f"held-out loss was least after epoch {best}: these are its vectors" in answer.err
    assert len(record["epochs"]) == best + 2
    assert "held-out loss" in answer.err.splitlines()[1]


def test_full_softmax_says_how_long_it_will_take(corpus, w2v):
    lines = w2v("train", corpus, *FAST, "--loss", "softmax").err.splitlines()
    assert lines[1].startswith("training will take about ")
    assert lines[2].startswith("epoch 1/2: loss ")


@pytest.mark.parametrize(
    ("output", "record"),
    [("vectors.bin", "vectors.run.json"), ("a/b.c.txt", "a/b.c.run.json"), ("v", "v.run.json")],
)
def test_record_stands_beside_the_vectors(output, record):
    assert str(record_path(output)) == record


@pytest.fixture
def old(corpus, tmp_path, untouched):
    """Put a text beside the corpus, and see that neither is touched."""
    (tmp_path / "old.bin").write_bytes(corpus.read_bytes())
    untouched()


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["corpus.txt", "-o", "corpus.txt"], 2, "both corpus and --output"),
        ([".", "-o", "old.bin"], 2, "both corpus and --output"),
        (["corpus.txt", "-o", "a.bin", "--save-outputs", "./a.bin"], 2, "both --output and"),
        (["corpus.txt", "-o", "a.bin", "--save-outputs", "a.run.json"], 2, "--save-outputs and"),
        (["corpus.txt", "-o", "-", "--save-outputs", "-"], 2, "are both -"),
        (["-", "-"], 2, "once"),
        (["-", "--config", "-"], 2, "once"),
        (["corpus.txt", "-o", "a.doc"], 2, ".doc"),
        (["corpus.txt", "--format", "doc"], 2, "doc"),
        (["corpus.txt", "--tmpdir", "nowhere"], 4, "nowhere"),
        (["corpus.txt", "-o", "nowhere/a.bin"], 4, "nowhere"),
        (["corpus.txt", "--save-outputs", "nowhere/a.bin"], 4, "nowhere"),
        (["corpus.txt", "-o", "."], 4, "folder"),
        (["corpus.txt", "nothing.txt"], 4, "nothing.txt"),
        (["corpus.txt", "--config", "none.toml"], 4, "none.toml"),
        (["corpus.txt", "--min-alpha", "1"], 2, "min_alpha is 1"),
        (["corpus.txt", "--patience", "2"], 2, "give holdout"),
        (["corpus.txt", "--force"], 2, "goes with loss softmax"),
    ],
)
def test_refused_before_the_text_is_read(args, code, words, w2v, old):
    answer = w2v("train", *args)
    assert answer.code == code
    assert words in answer.err
    assert answer.err.count("\n") == 1


def test_a_window_of_the_whole_line(w2v, tmp_path):
    (tmp_path / "s.txt").write_text("a b c d\nb a d c\nx y\ny x z\n")
    args = ["train", "s.txt", "--min-count", "1", "--sample", "0", "--dim", "4", "--threads", "1"]
    answer = w2v(*args, "--window", "sentence")
    assert answer.code == 0
    assert "not paired" not in answer.err
    record = json.loads((tmp_path / "vectors.run.json").read_text())
    assert record["window"] == {"words": 3, "longest_line": 4}
    first = (tmp_path / "vectors.bin").read_bytes()
    assert w2v("train", "s.txt", "--config", "vectors.run.json").code == 0
    assert (tmp_path / "vectors.bin").read_bytes() == first
    answer = w2v(*args, "--window", "sentence", "--window-cap", "2")
    assert "window: 2 words: in the longest line, of 4, those farther apart" in answer.err


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--window", "line"], "'line' is neither a whole number nor 'sentence'"),
        (["--window", "2.5"], "'2.5' is neither"),
        (["--window-cap", "9"], "window_cap goes with window sentence"),
        (["--window", "sentence", "--window-mode", "shrink"], "leave window_mode out"),
    ],
)
def test_bad_windows(w2v, corpus, args, message):
    answer = w2v("train", corpus, *args)
    assert answer.code == 2
    assert message in answer.err
