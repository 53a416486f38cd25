"""The made-up catalogue, what w2v learns of it, and the results that are kept."""

import json
import sys

import pytest

import w2v
from benchmarks import catalogue, sessions, store, trials
from w2v.evaluation import NextItemTest, read_labels, read_sessions, score_next_items
from w2v.imputing import Imputing, impute_labels


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shop")
    catalogue.write(folder, groups=30, train=6_000, later=600, seed=1)
    return folder


@pytest.fixture(scope="module")
def items(shop):
    config = w2v.Config(window="sentence", min_count=1, sample=0, dim=32, threads=2)
    return w2v.train(shop / "train.txt", config).vectors


def test_a_seed_makes_one_catalogue(shop, tmp_path):
    catalogue.write(tmp_path, groups=30, train=6_000, later=600, seed=1)
    for name in ("train.txt", "later.txt", "groups.txt"):
        assert (tmp_path / name).read_bytes() == (shop / name).read_bytes()
    other = catalogue.Catalogue(30, 2).sessions(3)
    lines = (shop / "train.txt").read_text().splitlines()
    assert [" ".join(items) for items in other] != lines[:3]
    assert (len(lines), len((shop / "groups.txt").read_text().splitlines())) == (6_000, 300)
    assert all(2 <= len(set(line.split())) == len(line.split()) <= 9 for line in lines)


def test_planted_groups_are_offered_far_more_rightly_than_what_is_popular(shop, items):
    result = score_next_items(items, NextItemTest(read_sessions(shop / "later.txt")))
    assert result.sessions == result.known == 600
    assert result.popularity.hit_interval[1] < 0.25
    assert result.vectors.hit_interval[0] > 0.5
    assert result.vectors.reciprocal_interval[0] > result.popularity.reciprocal_interval[1]


def test_planted_groups_are_filled_in(shop, items, tmp_path):
    lines = (shop / "groups.txt").read_text().splitlines()
    (tmp_path / "half").write_text("\n".join(lines[::2]))
    found = impute_labels(
        items, read_labels(tmp_path / "half"), Imputing(method="knn", neighbors=3)
    )
    groups = dict(line.split("\t") for line in lines)
    right = [one.value == groups[one.node] for one in found.filled if one.node in groups]
    assert len(right) == 150
    assert sum(right) > 0.9 * len(right)


@pytest.mark.slow
def test_results_are_kept_in_the_form_of_all_results(tmp_path, monkeypatch):
    arguments = ["--only", "w2v", "--groups", "20", "--train", "3000", "--later", "300"]
    arguments += ["--seeds", "2", "--results", str(tmp_path), "--name", "small"]
    monkeypatch.setattr(sys, "argv", ["benchmarks.sessions", *arguments])
    assert sessions.main() == 0
    found = store.load(tmp_path / "small.json")
    assert [run["seed"] for run in found["runs"]] == [1, 2]
    for run in found["runs"]:
        assert run["scores"]["hit_rate"] > run["scores"]["popularity"]["hit_rate"]
        assert run["command"][:3] == ["w2v", "train", "train.txt"]
    assert found["settings"]["groups"] == 20
    assert str(tmp_path) not in json.dumps(found)


def test_contenders_are_asked_for_by_name(capsys):
    with pytest.raises(SystemExit):
        sessions.parse(["--only", "w2v,spark"])
    assert "no spark" in capsys.readouterr().err
    options = sessions.parse(["--threads", "3"])
    for name in sessions.TITLES:
        trial = sessions.make(name, options, 7)
        assert isinstance(trial, trials.Trial)
        assert {"3", "7", "train.txt", trial.output} <= set(trial.command)
