"""``w2v train``: from text to a file of vectors."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

from w2v.cli.blas import bind_blas
from w2v.cli.graphs import graph_files, read_walks, settings_given
from w2v.cli.options import DEFAULT_VECTORS, Command, config_options, option
from w2v.cli.results import Results
from w2v.cli.resume import command as resume_command
from w2v.cli.settings import files_of_nodes, refuse_unused, resolve_as
from w2v.cli.starting import files_of, keep_files, read_start, start_options
from w2v.cli.streams import STDIO, Notes
from w2v.cli.training import check_folder, checkpoint_every_option, finish, tmpdir_option
from w2v.config import Config, GraphConfig
from w2v.presets import PresetName

if TYPE_CHECKING:
    from w2v.cli.progress import Reporter
    from w2v.graph import Walks
    from w2v.training import Model, Start

EPILOG = """\b
Examples:
  w2v train corpus.txt                        writes vectors.bin and vectors.run.json
  w2v train news/ more.txt.gz -o news.txt     folders, compressed files; word2vec text
  zcat dump.gz | w2v train - --dim 300        text from a pipe
  w2v train corpus.txt --config vectors.run.json --seed 2
                                              the same run with another seed
  w2v train --graph edges.txt --q 0.5         vectors of nodes, by node2vec's walks
  w2v train corpus.txt --checkpoint run/      keeps the work; w2v resume run/ goes on
  w2v train --from run/ new.txt -o new.bin    goes on with more text, and with its words
"""


@click.command(cls=Command, epilog=EPILOG, short_help="Train word vectors on text.")
@click.argument("corpus", metavar="CORPUS...", nargs=-1, required=True)
@option(
    "-o",
    "--output",
    group="Files",
    metavar="FILE",
    default=DEFAULT_VECTORS,
    show_default=True,
    help="Where the vectors go; - is stdout.",
)
@option(
    "--format",
    "file_format",
    group="Files",
    metavar="NAME",
    help="word2vec (binary), text, or another that w2v convert --help lists.  [default: by the "
    "suffix; text for stdout]",
)
@option(
    "--save-outputs",
    group="Files",
    metavar="FILE",
    help="Save the second matrix too, the one words are scored against.",
)
@option(
    "--checkpoint",
    group="Files",
    metavar="FOLDER",
    help="Keep the run here while it goes on, for w2v resume.",
)
@checkpoint_every_option()
@option(
    "--keep-corpus",
    group="Files",
    is_flag=True,
    help="Keep the text in the checkpoint too, 4 bytes a word, so that resuming does not need "
    "it. Text from a pipe and graphs are always kept.",
)
@option(
    "--on-interrupt",
    group="Files",
    type=click.Choice(["discard", "save"]),
    default="discard",
    show_default=True,
    help="After Ctrl-C: leave old files alone, or write the vectors as they are, with "
    "finished = false in the run record; with --checkpoint, after the checkpoint.",
)
@tmpdir_option()
@start_options()
@option(
    "--config",
    "config_path",
    group="Files",
    metavar="FILE",
    help="Settings from a TOML file or from the .run.json of an earlier run.",
)
@option("--graph", group="Graphs", is_flag=True, help="CORPUS is edges: train on walks.")
@graph_files()
@option(
    "--preset",
    group="Files",
    type=click.Choice(get_args(PresetName)),
    help="Settings with which another program trains; options given beside it win.",
)
@config_options()
@option(
    "--force",
    group="Objective",
    is_flag=True,
    help="Let --loss softmax train on a vocabulary of more than 50,000 words.",
)
@option("-q", "--quiet", is_flag=True, help="No progress, no notes: only errors.")
@option("-v", "--verbose", is_flag=True, help="Print every setting before starting.")
@click.pass_context
def train(
    context: click.Context,
    /,
    *,
    corpus: tuple[str, ...],
    output: str,
    file_format: str | None,
    save_outputs: str | None,
    checkpoint: str | None,
    checkpoint_every: float,
    keep_corpus: bool,
    on_interrupt: str,
    tmpdir: str | None,
    preset: str | None,
    force: bool,
    graph: bool,
    quiet: bool,
    verbose: bool,
    **_settings: object,
) -> None:
    """Train word vectors on CORPUS: text files, folders of them, globs, - for stdin.

    A line is a sentence; words are what stands between blanks. Compressed files
    (gzip, bzip2, xz, zstd) are recognized by their content. Beside the vectors a
    run record is written, FILE.run.json: settings, sizes, loss and speed.

    With --graph CORPUS is edges, one a line: two nodes and perhaps a weight; vectors
    are those of the nodes. See w2v walk --help for the formats.
    """
    _check_usage(context, preset, keep_corpus=keep_corpus)
    start, config = _resolve(context)
    files = files_of_nodes(context)
    _check_stdin(context, files)
    notes = Notes(quiet=quiet)
    if verbose:
        _print_settings(config, notes)
    bind_blas(context, 1)
    results = Results(output, file_format, save_outputs)
    results.check()
    check_folder(tmpdir)
    results.check_not_read(_files_read(corpus, tuple(files.values()), graph=graph))
    keep_files(context, results)
    began = time.monotonic()
    source: list[str] | Walks = list(corpus)
    if isinstance(config, GraphConfig):
        source = read_walks(corpus, config, notes, **files)
    from w2v.training import train as train_model

    def make(reporter: Reporter) -> Model:
        return train_model(
            source,
            config,
            start=start,
            progress=reporter,
            tmpdir=tmpdir,
            force=force,
            checkpoint=checkpoint,
            checkpoint_every=checkpoint_every,
            keep_corpus=keep_corpus,
            on_interrupt=results.write_now if on_interrupt == "save" else None,
            output=results.names(),
        )

    resume = None if checkpoint is None else resume_command(checkpoint)
    finish(make, results, notes, began, resume)
    if notes.terminal and output != STDIO:
        chosen = "" if output == DEFAULT_VECTORS else f"-m {output} "
        notes.line(f"next: w2v similar {chosen}WORD")


def _resolve(context: click.Context) -> tuple[Start | None, Config]:
    """Return the earlier model, if one is given, and settings that agree with it."""
    given = context.params
    start = read_start(context)
    beneath = {} if start is None else {"dim": start.dim}
    kind = GraphConfig if given["graph"] else Config
    config = resolve_as(kind, context, given["config_path"], given["preset"], beneath)
    refuse_unused(context, config)
    return start, config if start is None else start.config(config)


def _check_usage(context: click.Context, preset: str | None, *, keep_corpus: bool) -> None:
    """Refuse options that do not go together."""
    given = context.params
    graph, checkpoint = given["graph"], given["checkpoint"]
    nodes, types = given["nodes"], given["types"]
    if checkpoint is None and settings_given(context, ["checkpoint_every"]):
        raise click.UsageError("--checkpoint-every needs --checkpoint FOLDER", context)
    if keep_corpus and checkpoint is None:
        raise click.UsageError("--keep-corpus needs --checkpoint FOLDER", context)
    _check_stdin(context, files_of_nodes(context))
    if graph and preset:
        raise click.UsageError("--preset is for text: leave out --graph or --preset", context)
    if graph and keep_corpus:
        raise click.UsageError("--keep-corpus is for text: a graph is always kept", context)
    if not graph and (nodes or types):
        raise click.UsageError(f"{'--nodes' if nodes else '--types'} needs --graph", context)


def _check_stdin(context: click.Context, files: dict[str, str | None]) -> None:
    given = context.params
    read = [*given["corpus"], given["config_path"], *files.values(), *files_of(context)]
    if read.count(STDIO) > 1:
        raise click.UsageError("standard input can be read once: give - once", context)


def _files_read(corpus: tuple[str, ...], more: tuple[str | None, ...], *, graph: bool) -> list[str]:
    """Return the files that will be read, which must not be written; all must exist."""
    if graph:
        files = [file for file in (*corpus, *more) if file is not None]
    else:
        from w2v.text.sources import find_sources

        files = [source.path for source in find_sources(corpus)]
    return [file for file in files if Path(file).exists()]


def _print_settings(config: Config, notes: Notes) -> None:
    for name, value in config.as_dict().items():
        shown = str(value).lower() if isinstance(value, bool) else value
        notes.line(f"{name} = {'none' if shown is None else shown}")
