"""What the machine offers: CPUs this process may use, instruction sets, memory."""

from __future__ import annotations

import os
import platform
from pathlib import Path

from w2v.errors import ConfigError


def _cgroup_value(name: str) -> str:
    """Return the text of a cgroup (version 2) setting of this process, or ``""``."""
    try:
        own = Path("/proc/self/cgroup").read_text().strip().rsplit("::", 1)[-1]
        return (Path("/sys/fs/cgroup") / own.lstrip("/") / name).read_text().strip()
    except OSError:
        return ""


def available_cpus() -> int:
    """Return how many CPUs this process may use.

    Affinity masks and a container's CPU limit are respected where the system has them.
    """
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    quota, _, period = _cgroup_value("cpu.max").partition(" ")
    if quota.isdigit() and period.isdigit():
        count = min(count or 1, -(-int(quota) // int(period)))
    return max(1, count or 1)


def available_memory() -> int | None:
    """Return the bytes of memory that can still be taken, or None where that is unknown."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        free = next(int(line.split()[1]) << 10 for line in lines if line.startswith("MemAvail"))
    except (OSError, StopIteration, ValueError):
        return None
    limit, used = _cgroup_value("memory.max"), _cgroup_value("memory.current")
    if limit.isdigit() and used.isdigit():
        free = min(free, int(limit) - int(used))
    return max(0, free)


def cache_sizes(folder: Path = Path("/sys/devices/system/cpu/cpu0/cache")) -> dict[int, int]:
    """Return the bytes of the caches that hold data, by level from 1 on, as far as Linux says."""
    found = {}
    for cache in sorted(folder.glob("index*")):
        try:
            level, kind, size = (
                (cache / name).read_text().strip() for name in ("level", "type", "size")
            )
            if kind != "Instruction":
                found[int(level)] = int(size.removesuffix("K")) << 10
        except (OSError, ValueError):
            continue
    return found


def peak_memory() -> int:
    """Return the most memory this process has held at once, in bytes."""
    import resource  # noqa: PLC0415 -- not on every system, and not needed to start

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if platform.system() == "Darwin" else peak << 10


def chosen_isa() -> str:
    """Return the kernel to use: the first that can be, or the one that W2V_ISA names.

    Raises
    ------
    ConfigError
        W2V_ISA names a kernel that this processor cannot run, or that the system refuses.
    """
    from w2v._core import available_isas, isa_refusal  # noqa: PLC0415 -- keeps `w2v --help` quick

    available = available_isas()
    wanted = os.environ.get("W2V_ISA", "")
    if not wanted:
        return next(isa for isa in available if not isa_refusal(isa))
    refusal = isa_refusal(wanted)
    if refusal:
        others = ", ".join(isa for isa in available if isa != wanted)
        raise ConfigError(f"W2V_ISA is {wanted!r}: {refusal}; this processor can run {others}")
    return wanted


def _name_in(cpuinfo: str) -> str:
    """Return the name of the first processor in the text of Linux's /proc/cpuinfo, or ``""``."""
    pairs = [line.partition(":")[::2] for line in reversed(cpuinfo.splitlines())]
    fields = {key.strip(): value.strip() for key, value in pairs}
    if fields.get("model name"):
        return fields["model name"]
    if "CPU part" in fields:  # arm64: numbers in place of a name
        return f"{fields.get('CPU implementer')} part {fields['CPU part']} ({platform.machine()})"
    return ""


def _name_by_sysctl() -> str:
    """Return the processor's name on macOS, or ``""``."""
    import subprocess  # noqa: PLC0415 -- not needed to start

    command = ["sysctl", "-n", "machdep.cpu.brand_string"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def cpu_model() -> str:
    """Return the processor's name; of one that has none, its maker's and its own number."""
    if platform.system() == "Darwin":
        name = _name_by_sysctl()
    else:
        try:
            name = _name_in(Path("/proc/cpuinfo").read_text())
        except OSError:
            name = ""
    return name or platform.processor() or platform.machine()
