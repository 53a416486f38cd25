"""Run one command as a process of its own and measure it."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

# Enough of the end of the output for an error message and for the JSON line of a driver.
TAIL_BYTES = 8_000
# ru_maxrss is in KiB, except on macOS.
MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024


class ProcessError(Exception):
    """A measured command failed; the message holds its last words."""


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What one process took.

    Attributes
    ----------
    seconds : float
        Wall time from before the start to after the end.
    peak_memory_bytes : int
        Largest resident set of the process. The kernel counts the parent's resident set at the
        fork as the child's, so the parent has to stay smaller than anything it measures.
    cpu_seconds : float
        User and system time of the process and its children.
    other_cpu_seconds : float or None
        What everything else on the machine, other guests of the same host included, took of the
        CPUs meanwhile: the noise in this measurement. None where the system does not say.
    marks : tuple of float or None
        Seconds from the start to the first and to the last occurrence of the mark in the output.
    tail : str
        The end of stdout and stderr together.
    """

    seconds: float
    peak_memory_bytes: int
    cpu_seconds: float
    other_cpu_seconds: float | None
    marks: tuple[float, float] | None
    tail: str


def measure(
    argv: Sequence[str],
    *,
    cwd: Path,
    mark: bytes | None = None,
    timeout: float = 7_200.0,
    stdin: str = os.devnull,
) -> Outcome:
    """Run `argv` in `cwd`, its input the file `stdin`, reading its output until it ends.

    Raises
    ------
    ProcessError
        The command cannot be started, fails, or takes longer than `timeout` seconds.
    """
    busy_before = busy_cpu_seconds()
    start = time.perf_counter()
    try:
        with (cwd / stdin).open("rb") as given:
            process = subprocess.Popen(
                argv,
                cwd=cwd,
                env=environment(os.environ),
                stdin=given,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
    except OSError as error:
        raise ProcessError(f"{Path(argv[0]).name}: cannot start: {error.strerror}") from error
    expired = threading.Event()

    def expire() -> None:
        expired.set()
        _kill(process.pid)

    timer = threading.Timer(timeout, expire)
    timer.start()
    try:
        tail, marks = _listen(process, mark, start)
        _, status, usage = os.wait4(process.pid, 0)
    except BaseException:
        _kill(process.pid)
        process.wait()
        raise
    finally:
        timer.cancel()
    seconds = time.perf_counter() - start
    # wait4 has taken the exit status: Popen must not look for it again.
    process.returncode = os.waitstatus_to_exitcode(status)
    text = tail.decode("utf-8", "replace")
    if expired.is_set():
        raise ProcessError(f"{Path(argv[0]).name}: stopped after {timeout:g} s")
    if process.returncode != 0:
        last = " / ".join(text.replace("\r", "\n").strip().splitlines()[-3:])
        raise ProcessError(f"{Path(argv[0]).name}: exit code {process.returncode}: {last}")
    cpu = usage.ru_utime + usage.ru_stime
    busy_after = busy_cpu_seconds()
    other = None
    if busy_before is not None and busy_after is not None:
        other = max(0.0, busy_after - busy_before - cpu)
    return Outcome(seconds, usage.ru_maxrss * MAXRSS_UNIT, cpu, other, marks, text)


def environment(inherited: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of measured processes: without anybody's own settings of w2v.

    Every option of w2v can be set in the environment, and none may be here; only the instruction
    set may, because the results say which one was used.
    """
    return {
        name: value
        for name, value in inherited.items()
        if not name.startswith("W2V_") or name == "W2V_ISA"
    }


def _listen(
    process: subprocess.Popen[bytes], mark: bytes | None, start: float
) -> tuple[bytes, tuple[float, float] | None]:
    """Read the output to its end; note when the first and the last mark came."""
    assert process.stdout is not None
    tail = b""
    marks: tuple[float, float] | None = None
    with process.stdout:
        while chunk := os.read(process.stdout.fileno(), 65_536):
            # A mark may be cut in two by the pipe: look at the seam too.
            seam = tail[1 - len(mark) :] if mark and len(mark) > 1 else b""
            if mark and mark in seam + chunk:
                now = time.perf_counter() - start
                marks = (marks[0] if marks else now, now)
            tail = (tail + chunk)[-TAIL_BYTES:]
    return tail, marks


def _kill(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def busy_cpu_seconds() -> float | None:
    """CPU time spent by the whole machine since it started, stolen time included (Linux)."""
    try:
        fields = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    except OSError:
        return None
    user, nice, system, _idle, _iowait, irq, softirq, steal = map(int, fields[:8])
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")
