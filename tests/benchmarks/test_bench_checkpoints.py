"""What benchmarks.checkpoints measures, on a small text, and what its table says of it."""

import json

import pytest

from benchmarks import checkpoints
from benchmarks.drivers.lost import lost_seconds
from benchmarks.task_tables import checkpoints as table


@pytest.mark.slow
def test_a_quick_session_measures_everything(tmp_path):
    text = tmp_path / "text.txt"
    text.write_text("".join(f"w{k * k % 2903} w{k % 1009}\n" for k in range(20_000)))
    given = ["--quick", "--corpus", str(text), "--results", str(tmp_path)]
    assert checkpoints.main([*given, "--tmpdir", str(tmp_path)]) == 0
    results = json.loads((tmp_path / "checkpoints.json").read_text())
    found = results["summary"]
    for name in ("later_pause", "write_alone", "write_training", "dd", "resume", "resume_disk"):
        assert found[name] > 0, name
    assert found["bytes"] > 2 * 4 * 16 * 2_000
    assert len(results["runs"]["large"][0]["writes"]) == checkpoints.WRITES + 1
    assert str(tmp_path) not in json.dumps(results)
    assert "2,000 x 16" in "\n".join(table(results))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["checkpoints.json", "text.txt"]


def test_costs_are_means_and_the_rest_medians():
    large = dict.fromkeys(("copy_fresh", "copy_warm", "dd", "resume", "resume_disk"), 1.0)
    large |= {"pauses": [3.0, 1.0, 2.0], "writes": [9.0, 7.0, 8.0, 4.0], "bytes": [10, 20]}
    kept = [{"lost": [0.5, 0.25, 0.75], "words": 7}, {"lost": [0.9], "words": 7}]
    found = checkpoints.summarize({"kept": kept, "large": [large]})
    assert found["cost_each_minute"] == pytest.approx(0.6 / 60)
    assert (found["first_pause"], found["later_pause"]) == (3.0, 1.5)
    assert (found["write_training"], found["write_alone"], found["bytes"]) == (8.0, 4.0, 20)


def test_time_lost_is_told_by_the_rate_before_and_after():
    # 100 words a second, and 40 while a checkpoint is written, which takes from 10 to 15
    reports = [(t / 10, 10 * t - 6 * min(max(t - 100, 0), 50)) for t in range(301)]
    assert lost_seconds(reports, [(10.0, 15.0)]) == [pytest.approx(3.0)]
    assert lost_seconds(reports, [(1.0, 2.0), (28.0, 29.0)]) == []  # nothing before or after


def test_a_missing_text_is_told(tmp_path, capsys):
    assert checkpoints.main(["--wiki", str(tmp_path / "none"), "--results", "."]) == 2
    assert "no such file" in capsys.readouterr().err
