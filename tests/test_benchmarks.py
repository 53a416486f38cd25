"""The parts of benchmarks/ that need no measuring."""

import copy
import importlib
import importlib.util
import itertools
import json
import lzma
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def load(module):
    """Import benchmarks.MODULE by path: the repository is not on sys.path, and must not be."""
    if "benchmarks" not in sys.modules:
        folder = ROOT / "benchmarks"
        spec = importlib.util.spec_from_file_location(
            "benchmarks", folder / "__init__.py", submodule_search_locations=[str(folder)]
        )
        package = importlib.util.module_from_spec(spec)
        sys.modules["benchmarks"] = package
        spec.loader.exec_module(package)
    return importlib.import_module(f"benchmarks.{module}")


bench, contenders, corpus, gate, machine, plan, process, render, run, store, summary = map(
    load,
    (
        "bench",
        "contenders",
        "corpus",
        "gate",
        "machine",
        "plan",
        "process",
        "render",
        "run",
        "store",
        "summary",
    ),
)
HERE = Path(sys.executable)


def train_run(task, contender, whole, training, *, repeat=1, seed=1, accuracy=None):
    entry = {
        "task": task,
        "contender": contender,
        "threads": 2,
        "epochs": 1,
        "seed": seed,
        "repeat": repeat,
        "command": ["w2v", "train", "wiki100.txt"],
        "seconds": {"whole": whole, "training": training},
        "words_per_second": round(16_000_000 / training),
        "peak_memory_bytes": 200_000_000,
        "cpu_seconds": 2 * whole,
        "other_cpu_seconds": None,
    }
    if accuracy:
        entry["accuracy"] = dict.fromkeys(summary.SCORES, accuracy)
    return entry


@pytest.fixture
def results():
    runs = [
        train_run("speed", "w2v-shared", 3.0, 2.0, repeat=1),
        train_run("speed", "w2v-shared", 5.0, 2.5, repeat=2),
        train_run("speed", "w2v-shared", 4.0, 1.5, repeat=3),
        train_run("speed", "gensim", 40.0, 30.0),
        train_run("accuracy", "w2v-shared", 9.0, 8.0, seed=1, accuracy=28.0),
        train_run("accuracy", "w2v-shared", 9.0, 8.0, seed=2, accuracy=30.0),
        train_run("accuracy", "gensim", 160.0, 150.0, accuracy=28.75),
        {**train_run("text", "w2v", 1.0, 0.25), "threads": 1, "words_per_second": 42_000_000},
        {**train_run("text", "w2v", 0.6, 0.2), "threads": 2, "words_per_second": 77_000_000},
        {**train_run("similar", "w2v", 0.25, 1.0), "threads": 1},
        {**train_run("help", "w2v", 0.125, 1.0), "threads": 1},
    ]
    return {
        "schema": store.SCHEMA,
        "name": "wiki100",
        "started": "2025-01-31 10:00 UTC",
        "finished": "2025-01-31 11:00 UTC",
        "settings": {
            "dim": 100,
            "window": 5,
            "negative": 5,
            "sample": 1e-3,
            "min_count": 5,
            "alpha": 0.025,
            "threads": 2,
        },
        "corpus": {"name": "wiki100.txt", "bytes": 100_000_000, "tokens": 16_816_360},
        "machine": {
            "cpu": "A CPU",
            "architecture": "x86_64",
            "cores": 2,
            "cpus": 2,
            "memory_bytes": 24 * 2**30,
            "system": "A system",
            "compiler": "cc 12",
        },
        "versions": {"w2v": "0.1.0", "gensim": "4.4.0"},
        "build": "0123",
        "isa": "avx512",
        "contenders": [
            {"name": "w2v-shared", "title": "**w2v**"},
            {"name": "gensim", "title": "gensim"},
            {"name": "word2vec", "title": "word2vec"},
        ],
        "missing": [{"name": "fasttext", "title": "fastText", "why": "not installed"}],
        "failed": [{"task": "speed", "contender": "word2vec", "why": "exit code 1"}],
        "runs": runs,
        "summary": summary.summarize(runs),
    }


def marked(*tables):
    return "before\n\n" + "\n".join(
        f"<!-- benchmark:wiki100/{table} -->\nold\n<!-- /benchmark:wiki100/{table} -->\n"
        for table in tables
    )


# Summaries


def test_summary_takes_medians_of_the_single_runs(results):
    speed = results["summary"]["speed"]["w2v-shared"]
    assert speed["whole"] == {"median": 4.0, "min": 3.0, "max": 5.0, "n": 3}
    assert speed["training"]["median"] == 2.0


def test_ratios_are_how_many_times_as_long_as_ours(results):
    assert results["summary"]["ratios"]["gensim"] == {"whole": 10.0, "training": 15.0}
    assert results["summary"]["ratios"]["w2v-shared"] == {"whole": 1.0, "training": 1.0}


def test_summary_of_scores_has_no_deviation_for_a_single_run(results):
    accuracy = results["summary"]["accuracy"]
    assert accuracy["w2v-shared"]["analogies"] == {"mean": 29.0, "sd": 1.41, "n": 2}
    assert accuracy["gensim"]["men"] == {"mean": 28.75, "sd": None, "n": 1}


def test_no_runs_make_an_empty_summary():
    assert not any(summary.summarize([]).values())


# Rendering


def test_speed_table_shows_everybody_and_why_some_were_not_measured(results):
    lines = render.speed(results)
    assert lines[2] == "| **w2v** | 4.0 (3.0 to 5.0) | 1 | 8.0 M | 1 | 200 |"
    assert lines[3] == "| gensim | 40.0 (40.0 to 40.0) | 10 x | 533 k | 15 x | 200 |"
    assert lines[4] == "| word2vec | not measured: failed | | | | |"
    assert lines[5] == "| fastText | not measured: not installed | | | | |"


def test_accuracy_table_has_means_and_deviations(results):
    lines = render.accuracy(results)
    assert lines[2].startswith("| **w2v** | 2 | 29.0 (1.4) | 29.0 (1.4) |")
    assert lines[3].startswith("| gensim | 1 | 28.8 |")


def test_table_of_commands_has_rates_and_seconds(results):
    text = "\n".join(render.commands(results))
    assert "| text to rows, 1 thread | 42 M words/s | 1 |" in text
    assert "| text to rows, 2 threads | 77 M words/s | 1 |" in text
    assert "| `w2v similar king` | 0.25 s | 1 |" in text
    assert "| `w2v --help` | 0.12 s | 1 |" in text


def test_every_row_of_a_table_has_as_many_cells_as_its_head(results):
    for table in (render.speed, render.accuracy, render.commands):
        rows = [line for line in table(results) if line.startswith("|")]
        assert len({row.count("|") for row in rows}) == 1, table.__name__


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


def test_rendering_fills_every_marker_and_leaves_the_rest(results):
    tables = list(render.TABLES)
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


# The results file


def test_results_come_back_as_they_were_saved(results, tmp_path):
    path = tmp_path / "wiki100.json"
    results["summary"] = {}
    store.save(path, results)
    assert store.load(path) == results
    assert results["summary"]["speed"]
    assert [file.name for file in tmp_path.iterdir()] == ["wiki100.json"]


def test_a_summary_edited_by_hand_is_refused_and_can_be_refreshed(results, tmp_path):
    path = tmp_path / "wiki100.json"
    results["summary"]["speed"]["w2v-shared"]["whole"]["median"] = 1.0
    path.write_text(json.dumps(results))
    with pytest.raises(store.StoreError, match="summary"):
        store.load(path)
    store.refresh(path)
    assert store.load(path)["summary"]["speed"]["w2v-shared"]["whole"]["median"] == 4.0


def test_form_is_checked(results):
    assert store.faults(results) == []
    for field in store.FIELDS:
        broken = {key: value for key, value in results.items() if key != field}
        assert field in store.faults(broken)[0]
    for field in store.RUN_FIELDS:
        broken = copy.deepcopy(results)
        del broken["runs"][0][field]
        assert field in store.faults(broken)[0]
    assert store.faults({**results, "schema": 99}) == ["schema 99, not 1"]


@pytest.mark.parametrize("path", ["/usr/lib/a.so", "python /opt/x/y.py", "at '/home/me'"])
def test_paths_of_a_machine_are_refused_and_can_be_cut(results, path):
    results["runs"][0]["command"] = ["w2v", path]
    assert "path of the machine" in store.faults(results)[0]
    results["runs"][0]["command"] = ["w2v", store.without_paths(path)]
    assert store.faults(results) == []


def test_every_committed_result_is_finished_and_well_formed():
    for path in store.RESULTS.glob("*.json"):
        if not path.name.endswith(".partial.json"):
            found = store.load(path)
            assert found["finished"], path.name
            assert found["name"] == path.stem


def test_sessions_are_not_mixed(results):
    assert store.same_session(results, copy.deepcopy(results)) is None
    assert store.same_session(results, {**results, "build": "4567"}) == "build"


# Plans and commands


def everyone():
    return contenders.everyone(HERE, HERE)


def test_each_round_of_speed_runs_everybody_and_begins_with_another():
    tasks = plan.speed(everyone(), 2, 3)
    names = [one.name for one in everyone()]
    rounds = [tasks[start : start + len(names)] for start in range(0, len(tasks), len(names))]
    assert [sorted(task.contender for task in one) for one in rounds] == [sorted(names)] * 3
    assert [one[0].contender for one in rounds] == names[:3]
    assert len(set(tasks)) == len(tasks)


def test_accuracy_runs_every_seed_of_ours_and_fewer_of_the_peers():
    tasks = plan.accuracy(everyone(), 2, 3, 1)
    seeds = {
        one.name: [task.seed for task in tasks if task.contender == one.name] for one in everyone()
    }
    assert seeds.pop("w2v-shared") == seeds.pop("w2v-private") == [1, 2, 3]
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
    shared, private, gensim, original, fasttext = (
        one.command(job) for one in contenders.everyone(tmp_path / "python", tmp_path / "python")
    )
    for command, sign in ((shared, "--"), (private, "--"), (original, "-")):
        given = dict(itertools.pairwise(command))
        assert given[f"{sign}window"] == "3" and given[f"{sign}negative"] == "11"
        assert given[f"{sign}min-count"] == "2" and given[f"{sign}threads"] == "13"
        assert given[f"{sign}sample"] == "0.5" and given[f"{sign}alpha"] == "0.125"
    assert shared[shared.index("--negatives") + 1] == "shared"
    assert private[private.index("--negatives") + 1] == "private"
    assert shared[shared.index("--dim") + 1] == original[original.index("-size") + 1] == "7"
    assert shared[shared.index("--epochs") + 1] == original[original.index("-iter") + 1] == "17"
    assert json.loads(gensim[2]) == json.loads(fasttext[2])
    assert json.loads(gensim[2])["settings"]["threads"] == 13


def test_fasttext_never_gets_fewer_threads_than_its_initialization_needs():
    job = contenders.Job("c.txt", "o.bin", 1, 1, contenders.Settings(threads=2))
    fasttext = everyone()[-1]
    assert json.loads(fasttext.command(job)[2])["settings"]["threads"] == 10


def test_commands_are_shown_without_paths_of_this_machine(tmp_path):
    (tmp_path / "word2vec").touch()
    job = contenders.Job("c.txt", "o.bin", 1, 1, contenders.Settings())
    found = contenders.everyone(tmp_path / "python3", tmp_path / "python3")
    gensim, original = (bench.shown(one.command(job)) for one in found[2:4])
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
        (["--corpus", "a", "--repeats", "0"], "--repeats is 0: give at least 1"),
    ],
)
def test_wrong_options_are_refused(arguments, message, capsys):
    with pytest.raises(SystemExit) as stop:
        run.parse(arguments)
    assert stop.value.code == 2
    assert message in capsys.readouterr().err


def test_a_noisy_run_is_called_so(results):
    entry = {**results["runs"][0], "other_cpu_seconds": 1.5}
    assert "noisy: 25% of the CPUs" in run.took(entry, 2)
    assert "noisy" not in run.took({**entry, "other_cpu_seconds": 0.1}, 2)
    assert "noisy" not in run.took({**entry, "other_cpu_seconds": None}, 2)


# Processes, corpus, machine, gate


def test_a_process_is_measured(tmp_path):
    code = (
        "import time; memory = bytearray(b'x') * 40_000_000\n"
        "for _ in range(3): print('Alp', end='', flush=True); time.sleep(0.02); "
        "print('ha:', flush=True)\n"
    )
    outcome = process.measure([sys.executable, "-c", code], cwd=tmp_path, mark=b"Alpha:")
    first, last = outcome.marks
    assert 0 < first < last < outcome.seconds
    assert outcome.peak_memory_bytes > 40_000_000
    assert outcome.cpu_seconds > 0
    assert outcome.tail == "Alpha:\n" * 3


def test_processes_that_fail_or_never_end_are_errors_with_their_last_words(tmp_path):
    with pytest.raises(process.ProcessError, match="exit code 3: last words"):
        process.measure(["sh", "-c", "echo last words; exit 3"], cwd=tmp_path)
    with pytest.raises(process.ProcessError, match="nosuch: cannot start"):
        process.measure(["./nosuch"], cwd=tmp_path)
    with pytest.raises(process.ProcessError, match=r"stopped after 0\.2 s"):
        process.measure(["sleep", "60"], cwd=tmp_path, timeout=0.2)


def test_settings_in_the_environment_do_not_reach_the_measured():
    inherited = {"PATH": "p", "W2V_EPOCHS": "1", "W2V_ISA": "avx2"}
    assert process.environment(inherited) == {"PATH": "p", "W2V_ISA": "avx2"}


@pytest.mark.parametrize("chunk", [1, 2, 3, 5, 1 << 20])
def test_words_are_counted_across_chunks(tmp_path, monkeypatch, chunk):
    monkeypatch.setattr(corpus, "CHUNK", chunk)
    path = tmp_path / "c.txt"
    path.write_bytes(b"  one two\n\nthree\tfour five\xc3\xa9 \n six")
    found = corpus.inspect(path)
    assert (found.name, found.tokens, found.bytes) == ("c.txt", 6, path.stat().st_size)


def test_wiki_is_cut_after_as_many_bytes_as_the_figures_are_about(tmp_path, monkeypatch):
    monkeypatch.setattr(corpus, "WIKI_BYTES", 25)
    packed, target = tmp_path / "wiki.txt.xz", tmp_path / "wiki100.txt"
    packed.write_bytes(lzma.compress(b"0123456789" * 3))
    corpus.cut_wiki(packed, target)
    assert target.read_bytes() == (b"0123456789" * 3)[:25]
    packed.write_bytes(lzma.compress(b"0123456789"))
    with pytest.raises(ValueError, match="unpacks to 10 bytes, not 25"):
        corpus.cut_wiki(packed, target)


def test_machine_is_read_from_proc():
    cpuinfo = "".join(
        f"processor\t: {number}\nmodel name\t: A CPU\nphysical id\t: 0\ncore id\t\t: {core}\n"
        "flags\t\t: fpu avx2 fma hypervisor\n\n"
        for number, core in enumerate((0, 1, 0, 1))
    )
    assert machine.cpu_model(cpuinfo) == "A CPU"
    assert machine.physical_cores(cpuinfo) == 2
    assert machine.instruction_sets(cpuinfo) == ["avx2", "fma"]
    assert machine.memory_bytes("MemTotal:       24684092 kB\nMemFree: 1 kB\n") == 24684092 * 1024
    assert machine.cpu_model("") is machine.physical_cores("") is machine.memory_bytes("") is None


def test_this_machine_is_described_without_paths():
    found = machine.describe()
    assert found["cpus"] >= 1
    assert not any(store.ABSOLUTE.search(str(value)) for value in found.values())


def test_gate_names_every_score_below_its_floor():
    floors = gate.FLOORS["shared"]
    assert gate.shortfalls("shared", floors) == []
    low = {**floors, "men": floors["men"] - 0.1, "simlex": float("nan")}
    lines = gate.shortfalls("shared", low)
    assert len(lines) == 2
    assert lines[0].startswith("shared: men is ") and "below the floor" in lines[0]
    assert lines[1].startswith("shared: simlex is nan")


def test_gate_without_data_says_so_and_with_a_wrong_folder_fails(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["gate"])
    monkeypatch.setattr(gate, "ROOT", tmp_path / "clone")
    monkeypatch.delenv("W2V_DATA", raising=False)
    assert gate.main() == 0
    assert "NOT MEASURED: no wiki.txt.xz" in capsys.readouterr().err
    monkeypatch.setenv("W2V_DATA", str(tmp_path))
    assert gate.main() == 1
    assert "W2V_DATA: no wiki.txt.xz" in capsys.readouterr().err
