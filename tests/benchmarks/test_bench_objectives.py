"""The session of all models and losses: who takes part, and with which command."""

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from benchmarks import contenders, objectives, plan
from benchmarks.run import Kind, parse
from w2v.cli.program import program


@pytest.fixture
def commands(tmp_path):
    for name in ("python", "w2v", "word2vec"):
        (tmp_path / name).touch()
    job = contenders.Job("c.txt", "o.bin", 1, 1, contenders.Settings())
    found = objectives.everyone(tmp_path / "python", tmp_path / "python")
    return {one.name: one.command(job) for one in found}


def test_every_model_goes_with_every_loss(commands):
    pairs = set()
    for name, command in commands.items():
        if name.startswith("w2v"):
            model = "cbow" if "cbow" in command else "skipgram"
            loss = command[command.index("--loss") + 1] if "--loss" in command else "ns"
            pairs.add((model, loss))
            assert ("--alpha" in command) == (model == "skipgram")
            assert (loss == "softmax") <= ("--max-vocab" in command)
    assert len(pairs) == 10


def test_w2v_takes_each_of_its_commands(commands, tmp_path, monkeypatch):
    """What it then complains of is the text, which is not there."""
    monkeypatch.chdir(tmp_path)
    ours = [command[1:] for name, command in commands.items() if name.startswith("w2v")]
    assert len(ours) == 13
    for arguments in ours:
        answer = CliRunner().invoke(program, arguments)
        assert (answer.exit_code, "c.txt: cannot be read" in answer.stderr) == (4, True), arguments


def test_peers_train_the_same_combinations(commands):
    for model, loss in (("skipgram", "hs"), ("cbow", "ns"), ("cbow", "hs")):
        gensim = json.loads(commands[f"gensim-{model}-{loss}"][2])
        assert (gensim["model"], gensim["loss"]) == (model, loss)
        original = commands[f"word2vec-{model}-{loss}"]
        assert original[original.index("-cbow") + 1] == str(int(model == "cbow"))
        assert original[original.index("-hs") + 1] == str(int(loss == "hs"))
        assert original[original.index("-negative") + 1] == ("0" if loss == "hs" else "5")
        assert ("-alpha" in original) == (model == "skipgram")


def test_names_are_distinct_and_what_is_slow_runs_once(tmp_path):
    found = objectives.everyone(tmp_path / "python", tmp_path / "python")
    assert len({one.name for one in found}) == len(found)
    assert found[0].name == "w2v-shared"
    slow = {one.name for one in found if one.slow}
    assert slow == {one.name for one in found if "softmax" in one.name.split("-loss-")[-1][:7]}
    for tasks, runs in ((plan.speed(found, 2, 3), 6), (plan.accuracy(found, 2, 3, 1), 3)):
        names = [task.contender for task in tasks]
        assert all(names.count(name) == 1 for name in slow)
        assert names.count("w2v-shared") == runs


def test_results_have_a_name_of_their_own():
    kind = Kind("benchmarks.objectives", "", "objectives100", objectives.everyone, False)
    assert parse(["--corpus", "c.txt"], kind).name == "objectives100"


def test_it_runs_as_a_module():
    root = objectives.__file__.rpartition("benchmarks")[0]
    command = [sys.executable, "-m", "benchmarks.objectives", "--help"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("usage: python -m benchmarks.objectives")
