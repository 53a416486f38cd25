import copy
import json

import pytest

from benchmarks import store, summary


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
