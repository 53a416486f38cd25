"""What holds for every test: linear algebra on one thread, and no examples against the clock."""

from __future__ import annotations

import os
import sys

from hypothesis import settings

# The matrices of tests are small: OpenBLAS's threads spin on them, many times slower than one
# thread where others are at work too. It reads this once, when numpy loads it.
assert "numpy" not in sys.modules
for _library in ("OPENBLAS", "OMP", "MKL"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")

# On a machine with other work any example may take long: tests do not time.
settings.register_profile("untimed", settings(), deadline=None)
settings.load_profile("untimed")


def pytest_report_header() -> str:
    """Say which kernels are tested: others are not even skipped."""
    from w2v._core import available_isas, isa_refusal  # noqa: PLC0415 -- after what is above

    return f"kernels: {', '.join(isa for isa in available_isas() if not isa_refusal(isa))}"
