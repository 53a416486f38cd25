"""Which reports of the thread sanitizer are of races that are meant to be."""

import subprocess
import sys
from pathlib import Path

import pytest
from reports import intended_functions, is_intended, stacks_of

LIST = Path(__file__).resolve().parents[2] / ".ci" / "intended-races.txt"
REPORT = """data race (pid=7)
  Write of size 4 at 0x7f00 by thread T2:
    #0 _mm256_storeu_ps /usr/lib/avxintrin.h:872 (_core.so+0x1)
    #1 {first} w2v/kernels/create.h:12 (_core.so+0x2)
    #2 run_chunk w2v/kernels/block.h:90 (_core.so+0x3)

  Previous read of size 4 at 0x7f00 by thread T1:
    #0 {second} w2v/kernels/create.h:40 (_core.so+0x4)

  Location is heap block of size 64 at 0x7f00 allocated by main thread:
    #0 copy_row <null> (libtsan.so.2+0x5)

SUMMARY: ThreadSanitizer: data race w2v/kernels/create.h:12 in {first}
==================
"""
FORGOTTEN = REPORT.replace("    #0 {second} w2v/kernels/create.h:40 (_core.so+0x4)\n", "")
FORGOTTEN = FORGOTTEN.replace(
    "by thread T1:\n", "by thread T1:\n    [failed to restore the stack]\n"
)


def test_stacks_are_those_of_the_two_accesses():
    stacks = [["_mm256_storeu_ps", "add_delta", "run_chunk"], ["copy_row"]]
    assert stacks_of(REPORT.format(first="add_delta", second="copy_row")) == stacks


@pytest.mark.parametrize(
    ("report", "intended"),
    [
        (REPORT.format(first="add_delta", second="copy_row"), True),
        (REPORT.format(first="add_delta", second="take_chunk"), False),
        (REPORT.format(first="take_chunk", second="copy_row"), False),
        (FORGOTTEN.format(first="add_delta"), True),
        (FORGOTTEN.format(first="take_chunk"), False),
        ("heap-use-after-free (pid=7)\n  Write of size 4 by T1:\n    #0 add_delta x\n", False),
        ("data race (pid=7)\n", False),
    ],
)
def test_a_race_is_intended_only_if_both_sides_are_listed(report, intended):
    assert is_intended(report, intended_functions(LIST.read_text())) is intended


def test_the_program_fails_on_others_and_on_nothing(tmp_path):
    def code(*reports):
        log = tmp_path / "log"
        log.write_text("".join(f"WARNING: ThreadSanitizer: {report}" for report in reports))
        program = [sys.executable, Path(__file__).with_name("reports.py"), LIST, log]
        return subprocess.run(program, check=False, capture_output=True).returncode

    good = REPORT.format(first="add_delta", second="copy_row")
    assert code(good, good) == 0
    assert code(good, REPORT.format(first="add_delta", second="other")) == 1
    assert code() == 1
