"""A small disk that is full at one write after the other: old files whole, nothing else left."""

import contextlib
import os
import re
import shutil
import subprocess
import sys

import pytest

BYTES = 600_000
PAGE = 4096
TRAIN = ("--dim", "8", "--epochs", "2", "--min-count", "1", "--threads", "1")


@pytest.fixture(scope="module")
def disk(tmp_path_factory):
    """Mount a small file system, if this user may."""
    folder = tmp_path_factory.mktemp("disk")
    mount = ["mount", "-t", "tmpfs", "-o", f"size={BYTES}", "tmpfs", str(folder)]
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("only root mounts a file system")
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("no file system can be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("inputs")
    lines = (" ".join(f"w{k * k % 997} w{k % 13}" for k in range(n, n + 9)) for n in range(900))
    (folder / "text.txt").write_text("\n".join(lines) + "\n")
    (folder / "edges.txt").write_text("".join(f"n{k} n{k * k % 97}\n" for k in range(300)))
    command = [sys.executable, "-I", "-m", "w2v", "train", "text.txt", *TRAIN, "-q"]
    subprocess.run(command, cwd=folder, check=True)
    return folder


def run(inputs, disk, command):
    words = [word.replace("DISK", str(disk)) for word in command.split()]
    return subprocess.run(
        [sys.executable, "-I", "-m", "w2v", *words],
        cwd=inputs,
        capture_output=True,
        text=True,
        check=False,
    )


def contents(disk):
    files = (path for path in disk.rglob("*") if path.is_file())
    return {str(path.relative_to(disk)): path.read_bytes() for path in files}


def empty(disk):
    for path in disk.iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def fill(disk, free):
    """Take all room but so many bytes; what is full fills in pages."""
    stat = os.statvfs(disk)
    room = stat.f_bavail * stat.f_frsize
    with (disk / "filler").open("wb") as file, contextlib.suppress(OSError):
        file.write(bytes(max(0, room - free)))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "outputs"),
    [
        (f"train text.txt {' '.join(TRAIN)} -o DISK/v.bin", {"v.bin", "v.run.json"}),
        (
            f"train text.txt {' '.join(TRAIN)} -o DISK/v.txt --save-outputs DISK/o.bin",
            {"v.txt", "v.run.json", "o.bin"},
        ),
        ("walk edges.txt --walks 3 --length 20 -o DISK/w.txt", {"w.txt"}),
        ("convert vectors.bin DISK/v.safetensors", {"v.safetensors", "v.run.json"}),
        ("convert vectors.bin DISK/v.npy", {"v.npy", "v.words.txt", "v.run.json"}),
        ("phrases text.txt -o DISK/p.txt", {"p.txt"}),
    ],
    ids=["train", "train-two", "walk", "convert", "convert-pair", "phrases"],
)
def test_full_at_every_write(command, outputs, inputs, disk):
    """Pages are given one by one until the command has what it needs."""
    empty(disk)
    done = run(inputs, disk, command)
    assert done.returncode == 0, done.stderr
    made = contents(disk)
    assert made.keys() == outputs
    needed = sum(-(-len(data) // PAGE) * PAGE for data in made.values())
    for name in outputs:
        (disk / name).write_bytes(b"{}")  # old files, of a page each
    codes = []
    steps = sorted({0, PAGE, *range(0, needed, max(PAGE, needed // 8 // PAGE * PAGE))})
    for free in steps:
        fill(disk, free)
        before = contents(disk)
        done = run(inputs, disk, command)
        after = contents(disk)
        codes.append(done.returncode)
        if done.returncode == 0:
            break
        assert done.returncode == 4, done.stderr
        assert after == before
        last = done.stderr.splitlines()[-1]
        assert re.match(r"w2v: error: .*No space left on device", last), done.stderr
        assert "Traceback" not in done.stderr
        (disk / "filler").unlink()
    assert codes.count(4) >= 1


@pytest.mark.slow
def test_full_while_a_checkpoint_is_written(inputs, disk):
    """Training goes on and says so; the checkpoint before stays, and can be resumed."""
    empty(disk)
    command = f"train text.txt {' '.join(TRAIN)} -o DISK/v.bin --checkpoint DISK/run"
    assert run(inputs, disk, command).returncode == 0
    old = contents(disk)
    said = []
    for free in range(0, 100_000, 20_000):
        fill(disk, free)
        done = run(inputs, disk, command + " --checkpoint-every 0.02")
        (disk / "filler").unlink()
        said.append(done.stderr)
        assert done.returncode in (0, 4), done.stderr
        assert "Traceback" not in done.stderr
        assert not list(disk.rglob("*.tmp"))
        assert (disk / "v.bin").read_bytes() == old["v.bin"]  # one thread: the same either way
        assert run(inputs, disk, "resume DISK/run -o DISK/r.bin").returncode == 0, free
        assert (disk / "r.bin").read_bytes() == old["v.bin"]
        (disk / "r.bin").unlink()
        (disk / "r.run.json").unlink()
    assert any("checkpoint" in text and "No space left" in text for text in said), said
