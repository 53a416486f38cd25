"""What `w2v train` and `w2v resume` share: how often to keep the work, and how a run ends."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from w2v.cli.options import option
from w2v.cli.progress import Reporter
from w2v.cli.results import Results
from w2v.cli.streams import Notes
from w2v.errors import FileError

if TYPE_CHECKING:
    from w2v.training import Model

F = TypeVar("F", bound=Callable[..., Any])

_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "h": 3600.0}
_DURATION = re.compile(r"(\d+(?:\.\d*)?|\.\d+)\s*([smh]?)")
LONGEST = 365 * 24 * 3600.0


class Duration(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """Seconds, or a number with s, m or h behind it."""

    name = "time"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return `value` in seconds."""
        if isinstance(value, float):
            return value
        found = _DURATION.fullmatch(value.strip())
        seconds = float(found[1]) * _UNITS[found[2]] if found else 0.0
        if not 0 < seconds <= LONGEST:
            self.fail(f"{value!r} is no time: give seconds, or 10m, or 1.5h", param, ctx)
        return seconds


def checkpoint_every_option() -> Callable[[F], F]:
    """Add ``--checkpoint-every``."""
    return option(
        "--checkpoint-every",
        group="Files",
        metavar="TIME",
        type=Duration(),
        default="10m",
        show_default=True,
        help="From one checkpoint to the next: seconds, or a number with m or h.",
    )


def tmpdir_option() -> Callable[[F], F]:
    """Add ``--tmpdir``."""
    return option(
        "--tmpdir",
        group="Files",
        metavar="FOLDER",
        help="Where a text too large for memory is kept while training.",
    )


def check_folder(folder: str | None) -> None:
    """Refuse a ``--tmpdir`` that cannot be used."""
    if folder is None:
        return
    if not Path(folder).is_dir():
        raise FileError(f"{folder}: no such folder: give --tmpdir one that exists")
    if not os.access(folder, os.W_OK):
        raise FileError(f"{folder}: not writable: give --tmpdir another folder")


def finish(
    make: Callable[[Reporter], Model],
    results: Results,
    notes: Notes,
    start: float,
    resume: str | None = None,
) -> None:
    """Train and save, with progress; after an interrupt say what had been written.

    Parameters
    ----------
    make : callable
        Trains, given where to report progress.
    results : Results
        Where the model goes.
    notes : Notes
        Where people read.
    start : float
        `time.monotonic` when the run began.
    resume : str or None
        The command that writes the results again, should that be interrupted.

    Raises
    ------
    W2VError
        As `w2v.training.train` and `Results.write`.
    KeyboardInterrupt
        Its message says which files are complete, and how to go on.
    """
    trained = False
    try:
        with Reporter(notes) as reporter:
            model = make(reporter)
        trained = True
        results.write(model, start)
    except KeyboardInterrupt as stop:
        said = list(map(str, stop.args))
        if trained and resume is not None:
            said = [f"go on with: {resume}"]
        written = results.written()
        if written or not said:
            were = "were" if len(written) > 1 else "was"
            said.insert(0, f"{' and '.join(written) or 'nothing'} {were} written")
        stop.args = ("; ".join(said),)
        raise
    window = model.record["window"]
    if window.get("longest_line", 0) > window["words"] + 1:
        notes.line(
            f"window: {window['words']} words: in the longest line, of {window['longest_line']:,}, "
            "those farther apart were not paired (--window-cap)"
        )
    if model.record["settings"]["patience"]:
        best = model.record["heldout"]["best_epoch"]
        notes.line(f"held-out loss was least after epoch {best}: these are its vectors")
    words, dim = model.vectors.matrix.shape
    notes.line(
        f"wrote {' and '.join(results.written())}: {words:,} words x {dim}, "
        f"{time.monotonic() - start:.1f} s in all"
    )
