"""The targets with their seeds, changed a little: that they work, and what fuzzing has found."""

import io
import random

import numpy as np
import pytest
from targets import CHECKPOINT, TARGETS, EnoughError, resume


def npy(array):
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


# Of each target: inputs that once were not answered as they should be.
FOUND: dict[str, list[bytes]] = {
    "pairs": [b"\0\xff\x0bone\ttwo"],
    "sparse": [
        b"\0" + npy(np.array(b"\ncsr")),
        b"\0" + npy(np.array(b"\xff\xfe\xfd")),
        b"\0" + npy(np.array([b"csr", b"csc"])),
        b"\1" + npy(np.array(["a", "b"])),
        b"\1" + npy(np.array([[3, 3]])),
        b"\2" + npy(np.array([0, 1 << 63, 1, 4], np.uint64)),
        b"\2" + npy(np.array([0, (1 << 63) - 1, -1, 4])),
        b"\4" + npy(np.ones(4)).replace(b"(4,), }", b"(1000000000000,), }"),
    ],
}


@pytest.mark.parametrize("name", TARGETS)
def test_seeds_and_neighbors(name):
    target, seeds = TARGETS[name]
    draw = random.Random(1)
    for seed in seeds:
        target(seed)
        for _ in range(10):
            changed = bytearray(seed)
            changed[draw.randrange(len(seed))] ^= 1 << draw.randrange(8)
            target(bytes(changed))
            target(bytes(changed[: draw.randrange(len(seed))]))


@pytest.mark.parametrize(
    ("name", "data"), [(name, data) for name, inputs in FOUND.items() for data in inputs]
)
def test_found(name, data):
    TARGETS[name][0](data)


def test_the_checkpoint_goes_on_as_it_is():
    """Else its fuzzing would end at the first check."""

    def stop(report):
        if report.phase == "training":
            raise EnoughError

    for seed in CHECKPOINT.seeds():
        with pytest.raises(EnoughError):
            resume(CHECKPOINT.changed(seed), progress=stop)
