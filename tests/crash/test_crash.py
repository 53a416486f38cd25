"""Processes killed at random moments: something whole is always there, and nothing else stays."""

import resource
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from harness import Crash

ROUNDS = 200


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    generator = np.random.default_rng(3)
    path = tmp_path_factory.mktemp("crash") / "text.txt"
    words = generator.zipf(1.2, 40_000) % 3000
    lines = (" ".join(f"w{word}" for word in line) for line in words.reshape(-1, 20))
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.slow
def test_killed_at_random_moments(text, tmp_path):
    """Each round kills until the run ends by itself, then begins a new run."""
    crash = Crash(text, tmp_path, seed=1)
    while crash.kills < ROUNDS:
        crash.one_run()
    assert crash.kills >= ROUNDS
    assert crash.same == crash.runs
    assert crash.leftovers == 0


@pytest.mark.slow
@pytest.mark.parametrize("limit", [4096, 20_000, 100_000])
def test_no_file_may_grow_beyond_a_limit(text, tmp_path, limit):
    """The system refuses to write on, somewhere in every file: old files stay whole."""

    def limited():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    crash = Crash(text, tmp_path, seed=2)
    crash.whole()
    before = crash.output.read_bytes()
    done = subprocess.run(
        crash.command("train"), capture_output=True, preexec_fn=limited, text=True, check=False
    )
    assert done.returncode == 4, done.stderr
    assert "Traceback" not in done.stderr
    assert crash.output.read_bytes() == before
    assert not list(tmp_path.rglob("*.tmp"))


@pytest.mark.slow
def test_a_full_disk(text, tmp_path):
    """A small file system of its own, if this user may mount one, filled to every degree."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1500k", "tmpfs", str(disk)]
    if (
        sys.platform != "linux"
        or subprocess.run(mount, check=False, capture_output=True).returncode
    ):
        pytest.skip("no file system can be mounted here")
    try:
        crash = Crash(text, disk, seed=3)
        codes = set()
        for free in range(1_400_000, 0, -100_000):
            filler = disk / "filler"
            filler.write_bytes(bytes(max(0, 1_500_000 - free - _used(disk))))
            done = subprocess.run(
                crash.command("train"), capture_output=True, text=True, check=False
            )
            codes.add(done.returncode)
            assert "Traceback" not in done.stderr
            assert not list(disk.rglob("*.tmp"))
            assert not crash.output.exists() or done.returncode == 0
            filler.unlink()
            crash.clean()
        assert codes == {0, 4}
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def _used(disk: Path) -> int:
    return sum(path.stat().st_size for path in disk.rglob("*") if path.is_file())
