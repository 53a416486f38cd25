"""``w2v info``: what is in a file of vectors, and what this machine can do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from w2v.cli.blas import bind_blas
from w2v.cli.options import DEFAULT_VECTORS, Command, config_options, json_option, option
from w2v.cli.settings import resolve
from w2v.cli.streams import STDIO, Output, encode, json_line, readable
from w2v.records import read_record, record_path

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

EPILOG = """\b
Examples:
  w2v info                               what is in vectors.bin
  w2v info GoogleNews.bin --json
  w2v info --cpu                         processor and instruction set in use
"""

# Rows looked at together: a matrix larger than memory is read piece by piece.
CHUNK = 1 << 14


@click.command(cls=Command, epilog=EPILOG, short_help="Print what is in a file of vectors.")
@click.argument("file", metavar="[FILE]", required=False, envvar="W2V_VECTORS")
@option(
    "--cpu",
    group="Answers",
    is_flag=True,
    help="Show the processor and the instruction set w2v uses on it.",
)
@json_option()
@config_options("threads")
@click.pass_context
def info(
    context: click.Context, /, *, file: str | None, cpu: bool, as_json: bool, **_threads: int
) -> None:
    """Print what is in FILE: its size, format, the norms of its vectors, and how it was made.

    Without FILE that is vectors.bin; with --cpu alone only the processor is
    shown. W2V_ISA=avx2 (or any of those available) makes w2v use another
    instruction set.
    """
    threads = resolve(context).threads
    bind_blas(context, 1)
    facts: dict[str, Any] = {}
    if cpu:
        facts.update(_cpu_facts())
    if file is not None or not cpu:
        facts.update(_file_facts(file or DEFAULT_VECTORS, threads))
    out = Output()
    out.write(json_line(facts) if as_json else encode(_table(facts)))
    out.flush()


def _cpu_facts() -> dict[str, Any]:
    from w2v._core import available_isas
    from w2v.cpu import chosen_isa, cpu_model

    return {"cpu": cpu_model(), "isa": chosen_isa(), "available": list(available_isas())}


def _file_facts(file: str, threads: int) -> dict[str, Any]:
    from w2v.formats import FORMATS, open_source, recognize

    source = open_source(readable(file), threads)
    name = recognize(source)
    facts: dict[str, Any] = {"file": file, "format": name, "bytes": len(source.data)}
    vectors = FORMATS[name].load(source)
    facts.update(words=len(vectors), dim=vectors.dim, duplicates=len(vectors.duplicates))
    facts.update(norm_facts(vectors.matrix))
    if file != STDIO:
        record = read_record(record_path(file))
        if record is not None:
            facts["run"] = record
    return facts


def norm_facts(matrix: NDArray[np.float32]) -> dict[str, Any]:
    """Return the smallest, largest and mean norm of the rows, and how many rows are unfit.

    Parameters
    ----------
    matrix : ndarray of float32, shape (n, dim)
        Norms are in float64 and leave out rows with a value that is not finite;
        without any row they are None.
    """
    import numpy as np

    zero_rows = bad_values = rows = 0
    smallest, largest, total = np.inf, 0.0, 0.0
    for start in range(0, len(matrix), CHUNK):
        chunk = np.asarray(matrix[start : start + CHUNK], dtype=np.float64)
        finite = np.isfinite(chunk)
        bad_values += int(finite.size - np.count_nonzero(finite))
        norms = np.sqrt(np.square(chunk[finite.all(axis=1)]).sum(axis=1))
        if len(norms):
            rows += len(norms)
            zero_rows += int(np.count_nonzero(norms == 0))
            smallest, largest = min(smallest, norms.min()), max(largest, norms.max())
            total += float(norms.sum())
    return {
        "min_norm": round(float(smallest), 6) if rows else None,
        "max_norm": round(float(largest), 6) if rows else None,
        "mean_norm": round(total / rows, 6) if rows else None,
        "zero_rows": zero_rows,
        "non_finite_values": bad_values,
    }


def _table(facts: dict[str, Any]) -> str:
    """Return the facts one a line; what is nested becomes a dotted name."""
    lines = []
    for name, value in facts.items():
        if isinstance(value, dict):
            nested = {f"{name}.{key}": inner for key, inner in value.items()}
            lines.append(_table(nested))
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            numbered = {f"{name}.{number}": inner for number, inner in enumerate(value, 1)}
            lines.append(_table(numbered))
        else:
            lines.append(f"{name}\t{_shown(value)}\n")
    return "".join(lines)


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(map(_shown, value))
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    return str(value)
