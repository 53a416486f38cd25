import itertools
import json
import sys
from pathlib import Path

import pytest

from benchmarks import bench, contenders, plan, prepare, process, run, store

HERE = Path(sys.executable)


def everyone():
    return contenders.everyone(HERE, HERE)


def test_each_round_of_speed_runs_everybody_and_begins_with_another():
    tasks = plan.speed(everyone(), 2, 3)
    names = [one.name for one in everyone()]
    a_round = sorted(names + names[:2])  # w2v with shared negatives takes seconds
    rounds = [tasks[start : start + len(a_round)] for start in range(0, len(tasks), len(a_round))]
    assert [sorted(task.contender for task in one) for one in rounds] == [a_round] * 3
    assert [one[0].contender for one in rounds] == names[:3]
    assert len(set(tasks)) == len(tasks)


def test_accuracy_runs_every_seed_of_ours_and_fewer_of_the_peers():
    tasks = plan.accuracy(everyone(), 2, 3, 1)
    seeds = {
        one.name: [task.seed for task in tasks if task.contender == one.name] for one in everyone()
    }
    assert seeds.pop("w2v-shared") == seeds.pop("w2v-private") == [1, 2, 3]
    assert seeds.pop("w2v-shared-effort-fast") == [1, 2, 3]
    assert set(map(tuple, seeds.values())) == {(1,)}
    # Its last thread trains one epoch only: with few threads the comparison would flatter us.
    assert {task.threads for task in tasks if task.contender == "word2vec"} == {20}


def test_everybody_gets_the_same_settings(tmp_path, monkeypatch):
    for program in ("python", "w2v", "word2vec"):
        (tmp_path / program).touch()
    settings = contenders.Settings(
        dim=7, window=3, negative=11, sample=0.5, min_count=2, alpha=0.125, threads=13
    )
    job = contenders.Job("c.txt", "o.bin", 17, 19, settings)
    shared, fast, private, gensim, original, fasttext = (
        one.command(job) for one in contenders.everyone(tmp_path / "python", tmp_path / "python")
    )
    for command, sign in ((shared, "--"), (private, "--"), (original, "-")):
        given = dict(itertools.pairwise(command))
        assert given[f"{sign}window"] == "3" and given[f"{sign}negative"] == "11"
        assert given[f"{sign}min-count"] == "2" and given[f"{sign}threads"] == "13"
        assert given[f"{sign}sample"] == "0.5" and given[f"{sign}alpha"] == "0.125"
    assert shared[shared.index("--negatives") + 1] == "shared"
    assert private[private.index("--negatives") + 1] == "private"
    assert fast == [*shared, "--effort", "fast"]
    assert shared[shared.index("--dim") + 1] == original[original.index("-size") + 1] == "7"
    assert shared[shared.index("--epochs") + 1] == original[original.index("-iter") + 1] == "17"
    assert json.loads(gensim[2]) == json.loads(fasttext[2]) | {"model": "skipgram", "loss": "ns"}
    assert json.loads(gensim[2])["settings"]["threads"] == 13


def test_fasttext_never_gets_fewer_threads_than_its_initialization_needs():
    job = contenders.Job("c.txt", "o.bin", 1, 1, contenders.Settings(threads=2))
    fasttext = everyone()[-1]
    assert json.loads(fasttext.command(job)[2])["settings"]["threads"] == 10


def test_commands_are_shown_without_paths_of_this_machine(tmp_path):
    (tmp_path / "word2vec").touch()
    job = contenders.Job("c.txt", "o.bin", 1, 1, contenders.Settings())
    found = contenders.everyone(tmp_path / "python3", tmp_path / "python3")
    gensim, original = (bench.shown(one.command(job)) for one in found[3:5])
    assert gensim[:2] == ["python", "benchmarks/drivers/train_gensim.py"]
    assert original[0] == "word2vec"
    assert not any(store.ABSOLUTE.search(part) for part in gensim + original)


def test_a_contender_that_is_not_installed_says_what_was_looked_for(tmp_path):
    nowhere = tmp_path / "python"
    for one in contenders.everyone(nowhere, nowhere):
        with pytest.raises(contenders.MissingError, match=r"no (w2v|Python|word2vec)"):
            one.version()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "--corpus"),
        (["--corpus", "a", "--wiki", "b"], "not allowed with"),
        (["--corpus", "a", "--quick", "--full"], "not allowed with"),
        (["--corpus", "a", "--full"], "needs --eval"),
        (["--corpus", "a", "--name", "../a"], "give letters"),
        (["--corpus", "a", "--repeats", "0"], "--repeats is 0: give at least 1"),
    ],
)
def test_wrong_options_are_refused(arguments, message, capsys):
    with pytest.raises(SystemExit) as stop:
        run.parse(arguments)
    assert stop.value.code == 2
    assert message in capsys.readouterr().err


class OneBroken:
    """A bench on which the peer named fails and everybody else takes no time."""

    def __init__(self, broken, entry_of):
        self.broken = broken
        self.entry_of = entry_of
        self.asked = []

    def carry_out(self, task):
        self.asked.append((task.contender, task.repeat))
        if task.contender == self.broken:
            raise process.ProcessError("gensim: exit code 1: no /usr/lib/python3/numpy")
        entry = self.entry_of(task.task, task.contender, 2.0, 1.0, repeat=task.repeat)
        return {**entry, "threads": task.threads}


def test_a_session_survives_a_broken_contender_and_goes_on_later(results, train_run, tmp_path):
    partial, final = (path(tmp_path, "wiki100") for path in (store.partial_path, store.final_path))
    names = [one for one in everyone() if one.name in ("w2v-shared", "gensim")]
    tasks = plan.speed(names, 2, 2)
    results["runs"], results["failed"], results["missing"] = [], [], []
    first = OneBroken("gensim", train_run)
    run.perform(first, tasks, results, partial)
    # Everybody's first try; what failed is not tried again in this session.
    assert [one for one in first.asked if one[0] == "gensim"] == [("gensim", 1)]
    assert [repeat for one, repeat in first.asked if one == "w2v-shared"] == [1, 2, 3, 4]
    assert results["failed"][0]["why"] == "gensim: exit code 1: no numpy"
    assert run.finish(results, partial) == 1
    assert store.load(final)["failed"] == results["failed"]

    again = store.load(partial)
    again["failed"] = []
    second = OneBroken(None, train_run)
    run.perform(second, tasks, again, partial)
    assert second.asked == [("gensim", 1), ("gensim", 2)]
    assert run.finish(again, partial) == 0
    assert not partial.exists()
    assert len(store.load(final)["runs"]) == len(tasks) == 6


def test_accuracy_alone_asks_for_no_speed():
    arguments = ["--corpus", "c.txt", "--eval", "e", "--accuracy"]
    tasks = run.tasks_of(run.parse(arguments), everyone())
    assert {task.task for task in tasks} == {"accuracy"}
    whole = run.tasks_of(run.parse([*arguments[:-1], "--full"]), everyone())
    assert set(tasks) < set(whole)


@pytest.fixture
def earlier(results, tmp_path):
    """Results of an earlier build, in a file, and those of a new one without runs."""
    path = tmp_path / "earlier.json"
    results["versions"] |= {"gensim": "4.3"}
    store.save(path, results)
    return path, json.loads(json.dumps(results)) | {"build": "new", "runs": []}


def test_peers_scores_are_taken_over_once(earlier):
    path, new = earlier
    for _ in range(2):
        prepare.take_over(path, new, ["gensim"])
        (taken,) = new["runs"]
        assert (taken["task"], taken["contender"]) == ("accuracy", "gensim")
        assert taken["taken_over_from"] == "2025-01-31 10:00 UTC"
    new["runs"].clear()
    prepare.take_over(path, new, ["word2vec"])
    assert not new["runs"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"settings": {"dim": 7}}, "differs in settings"),
        ({"corpus": {"bytes": 1}}, "differs in corpus"),
        ({"versions": {"gensim": "5"}}, "another version of gensim"),
    ],
)
def test_scores_of_something_else_are_not_taken_over(earlier, change, message):
    path, new = earlier
    with pytest.raises(prepare.SetupError, match=message):
        prepare.take_over(path, new | change, ["gensim"])
    with pytest.raises(prepare.SetupError, match=r"none\.json"):
        prepare.take_over(path.with_name("none.json"), new, ["gensim"])


def test_finished_results_go_on_if_the_build_is_the_same(earlier, tmp_path):
    path, new = earlier
    old = json.loads(path.read_text())
    store.save(store.final_path(tmp_path, "wiki100"), old)
    partial = store.partial_path(tmp_path, "wiki100")
    same = new | {"build": old["build"], "runs": []}
    assert prepare.take_up(partial, same, fresh=False)["runs"] == old["runs"]
    assert prepare.take_up(partial, new | {"runs": []}, fresh=False)["runs"] == []
    assert prepare.take_up(partial, same | {"runs": []}, fresh=True)["runs"] == []


def test_a_session_goes_on_with_some_of_its_contenders(results, tmp_path):
    partial = store.partial_path(tmp_path, "wiki100")
    results["versions"] |= {"gensim": "4.3", "word2vec": "1"}
    results["contenders"] = [{"name": name, "title": name} for name in ("w2v-shared", "gensim")]
    store.save(partial, results)
    fewer = json.loads(json.dumps(results)) | {"runs": [], "contenders": results["contenders"][:1]}
    del fewer["versions"]["word2vec"]
    found = prepare.take_up(partial, fewer, fresh=False)
    assert found["runs"] == results["runs"] and found["versions"] == results["versions"]
    assert found["contenders"] == results["contenders"]
    fewer["versions"]["gensim"] = "5"
    with pytest.raises(prepare.SetupError, match="differs in versions"):
        prepare.take_up(partial, fewer, fresh=False)


def test_a_noisy_run_is_called_so(results):
    entry = {**results["runs"][0], "other_cpu_seconds": 1.5}
    assert "noisy: 25% of the CPUs" in run.took(entry, 2)
    assert "noisy" not in run.took({**entry, "other_cpu_seconds": 0.1}, 2)
    assert "noisy" not in run.took({**entry, "other_cpu_seconds": None}, 2)
