"""``w2v resume``: go on with a run that was interrupted."""

from __future__ import annotations

import shlex
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from w2v.cli.blas import bind_blas
from w2v.cli.options import DEFAULT_VECTORS, Command, option
from w2v.cli.results import Results
from w2v.cli.streams import STDIO, Notes
from w2v.cli.training import check_folder, checkpoint_every_option, finish, tmpdir_option
from w2v.errors import ConfigError
from w2v.records import record_path

if TYPE_CHECKING:
    from w2v.cli.progress import Reporter
    from w2v.training import Model

EPILOG = """\b
Examples:
  w2v train corpus.txt --checkpoint run/      then Ctrl-C, a crash, a reboot
  w2v resume run/                             goes on, writes what train would have written
  w2v resume run/ --threads 8                 on another machine, with other threads
"""


@click.command(cls=Command, epilog=EPILOG, short_help="Go on with a run from its checkpoint.")
@click.argument("checkpoint", metavar="CHECKPOINT")
@option(
    "-o",
    "--output",
    group="Files",
    metavar="FILE",
    help="Where the vectors go; - is stdout.  [default: where train would have written them]",
)
@option(
    "--format",
    "file_format",
    group="Files",
    metavar="NAME",
    help="Their format, as for w2v train.  [default: with -o, by the suffix]",
)
@option(
    "--save-outputs",
    group="Files",
    metavar="FILE",
    help="Save the second matrix too.  [default: where train was told to; nowhere with -o]",
)
@tmpdir_option()
@checkpoint_every_option()
@option(
    "--threads",
    group="Speed",
    metavar="N",
    type=click.IntRange(min=1),
    help="Go on with N new workers: then the result is not bit for bit that of a run without "
    "interruption.  [default: the same workers]",
)
@option("-q", "--quiet", is_flag=True, help="No progress, no notes: only errors.")
@click.pass_context
def resume(
    context: click.Context,
    /,
    *,
    checkpoint: str,
    output: str | None,
    file_format: str | None,
    save_outputs: str | None,
    tmpdir: str | None,
    checkpoint_every: float,
    threads: int | None,
    quiet: bool,
) -> None:
    """Go on with the run that CHECKPOINT, a folder, keeps, and write its vectors.

    With one thread they are bit for bit those of a run that was never
    interrupted. The text is read again from where it was, unless the checkpoint
    keeps it. A checkpoint of a finished run gives its vectors at once.
    """
    notes = Notes(quiet=quiet)
    bind_blas(context, 1)
    check_folder(tmpdir)
    from w2v.training import resume as resume_training
    from w2v.training.checkpoint import Folder

    facts = Folder(checkpoint).facts()
    if output is None:
        results = _recorded_results(checkpoint, facts.get("output"), file_format, save_outputs)
    else:
        results = Results(output, file_format, save_outputs)
    results.check()
    results.check_not_read(_texts(facts))

    def make(reporter: Reporter) -> Model:
        return resume_training(
            checkpoint,
            threads=threads,
            progress=reporter,
            tmpdir=tmpdir,
            checkpoint_every=checkpoint_every,
        )

    finish(make, results, notes, time.monotonic(), command(checkpoint))


def command(checkpoint: str) -> str:
    """Return the command that goes on with a checkpoint, as a shell wants it."""
    return f"w2v resume {shlex.quote(checkpoint)}"


def _recorded_results(
    checkpoint: str, recorded: Any, file_format: str | None, save_outputs: str | None
) -> Results:
    """Return where train would have written; over nothing that w2v has not made itself."""
    names = recorded if isinstance(recorded, dict) else {}
    output, recorded_format, recorded_outputs = (
        name if isinstance(name := names.get(key), str) and name else None
        for key in ("output", "format", "save_outputs")
    )
    if output is None:
        raise ConfigError(f"{checkpoint} does not say where its vectors go: give -o FILE")
    save_outputs = save_outputs or recorded_outputs
    # The checkpoint may be somebody else's: it must not name a file of ours to be replaced.
    for file in (output, save_outputs):
        if file not in (None, STDIO) and Path(file).exists() and not record_path(output).exists():
            raise ConfigError(
                f"{file}, where the vectors of {checkpoint} would go, exists and has no run "
                f"record beside it: give -o {DEFAULT_VECTORS} or another name"
            )
    return Results(output, file_format or recorded_format, save_outputs)


def _texts(facts: dict[str, Any]) -> list[str]:
    corpus = facts.get("corpus")
    paths = corpus.get("paths") if isinstance(corpus, dict) else None
    return [path for path in paths or [] if isinstance(path, str) and Path(path).exists()]
