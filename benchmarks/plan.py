"""Which runs make up a session, and in which order."""

from __future__ import annotations

import dataclasses
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Protocol, TypeVar

from .contenders import Contender

ROUNDS = 3
TEXT_REPEATS = 5
STARTUP_REPEATS = 15
ACCURACY_EPOCHS = 5


@dataclasses.dataclass(frozen=True)
class Task:
    """One run: ``speed`` and ``accuracy`` train, ``text`` makes rows, the others start w2v."""

    task: str
    contender: str
    threads: int
    epochs: int = 0
    seed: int = 0
    repeat: int = 1


class Quick(Protocol):
    """What is run once a round, or twice if it takes seconds."""

    @property
    def quick(self) -> bool:
        """Whether it does."""


T = TypeVar("T", bound=Quick)


def in_turn(everyone: Sequence[T], rounds: int) -> Iterator[tuple[T, int]]:
    """Yield what is run, and which of its runs that is: each round in an order of its own.

    So nobody always comes after the same: what takes long may leave the machine in another state.
    """
    times: Counter[T] = Counter()
    for number in range(rounds):
        first = everyone[number % len(everyone)]
        others = [one for one in everyone if one is not first]
        others += [one for one in everyone if one.quick]
        random.Random(number).shuffle(others)
        for one in [first, *others]:
            times[one] += 1
            yield one, times[one]


def speed(contenders: Sequence[Contender], threads: int, rounds: int) -> list[Task]:
    """One epoch of everybody in turn: drift falls on all."""
    return [
        Task("speed", contender.name, threads, 1, 1, repeat)
        for contender, repeat in in_turn(contenders, rounds)
        if not (contender.slow and repeat > 1)
    ]


def accuracy(
    contenders: Sequence[Contender], threads: int, seeds: int, peer_seeds: int
) -> list[Task]:
    """Full-length runs of everybody, seed by seed."""
    return [
        Task(
            "accuracy",
            contender.name,
            contender.accuracy_threads or threads,
            ACCURACY_EPOCHS,
            seed,
        )
        for seed in range(1, max(seeds, peer_seeds) + 1)
        for contender in contenders
        if seed <= (peer_seeds if contender.peer else 1 if contender.slow else seeds)
    ]


def text_and_startup(threads: int) -> list[Task]:
    """Text to rows on one thread and on all, and how long the quickest commands take."""
    tasks = [
        Task("text", "w2v", count, repeat=repeat)
        for repeat in range(1, TEXT_REPEATS + 1)
        for count in sorted({1, threads})
    ]
    tasks += [
        Task(task, "w2v", 1, repeat=repeat)
        for repeat in range(1, STARTUP_REPEATS + 1)
        for task in ("similar", "help")
    ]
    return tasks
