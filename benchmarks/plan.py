"""Which runs make up a session, and in which order."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Sequence
from typing import Protocol, TypeVar

from .contenders import Contender

ROUNDS = 5
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


class Runs(Protocol):
    """What is run once a round, in no more than so many if it takes long."""

    @property
    def rounds(self) -> int | None:
        """How many; None is all."""


T = TypeVar("T", bound=Runs)


def turn(everyone: Sequence[T], repeat: int) -> list[T]:
    """Return the order of a round: each begins with another, nobody always follows the same.

    What takes minutes leaves the machine in another state than what takes a second.
    """
    here = [one for one in everyone if one.rounds is None or repeat <= one.rounds]
    first = here[(repeat - 1) % len(here)]
    others = [one for one in here if one is not first]
    random.Random(repeat).shuffle(others)
    return [first, *others]


def speed(contenders: Sequence[Contender], threads: int, repeats: int) -> list[Task]:
    """One epoch of everybody in turn, of what takes minutes in the first rounds only."""
    return [
        Task("speed", contender.name, threads, 1, 1, repeat)
        for repeat in range(1, repeats + 1)
        for contender in turn(contenders, repeat)
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
        if seed <= (peer_seeds if contender.peer else 1 if contender.rounds == 1 else seeds)
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
