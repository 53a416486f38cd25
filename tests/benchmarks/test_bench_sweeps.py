import random
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from sweep_runs import all_runs, ground, roofline_runs

from benchmarks import points, store, summary, sweep_tables, sweeps, texts, traffic
from benchmarks.drivers import zipf_text
from benchmarks.prepare import SetupError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def found():
    return summary.summarize(all_runs())["sweeps"]


@pytest.fixture
def swept(results):
    runs = [*all_runs(), *roofline_runs()]
    settings = {**results["settings"], "caches": {"L1": 32768}}
    return {**results, "runs": runs, "settings": settings, "summary": summary.summarize(runs)}


def test_points_that_sweeps_share_are_run_once_a_round_and_quick_ones_twice():
    every = list(
        dict.fromkeys(point for make in points.SWEEPS.values() for point in make(ground()))
    )
    tasks = points.tasks_of(every, 3)
    names = [task.contender for task in tasks]
    assert {names.count(point.name) for point in every if point.quick} == {6}
    long = {point.name for point in every if not point.quick}
    assert {names.count(name) for name in long} == {3}
    assert len({(task.contender, task.repeat) for task in tasks}) == len(tasks)
    follows = {two.contender for one, two in pairwise(tasks) if one.contender in long}
    assert len(follows) > len(long)  # nobody always comes after the same


def test_every_sweep_has_the_plain_run_but_that_of_vocabularies():
    for name, make in points.SWEEPS.items():
        assert (ground().base() in make(ground())) == (name != "vocabulary")


def test_names_tell_points_apart():
    made = {point for make in points.SWEEPS.values() for point in make(ground())}
    assert len({point.name for point in made}) == len(made)


@pytest.mark.parametrize(
    ("most", "counts"), [(1, [1]), (2, [1, 2]), (6, [1, 2, 4, 6]), (16, [1, 2, 4, 8, 16])]
)
def test_thread_counts_double(most, counts):
    assert points.thread_counts(most) == counts


def test_one_cpu_has_sweeps_too():
    alone = points.Ground("a.txt", 1, ["avx2"])
    for name, make in points.SWEEPS.items():
        assert all(point.threads == 1 for point in make(alone)), name


def test_summary_has_every_ratio_and_its_goal(found):
    ratios = {one["name"]: one for one in found["ratios"]}
    assert ratios["two threads / one, avx2"]["value"] == 2
    assert ratios["two threads / one, baseline"]["least"] == 1.85
    assert ratios["lines of 3 words / prose"] == {
        "name": "lines of 3 words / prose",
        "value": 0.75,
        "unit": "x",
        "least": 0.6,
    }
    assert ratios["one line / prose"]["value"] == 0.9375
    large = ratios["cost per word, 1,000,000 words / 73,000"]
    assert (large["value"], large["most"]) == (1.6, 2.0)
    assert ratios["baseline / gensim"]["value"] == 5
    assert "least" not in ratios["avx512 / gensim"]
    assert ratios["gzip -dc / text to rows from .gz"]["value"] == 4
    assert ratios["whole process, 1 epoch, fast"]["most"] == 1.9
    assert ratios["whole process, wiki.txt, 5 epochs, fast"]["value"] == 2
    assert ratios["rate, dim 300, fast"]["value"] == pytest.approx(3.4)
    assert ratios["FLOP/s, dim 128 / dim 100"]["value"] == 1


def test_ratios_without_their_points_are_left_out():
    few = [run for run in all_runs() if run["point"]["threads"] == 1]
    found = summary.summarize(few)["sweeps"]
    names = {one["name"] for one in found["ratios"]}
    assert not any(name.startswith(("two threads", "one line", "cost")) for name in names)


def test_tables_show_every_point(swept):
    lines = sweep_tables.sweeps(swept)
    rows = [line for line in lines if line.startswith("|")]
    assert len({row.count("|") for row in rows}) == 1
    assert "| threads | 1 thread | 5.10 M (5.05 to 5.15) |" in "\n".join(rows)
    assert "| | baseline, 2 threads |" in "\n".join(rows).replace("|  |", "| |")
    shown = sum(len(names) for names in swept["summary"]["sweeps"]["sweeps"].values())
    assert len(rows) == 2 + shown
    assert any(line.startswith("Medians of 3 rounds in turn") for line in lines)


def test_the_table_says_when_the_machine_was_busy(swept):
    assert not sweep_tables.noisy(swept)
    swept["runs"][0]["other_cpu_seconds"] = 0.11 * 2 * 2
    (said,) = sweep_tables.noisy(swept)
    assert said.startswith(f"**Disturbed**: in 1 of {len(swept['runs'])} runs")
    assert sweep_tables.sweeps(swept)[-1] == said


def test_table_of_goals(swept):
    lines = sweep_tables.goals(swept)
    assert "| one line / prose | 0.938 x | at least 0.95 |" in lines
    assert "| avx2 / gensim | 25 x |  |" in lines


def test_table_of_limits_has_the_best_of_the_rounds(swept):
    lines = sweep_tables.roofline(swept)
    assert lines[0] == "| | 1 thread | 2 threads |"
    assert lines[2] == "| multiply-adds, float32 | 200 GFLOP/s | 400 GFLOP/s |"
    assert "| read, L1 (32 KiB) | 300 GB/s | 600 GB/s |" in lines
    assert "| read, add and write, memory | 20 GB/s | 40 GB/s |" in lines


def test_table_of_traffic_comes_back_to_the_counted_work(swept):
    fast = next(line for line in sweep_tables.traffic(swept) if line.startswith("| fast"))
    assert fast.startswith("| fast | 15.6 | 3,024 | ")
    assert "| 5.1 M | 80 |" in fast  # half of 10.2 M words are trained on


def test_tables_of_other_results_are_errors(results):
    for table in (sweep_tables.sweeps, sweep_tables.goals, sweep_tables.roofline):
        with pytest.raises(sweep_tables.TableError, match="not a session"):
            table(results)


def test_a_wider_window_or_more_noise_costs_more():
    assert traffic.flop(100, 5, 16) == 15_600
    assert traffic.row_bytes(100) == 448
    assert traffic.row_bytes(128) == 512
    assert traffic.matrix_bytes(100, 16, 64) == 6.75 * 448
    assert traffic.step_bytes(100, 10, 16) > traffic.step_bytes(100, 5, 16)


def test_texts_of_other_shapes_have_the_same_words(tmp_path):
    source = tmp_path / "a.txt"
    draw = random.Random(1)
    words = [f"w{draw.randrange(1000)}" for _ in range(10_001)]
    source.write_text("".join(word + draw.choice(" \n") for word in words))
    short, one = texts.short_lines(source), texts.one_line(source)
    assert short.read_text().split() == one.read_text().split() == words
    lines = short.read_text().splitlines()
    assert all(len(line.split()) == 3 for line in lines[:-1])
    assert one.read_text().count("\n") == 1
    assert texts.cut(source, 0.001).read_bytes() == source.read_bytes()[:1000]
    with pytest.raises(SetupError, match="less than"):
        texts.cut(source, 100)


def test_words_left_by_sampling_are_counted(tmp_path, monkeypatch):
    monkeypatch.setenv("W2V_MAX_VOCAB", "1")  # somebody's own setting, that must not matter
    (tmp_path / "a.txt").write_text("often " * 900 + "seldom " * 100 + "\nonce\n")
    found = texts.describe(tmp_path / "a.txt", 5, 0.1)
    assert (found.words, found.tokens) == (2, 1001)
    expected = 900 * ((9**0.5 + 1) / 9) + 100
    assert found.trained == round(expected)
    assert texts.describe(tmp_path / "a.txt", 5, 0).trained == 1000


def test_generated_text_keeps_every_word(tmp_path):
    path = texts.generated(tmp_path, 1000, 20_000)
    words = path.read_text().split()
    counts = sorted((words.count(word) for word in set(words)), reverse=True)
    assert len(counts) == 1000
    assert counts[-1] >= zipf_text.LEAST
    assert counts[0] > 5 * counts[20] > 5 * counts[-1]
    assert abs(len(words) - 20_000) < 1000
    again = texts.generated(tmp_path, 1000, 20_000)
    assert again.read_text().split() == words


@pytest.mark.slow
def test_a_session_measures_texts_of_all_kinds(tmp_path):
    text = tmp_path / "corpus.txt"
    draw = random.Random(1)
    lines = (" ".join(f"w{draw.randrange(200)}" for _ in range(10)) for _ in range(1_000))
    text.write_text("".join(line + "\n" for line in lines))
    whole = tmp_path / "whole.txt"
    whole.write_bytes(text.read_bytes() * 2)
    options = ["--only", "size,gzip", "--rounds", "1", "--sizes", "0.01", "--threads", "1"]
    command = [sys.executable, "-m", "benchmarks.sweeps", "--corpus", text, *options]
    done = subprocess.run(
        [*command, "--whole", whole, "--results", tmp_path, "--name", "small"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "gzip -dc / text to rows from .gz: " in done.stderr
    assert "(goal: at least 1)" in done.stderr
    found = store.load(tmp_path / "small.json")["summary"]["sweeps"]
    assert len(found["sweeps"]["size"]) == 3
    assert len(found["sweeps"]["gzip"]) == 3
    for point in found["points"].values():
        if point["program"] == "w2v":
            phases = {key: one["median"] for key, one in point["seconds"].items()}
            whole = phases.pop("whole")
            assert sum(phases.values()) == pytest.approx(whole, abs=1e-3)
            assert min(phases.values()) >= 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--only", "size,color"], "no sweep 'color'"),
        (["--sizes", "1,large"], "give numbers"),
        (["--rounds", "0"], "at least 1"),
    ],
)
def test_options_that_make_no_sense(options, message, capsys):
    with pytest.raises(SystemExit):
        sweeps.parse(["--corpus", "a.txt", *options])
    assert message in capsys.readouterr().err
