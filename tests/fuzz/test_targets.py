"""The targets with their seeds, changed a little: that they work, and what fuzzing has found."""

import random

import pytest
from targets import CHECKPOINT, TARGETS, EnoughError, resume

# Of each target: inputs that once were not answered as they should be.
FOUND: dict[str, list[bytes]] = {"text": [], "vectors": [], "edges": [], "checkpoint": []}


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


@pytest.mark.parametrize("name", TARGETS)
def test_found(name):
    for data in FOUND[name]:
        TARGETS[name][0](data)


def test_the_checkpoint_goes_on_as_it_is():
    """Else its fuzzing would end at the first check."""

    def stop(report):
        if report.phase == "training":
            raise EnoughError

    for seed in CHECKPOINT.seeds():
        with pytest.raises(EnoughError):
            resume(CHECKPOINT.changed(seed), progress=stop)
