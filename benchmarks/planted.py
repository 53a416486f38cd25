"""What each objective makes of a language whose probabilities are known.

``python -m benchmarks.planted`` trains on it and writes planted.json, of which
``python -m benchmarks.render`` makes a table of docs/objectives.md.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

RESULTS = Path(__file__).resolve().parent / "planted.json"
# The language of the tests, so that both speak of the same.
LANGUAGE = Path(__file__).resolve().parent.parent / "tests" / "training" / "planted.py"
SEEDS = (1, 2, 3)
LOSSES: dict[str, dict[str, Any]] = {
    "ns": {},
    "nce": {"loss": "nce"},
    "sampled-softmax": {"loss": "sampled-softmax"},
    "sampled-softmax --log-q": {"loss": "sampled-softmax", "log_q": True},
    "softmax": {"loss": "softmax", "block_length": 128},
}


def main() -> int:
    """Measure everything; return 0."""
    planted = load_language()
    language = planted.make_language()
    found = []
    for title, settings in LOSSES.items():
        for negatives in ("shared", "private") if "block_length" not in settings else ("shared",):
            runs = [
                describe(planted, language, negatives=negatives, seed=seed, **settings)
                for seed in SEEDS
            ]
            means = {key: round(float(np.mean([run[key] for run in runs])), 4) for key in runs[0]}
            found.append({"loss": title, "negatives": negatives, "seeds": len(SEEDS), **means})
            print(json.dumps(found[-1]), file=sys.stderr)
    RESULTS.write_text(json.dumps({"negative": 5, "runs": found}, indent=1) + "\n")
    return 0


def load_language() -> Any:
    """Return the module of the tests that makes the language."""
    spec = importlib.util.spec_from_file_location("planted", LANGUAGE)
    if spec is None or spec.loader is None:
        raise SystemExit(f"benchmarks.planted: no {LANGUAGE.name} among the tests")
    module = importlib.util.module_from_spec(spec)
    sys.modules["planted"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def describe(planted: Any, language: Any, **settings: Any) -> dict[str, float]:
    """Train once; return what the inner products say."""
    products, counts = planted.inner_products(language, negative=5, **settings)
    logs = planted.log_share(counts)
    often = counts >= planted.SEEN
    pmi = np.log(counts[often] / counts.sum()) - (logs[:, None] + logs)[often]
    return {
        "kl": planted.divergence(products, counts),
        "kl_corrected": planted.divergence(products + logs, counts),
        "log_sum": float(np.logaddexp.reduce(products, axis=1) @ np.exp(logs)),
        "pmi_r": float(np.corrcoef(products[often], pmi)[0, 1]),
        "pmi_offset": float((products[often] - pmi).mean()),
        "negative_share": float((products < 0).mean()),
    }


if __name__ == "__main__":
    sys.exit(main())
