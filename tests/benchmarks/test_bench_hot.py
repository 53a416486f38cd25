"""Rates with and without copies of hot rows, sorted by how long lines took."""

from pathlib import Path

from benchmarks.contenders import Job, Ours, Settings
from benchmarks.hot import everyone
from benchmarks.task_tables import SLOW_LINE_NS, lines
from w2v.training.hot import SLOW_LINE


def run_of(contender, rate, line_ns, task="speed"):
    return {"task": task, "contender": contender, "words_per_second": rate, "line_ns": line_ns}


def test_runs_are_sorted_by_their_lines():
    results = {
        "contenders": [{"name": "a", "title": "A"}, {"name": "b", "title": "B"}],
        "runs": [
            run_of("a", 10_000_000, 70),
            run_of("a", 12_000_000, 89),
            run_of("a", 5_000_000, 90),
            run_of("a", 99_000_000, 70, task="accuracy"),
            run_of("b", 9_000_000, 300),
            run_of("b", 8_000_000, None),
        ],
    }
    assert lines(results)[2:] == [
        "| A | 11.0 M | 2 | 5.0 M | 1 |  | 0 |",
        "| B |  | 0 | 9.0 M | 1 | 8.0 M | 1 |",
    ]


def test_copies_are_forced_by_the_environment(tmp_path):
    python = tmp_path / "python"
    (tmp_path / "w2v").touch()
    job = Job("text.txt", "out.bin", 1, 1, Settings(threads=2))
    commands = {one.name: one.command(job) for one in everyone(python, python)}
    assert commands["w2v-shared"][0] == str(tmp_path / "w2v")
    forced = commands["w2v-shared-W2V_HOT_ROWS=512-threads-8"]
    assert forced[:3] == ["env", "W2V_HOT_ROWS=512", str(tmp_path / "w2v")]
    assert forced[-2:] == ["--threads", "8"]


def test_what_a_run_says_of_its_lines_is_kept(tmp_path):
    (tmp_path / "out.run.json").write_text('{"hot_rows": 7, "line_ns": 300, "more": 1}')
    job = Job("text.txt", "out.bin", 1, 1, Settings(threads=2))
    assert Ours(Path("python"), "shared").notes(job, tmp_path) == {"hot_rows": 7, "line_ns": 300}


def test_the_table_has_the_limit_that_training_has():
    assert round(1e9 * SLOW_LINE) == SLOW_LINE_NS
