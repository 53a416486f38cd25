"""Hierarchical softmax in the reference trainer: its formula, and its order of updates."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray
from reference import Array, Reference, limited
from reference_losses import sigmoid


def path_objective(x: Array, nodes: Array, sides: Array, weights: Array) -> float:
    """Return J of sources x (contexts, dim) with the nodes (n, dim) of a path.

    `sides` (n,) are 1 or 0; `weights` (contexts,) are those of the sources.
    """
    signs = 2 * sides - 1
    return float(weights @ np.log(sigmoid(signs * (x @ nodes.T))).sum(axis=1))


def path_coefficients(x: Array, nodes: Array, sides: Array, weights: Array) -> Array:
    """Return dJ / d(x . node), (contexts, n)."""
    return weights[:, None] * (sides - sigmoid(x @ nodes.T))


def path_gradient(x: Array, nodes: Array, sides: Array, weights: Array) -> tuple[Array, Array]:
    """Return dJ/dx and dJ/dnodes."""
    pairs = path_coefficients(x, nodes, sides, weights)
    return pairs @ nodes, pairs.T @ x


@dataclasses.dataclass
class PathReference(Reference):
    """`block_noise` is the number of top nodes, which skip-gram trains step by step."""

    path_start: NDArray[np.int64] | None = None
    path: NDArray[np.int32] | None = None
    copied_nodes: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.x_delta: dict[int, Array] = {}

    def path_of(self, p: int) -> tuple[NDArray[np.int64], Array]:
        """Return the nodes on the path of the center at p, and their sides."""
        word = self.kept[p]
        steps = self.path[self.path_start[word] : self.path_start[word + 1]].astype(np.int64)
        return np.where(steps < 0, ~steps, steps), (steps >= 0).astype(np.float64)

    def around(self, p: int) -> list[int]:
        return [i for i in range(p - self.window, p + self.window + 1) if self.weight(p, i)]

    def block(self, n: int) -> None:
        before = self.outputs[: self.copied_nodes].copy()
        for start in range(0, n, self.step):
            self.path_step(min(self.step, n - start))
        # a worker alone: that its copies differ from the matrix shows in this limit only
        gained = self.outputs[: self.copied_nodes] - before
        self.outputs[: self.copied_nodes] = before + limited(gained)

    def path_step(self, n: int) -> None:
        entering = self.words(self.pos, n)
        centers = self.words(self.pos - self.window, n)
        contexts = self.words(self.pos - 2 * self.window, n)
        self.pos += n
        for q in entering:
            self.x[q] = self.inputs[self.kept[q]].copy()
            self.x_delta[q] = np.zeros_like(self.x[q])
        top = self.outputs[: self.block_noise].copy()
        for p in centers:
            if self.around(p):
                (self.hidden if self.model == "cbow" else self.center)(p)
        if self.model == "skipgram":
            self.score_top_nodes(contexts, top)
        for i in contexts:
            self.inputs[self.kept[i]] += limited(self.x_delta[i])

    def center(self, p: int) -> None:
        """Train all pairs of a center but for top nodes."""
        around = self.around(p)
        nodes, sides = self.path_of(p)
        nodes, sides = nodes[nodes >= self.block_noise], sides[nodes >= self.block_noise]
        x = np.array([self.x[i] for i in around])
        weights = np.array([self.weight(p, i) for i in around])
        self.pairs += weights.sum()
        self.loss_sum -= path_objective(x, self.outputs[nodes], sides, weights)
        x_delta, node_delta = path_gradient(x, self.outputs[nodes], sides, weights)
        self.outputs[nodes] += limited(self.alpha_now * node_delta)
        for i, delta in zip(around, self.alpha_now * x_delta, strict=True):
            self.x_delta[i] += delta

    def score_top_nodes(self, contexts: list[int], top: Array) -> None:
        """Train the top nodes of all centers around each context; `top` are their rows."""
        delta = np.zeros_like(top)
        for i in contexts:
            for p in range(i - self.window, i + self.window + 1):
                weights = np.array([self.weight(p, i)])
                if not weights[0]:
                    continue
                nodes, sides = self.path_of(p)
                nodes, sides = nodes[nodes < self.block_noise], sides[nodes < self.block_noise]
                x = self.x[i][None]
                self.loss_sum -= path_objective(x, top[nodes], sides, weights)
                x_delta, node_delta = path_gradient(x, top[nodes], sides, weights)
                self.x_delta[i] += self.alpha_now * x_delta[0]
                delta[nodes] += self.alpha_now * node_delta
        self.outputs[: self.block_noise] += limited(delta)

    def hidden(self, p: int) -> None:
        around = self.around(p)
        weights = np.array([self.weight(p, i) for i in around])
        share = weights / weights.sum() if self.cbow_hidden == "mean" else weights
        hidden = (share @ np.array([self.x[i] for i in around]))[None]
        nodes, sides = self.path_of(p)
        self.pairs += 1
        self.loss_sum -= path_objective(hidden, self.outputs[nodes], sides, np.ones(1))
        error, node_delta = path_gradient(hidden, self.outputs[nodes], sides, np.ones(1))
        self.outputs[nodes] += limited(self.alpha_now * node_delta)
        get = share if self.cbow_gradient == "corrected" else weights
        for i, part in zip(around, get, strict=True):
            self.x_delta[i] += limited(part * self.alpha_now * error[0])
