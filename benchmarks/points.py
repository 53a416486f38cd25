"""What benchmarks.sweeps measures: the points of each sweep, and the rounds they are run in."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence

from .contenders import Settings
from .plan import Task, in_turn

DIMS = (100, 128, 200, 300)
EFFORTS = ("fast", "balanced", "accurate")
# Where tables exceed the caches.
LARGE_DIM = 300
WHOLE_EPOCHS = 5
# Words of a short line, and how texts of other shapes are called.
SHORT = 3
SHORT_LINES = f"lines-of-{SHORT}.txt"
ONE_LINE = "one-line.txt"
GENERATED = "zipf-"


@dataclasses.dataclass(frozen=True)
class Point:
    """One way to run one program.

    Attributes
    ----------
    text : str
        Name of the text.
    threads, dim, epochs : int
    effort : str
        ``--effort`` of w2v; nothing for others.
    isa : str
        The processor path that is forced; nothing takes the best.
    program : str
        ``w2v``, ``gensim`` or ``gzip``.
    """

    text: str
    threads: int
    dim: int = Settings.dim
    epochs: int = 1
    effort: str = EFFORTS[0]
    isa: str = ""
    program: str = "w2v"

    @property
    def quick(self) -> bool:
        """Whether it takes seconds."""
        generated = self.text.startswith(GENERATED)
        return not (generated or self.program == "gensim" or self.epochs > 1)

    @property
    def name(self) -> str:
        """Key in the results."""
        own = (self.effort, f"dim-{self.dim}", self.isa) if self.program == "w2v" else ()
        parts = (self.program, self.text, *own, f"threads-{self.threads}")
        return " ".join(part for part in parts if part)


@dataclasses.dataclass(frozen=True)
class Ground:
    """What points are made from: names of texts, threads, paths.

    Attributes
    ----------
    text : str
        The text that nothing else is said of.
    threads : int
        The most.
    isas : sequence of str
        The processor's paths, the one in use first.
    sizes, shapes, vocabularies : sequence of str
        Names of texts: cut off, cut into other lines, generated.
    packed : str
        `text`, compressed.
    whole : str
        A text for several epochs; may be empty.
    """

    text: str
    threads: int
    isas: Sequence[str]
    sizes: Sequence[str] = ()
    shapes: Sequence[str] = ()
    vocabularies: Sequence[str] = ()
    packed: str = ""
    whole: str = ""

    def base(self) -> Point:
        """Return the point that is part of every sweep but that of vocabularies."""
        return Point(self.text, self.threads)


def thread_counts(most: int) -> list[int]:
    """Return 1, 2, 4, ... and the most."""
    return sorted({1 << k for k in range(most.bit_length()) if 1 << k <= most} | {most})


def _threads(ground: Ground) -> list[Point]:
    return [Point(ground.text, count) for count in thread_counts(ground.threads)]


def _paths(ground: Ground) -> list[Point]:
    """Return every path on one thread and two, and gensim, which the slowest is compared with."""
    counts = sorted({1, min(2, ground.threads)})
    # the one in use is not forced: so it is the same point as in the other sweeps
    forced = ["", *ground.isas[1:]]
    points = [Point(ground.text, count, isa=isa) for isa in forced for count in counts]
    return [*points, Point(ground.text, counts[-1], effort="", program="gensim")]


def _dims(ground: Ground) -> list[Point]:
    return [Point(ground.text, ground.threads, dim) for dim in DIMS]


def _efforts(ground: Ground) -> list[Point]:
    return [Point(ground.text, ground.threads, effort=effort) for effort in EFFORTS]


def _sizes(ground: Ground) -> list[Point]:
    points = [Point(text, ground.threads) for text in [*ground.sizes, ground.text]]
    whole = Point(ground.whole, ground.threads, epochs=WHOLE_EPOCHS)
    return [*points, *([whole] if ground.whole else [])]


def _shapes(ground: Ground) -> list[Point]:
    return [Point(text, ground.threads) for text in [ground.text, *ground.shapes]]


def _vocabularies(ground: Ground) -> list[Point]:
    texts = [ground.text, *ground.vocabularies]
    return [Point(text, ground.threads, LARGE_DIM) for text in texts]


def _packed(ground: Ground) -> list[Point]:
    points = [Point(text, ground.threads) for text in (ground.text, ground.packed)]
    return [*points, Point(ground.packed, 1, effort="", program="gzip")]


SWEEPS: dict[str, Callable[[Ground], list[Point]]] = {
    "threads": _threads,
    "path": _paths,
    "dim": _dims,
    "effort": _efforts,
    "size": _sizes,
    "shape": _shapes,
    "vocabulary": _vocabularies,
    "gzip": _packed,
}


def tasks_of(points: Iterable[Point], rounds: int) -> list[Task]:
    """Return every point once a round, quick ones twice."""
    return [
        Task("sweep", point.name, point.threads, point.epochs, 1, repeat)
        for point, repeat in in_turn(list(dict.fromkeys(points)), rounds)
    ]
