"""Sessions from a made-up catalogue, in which some items are bought together.

``python -m benchmarks.catalogue FOLDER`` writes ``train.txt`` and ``later.txt`` there, a session
a line, and ``groups.txt``, the item and the group of each line.

Items belong to groups. A session is about one or two groups, frequent ones more often, and has
two to four items of each; one in three has a best seller among them, whatever it is about. The
order within a session means nothing. Whoever knows the groups can guess the last item; whoever
knows how often items are bought can guess best sellers.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator
from pathlib import Path

GROUP_SIZE = 10
BEST_SELLERS = 20


class Catalogue:
    """Items in groups, and the chances of each.

    Parameters
    ----------
    groups : int
        Groups of `GROUP_SIZE` items.
    seed : int
        Of the sessions.
    """

    def __init__(self, groups: int, seed: int) -> None:
        self._draw = random.Random(seed)
        self.groups = [
            [f"item{group * GROUP_SIZE + place}" for place in range(GROUP_SIZE)]
            for group in range(groups)
        ]
        # Zipf's law, softened: the least frequent group still occurs.
        self._weights = [1 / (rank + 10) for rank in range(groups)]
        self._best = [f"best{number}" for number in range(BEST_SELLERS)]

    def sessions(self, count: int) -> Iterator[list[str]]:
        """Yield so many sessions."""
        draw = self._draw
        for _ in range(count):
            chosen = draw.choices(self.groups, self._weights, k=draw.choice((1, 2)))
            items = [item for group in chosen for item in draw.sample(group, draw.randint(2, 4))]
            if draw.random() < 1 / 3:
                items.append(draw.choice(self._best))
            items = list(dict.fromkeys(items))
            draw.shuffle(items)
            yield items


def write(folder: Path, groups: int, train: int, later: int, seed: int) -> None:
    """Write both files of sessions, and the groups."""
    catalogue = Catalogue(groups, seed)
    for name, count in (("train.txt", train), ("later.txt", later)):
        with (folder / name).open("w") as file:
            file.writelines(" ".join(items) + "\n" for items in catalogue.sessions(count))
    with (folder / "groups.txt").open("w") as file:
        for number, group in enumerate(catalogue.groups):
            file.writelines(f"{item}\tgroup{number}\n" for item in group)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say how large a catalogue is."""
    parser.add_argument("--groups", type=int, default=500, help="of ten items each (%(default)s)")
    parser.add_argument("--train", type=int, default=100_000, help="sessions (%(default)s)")
    parser.add_argument("--later", type=int, default=10_000, help="sessions (%(default)s)")
    parser.add_argument("--catalogue-seed", type=int, default=1)


def main() -> int:
    """Write the files of a catalogue."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.catalogue")
    parser.add_argument("folder", type=Path)
    add_options(parser)
    options = parser.parse_args()
    write(options.folder, options.groups, options.train, options.later, options.catalogue_seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
