"""Warm starts: old rows go on, or stay; new ones begin; and runs that began so can be resumed."""

from __future__ import annotations

import json
import random
import shutil

import numpy as np
import pytest
from test_checkpoint import SMALL, interrupted_often, quick_polls, rewrite, same  # noqa: F401

from w2v import Config, Graph, GraphConfig, Start, Vectors, load, read_graph, resume, save, train
from w2v.errors import ConfigError, DataError, FileError, W2VError
from w2v.text.corpus import read_corpus
from w2v.text.vocab import Known
from w2v.training import building

OBJECTIVES = [
    {"model": model, "loss": loss, "negatives": negatives}
    for model in ("skipgram", "cbow")
    for loss in ("ns", "nce", "sampled-softmax", "softmax", "hs")
    for negatives in ("shared", "private")
    if negatives == "shared" or loss not in ("softmax", "hs")
]


def sentences(words, seed, count=400):
    draw = random.Random(seed)
    return [
        [f"w{min(words, int(draw.paretovariate(0.7)))}" for _ in range(9)] for _ in range(count)
    ]


@pytest.fixture(scope="module")
def old():
    return train(sentences(120, seed=1), Config(**SMALL))


@pytest.fixture(scope="module")
def new():
    """Sentences without some old words, with new ones: frequent, rare."""
    found = [[word for word in line if word[-1] != "7"] for line in sentences(120, seed=2)]
    return [*found, *[["fresh", "w1", "green"]] * 5, ["rare", "w2", "w119"]]


@pytest.fixture
def files(tmp_path, old, new):
    """Return the folder with the old model as files and the new text."""
    save(old.vectors, tmp_path / "old.bin")
    save(Vectors(old.vocab.words, old.outputs), tmp_path / "outputs.bin")
    record = {"settings": old.record["settings"]}
    (tmp_path / "old.run.json").write_text(json.dumps(record))
    (tmp_path / "new.txt").write_text("".join(" ".join(line) + "\n" for line in new))
    return tmp_path


def settings(**changes):
    return Config(**SMALL | {"min_count": 3} | changes)


def outputs_of(model, word):
    return model.outputs[model.vocab.row(word)]


def test_old_words_stay_or_go_on_and_new_ones_join(old, new):
    model = train(new, settings(), start=old)
    counts = dict.fromkeys(old.vocab.words, 0)
    for line in new:
        for word in line:
            counts[word] = counts.get(word, 0) + 1
    wanted = {word for word in counts if word in old.vocab or counts[word] >= 3}
    assert set(model.vocab.words) == wanted
    assert {"fresh", "green"} < wanted
    assert "rare" not in wanted
    assert model.vocab.counts.tolist() == [counts[word] for word in model.vocab.words]
    assert (np.diff(model.vocab.counts) <= 0).all()
    absent = [word for word in old.vocab.words if counts[word] == 0]
    assert len(absent) > 3
    assert model.vocab.words[-len(absent) :] == absent
    for word in absent:
        assert model.vectors[word].tobytes() == old.vectors[word].tobytes()
        assert outputs_of(model, word).tobytes() == outputs_of(old, word).tobytes()
    # one that is rarer than min_count was known, and goes on
    rare = next(word for word in old.vocab.words if 0 < counts[word] < 3)
    assert (model.vectors[rare] != old.vectors[rare]).any()
    start = model.record["start"]
    assert (start["kept"], start["absent"]) == (len(old.vocab) - len(absent), len(absent))
    assert start["new"] == len(wanted) - len(old.vocab)
    assert model.record["vocabulary"]["words"] == len(model.vectors)


def test_rows_begin_as_the_old_ones(old, new):
    """With a learning rate of zero what is there at the start is there in the end."""
    still = {"alpha": 0.0, "min_alpha": 0.0}
    model = train(new, settings(**still), start=old)
    for word in old.vocab.words:
        assert model.vectors[word].tobytes() == old.vectors[word].tobytes()
        assert outputs_of(model, word).tobytes() == outputs_of(old, word).tobytes()
    for word in ("fresh", "green"):
        assert 0 < np.abs(model.vectors[word]).max() <= 0.5 / SMALL["dim"]
        assert not outputs_of(model, word).any()
    bare = train(new, settings(**still), start=old.vectors)
    assert bare.vectors.matrix.tobytes() == model.vectors.matrix.tobytes()
    assert not bare.outputs.any()
    assert bare.record["start"]["outputs"] == "the old model has none"


def test_old_words_only(old, new):
    model = train(new, settings(), start=Start(old, vocab="old"))
    assert set(model.vocab.words) == set(old.vocab.words)
    assert model.record["start"]["new"] == 0


def test_max_vocab_makes_room_for_new_words_only(old, new):
    model = train(new, settings(max_vocab=len(old.vocab) + 1), start=old)
    assert len(model.vocab) == len(old.vocab) + 1
    model = train(new, settings(max_vocab=2), start=old)
    assert set(model.vocab.words) == set(old.vocab.words)


@pytest.mark.parametrize("changes", OBJECTIVES, ids=lambda changes: "-".join(changes.values()))
def test_frozen_words_do_not_change_by_a_bit(changes, new, tmp_path):
    config = settings(**changes)
    old = train(sentences(120, seed=1), settings(**changes))
    frozen = ["w1", "w2", "w30"]
    model = train(new, config, start=Start(old, freeze=frozen))
    for word in frozen:
        assert model.vectors[word].tobytes() == old.vectors[word].tobytes()
    for word in ("w3", "w4"):
        assert (model.vectors[word] != old.vectors[word]).any()
    assert model.record["start"]["frozen"] == 3
    kept = "kept" if changes["loss"] != "hs" else "they are nodes of a tree"
    assert model.record["start"]["outputs"].startswith(kept)


@pytest.mark.parametrize("changes", OBJECTIVES, ids=lambda changes: "-".join(changes.values()))
def test_resumed_to_the_same_bytes(changes, old, files):
    config = settings(**changes)
    text, folder = files / "new.txt", files / "run"
    start = Start(old, freeze=["w1", "w7"])
    whole = train(text, config, start=start)
    parts = interrupted_often(text, config, folder, seed=repr(changes), start=start)
    assert same(whole, parts)
    assert parts.record["start"] == whole.record["start"]
    assert parts.record["vocabulary"] == whole.record["vocabulary"]
    assert same(whole, resume(folder))
    if changes["loss"] != "softmax":
        assert parts.vectors["w1"].tobytes() == old.vectors["w1"].tobytes()


@pytest.mark.parametrize("vocab", ["union", "old"])
def test_resumed_whichever_words_join(vocab, old, files):
    start = Start(old, vocab=vocab)
    whole = train(files / "new.txt", settings(), start=start)
    parts = interrupted_often(files / "new.txt", settings(), files / "run", seed=1, start=start)
    assert same(whole, parts)


def test_files_and_checkpoints_start_as_the_model_does(old, files):
    text = files / "new.txt"
    wanted = train(text, settings(), start=old)
    pair = Start(files / "old.bin", outputs=files / "outputs.bin")
    assert same(wanted, train(text, settings(), start=pair))
    assert same(wanted, train(text, settings(), start=pair))  # read anew
    folder = files / "run"
    again = train(sentences(120, seed=1), Config(**SMALL), checkpoint=folder)
    assert same(again, old)
    assert same(wanted, train(text, settings(), start=folder))
    # and a run that began with a model is one to begin with
    train(text, settings(), start=old, checkpoint=folder)
    third = sentences(40, seed=5)
    assert same(train(third, settings(), start=wanted), train(third, settings(), start=folder))


def test_an_unfinished_checkpoint_will_do(files):
    def stop(report):
        if report.phase == "training" and report.epoch == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(files / "new.txt", settings(), checkpoint=files / "run", progress=stop)
    model = train(files / "new.txt", settings(), start=files / "run")
    assert model.record["start"]["outputs"] == "kept"


def test_a_tree_goes_on_only_where_it_is_the_same(new):
    config = settings(loss="hs", min_count=1)
    old = train(new, config)
    still = settings(loss="hs", min_count=1, alpha=0.0, min_alpha=0.0)
    again = train(new, still, start=old)
    assert again.record["start"]["outputs"] == "kept"
    assert again.outputs.tobytes() == old.outputs.tobytes()
    other = train([*new, ["w1"] * 50], still, start=old)
    assert "other counts make another tree" in other.record["start"]["outputs"]
    assert not other.outputs.any()
    for loss, start in (("ns", old), ("hs", train(new, settings()))):
        model = train(new, settings(loss=loss, alpha=0.0, min_alpha=0.0), start=start)
        assert "are of loss" in model.record["start"]["outputs"]
        assert not model.outputs.any()


# What comes of it


@pytest.mark.parametrize("loss", ["ns", "sampled-softmax", "softmax", "hs"])
def test_a_warm_run_begins_below_a_cold_one_and_gets_no_worse(loss, topic_sentences):
    config = Config(dim=16, min_count=1, epochs=3, sample=0.0, threads=1, loss=loss)
    cold = train(topic_sentences, config)
    warm = train(topic_sentences, config, start=cold)
    losses = [[epoch["loss"] for epoch in model.record["epochs"]] for model in (cold, warm)]
    assert losses[1][0] < losses[0][0]
    assert losses[1][-1] < losses[0][-1] * 1.01


def test_new_words_find_their_topic_and_old_ones_stay_in_theirs(topic_sentences):
    config = Config(dim=24, min_count=1, epochs=8, sample=0.0, alpha=0.05, threads=2)
    old = train(topic_sentences, config)
    topics = {line[0].partition("_")[0] for line in topic_sentences} - {"t4"}
    more = [
        [*line[:5], f"new{topic[1]}", *line[5:]]
        for line in topic_sentences
        if (topic := line[0].partition("_")[0]) in topics
    ]
    model = train(more, config, start=old)
    for topic in topics:
        # those of t4 stayed while all others moved, some to where they are
        near = [word for word, _ in model.vectors.nearest(f"new{topic[1]}", 30)]
        assert {word[:2] for word in [word for word in near if word[:2] != "t4"][:10]} == {topic}
    near = [word for word, _ in model.vectors.nearest("t4_1", 11)]
    assert {word[:2] for word in near} == {"t4"}


def test_graphs_start_with_the_vectors_of_nodes(tmp_path):
    def graph(edges) -> Graph:
        (tmp_path / "edges").write_text("".join(f"{a} {b}\n" for a, b in edges))
        return read_graph(tmp_path / "edges")

    config = GraphConfig(dim=8, threads=1, length=10, negatives="private")
    old = train(graph([("a", "b"), ("b", "c"), ("c", "a")]), config)
    edges = graph([("a", "b"), ("b", "d"), ("d", "a")])
    model = train(edges, config, start=Start(old, freeze=["a"]))
    assert set(model.vocab.words) == {"a", "b", "c", "d"}
    for node in ("a", "c"):
        assert model.vectors[node].tobytes() == old.vectors[node].tobytes()
    with pytest.raises(ConfigError, match="'d' is not in the old model: give union"):
        train(edges, config, start=Start(old, vocab="old"))


# What is refused


def changed(old, **changes):
    given = {"words": list(old.vectors.words), "matrix": old.vectors.matrix.copy()} | changes
    return Vectors(given["words"], given["matrix"])


def test_models_that_cannot_be_gone_on_with(old):
    words, matrix = old.vectors.words, old.vectors.matrix
    bad = matrix.copy()
    bad[5, 3] = np.inf
    for model, message in [
        (changed(old, matrix=bad), f"numbers of {words[5]!r} are not all finite"),
        (changed(old, words=[*words[:-1], words[2]]), f"{words[2]!r} has more than one vector"),
        (changed(old, words=["new york", *words[1:]]), "'new york' is no word of a text"),
        (changed(old, words=["", *words[1:]]), "'' is no word of a text"),
        (changed(old, words=["\ud800", *words[1:]]), "cannot be encoded"),
    ]:
        with pytest.raises(DataError, match=message):
            Start(model)


def test_settings_that_contradict_the_model(old, new):
    untouched = iter(new)
    with pytest.raises(ConfigError, match="dim is 8, and the vectors of the old model have 7"):
        train(untouched, settings(dim=8), start=old)
    assert next(untouched) == new[0]  # refused before the text is read
    assert train(new, start=old).record["settings"]["dim"] == 7
    with pytest.raises(ConfigError, match="vocab is 'both': give union or old"):
        Start(old, vocab="both")
    with pytest.raises(ConfigError, match="freeze is 'w1': give a list"):
        Start(old, freeze="w1")
    with pytest.raises(DataError, match=r"'W1', to be frozen, .* did you mean 'w1'\?"):
        Start(old, freeze=["w2", "W1"])


def test_outputs_that_are_not_the_models(old, files):
    with pytest.raises(ConfigError, match="has its own: leave them out"):
        Start(old, outputs=files / "outputs.bin")
    fewer = Vectors(old.vocab.words[1:], old.outputs[1:])
    with pytest.raises(ConfigError, match="are not those of the old model"):
        Start(old.vectors, outputs=fewer)
    bad = old.outputs.copy()
    bad[0, 0] = np.nan
    with pytest.raises(DataError, match=f"numbers of {old.vocab.words[0]!r}"):
        Start(old.vectors, outputs=Vectors(old.vocab.words, bad))
    record = json.loads((files / "old.run.json").read_text())
    record["settings"]["loss"] = "hs"
    (files / "old.run.json").write_text(json.dumps(record))
    start = Start(files / "old.bin", outputs=files / "outputs.bin")
    model = train(files / "new.txt", settings(), start=start)
    assert "are of loss hs, not ns" in model.record["start"]["outputs"]


def test_files_that_are_no_model(files):
    for name, kind in (("nowhere", FileError), ("new.txt", DataError), ("", FileError)):
        with pytest.raises(kind):
            Start(files / name)


def test_texts_with_nothing_to_go_on_with(old):
    with pytest.raises(DataError, match="there is no word in it"):
        train([[]], settings(), start=old)
    with pytest.raises(DataError, match=r"of its 3 words 1 are among the .* known ones"):
        train([["a", "b", "w1"]], settings(), start=Start(old, vocab="old"))


def test_memory_for_the_words_that_stay_is_counted(old, new, monkeypatch):
    free = building.memory_needed(200, settings()) + (1 << 20)
    monkeypatch.setattr(building, "available_memory", lambda: free)
    with pytest.raises(ConfigError, match="would fit"):
        many = Vectors([f"x{k}" for k in range(50_000)], np.ones((50_000, 7)))
        train(new, settings(), start=many)
    train(new, settings(), start=old)


def test_a_damaged_checkpoint_is_no_start(old, files):
    folder = files / "run"
    train(files / "new.txt", settings(), start=Start(old, freeze=["w1"]), checkpoint=folder)
    names = {path.name.split(".")[0] for path in folder.iterdir()}
    assert {"absent_words", "absent_inputs", "absent_outputs", "frozen"} < names
    draw = random.Random(3)
    for path in sorted(folder.iterdir()):
        if path.name.startswith(("workers", "checkpoint")):
            continue
        good = path.read_bytes()
        bad = bytearray(good)
        bad[draw.randrange(len(bad))] ^= 1
        for content in (bytes(bad), good[:-1], b""):
            path.write_bytes(content)
            with pytest.raises(W2VError, match=path.name.split(".")[0]):
                Start(folder)
        path.write_bytes(good)
    index = folder / "checkpoint.json"
    facts = json.loads(index.read_text())
    for key, value in (("absent", 1 << 40), ("absent", -1), ("start", 3), ("start", {"a": []})):
        rewrite(index, {**facts, key: value})
        with pytest.raises(DataError):
            Start(folder)
    rewrite(index, facts)
    Start(folder)


def test_the_old_model_is_not_needed_to_resume(old, files):
    folder = files / "run"
    shutil.copy(files / "old.bin", files / "copy.bin")
    parts = interrupted_often(
        files / "new.txt", settings(), folder, seed=2, most=1, start=files / "copy.bin"
    )
    (files / "copy.bin").unlink()
    assert same(parts, resume(folder))
    assert load(files / "old.bin").words == old.vocab.words


@pytest.mark.parametrize("grow", [True, False])
@pytest.mark.parametrize("lowercase", [True, False])
def test_known_words_in_a_text_read_by_threads(grow, lowercase, tmp_path):
    """Against a plain count; words of all lengths, known ones of no text among them."""
    draw = random.Random(4)
    words = ["a", "Bb", "ä" * 9, "long-word-of-many-letters", "w\udcff", *map(str, range(60))]
    text = [draw.choice(words) for _ in range(500)]
    data = " ".join(text).encode("utf-8", "surrogateescape") + b"\n"
    (tmp_path / "text").write_bytes(data)
    known = [
        "w\udcff",
        "ä" * 9,
        "long-word-of-many-letters",
        "long-word-of-many-letterz",
        "no",
        "7",
    ]
    vocab, corpus = read_corpus(
        tmp_path / "text",
        min_count=10,
        lowercase=lowercase,
        known=Known(known, grow),
        threads=2,
    )
    counts = dict.fromkeys(words, 0)
    for word in text:
        counts[word] += 1
    if lowercase:
        counts["bb"] = counts.pop("Bb")
    wanted = {w for w, c in counts.items() if c and (w in known or (grow and c >= 10))}
    assert set(vocab.words) == wanted
    assert vocab.counts.tolist() == [counts[word] for word in vocab.words]
    assert corpus.kept == sum(counts[word] for word in wanted)
