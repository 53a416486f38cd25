import re
from pathlib import Path

import pytest
from sweep_runs import all_runs, roofline_runs

from benchmarks import plots, render, summary

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "docs" / "performance.md"]
LARGEST = 60_000


def named(page):
    return re.findall(r"\]\(((?:docs/)?plots/[^)]+)\)", page.read_text())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_show_plots_that_are_there(page):
    found = named(page)
    assert found
    for name in found:
        assert (page.parent / name).is_file(), name


def test_every_plot_is_on_the_page_and_small_and_in_both_forms():
    drawn = {path.stem for path in (ROOT / "docs" / "plots").glob("*.png")}
    assert {Path(name).stem for name in named(PAGES[1])} == drawn
    for name in drawn:
        assert (ROOT / "docs" / "plots" / f"{name}.png").stat().st_size <= LARGEST
        assert (ROOT / "docs" / "plots" / f"{name}.svg").read_text().startswith("<?xml")


@pytest.mark.slow
def test_plots_can_be_made_from_the_committed_results(tmp_path):
    pytest.importorskip("matplotlib", reason="not in the extra test: pip install '.[bench]'")
    names = plots.draw_all(tmp_path, render.load_finished)
    assert {"accuracy", "roofline", "threads"} <= set(names)
    for name in names:
        assert 2_000 < (tmp_path / f"{name}.png").stat().st_size <= LARGEST
    assert {path.stem for path in (ROOT / "docs" / "plots").glob("*.png")} == set(names)


@pytest.mark.slow
def test_plots_can_be_made_of_every_sweep(results, tmp_path):
    pytest.importorskip("matplotlib", reason="not in the extra test: pip install '.[bench]'")
    runs = [*all_runs(), *roofline_runs()]
    swept = {**results, "runs": runs, "summary": summary.summarize(runs)}
    given = {"sweeps": swept, "roofline": swept}
    names = plots.draw_all(tmp_path, lambda name: given.get(name, results))
    assert set(names) == {*plots.TITLES, "accuracy", "roofline"}


def test_time_and_accuracy_are_those_of_the_results(results):
    for name in ("w2v-shared", "gensim"):
        results["summary"]["accuracy"][name]["epochs"] = 5
    results["summary"]["accuracy"]["w2v-shared-dim-200-effort-fast"] = {
        **results["summary"]["accuracy"]["w2v-shared"]
    }
    timed = results["summary"]["speed"]
    timed["w2v-shared-dim-200-effort-fast"] = timed["w2v-shared"]
    rows = plots.timed_accuracy(lambda _name: results)
    assert plots.Timed("w2v", "w2v-shared", 12.0, 29.0, "balanced", 100) in rows
    assert plots.Timed("gensim", "gensim", 160.0, 28.75) in rows
    assert ("fast", 200) in {(row.effort, row.dim) for row in rows}
    assert len(rows) == 3


def test_without_matplotlib_there_is_one_line_to_say_so(monkeypatch, capsys, tmp_path):
    monkeypatch.setitem(plots.sys.modules, "matplotlib", None)
    assert plots.main(["--folder", str(tmp_path)]) == 2
    assert "pip install '.[bench]'" in capsys.readouterr().err
