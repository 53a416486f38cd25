"""Two threads, interrupted and resumed: not the same bytes, but vectors as good."""

import numpy as np
import pytest
from planted import SEEN, learning, log_share, make_language, products_of
from test_checkpoint import interrupted_often, quick_polls  # noqa: F401 -- a fixture

from w2v import train

SEEDS = range(6)


def error(model, language):
    """Return how far inputs . outputs is from PMI - log k, which is what they should be."""
    products, counts = products_of(model, language)
    shares = log_share(counts)
    pmi = np.log(np.maximum(counts, 1) / counts.sum()) - shares[:, None] - shares
    wanted = pmi - np.log(model.record["settings"]["negative"])
    return float(np.sqrt(np.mean((products - wanted)[counts >= SEEN] ** 2)))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("negatives", "hot_rows"), [("shared", "0"), ("private", "0"), ("shared", "1000")]
)
def test_interruptions_cost_no_accuracy(negatives, hot_rows, tmp_path, monkeypatch):
    monkeypatch.setenv("W2V_HOT_ROWS", hot_rows)
    language = make_language()
    text = tmp_path / "text.txt"
    text.write_text("".join(f"{first} {second}\n" for first, second in language.sentences))
    whole, parts = [], []
    for seed in SEEDS:
        config = learning(threads=2, seed=seed, negatives=negatives)
        whole.append(error(train(text, config), language))
        folder = tmp_path / str(seed)
        model = interrupted_often(text, config, folder, seed=seed, most=12)
        assert model.record["resumes"] >= 3
        parts.append(error(model, language))
    spread = np.std([whole, parts], axis=1, ddof=1)
    tolerance = 4 * np.sqrt((spread**2).sum() / len(SEEDS))
    assert abs(np.mean(whole) - np.mean(parts)) <= tolerance, (whole, parts)
    assert max(parts) < 0.5, parts  # and it has learned: untrained it is above 1.5
