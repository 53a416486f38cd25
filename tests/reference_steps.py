"""Steps of the reference trainer for models and losses that need their own."""

from __future__ import annotations

from typing import Any

import numpy as np
from reference import Array, Reference, limited
from reference_losses import pair_gradient, pair_objective
from reference_paths import PathReference


def make_reference(*args: Any, **settings: Any) -> Reference:
    """Return the reference for a model and a loss."""
    if settings.get("loss") == "hs":
        return PathReference(*args, **settings)
    if settings.get("model") == "cbow":
        return CbowReference(*args, **settings)
    if settings.get("loss") == "sampled-softmax" and settings["negatives"] == "shared":
        return SampledSoftmaxReference(*args, **settings)
    return Reference(*args, **settings)


class Draw:
    """One draw of noise: rows, copies of their outputs, deltas not yet spent."""

    def __init__(self, rows: list[int], outputs: Array) -> None:
        self.rows, self.z = rows, outputs[rows].copy()
        self.delta = np.zeros_like(self.z)

    def spend(self, outputs: Array) -> None:
        np.add.at(outputs, self.rows, limited(self.delta))
        self.delta[:] = 0


class SampledSoftmaxReference(Reference):
    """Skip-gram: a context keeps the noise of the block in which it entered."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.draw_of: dict[int, Draw] = {}
        self.noise_step: dict[int, Array] = {}  # context: alpha dJ/db summed over its centers
        self.current: Draw | None = None

    def block(self, n: int) -> None:
        before = self.current
        self.current = Draw(self.next_noise, self.outputs)
        self.next_noise = [self.draw() for _ in range(self.block_noise)]
        done = 0
        while done < n:
            on_their_way = 2 * self.window - done
            if before is not None and on_their_way <= 0:
                before.spend(self.outputs)
                before = None
            step = min(self.step, n - done)
            if on_their_way > 0:
                step = min(step, on_their_way)
            self.sampled_step(step)
            done += step
        self.current.spend(self.outputs)
        if before is not None:
            before.spend(self.outputs)

    def sampled_step(self, n: int) -> None:
        entering = self.words(self.pos, n)
        centers = self.words(self.pos - self.window, n)
        contexts = self.words(self.pos - 2 * self.window, n)
        self.pos += n
        for q in entering:
            self.x[q] = self.inputs[self.kept[q]].copy()
            self.draw_of[q] = self.current
            self.noise_step[q] = np.zeros(self.block_noise)
        self.y.update((p, self.outputs[self.kept[p]].copy()) for p in centers)
        y_delta = [self.center(p) for p in centers]
        x_delta = []
        for i in contexts:
            draw, step = self.draw_of[i], self.noise_step[i]
            around = [p for p in range(i - self.window, i + self.window + 1) if self.weight(p, i)]
            pairs = sum((self.pair[p, i] * self.y[p] for p in around), np.zeros_like(self.x[i]))
            x_delta.append(pairs + step @ draw.z)
            draw.delta += np.outer(step, self.x[i])
        for p, delta in zip(centers, y_delta, strict=True):
            self.outputs[self.kept[p]] += limited(delta)
        for i, delta in zip(contexts, x_delta, strict=True):
            self.inputs[self.kept[i]] += limited(delta)

    def center(self, p: int) -> Array:
        """Take in all pairs of a center; return the delta of its output row."""
        row, share = self.kept[p], self.negative / self.block_noise
        delta = np.zeros_like(self.y[p])
        for i in range(p - self.window, p + self.window + 1):
            weight = self.weight(p, i)
            if not weight:
                continue
            draw, x = self.draw_of[i], self.x[i]
            others = np.array([self.counts_as_noise(j, row) for j in draw.rows])
            a = float(x @ self.y[p] - self.shift([row])[0])
            b = draw.z @ x - self.shift(draw.rows)
            self.loss_sum -= weight * pair_objective(self.loss, a, b, share)
            self.pairs += weight
            da, db = pair_gradient(self.loss, a, b[others], share)
            step = self.alpha_now * weight
            self.pair[p, i] = step * da
            self.noise_step[i][others] += step * db
            delta += step * da * x
        return delta


class CbowReference(Reference):
    """A center is scored against what its contexts are together."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.gets: dict[int, dict[int, float]] = {}  # center: context: its share of the gradient

    def around(self, p: int) -> list[int]:
        return [i for i in range(p - self.window, p + self.window + 1) if self.weight(p, i)]

    def shares(self, p: int) -> tuple[Array, Array]:
        """Return what each context gives to the hidden vector, and gets of its gradient."""
        weights = np.array([self.weight(p, i) for i in self.around(p)])
        share = weights / weights.sum() if self.cbow_hidden == "mean" else weights
        return share, share if self.cbow_gradient == "corrected" else weights

    def private_center(self, p: int) -> None:
        around = self.around(p)
        if not around:
            return
        give, get = self.shares(p)
        hidden = give @ self.inputs[[self.kept[i] for i in around]]
        error = self.private_pair(hidden, self.kept[p], 1.0)
        for i, share in zip(around, get, strict=True):
            self.inputs[self.kept[i]] += share * error

    def shared_step(self, n: int, noise: list[int], z: Array) -> Array:
        entering = self.words(self.pos, n)
        centers = self.words(self.pos - self.window, n)
        contexts = self.words(self.pos - 2 * self.window, n)
        self.pos += n
        self.x.update((q, self.inputs[self.kept[q]].copy()) for q in entering)
        y = {p: self.outputs[self.kept[p]].copy() for p in centers}
        z_delta, y_delta = np.zeros_like(z), []
        for p in centers:
            y_delta.append(self.center(p, y[p], noise, z, z_delta))
        x_delta = []
        for i in contexts:
            delta = np.zeros_like(self.x[i])
            for p in range(i - self.window, i + self.window + 1):
                if self.weight(p, i):
                    delta += self.gets[p][i] * self.y[p]
            x_delta.append(delta)
        for p, delta in zip(centers, y_delta, strict=True):
            self.outputs[self.kept[p]] += limited(delta)
        for i, delta in zip(contexts, x_delta, strict=True):
            self.inputs[self.kept[i]] += limited(delta)
        return z_delta

    def center(self, p: int, y: Array, noise: list[int], z: Array, z_delta: Array) -> Array:
        """Leave dJ/dhidden of a center in self.y; return the delta of its output row."""
        around, row = self.around(p), self.kept[p]
        self.y[p] = np.zeros_like(y)
        if not around:
            return np.zeros_like(y)
        give, get = self.shares(p)
        self.gets[p] = dict(zip(around, get, strict=True))
        hidden = give @ np.array([self.x[i] for i in around])
        others = np.array([self.counts_as_noise(j, row) for j in noise])
        share = self.negative / self.block_noise
        a = float(hidden @ y - self.shift([row])[0])
        b = (z @ hidden - self.shift(noise))[others]
        self.loss_sum -= pair_objective(self.loss, a, b, share)
        self.pairs += 1
        da, db = pair_gradient(self.loss, a, b, share)
        z_delta[others] += self.alpha_now * np.outer(db, hidden)
        self.y[p] = self.alpha_now * (da * y + db @ z[others])
        return self.alpha_now * da * hidden
