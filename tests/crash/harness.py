"""Runs w2v, kills it, goes on with it, and counts."""

from __future__ import annotations

import hashlib
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

SETTINGS = ("--dim", "16", "--epochs", "40", "--threads", "1", "--min-count", "1", "--seed", "7")


class Crash:
    """A run that is killed again and again.

    Parameters
    ----------
    text : Path
    folder : Path
        Where outputs and the checkpoint go.
    seed : int
        Of the moments.

    Attributes
    ----------
    kills, runs, same, resumes, leftovers : int
        Processes killed; runs that came to their end; those with the bytes of a run that was
        never killed; processes that went on from a checkpoint; files that stayed.
    phases : dict of str to int
        Of the kills, by which epochs the process had said were done.
    """

    def __init__(self, text: Path, folder: Path, seed: int) -> None:
        self.text, self.folder = text, folder
        self.output, self.checkpoint = folder / "vectors.bin", folder / "run"
        self.kills = self.runs = self.same = self.resumes = self.leftovers = 0
        self.phases = {"before any": 0, "between": 0, "after the last": 0}
        self._random = random.Random(seed)
        self._wanted: bytes | None = None
        self._length = 0.0

    def command(self, name: str) -> list[str]:
        """Return the command line of ``train`` or ``resume``."""
        every = ("--checkpoint-every", "0.02")
        if name == "resume":
            return [sys.executable, "-I", "-m", "w2v", "resume", str(self.checkpoint), *every]
        checkpoint = ("--checkpoint", str(self.checkpoint), *every)
        files = (str(self.text), "-o", str(self.output))
        return [sys.executable, "-I", "-m", "w2v", "train", *files, *SETTINGS, *checkpoint]

    def whole(self) -> bytes:
        """Return the digest of a run that is never killed; leave its output behind."""
        if self._wanted is None:
            begun = time.monotonic()
            subprocess.run(self.command("train"), check=True, capture_output=True)
            self._length = time.monotonic() - begun
            self._wanted = digest(self.output)
            shutil.rmtree(self.checkpoint)
        return self._wanted

    def clean(self) -> None:
        """Remove what a run has made."""
        shutil.rmtree(self.checkpoint, ignore_errors=True)
        for path in self.folder.iterdir():
            if path.is_file():
                path.unlink()

    def one_run(self) -> None:
        """Kill a run at random moments until, sooner or later, it comes to its end."""
        wanted = self.whole()
        self.clean()
        self.output.write_bytes(b"old")
        self.output.with_name("vectors.run.json").write_text("{}")  # an earlier run's
        finished = False
        while not finished:
            finished = self._attempt()
            content = self.output.read_bytes()
            assert content == b"old" or digest(self.output) == wanted, "half a file"
        self.runs += 1
        self.same += digest(self.output) == wanted
        left = [path for path in self.folder.rglob("*") if path.name.endswith(".tmp")]
        self.leftovers += len(left)
        names = {path.name.split(".")[0] for path in self.checkpoint.iterdir()}
        assert names == {"checkpoint", "inputs", "outputs", "workers", "words", "counts"}, names
        assert len(list(self.checkpoint.iterdir())) == len(names), "old files of the checkpoint"

    def _attempt(self) -> bool:
        """Start or go on; kill at a random moment; return whether it ended before."""
        going_on = (self.checkpoint / "checkpoint.json").exists()
        self.resumes += going_on
        process = subprocess.Popen(
            self.command("resume" if going_on else "train"),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        try:
            # of a resumed run most is starting Python: the moments shall fall behind that too
            process.wait(self._random.uniform(0.2, 1.1) * self._length)
        except subprocess.TimeoutExpired:
            process.kill()
        _, error = process.communicate()
        if process.returncode == -signal.SIGKILL:
            self.kills += 1
            last = "epoch 40/40:" in (said := error.decode())
            phase = "after the last" if last else "between" if "epoch " in said else "before any"
            self.phases[phase] += 1
            return False
        assert process.returncode == 0, error.decode()
        return True


def digest(path: Path) -> bytes:
    """Return a checksum of a file."""
    return hashlib.sha256(path.read_bytes()).digest()
