"""Separators are found in the same places with vectors and without."""

import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

HERE = Path(__file__).resolve().parent
KERNELS = HERE.parents[1] / "w2v" / "kernels"
COMPILER = os.environ.get("CC", "cc").split()

pytestmark = pytest.mark.skipif(
    shutil.which(COMPILER[0]) is None or not KERNELS.is_dir(), reason="no C compiler, or sources"
)


@pytest.mark.parametrize("without", [[], ["-U__SSE2__", "-U__ARM_NEON"]], ids=["vectors", "plain"])
def test_bits_are_set_where_separators_are(tmp_path, without):
    program = tmp_path / "separators"
    source = str(HERE / "separators.c")
    options = ["-O1", f"-I{KERNELS}", *without]
    subprocess.run([*COMPILER, *options, source, "-o", str(program)], check=True)
    every_place = np.repeat(np.arange(256, dtype=np.uint8), 64).reshape(256, 64)
    crowded = np.random.default_rng(1).choice(
        np.array([8, 9, 10, 11, 31, 32, 33, 0, 127, 128, 137, 138, 160, 255], np.uint8), (4096, 64)
    )
    alone = np.full((192, 64), ord("x"), np.uint8)
    for row, separator in enumerate(b" \t\n"):
        alone[row * 64 + np.arange(64), np.arange(64)] = separator
    text = np.concatenate([every_place, crowded, alone])
    done = subprocess.run([program], input=text.tobytes(), stdout=subprocess.PIPE, check=True)
    bits = np.isin(text, np.frombuffer(b" \t\n", np.uint8))
    expected = np.packbits(bits, axis=1, bitorder="little").view("<u8").ravel()
    assert list(map(int, done.stdout.split())) == expected.tolist()
