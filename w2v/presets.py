"""The settings with which other programs train, where they differ from ours.

docs/presets.md says of each where in its program it stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Real
from typing import Any, Literal, get_args

from w2v.errors import ConfigError

PresetName = Literal["word2vec", "gensim", "fasttext"]
PRESET_LOSSES = ("ns", "hs")

# Of all three: a reach drawn for each center, and noise words for each pair.
_COMMON = {
    "dim": 100,
    "window": 5,
    "window_mode": "shrink",
    "negative": 5,
    "negatives": "private",
    "min_count": 5,
    "epochs": 5,
}


def preset_settings(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `name` sets, by field of `Config`.

    Parameters
    ----------
    name : {"word2vec", "gensim", "fasttext"}
    given : dict
        Settings beside the preset, model and loss among them: some programs treat one otherwise
        than another, and what makes no sense with these is not set.

    Raises
    ------
    ConfigError
        There is no such preset, or that program has no such loss.
    """
    model, loss, alpha = given["model"], given["loss"], given.get("alpha")
    if name not in get_args(PresetName):
        raise ConfigError(f"preset is {name!r}: give {' or '.join(get_args(PresetName))}")
    if loss not in PRESET_LOSSES:
        raise ConfigError(
            f"loss is {loss}, which preset {name} does not have: give {' or '.join(PRESET_LOSSES)}"
        )
    settings = _COMMON | {"word2vec": _word2vec, "gensim": _gensim, "fasttext": _fasttext}[name](
        model, loss, alpha if isinstance(alpha, Real) else None
    )
    if model == "cbow":
        settings |= {"cbow_gradient": "original", "cbow_hidden": "mean"}
    if given.get("window") == "sentence":
        del settings["window_mode"]
    shared = loss == "ns" and given.get("negatives") == "shared"
    if shared or given.get("large_logits") == "exact":
        del settings["large_logits"], settings["logit_limit"]
    return settings


def _word2vec(model: str, loss: str, alpha: Real | None) -> dict[str, Any]:
    start = float(alpha) if alpha is not None else 0.05 if model == "cbow" else 0.025
    return {
        "noise_exponent": 0.75,
        "sample": 1e-3,
        "alpha": start,
        "min_alpha": start * 1e-4,
        "initial_range": 0.5,
        "large_logits": "skip" if loss == "hs" else "saturate",
        "logit_limit": 6.0,
    }


def _gensim(_model: str, _loss: str, _alpha: Real | None) -> dict[str, Any]:
    return {
        "noise_exponent": 0.75,
        "sample": 1e-3,
        "alpha": 0.025,
        "min_alpha": 1e-4,
        "initial_range": 1.0,
        "large_logits": "skip",
        "logit_limit": 6.0,
    }


def _fasttext(_model: str, _loss: str, _alpha: Real | None) -> dict[str, Any]:
    return {
        "noise_exponent": 0.5,
        "sample": 1e-4,
        "alpha": 0.05,
        "min_alpha": 0.0,
        "initial_range": 1.0,
        "large_logits": "saturate",
        "logit_limit": 8.0,
    }
