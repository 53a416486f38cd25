"""w2v train --from: an earlier model to begin with."""

import json
import shutil

import pytest

from w2v import load

FAST = ("--threads", "1", "--sample", "0", "--epochs", "2")


@pytest.fixture
def model(corpus, w2v, tmp_path):
    """Train a model and keep it in every form: vectors, outputs, checkpoint."""
    kept = ("--checkpoint", "run", "--save-outputs", "outputs.bin", "-o", "old.bin")
    assert w2v("train", corpus, *FAST, "--dim", "8", *kept).code == 0
    (tmp_path / "new.txt").write_text("king queen barley tractor\n" * 20 + "king once\n")
    return tmp_path / "old.bin"


def test_a_checkpoint_and_the_pair_of_files_begin_alike(model, w2v, tmp_path):
    answer = w2v("train", "new.txt", "--from", "run", *FAST, "-o", "a.bin")
    assert answer.code == 0, answer.err
    lines = answer.err.splitlines()
    assert lines[0].startswith("text: ")
    assert lines[1] == ("start: run: 3 of its 10 words go on, 7 stay as they are; new words: 1")
    assert lines[2] == "start: alpha falls again from 0.025 to 2.5e-06"
    answer = w2v(
        *("train", "new.txt", "--from", "old.bin", "--from-outputs", "outputs.bin"),
        *(*FAST, "-o", "b.bin"),
    )
    assert answer.code == 0, answer.err
    assert (tmp_path / "a.bin").read_bytes() == (tmp_path / "b.bin").read_bytes()
    record = json.loads((tmp_path / "b.run.json").read_text())
    assert record["settings"]["dim"] == 8
    assert record["start"]["model"] == "old.bin"
    old, new = load(model), load("a.bin")
    assert set(new.words) == {*old.words, "tractor"}
    assert (new["castle"] == old["castle"]).all()


def test_vectors_alone_say_what_is_missing(model, w2v):
    answer = w2v("train", "new.txt", "--from", "old.bin", *FAST, "--vocab", "old")
    assert answer.code == 0, answer.err
    assert "start: output rows begin as zeros: old.bin has none" in answer.err
    assert "tractor" not in load("vectors.bin")


def test_frozen_words(model, w2v, tmp_path):
    (tmp_path / "frozen.txt").write_text("king\nbarley\n")
    answer = w2v("train", "new.txt", "--from", "run", "--freeze", "frozen.txt", *FAST)
    assert answer.code == 0, answer.err
    assert "; new words: 1; frozen: 2" in answer.err
    old, new = load(model), load("vectors.bin")
    for word, still in (("king", True), ("barley", True), ("queen", False)):
        assert (new[word] == old[word]).all() == still


def test_resumed_runs_write_the_same(model, w2v, tmp_path):
    started = ("train", "new.txt", "--from", "old.bin", *FAST)
    assert w2v(*started, "--checkpoint", "more", "-o", "a.bin").code == 0
    model.unlink()
    (tmp_path / "old.run.json").unlink()
    assert w2v("resume", "more", "-o", "b.bin").code == 0
    assert (tmp_path / "a.bin").read_bytes() == (tmp_path / "b.bin").read_bytes()


def test_presets_and_records_leave_the_dimension_to_the_model(model, w2v):
    answer = w2v("train", "new.txt", "--from", "run", *FAST, "--preset", "word2vec")
    assert answer.code == 0, answer.err
    assert load("vectors.bin").dim == 8


def test_nothing_is_written_over_the_model(model, w2v, untouched):
    shutil.copy(model, "vectors.bin")
    untouched()
    answer = w2v("train", "new.txt", "--from", "vectors.bin", *FAST)
    assert answer.code == 2
    assert "vectors.bin is both --from and --output: give another name" in answer.err


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["--vocab", "old"], 2, "--vocab needs --from"),
        (["--freeze", "new.txt"], 2, "--freeze needs --from"),
        (["--from-outputs", "outputs.bin"], 2, "--from-outputs needs --from"),
        (["--from", "nowhere"], 4, "nowhere"),
        (["--from", "."], 4, "no checkpoint"),
        (["--from", "new.txt"], 3, "new.txt"),
        (["--from", "run", "--dim", "9"], 2, "dim is 9, and the vectors of run have 8"),
        (["--from", "run", "--from-outputs", "outputs.bin"], 2, "has its own"),
        (["--from", "run", "--freeze", "nowhere"], 4, "give --freeze a file of words"),
        (["--from", "run", "--freeze", "empty.txt"], 3, "empty.txt: empty"),
        (["--from", "run", "--freeze", "wrong.txt"], 3, "'kink', to be frozen, is not in run"),
        (["--from", "run", "--vocab", "new"], 2, "'new' is not one of"),
        (["--from", "-", "--freeze", "-"], 2, "standard input can be read once"),
    ],
)
def test_refused_before_the_text_is_read(args, code, words, model, w2v, tmp_path, untouched):
    (tmp_path / "empty.txt").write_text("\n")
    (tmp_path / "wrong.txt").write_text("king\nkink\n")
    untouched()
    answer = w2v("train", "nowhere.txt", *args)
    assert answer.code == code
    assert words in answer.err
    assert answer.err.count("\n") == 1
