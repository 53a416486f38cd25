"""The machine a measurement was made on, without anything that names it."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from pathlib import Path
from typing import Any

# The vector instructions that decide which kernels can run.
INSTRUCTION_SETS = (
    "avx2",
    "fma",
    "avx512f",
    "avx512_vnni",
    "avx512_bf16",
    "amx_tile",
    "amx_bf16",
    "asimd",
    "sve",
)


def describe() -> dict[str, Any]:
    """Return CPU model, cores, memory, system and compiler; None where the system does not say."""
    cpuinfo = _read("/proc/cpuinfo")
    return {
        "cpu": cpu_model(cpuinfo) or _output("sysctl", "-n", "machdep.cpu.brand_string"),
        "architecture": platform.machine(),
        "instruction_sets": instruction_sets(cpuinfo),
        "cores": physical_cores(cpuinfo) or _number(_output("sysctl", "-n", "hw.physicalcpu")),
        "cpus": usable_cpus(),
        "virtual": _is_virtual(cpuinfo),
        "memory_bytes": memory_bytes(_read("/proc/meminfo"))
        or _number(_output("sysctl", "-n", "hw.memsize")),
        "system": _system(),
        "compiler": _compiler(),
    }


def cpu_model(cpuinfo: str) -> str | None:
    """Return the model name in the text of /proc/cpuinfo."""
    match = re.search(r"^(?:model name|Model|Hardware)\s*:\s*(.+)$", cpuinfo, re.MULTILINE)
    return match[1].strip() if match else None


def physical_cores(cpuinfo: str) -> int | None:
    """Count the distinct (package, core) pairs in the text of /proc/cpuinfo."""
    packages = re.findall(r"^physical id\s*:\s*(\d+)$", cpuinfo, re.MULTILINE)
    cores = re.findall(r"^core id\s*:\s*(\d+)$", cpuinfo, re.MULTILINE)
    return len(set(zip(packages, cores, strict=True))) or None if packages else None


def instruction_sets(cpuinfo: str) -> list[str]:
    """Return those of `INSTRUCTION_SETS` that the text of /proc/cpuinfo lists."""
    match = re.search(r"^(?:flags|Features)\s*:\s*(.+)$", cpuinfo, re.MULTILINE)
    flags = set(match[1].split()) if match else set()
    return [name for name in INSTRUCTION_SETS if name in flags]


def memory_bytes(meminfo: str) -> int | None:
    """Return the total memory in the text of /proc/meminfo."""
    match = re.search(r"^MemTotal:\s*(\d+) kB$", meminfo, re.MULTILINE)
    return int(match[1]) * 1024 if match else None


def _is_virtual(cpuinfo: str) -> bool | None:
    return (
        bool(re.search(r"^flags\s*:.*\bhypervisor\b", cpuinfo, re.MULTILINE)) if cpuinfo else None
    )


def usable_cpus() -> int:
    """Return how many CPUs this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _system() -> str:
    """Name the system and its version; of the kernel only the two numbers that mean something."""
    release = ".".join(platform.release().split(".")[:2])
    kernel = f"{platform.system()} {release}"
    if platform.system() == "Darwin":
        return f"macOS {platform.mac_ver()[0]}"
    try:
        return f"{platform.freedesktop_os_release()['PRETTY_NAME']}, {kernel}"
    except (OSError, KeyError):
        return kernel


def _compiler() -> str | None:
    """Return the first line of the C compiler's --version: what setuptools builds w2v with."""
    text = _output(*os.environ.get("CC", "cc").split(), "--version")
    return text.splitlines()[0] if text else None


def _read(path: str) -> str:
    try:
        return Path(path).read_text(errors="replace")
    except OSError:
        return ""


def _output(*argv: str) -> str | None:
    try:
        done = subprocess.run(argv, capture_output=True, text=True, check=True, timeout=20)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() or None


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdigit() else None
