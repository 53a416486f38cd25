"""The whole trainer again in float64 NumPy: slow, obvious, and what the core is held to.

It draws the same random numbers in the same order as the core, so that it can be compared
row by row whatever the settings.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray
from reference_losses import coefficients, objective, pair_gradient, pair_objective

Array = NDArray[np.float64]

RNG_LANES, RNG_BUFFER = 16, 512
BATCH, REPORT = 1024, 8192
DELTA_LIMIT = 0.5  # of each component of a shared delta
MASK64 = (1 << 64) - 1


def limited(delta: Array) -> Array:
    return np.clip(delta, -DELTA_LIMIT, DELTA_LIMIT)


class Random:
    """Sixteen xoshiro128++ generators side by side, seeded by splitmix64."""

    def __init__(self, seed: int, stream: int) -> None:
        x = seed ^ (stream * 0xD1342543DE82EF95 & MASK64)
        state = []
        for _ in range(4 * RNG_LANES):
            x = (x + 0x9E3779B97F4A7C15) & MASK64
            mixed = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 & MASK64
            mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB & MASK64
            state.append((mixed ^ (mixed >> 31)) >> 32)
        self.state = np.array(state, np.uint32).reshape(4, RNG_LANES)
        self.buffer: list[int] = []

    def next(self) -> int:
        if not self.buffer:
            for _ in range(RNG_BUFFER // RNG_LANES):
                self.buffer += self._row()
            self.buffer.reverse()
        return self.buffer.pop()

    def _row(self) -> list[int]:
        a, b, c, d = self.state
        total = a + d
        result = ((total << np.uint32(7)) | (total >> np.uint32(25))) + a
        shifted = b << np.uint32(9)
        c = c ^ a
        d = d ^ b
        b = b ^ c
        a = a ^ d
        c = c ^ shifted
        d = (d << np.uint32(11)) | (d >> np.uint32(21))
        self.state = np.array([a, b, c, d], np.uint32)
        return [int(value) for value in result]

    def below(self, n: int) -> int:
        return self.next() * n >> 32


@dataclasses.dataclass
class Reference:
    """One worker. Attributes are as in the core's Run and Worker; matrices are trained in place."""

    inputs: Array
    outputs: Array
    keep: NDArray[np.uint32]
    noise: NDArray[np.uint64]
    total: int
    window: int
    window_mode: str
    negative: int
    negatives: str
    alpha: float
    min_alpha: float
    block_length: int
    block_noise: int
    step: int
    seed: int = 1
    stream: int = 0
    model: str = "skipgram"
    loss: str = "ns"
    log_draws: Array | None = None
    cbow_gradient: str = "corrected"
    cbow_hidden: str = "mean"
    large_logits: str = "exact"
    logit_limit: float = 6.0

    def __post_init__(self) -> None:
        self.random = Random(self.seed, self.stream)
        self.kept: list[int] = []
        self.reach: list[tuple[int, int]] = []  # settled words only: left, right
        self.sentence = 0
        self.pos = 0
        self.tokens = self.done = 0
        self.alpha_now = self.alpha
        self.x: dict[int, Array] = {}
        self.y: dict[int, Array] = {}
        self.pair: dict[tuple[int, int], float] = {}  # (center, context): coefficient
        self.loss_sum = self.pairs = 0.0
        if self.negatives == "shared" and self.loss != "hs":
            self.next_noise = [self.draw() for _ in range(self.block_noise)]

    def draw(self) -> int:
        slot = self.random.below(len(self.noise))
        entry = int(self.noise[slot])
        return slot if self.random.next() < entry & 0xFFFFFFFF else entry >> 32

    def shift(self, rows: list[int]) -> Array:
        """Return what is subtracted from the logits of output rows."""
        if self.log_draws is None:
            return np.zeros(len(rows))
        return np.array([self.log_draws[row] for row in rows], np.float64)

    def counts_as_noise(self, row: int, center: int) -> bool:
        """Noise that is the center itself is left out where no logit is corrected for it."""
        return row != center or self.log_draws is not None

    def weight(self, center: int, context: int) -> float:
        """Return the weight of a pair of positions, 0 beyond the center's reach."""
        left, right = self.reach[center] if 0 <= center < len(self.reach) else (0, 0)
        distance = abs(context - center)
        if distance == 0 or distance > (left if context < center else right):
            return 0.0
        weighted = self.window_mode == "weighted"
        return (self.window - distance + 1) / self.window if weighted else 1.0

    def settle(self, until: int, sentence_end: int) -> None:
        for place in range(len(self.reach), until):
            reach = self.window
            if self.window_mode == "shrink":
                reach = 1 + self.random.below(self.window)
            before, after = place - self.sentence, sentence_end - 1 - place
            self.reach.append((min(before, reach), min(after, reach)))

    def close_sentence(self) -> None:
        if len(self.kept) - self.sentence < 2:
            del self.kept[self.sentence :]
        self.settle(len(self.kept), len(self.kept))
        self.sentence = len(self.kept)

    def report(self) -> None:
        self.done += self.tokens
        self.tokens = 0
        alpha = self.alpha + (self.min_alpha - self.alpha) * self.done / self.total
        self.alpha_now = max(alpha, self.min_alpha)

    def train(self, rows: list[int]) -> None:
        for start in range(0, len(rows), BATCH):
            for row in rows[start : start + BATCH]:
                if row < 0:
                    self.close_sentence()
                    continue
                self.tokens += 1
                if self.random.next() <= int(self.keep[row]):
                    self.kept.append(row)
            self.settle(len(self.kept) - self.window, len(self.kept))
            if self.tokens >= REPORT or start == 0:
                self.report()
            while len(self.kept) - self.pos >= self.block_length + self.step:
                self.block(self.block_length)

    def flush(self) -> None:
        self.close_sentence()
        end = len(self.kept) + 2 * self.window
        while self.pos < end:
            self.block(min(self.block_length, end - self.pos))
        # the core pads with words of no weight: do the same
        self.kept += [-1] * (end - len(self.kept))
        self.reach += [(0, 0)] * (end - len(self.reach))
        self.sentence = end
        self.report()

    def block(self, n: int) -> None:
        if self.negatives == "private":
            for p in range(self.pos - self.window, self.pos - self.window + n):
                self.private_center(p)
            self.pos += n
            return
        noise, self.next_noise = self.next_noise, [self.draw() for _ in range(self.block_noise)]
        z = self.outputs[noise].copy()
        delta = np.zeros_like(z)
        for start in range(0, n, self.step):
            delta += self.shared_step(min(self.step, n - start), noise, z)
        np.add.at(self.outputs, noise, limited(delta))

    def words(self, start: int, n: int) -> list[int]:
        """Return the positions from start to start + n that hold a word."""
        return [p for p in range(start, start + n) if 0 <= p < len(self.kept) and self.kept[p] >= 0]

    def shared_step(self, n: int, noise: list[int], z: Array) -> Array:
        entering = self.words(self.pos, n)
        centers = self.words(self.pos - self.window, n)
        contexts = self.words(self.pos - 2 * self.window, n)
        self.pos += n
        self.x.update((q, self.inputs[self.kept[q]].copy()) for q in entering)
        self.y.update((p, self.outputs[self.kept[p]].copy()) for p in centers)
        dim, alpha = self.inputs.shape[1], self.alpha_now
        none = np.zeros((0, dim))
        x_delta, y_delta, z_delta = [], [], np.zeros_like(z)
        for p in centers:
            around = [c for c in range(p - self.window, p + self.window + 1) if self.weight(p, c)]
            x = np.array([self.x[c] for c in around]).reshape(-1, dim)
            weights = np.array([[self.weight(p, c)] for c in around]).reshape(-1, 1)
            args = x, self.y[p][None], none, weights, np.zeros((len(x), 0))
            shifts = self.shift([self.kept[p]]), np.zeros(0)
            pairs, _ = coefficients(*args, *shifts)
            self.loss_sum -= objective(*args, *shifts)
            self.pairs += weights.sum()
            for c, value in zip(around, pairs[:, 0], strict=True):
                self.pair[p, c] = alpha * value
            y_delta.append(alpha * (pairs[:, 0] @ x))
        for i in contexts:
            around = [p for p in range(i - self.window, i + self.window + 1) if self.weight(p, i)]
            mass = np.array(
                [
                    sum(self.weight(p, i) for p in around if self.counts_as_noise(j, self.kept[p]))
                    for j in noise
                ]
            )
            whole = sum(self.weight(p, i) for p in around)
            x = self.x[i][None]
            share = self.negative / self.block_noise
            shifts = np.zeros(0), self.shift(noise)
            _, pairs = coefficients(x, none, z, np.zeros((1, 0)), share * mass[None], *shifts)
            self.loss_sum -= objective(
                x, none, z, np.zeros((1, 0)), np.full((1, len(z)), share * whole), *shifts
            )
            x_delta.append(
                alpha * (pairs[0] @ z)
                + sum((self.pair[p, i] * self.y[p] for p in around), np.zeros(dim))
            )
            z_delta += alpha * np.outer(pairs[0], self.x[i])
        for p, delta in zip(centers, y_delta, strict=True):
            self.outputs[self.kept[p]] += limited(delta)
        for i, delta in zip(contexts, x_delta, strict=True):
            self.inputs[self.kept[i]] += limited(delta)
        return z_delta

    def private_center(self, p: int) -> None:
        for i in range(p - self.window, p + self.window + 1):
            weight = self.weight(p, i)
            if weight:
                source = self.kept[i]
                delta = self.private_pair(self.inputs[source], self.kept[p], weight)
                self.inputs[source] += delta

    def treated(self, logits: Array, da: float, db: Array) -> tuple[float, Array]:
        """Return the gradient with large logits, the center's first, skipped or saturated."""
        gradient, large = np.append(da, db), np.abs(logits) >= self.logit_limit
        if self.large_logits == "skip":
            gradient[large] = 0
        if self.large_logits == "saturate":
            true = np.arange(len(logits)) == 0
            gradient[large] = (1.0 * true - (logits > 0))[large]
        return float(gradient[0]), gradient[1:]

    def private_pair(self, x: Array, center: int, weight: float) -> Array:
        """Train the outputs of a source's center and noise words; return the source's delta."""
        drawn = [self.draw() for _ in range(self.negative)]
        noise = [row for row in drawn if self.counts_as_noise(row, center)]
        y, z = self.outputs[center].copy(), self.outputs[noise]
        a = float(x @ y - self.shift([center])[0])
        b = z @ x - self.shift(noise)
        self.loss_sum -= weight * pair_objective(self.loss, a, b, 1.0)
        self.pairs += weight
        da, db = self.treated(np.append(a, b), *pair_gradient(self.loss, a, b, 1.0))
        step = self.alpha_now * weight
        delta = step * (da * y + db @ z)
        self.outputs[center] += step * da * x
        np.add.at(self.outputs, noise, step * np.outer(db, x))
        return delta
