"""``w2v evaluate``: how good vectors are, on test sets that people made."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from w2v.cli.blas import bind_blas
from w2v.cli.options import DEFAULT_VECTORS, Command, config_options, json_option, option
from w2v.cli.settings import resolve
from w2v.cli.streams import STDIO, Output, complain, encode, json_line, readable
from w2v.cli.table import aligned, tabbed
from w2v.errors import DataError, FileError, NotFoundError

if TYPE_CHECKING:
    from w2v.evaluation import AnalogyResult, PairSet, QuestionSet, Rules, Section, SimilarityResult

    Result = AnalogyResult | SimilarityResult

EPILOG = """\b
Examples:
  w2v evaluate questions-words.txt              vectors.bin on Google's analogies
  w2v evaluate questions-words.txt wordsim.csv BATS_3.0/
  w2v evaluate *.txt -m old.bin -m new.bin      side by side
  w2v evaluate questions-words.txt --min-accuracy 0.3 --json
"""


class _FileName(click.types.StringParamType):
    """A name that may hold blanks, from the environment too."""

    def split_envvar_value(self, rv: str) -> list[str]:
        return [rv]


@click.command(
    cls=Command, epilog=EPILOG, short_help="Score vectors on analogies and word similarity."
)
@click.argument("sets", metavar="SET...", nargs=-1, required=True)
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
    help="Leave out questions with an unknown word, or count them as wrong (pairs: cosine 0).",
)
@option(
    "--min-accuracy",
    group="Rules",
    type=click.FloatRange(0, 1),
    metavar="X",
    help="Exit with 1 if the accuracy on a set of analogies is below X, 0 to 1.",
)
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
    help="Start of the random numbers behind the 95 % intervals.",
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
    restrict: int | None,
    case: Any,
    oov: Any,
    **_settings: int,
) -> None:
    """Score vectors on SETs of analogies and of word pairs, which are told apart by content.

    Analogies are four words a line, ": NAME" begins a section; or a folder of
    files with a word and its counterparts a line, divided by "/", as BATS. They
    are answered by the word nearest to b - a + c (3CosAdd), and the score is the
    share of right answers, 0 to 1. Word pairs are two words and a number a line,
    divided by blanks, tabs or commas; the score is Spearman's correlation. "low"
    and "high" are the 95 % interval of a score, from resampling; "known" counts
    the questions of which all words are among the vectors.
    """
    config = resolve(context)
    if [*sets, *files].count(STDIO) > 1:
        raise click.UsageError("standard input can be read once: give - once", context)
    # The threads are those that share the questions, each with its own linear algebra.
    bind_blas(context, 1)
    from w2v.evaluation import QuestionSet, Rules, read_set

    rules = Rules(restrict=restrict, case=case, oov=oov, seed=config.seed)
    _check_readable(files)
    tests = [read_set(readable(path)) for path in sets]
    if min_accuracy is not None and not any(isinstance(test, QuestionSet) for test in tests):
        raise click.UsageError("--min-accuracy needs a set of analogies: give one", context)
    results = _score_all(
        dict(zip(sets, tests, strict=True)), files, rules, config.threads, as_json=as_json
    )
    if not as_json:
        _print_table(sets, files, results)
    if min_accuracy is not None and _fall_short(results, min_accuracy):
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
    tests: dict[str, QuestionSet | PairSet],
    files: tuple[str, ...],
    rules: Rules,
    threads: int,
    *,
    as_json: bool,
) -> dict[tuple[str, str], Result]:
    """Score every file on every set, one file in memory at a time; JSON as soon as it is known."""
    from w2v.evaluation import score
    from w2v.formats import load

    results: dict[tuple[str, str], Result] = {}
    for file in files:
        vectors = load(readable(file), threads=threads)
        for name, test in tests.items():
            try:
                result = score(vectors, test, rules, threads)
            except DataError as error:
                raise DataError(f"{file} on {error}") from error
            results[file, name] = result
            if as_json:
                out = Output()
                out.write(json_line({"vectors": file, "set": name, **_record(result)}))
                out.flush()
    return results


def _record(result: Result) -> dict[str, object]:
    """Return a result as JSON holds it: not-a-number becomes null."""
    from w2v.evaluation import SimilarityResult

    if isinstance(result, SimilarityResult):
        return {
            "kind": "pairs",
            "spearman": _finite(result.spearman),
            "interval": [_finite(end) for end in result.interval],
            "pairs": result.pairs,
            "skipped": result.skipped,
            "known": result.known,
            "coverage": result.coverage,
        }
    return {
        "kind": "analogies",
        **_section_record(result.whole),
        "semantic": _finite(result.semantic),
        "syntactic": _finite(result.syntactic),
        "sections": [{"name": one.name, **_section_record(one)} for one in result.sections],
    }


def _section_record(section: Section) -> dict[str, object]:
    return {
        "accuracy": _finite(section.accuracy),
        "interval": [_finite(end) for end in section.interval],
        "correct": section.correct,
        "total": section.total,
        "skipped": section.skipped,
        "known": section.known,
        "coverage": _finite(section.coverage),
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _print_table(
    sets: tuple[str, ...], files: tuple[str, ...], results: dict[tuple[str, str], Result]
) -> None:
    """Print a line for each section and each set; four columns for each file of vectors."""
    header = ["set", "section", "measure", "questions"]
    for file in _short(files):
        header += [file, "low", "high", "known"]
    rows = [header]
    for name, shown in zip(sets, _short(sets), strict=True):
        columns = [_lines(results[file, name]) for file in files]
        for line in zip(*columns, strict=True):
            row = [shown, *line[0][:3]]
            for one in line:
                row += one[3:]
            rows.append(row)
    layout = aligned if sys.stdout is not None and sys.stdout.isatty() else tabbed
    out = Output()
    out.write(encode(layout(rows, left=3)))
    out.flush()


def _lines(result: Result) -> list[list[str]]:
    """Return section, measure, questions, score, low, high and known, a line for each section."""
    from w2v.evaluation import SimilarityResult

    if isinstance(result, SimilarityResult):
        questions = str(result.pairs + result.skipped)
        scores = _digits(result.spearman, *result.interval)
        return [["total", "spearman", questions, *scores, str(result.known)]]
    sections = [*result.sections]
    if result.meaning.questions and result.grammar.questions:
        sections += [result.meaning, result.grammar]
    return [
        [
            one.name or "-",
            "accuracy",
            str(one.questions),
            *_digits(one.accuracy, *one.interval),
            str(one.known),
        ]
        for one in [*sections, result.whole]
    ]


def _digits(*values: float) -> list[str]:
    return [f"{value:.4f}" if math.isfinite(value) else "-" for value in values]


def _short(names: tuple[str, ...]) -> list[str]:
    """Return the last parts of paths, unless they do not tell them apart."""
    short = [Path(name).name or name for name in names]
    return short if len(set(short)) == len(set(names)) else list(names)


def _fall_short(results: dict[tuple[str, str], Result], wanted: float) -> bool:
    """Name every set of analogies on which the accuracy is too low."""
    from w2v.evaluation import AnalogyResult

    found = False
    for (file, name), result in results.items():
        if isinstance(result, AnalogyResult) and result.accuracy < wanted:
            found = True
            complain(f"w2v: {file} on {name}: accuracy {result.accuracy:.4f} is below {wanted:g}")
    return found
