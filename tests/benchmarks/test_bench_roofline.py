import os
import shutil

import pytest

from benchmarks import roofline, store, sweep_tables


@pytest.mark.skipif(
    shutil.which(os.environ.get("CC", "cc").split()[0]) is None, reason="no C compiler"
)
def test_limits_of_this_machine(tmp_path):
    options = ["--rounds", "1", "--seconds", "0.01", "--threads", "2"]
    folders = ["--results", str(tmp_path), "--tmpdir", str(tmp_path)]
    assert roofline.main([*options, *folders]) == 0
    results = store.load(tmp_path / "roofline.json")
    limits = results["summary"]["roofline"]
    assert {"fma-float32", "read-memory", "update-memory"} <= set(limits)
    assert all(set(rates) == {"1", "2"} for rates in limits.values())
    assert len(sweep_tables.roofline(results)) == 2 + len(limits)


def test_without_a_compiler_there_is_one_line_to_say_so(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("CC", "no-such-compiler")
    assert roofline.main(["--results", str(tmp_path), "--tmpdir", str(tmp_path)]) == 2
    assert "no-such-compiler: no C compiler" in capsys.readouterr().err


def test_threads_share_the_last_cache_only():
    sizes = {"L1": 1 << 15, "L2": 1 << 20, "L3": 1 << 25}
    bytes_of = {name: size for name, _, size in roofline.points(sizes, 4)}
    assert bytes_of["read-L2"] == 1 << 19
    assert bytes_of["read-L3"] == 1 << 22
