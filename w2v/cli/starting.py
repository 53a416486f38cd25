"""Options of ``w2v train`` that begin with an earlier model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from w2v.cli.options import F, option
from w2v.cli.streams import STDIO, read_words, readable

if TYPE_CHECKING:
    from w2v.cli.results import Results
    from w2v.training import Start

GROUP = "Earlier model"
_ALONE = {"from_outputs": "--from-outputs", "start_vocab": "--vocab", "freeze": "--freeze"}


def start_options() -> Callable[[F], F]:
    """Add ``--from``, ``--from-outputs``, ``--vocab`` and ``--freeze``."""
    options = [
        option(
            "--from",
            "start",
            group=GROUP,
            metavar="MODEL",
            help="Begin with the vectors of MODEL, the folder of a checkpoint or a file of "
            "vectors, which also sets --dim. The learning rate begins again at --alpha. A file "
            "has no second matrix: without --from-outputs that begins as zeros.",
        ),
        option(
            "--from-outputs",
            group=GROUP,
            metavar="FILE",
            help="The second matrix of MODEL, as --save-outputs wrote it.",
        ),
        option(
            "--vocab",
            "start_vocab",
            group=GROUP,
            type=click.Choice(["union", "old"]),
            help="Add the words that only CORPUS has and --min-count lets pass, or skip them.  "
            "[default: union]",
        ),
        option(
            "--freeze",
            group=GROUP,
            metavar="FILE",
            help="Words of MODEL, one a line, whose vectors shall not change.",
        ),
    ]

    def decorate(function: F) -> F:
        for one in reversed(options):
            function = one(function)
        return function

    return decorate


def read_start(context: click.Context) -> Start | None:
    """Read the earlier model, if one is given.

    Raises
    ------
    click.UsageError
        An option that goes with ``--from`` is given without it.
    W2VError
        As `w2v.training.Start`.
    """
    given = context.params
    if given["start"] is None:
        for name, flag in _ALONE.items():
            if given[name] is not None:
                raise click.UsageError(f"{flag} needs --from MODEL", context)
        return None
    from w2v.training import Start

    freeze = given["freeze"]
    outputs = given["from_outputs"]
    return Start(
        readable(given["start"]),
        outputs=None if outputs is None else readable(outputs),
        vocab=given["start_vocab"] or "union",
        freeze=[] if freeze is None else read_words(freeze, "--freeze"),
    )


def files_of(context: click.Context) -> list[str]:
    """Return the files that these options name."""
    names = (context.params[name] for name in ("start", "from_outputs", "freeze"))
    return [name for name in names if name is not None]


def keep_files(context: click.Context, results: Results) -> None:
    """Refuse to write over the earlier model."""
    files = [name for name in files_of(context) if name != STDIO and Path(name).exists()]
    results.check_not_read(files, "--from")
