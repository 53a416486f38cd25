import sys

import pytest

from benchmarks import render, store


def marked(*tables):
    return "before\n\n" + "\n".join(
        f"<!-- benchmark:wiki100/{table} -->\nold\n<!-- /benchmark:wiki100/{table} -->\n"
        for table in tables
    )


def test_speed_table_shows_everybody_and_why_some_were_not_measured(results):
    lines = render.speed(results)
    assert lines[2] == "| **w2v** | 4.0 (3.0 to 5.0) |  | 8.0 M |  | 200 |"
    assert lines[3] == "| gensim | 40.0 (40.0 to 40.0) | 10 x | 533 k | 15 x | 200 |"
    assert lines[4] == "| word2vec | not measured: failed | | | | |"
    assert lines[5] == "| fastText | not measured: not installed | | | | |"


def test_accuracy_table_has_means_and_deviations(results):
    lines = render.accuracy(results)
    assert lines[2].startswith("| **w2v** | 2 | 29.0 (1.4) | 29.0 (1.4) |")
    assert lines[3].startswith("| gensim | 1 | 28.8 |")


def test_table_of_objectives_has_rates_relative_to_the_first(results):
    lines = render.objectives(results)
    assert (
        lines[2]
        == "| **w2v** | 2.0 | 8.0 M | 1 | 29.0 (1.4) | 29.0 (1.4) | 29.0 (1.4) | 29.0 (1.4) |"
    )
    assert lines[3].startswith("| gensim | 30.0 | 533 k | 0.0667 | 28.8 |")
    assert lines[4].startswith("| word2vec | not measured: failed |")


def test_table_of_the_planted_language_is_that_of_its_file():
    results = render.load_finished("planted")
    runs = results["runs"]
    lines = render.planted(results)
    assert len(lines) == 2 + len(runs) + 2
    assert lines[2].startswith(f"| `ns` | shared | {runs[0]['kl']:.3f} | ")


def test_table_of_commands_has_rates_and_seconds(results):
    text = "\n".join(render.commands(results))
    assert "| text to rows, 1 thread | 42 M words/s | 1 |" in text
    assert "| text to rows, 2 threads | 77 M words/s | 1 |" in text
    assert "| `w2v similar king` | 0.25 s | 1 |" in text
    assert "| `w2v --help` | 0.12 s | 1 |" in text


def test_every_row_of_a_table_has_as_many_cells_as_its_head(results):
    for table in (render.speed, render.accuracy, render.commands, render.objectives):
        rows = [line for line in table(results) if line.startswith("|")]
        assert len({row.count("|") for row in rows}) == 1, table.__name__


def test_without_a_readme_there_is_one_line_to_say_so(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["render", "--check"])
    monkeypatch.setattr(render, "README", tmp_path / "README.md")
    assert render.main() == 2
    assert "README.md" in capsys.readouterr().err


def test_readme_is_checked_and_written(results, tmp_path, monkeypatch, capsys):
    readme = tmp_path / "README.md"
    readme.write_text(marked("speed"))
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "objectives.md").write_text(marked("objectives"))
    monkeypatch.setattr(render, "README", readme)
    monkeypatch.setattr(render, "DOCS", tmp_path / "docs")
    monkeypatch.setattr(store, "RESULTS", tmp_path)
    store.save(tmp_path / "wiki100.json", results)
    monkeypatch.setattr(sys, "argv", ["render", "--check"])
    assert render.main() == 1
    assert "not those of" in capsys.readouterr().err
    assert readme.read_text() == marked("speed")
    monkeypatch.setattr(sys, "argv", ["render"])
    assert render.main() == 0
    assert "| gensim | 40.0" in readme.read_text()
    monkeypatch.setattr(sys, "argv", ["render", "--check"])
    assert render.main() == 0


def test_setup_names_machine_text_settings_and_versions(results):
    (line,) = render.setup(results)
    for part in (
        "2025-01-31",
        "A CPU",
        "2 cores",
        "24 GiB",
        "avx512",
        "16,816,360",
        "gensim 4.4.0",
    ):
        assert part in line


# Tables of other results, or not of a session.
OTHERS = (
    *("vectors", "planted", "checkpoints", "graphs", "labels", "sessions"),
    *("sweeps", "goals", "traffic", "roofline"),
)


def test_rendering_fills_every_marker_and_leaves_the_rest(results):
    tables = [table for table in render.TABLES if table not in OTHERS]
    readme = marked(*tables) + "after\n"
    filled = render.render(readme, {"wiki100": results}.__getitem__)
    assert filled.startswith("before\n") and filled.endswith("after\n") and "old" not in filled
    for table in tables:
        assert "\n".join(render.TABLES[table](results)) in filled
    assert render.render(filled, {"wiki100": results}.__getitem__) == filled


@pytest.mark.parametrize(
    ("readme", "message"),
    [
        ("no tables at all\n", "no <!-- benchmark:"),
        (marked("spede"), "no table spede"),
        (marked("vectors"), "not a session of benchmarks.vectors"),
        (marked("speed") + "<!-- benchmark:wiki100/setup -->\n", "no partner"),
        (
            marked("speed").replace("/benchmark:wiki100/speed", "/benchmark:wiki100/setup"),
            "no <!--",
        ),
    ],
)
def test_markers_that_cannot_be_served_are_errors(results, readme, message):
    with pytest.raises(render.RenderError, match=message):
        render.render(readme, lambda _name: results)


def test_accuracy_table_without_full_length_runs_is_an_error(results):
    results["summary"]["accuracy"] = {}
    with pytest.raises(render.RenderError, match="without --full"):
        render.accuracy(results)


def test_results_that_are_not_there_are_an_error():
    with pytest.raises(render.RenderError, match=r"no results/nosuch\.json"):
        render.load_finished("nosuch")
