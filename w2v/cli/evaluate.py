"""``w2v evaluate``: how good vectors are, on test sets, nodes and sessions."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from w2v.cli.blas import bind_blas
from w2v.cli.evaluate_results import lines, record
from w2v.cli.evaluate_tasks import check_tasks, named_files, read_tasks, task_options
from w2v.cli.options import DEFAULT_VECTORS, Command, Share, config_options, json_option, option
from w2v.cli.settings import resolve
from w2v.cli.streams import STDIO, Output, complain, encode, json_line, readable
from w2v.cli.table import aligned, tabbed
from w2v.errors import DataError, FileError, NotFoundError

if TYPE_CHECKING:
    from w2v.evaluation import Result, Rules, Test

EPILOG = """\b
Examples:
  w2v evaluate questions-words.txt              vectors.bin on Google's analogies
  w2v evaluate questions-words.txt wordsim.csv BATS_3.0/
  w2v evaluate *.txt -m old.bin -m new.bin      side by side
  w2v evaluate questions-words.txt --min-accuracy 0.3 --json
  w2v evaluate --labels blog.labels --ratios 10,50,90
                                                F1 of classifying nodes
  w2v evaluate --links links.test --non-links links.non-edges
                                                AUC of telling edges from others
  w2v evaluate --next-item sessions.txt --k 10  how often the last item is offered
"""


class _FileName(click.types.StringParamType):
    """A name that may hold blanks, from the environment too."""

    def split_envvar_value(self, rv: str) -> list[str]:
        return [rv]


@click.command(cls=Command, epilog=EPILOG, short_help="Score vectors on words, nodes or sessions.")
@click.argument("sets", metavar="[SET...]", nargs=-1)
@option(
    "--restrict",
    group="Rules",
    type=click.IntRange(min=0),
    metavar="N",
    show_default="70000 for analogies, 0 for word pairs",
    help="Only the first N words of the vectors ask and answer; 0 is all of them.",
)
@option(
    "--case",
    group="Rules",
    type=click.Choice(("lower", "keep")),
    default="lower",
    show_default=True,
    help="Lower-case the words of both sides, or compare them as they are.",
)
@option(
    "--oov",
    group="Rules",
    type=click.Choice(("skip", "wrong")),
    default="skip",
    show_default=True,
    help="Leave out questions with an unknown word, or sessions with an unknown item at their "
    "end, or count them as wrong (pairs: cosine 0).",
)
@option(
    "--min-accuracy",
    group="Rules",
    type=Share(0, 1),
    metavar="X",
    help="Exit with 1 if the accuracy on a set of analogies is below X, 0 to 1.",
)
@task_options
@json_option()
@option(
    "-m",
    "--vectors",
    "files",
    group="Files",
    type=_FileName(),
    multiple=True,
    metavar="FILE",
    default=(DEFAULT_VECTORS,),
    show_default=True,
    help="The vectors to score; - is stdin. Several -m are compared side by side.",
)
@config_options("threads")
@option(
    "--seed",
    metavar="N",
    type=int,
    default=1,
    show_default=True,
    help="Start of the random numbers behind splits, drawn pairs and 95 % intervals.",
)
@click.pass_context
def evaluate(
    context: click.Context,
    /,
    *,
    sets: tuple[str, ...],
    files: tuple[str, ...],
    min_accuracy: float | None,
    as_json: bool,
    **values: Any,
) -> None:
    """Score vectors on SETs of analogies and of word pairs, on nodes, or on sessions.

    Sets are told apart by content. Analogies are four words a line, ": NAME" begins
    a section; or a folder of files with a word and its counterparts a line, divided
    by "/", as BATS. They are answered by the word nearest to b - a + c (3CosAdd), and
    the score is the share of right answers, 0 to 1. Word pairs are two words and a
    number a line, divided by blanks, tabs or commas; the score is Spearman's
    correlation.

    --labels: a node and its labels a line; a logistic regression for each label
    learns from some nodes, and gives each other node as many labels as it has, as
    DeepWalk was scored: micro- and macro-F1. --links: a pair of nodes a line, told
    from pairs that are no edge: area under the curve (AUC) and average precision
    (AP). --next-item: a session a line, its last item hidden: how often it is among
    the k best (HR, which is recall, as one item is hidden) and the mean of 1 / rank
    (MRR), beside what offering the most popular items would give.

    "low" and "high" are the 95 % interval of a score, from resampling, and for
    labels the lowest and highest split; "known" counts the questions of which all
    words are among the vectors.
    """
    config = resolve(context)
    check_tasks(context, sets, values)
    if [*sets, *files, *named_files(values)].count(STDIO) > 1:
        raise click.UsageError("standard input can be read once: give - once", context)
    # The threads are those that share the questions, each with its own linear algebra.
    bind_blas(context, 1)
    from w2v.evaluation import QuestionSet, Rules, read_set

    rules = Rules(
        restrict=values["restrict"], case=values["case"], oov=values["oov"], seed=config.seed
    )
    _check_readable(files)
    tests: list[tuple[str, Test]] = [(path, read_set(readable(path))) for path in sets]
    if min_accuracy is not None and not any(isinstance(test, QuestionSet) for _, test in tests):
        raise click.UsageError("--min-accuracy needs a set of analogies: give one", context)
    tests += read_tasks(context, values, config.threads)
    results = _score_all(tests, files, rules, config.threads, as_json=as_json)
    names = tuple(name for name, _ in tests)
    if not as_json:
        _print_table(names, files, results)
    if min_accuracy is not None and _fall_short(names, files, results, min_accuracy):
        context.exit(NotFoundError.exit_code)


def _check_readable(files: tuple[str, ...]) -> None:
    """Find out before minutes of work, not after, that the last file is not there."""
    for file in files:
        try:
            if file != STDIO and Path(file).is_file():
                Path(file).open("rb").close()
            elif file != STDIO:
                Path(file).stat()
        except OSError as error:
            raise FileError(f"{file} cannot be read: {error.strerror or error}") from error


def _score_all(
    tests: list[tuple[str, Test]],
    files: tuple[str, ...],
    rules: Rules,
    threads: int,
    *,
    as_json: bool,
) -> list[list[Result]]:
    """Score every file on every test, one file in memory at a time; JSON as soon as it is known.

    Returns
    -------
    list of list of Result
        For each file the results in the order of the tests.
    """
    from w2v.evaluation import score
    from w2v.formats import load

    results: list[list[Result]] = []
    for file in files:
        vectors = load(readable(file), threads=threads)
        results.append([])
        for name, test in tests:
            try:
                result = score(vectors, test, rules, threads)
            except DataError as error:
                raise DataError(f"{file} on {error}") from error
            results[-1].append(result)
            if as_json:
                out = Output()
                out.write(json_line({"vectors": file, "set": name, **record(result)}))
                out.flush()
    return results


def _print_table(
    names: tuple[str, ...], files: tuple[str, ...], results: list[list[Result]]
) -> None:
    """Print a line for each section and each set; four columns for each file of vectors."""
    header = ["set", "section", "measure", "questions"]
    for file in _short(files):
        header += [file, "low", "high", "known"]
    rows = [header]
    for shown, found in zip(_short(names), zip(*results, strict=True), strict=True):
        for line in zip(*map(lines, found), strict=True):
            row = [shown, *line[0][:3]]
            for one in line:
                row += one[3:]
            rows.append(row)
    layout = aligned if sys.stdout is not None and sys.stdout.isatty() else tabbed
    out = Output()
    out.write(encode(layout(rows, left=3)))
    out.flush()


def _short(names: tuple[str, ...]) -> list[str]:
    """Return the last parts of paths, unless they do not tell them apart."""
    short = [Path(name).name or name for name in names]
    return short if len(set(short)) == len(set(names)) else list(names)


def _fall_short(
    names: tuple[str, ...], files: tuple[str, ...], results: list[list[Result]], wanted: float
) -> bool:
    """Name every set of analogies on which the accuracy is too low."""
    from w2v.evaluation import AnalogyResult

    found = False
    for file, scored in zip(files, results, strict=True):
        for name, result in zip(names, scored, strict=True):
            if isinstance(result, AnalogyResult) and result.accuracy < wanted:
                found = True
                complain(
                    f"w2v: {file} on {name}: accuracy {result.accuracy:.4f} is below {wanted:g}"
                )
    return found
