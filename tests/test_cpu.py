"""What is said of the processor, on systems other than this one too."""

from __future__ import annotations

import platform
from pathlib import Path

import pytest

from w2v import cpu

X86 = """processor\t: 0
model name\t: A CPU @ 2 GHz: fast
flags\t\t: fpu

processor\t: 1
model name\t: Another
"""
ARM64 = """processor\t: 0
BogoMIPS\t: 50.00
CPU implementer\t: 0x41
CPU part\t: 0xd0c

processor\t: 1
CPU implementer\t: 0x41
CPU part\t: 0xd05
"""


@pytest.fixture
def on(monkeypatch):
    """Pretend to be on a system whose /proc/cpuinfo has this text, None: has none."""

    def pretend(system, cpuinfo):
        def read(self):
            if self != Path("/proc/cpuinfo") or cpuinfo is None:
                raise FileNotFoundError(self)
            return cpuinfo

        monkeypatch.setattr(platform, "system", lambda: system)
        monkeypatch.setattr(platform, "machine", lambda: "arm64")
        monkeypatch.setattr(platform, "processor", lambda: "arm")
        monkeypatch.setattr(Path, "read_text", read)

    return pretend


@pytest.mark.parametrize(
    ("cpuinfo", "name"),
    [
        (X86, "A CPU @ 2 GHz: fast"),
        (ARM64, "0x41 part 0xd0c (arm64)"),
        ("processor: 0\n", "arm"),
        ("", "arm"),
        (None, "arm"),
    ],
)
def test_the_name_of_the_first_processor(on, cpuinfo, name):
    on("Linux", cpuinfo)
    assert cpu.cpu_model() == name


@pytest.mark.parametrize(
    ("program", "name"), [("echo Apple M1", "Apple M1"), ("exit 1", "arm"), (None, "arm")]
)
def test_macos_is_asked_by_sysctl(on, monkeypatch, tmp_path, program, name):
    if program:
        (tmp_path / "sysctl").write_text(f"#!/bin/sh\n{program}\n")
        (tmp_path / "sysctl").chmod(0o755)
    on("Darwin", None)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert cpu.cpu_model() == name
    assert cpu.available_memory() is None
    assert cpu.available_cpus() >= 1


def test_peak_memory_is_in_bytes_on_macos_already(monkeypatch):
    here = cpu.peak_memory()
    monkeypatch.setattr(platform, "system", lambda: "Darwin")
    assert 0 < cpu.peak_memory() < here


def test_sizes_of_caches(tmp_path):
    given = [
        ("1", "Data", "32K"),
        ("1", "Instruction", "64K"),
        ("2", "Unified", "1024K"),
        ("3", "Unified", "?"),
    ]
    for number, (level, kind, size) in enumerate(given):
        folder = tmp_path / f"index{number}"
        folder.mkdir()
        for name, value in (("level", level), ("type", kind), ("size", size)):
            (folder / name).write_text(value + "\n")
    assert cpu.cache_sizes(tmp_path) == {1: 32 << 10, 2: 1 << 20}
    assert cpu.cache_sizes(tmp_path / "none") == {}


def test_sizes_of_caches_here():
    if not Path("/sys/devices/system/cpu/cpu0/cache/index2/size").exists():
        pytest.skip("this system does not tell")
    sizes = cpu.cache_sizes()
    assert (16 << 10) <= sizes[1] <= sizes[2] < (1 << 30)
