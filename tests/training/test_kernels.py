"""Every kernel, through `train`: it finds planted topics, and one thread gives the same bytes."""

import pytest
from test_core import isa  # noqa: F401 -- a fixture

from w2v import Config, train

SMALL = {"dim": 24, "min_count": 1, "epochs": 8, "sample": 0.0, "alpha": 0.05}


@pytest.fixture
def forced(isa, monkeypatch):  # noqa: F811
    monkeypatch.setenv("W2V_ISA", isa)
    return isa


@pytest.mark.parametrize(
    "changes",
    [{}, {"block_noise": 40, "dim": 40}, {"model": "cbow"}, {"loss": "hs"}, {"loss": "nce"}],
    ids=lambda changes: "-".join(map(str, changes.values())) or "default",
)
def test_planted_topics_are_found(topic_file, assert_topics_found, forced, changes):
    model = train(topic_file, Config(threads=2, **SMALL | changes))
    assert model.record["isa"] == forced
    assert_topics_found(model.vectors)


def test_one_thread_gives_the_same_bytes(topic_file, forced):
    config = Config(threads=1, **SMALL | {"epochs": 1, "sample": 1e-2})
    first, second = (train(topic_file, config) for _ in range(2))
    assert first.vectors.matrix.tobytes() == second.vectors.matrix.tobytes()
    assert first.outputs.tobytes() == second.outputs.tobytes()
