"""Defaults that depend on other settings."""

from __future__ import annotations

from typing import Literal

Effort = Literal["fast", "balanced", "accurate"]

# Centers that share a draw of noise, and words drawn: what one draw costs and what it teaches.
# docs/performance.md has what was measured, and what else was tried.
EFFORTS: dict[str, tuple[int, int]] = {
    "fast": (64, 16),
    "balanced": (128, 32),
    "accurate": (256, 64),
}


def default_alpha(model: str, cbow_gradient: str) -> float:
    """Return the learning rate that suits a model.

    0.025 and, for CBOW, 0.05 are the original's. The corrected gradient of CBOW is smaller by
    the number of contexts and wants more: Irsoy, Benton and Stratos (2021) advise 0.075. On
    100 MB of Wikipedia 0.1, 0.125 and 0.15 are alike in analogies, where seeds differ as much,
    and score 57, 59 and 60 on MEN; 0.3 loses on both. Hierarchical softmax hardly minds.
    """
    if model == "skipgram":
        return 0.025
    return 0.125 if cbow_gradient == "corrected" else 0.05


def default_window_mode(model: str, *, whole: bool) -> str:
    """Return the window mode that suits a model, `whole` if windows are lines.

    weighted is worth a point of analogies to skip-gram, shrink two to CBOW.
    """
    if whole:
        return "fixed"
    return "shrink" if model == "cbow" else "weighted"
