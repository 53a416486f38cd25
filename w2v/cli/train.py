"""``w2v train``: from text to a file of vectors."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

from w2v.cli.blas import bind_blas
from w2v.cli.graphs import graph_files, read_walks
from w2v.cli.options import DEFAULT_VECTORS, Command, config_options, option
from w2v.cli.progress import Reporter
from w2v.cli.results import Results
from w2v.cli.settings import resolve_as
from w2v.cli.streams import STDIO, Notes
from w2v.config import Config, GraphConfig
from w2v.errors import FileError
from w2v.presets import PresetName

if TYPE_CHECKING:
    from w2v.graph import Walks

EPILOG = """\b
Examples:
  w2v train corpus.txt                        writes vectors.bin and vectors.run.json
  w2v train news/ more.txt.gz -o news.txt     folders, compressed files; word2vec text
  zcat dump.gz | w2v train - --dim 300        text from a pipe
  w2v train corpus.txt --config vectors.run.json --seed 2
                                              the same run with another seed
  w2v train --graph edges.txt --q 0.5         vectors of nodes, by node2vec's walks
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
    "--tmpdir",
    group="Files",
    metavar="FOLDER",
    help="Where a text too large for memory is kept while training.",
)
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
    tmpdir: str | None,
    config_path: str | None,
    preset: str | None,
    force: bool,
    graph: bool,
    nodes: str | None,
    types: str | None,
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
    if [*corpus, config_path, nodes, types].count(STDIO) > 1:
        raise click.UsageError("standard input can be read once: give - once", context)
    if graph and preset:
        raise click.UsageError("--preset is for text: leave out --graph or --preset", context)
    kind = GraphConfig if graph else Config
    config = resolve_as(kind, context, config_path, preset)
    if not graph and (nodes or types):
        raise click.UsageError(f"{'--nodes' if nodes else '--types'} needs --graph", context)
    notes = Notes(quiet=quiet)
    if verbose:
        _print_settings(config, notes)
    bind_blas(context, 1)
    results = Results(output, file_format, save_outputs)
    results.check()
    if tmpdir is not None:
        _check_folder(tmpdir)
    if isinstance(config, GraphConfig):
        files = [file for file in (*corpus, nodes, types) if file is not None]
    else:
        from w2v.text.sources import find_sources

        files = [source.path for source in find_sources(corpus)]
    results.check_not_read([file for file in files if Path(file).exists()])
    start = time.monotonic()
    if isinstance(config, GraphConfig):
        walks = read_walks(corpus, config, notes, nodes=nodes, types=types)
        run(walks, config, results, notes, start=start, force=force)
    else:
        run(list(corpus), config, results, notes, tmpdir=tmpdir, start=start, force=force)
    if notes.terminal and output != STDIO:
        chosen = "" if output == DEFAULT_VECTORS else f"-m {output} "
        notes.line(f"next: w2v similar {chosen}WORD")


def run(
    corpus: list[str] | Walks,
    config: Config,
    results: Results,
    notes: Notes,
    *,
    tmpdir: str | None = None,
    start: float,
    force: bool = False,
) -> None:
    """Train and save, with progress; after an interrupt say what had been written.

    The run began at `start`, a `time.monotonic`.

    Raises
    ------
    W2VError
        As `w2v.training.train` and `Results.write`.
    KeyboardInterrupt
        Its message says which files are complete.
    """
    from w2v.training import train as train_model

    try:
        with Reporter(notes) as reporter:
            model = train_model(corpus, config, progress=reporter, tmpdir=tmpdir, force=force)
        results.write(model, start)
    except KeyboardInterrupt as stop:
        stop.args = (f"{' and '.join(results.written()) or 'nothing'} was written",)
        raise
    window = model.record["window"]
    if window.get("longest_line", 0) > window["words"] + 1:
        notes.line(
            f"window: {window['words']} words: in the longest line, of {window['longest_line']:,}, "
            "those farther apart were not paired (--window-cap)"
        )
    if config.patience:
        best = model.record["heldout"]["best_epoch"]
        notes.line(f"held-out loss was least after epoch {best}: these are its vectors")
    words, dim = model.vectors.matrix.shape
    notes.line(
        f"wrote {' and '.join(results.written()) or 'stdout'}: {words:,} words x {dim}, "
        f"{time.monotonic() - start:.1f} s in all"
    )


def _check_folder(folder: str) -> None:
    if not Path(folder).is_dir():
        raise FileError(f"{folder}: no such folder: give --tmpdir one that exists")
    if not os.access(folder, os.W_OK):
        raise FileError(f"{folder}: not writable: give --tmpdir another folder")


def _print_settings(config: Config, notes: Notes) -> None:
    for name, value in config.as_dict().items():
        shown = str(value).lower() if isinstance(value, bool) else value
        notes.line(f"{name} = {'none' if shown is None else shown}")
