"""How many threads numpy's linear algebra may start."""

from __future__ import annotations

import os
import sys

import click

from w2v.cli.options import GIVEN

# Read once, when the library is loaded.
VARIABLES = (
    "OPENBLAS_NUM_THREADS",
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "BLIS_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)


def bind_blas(context: click.Context, threads: int) -> None:
    """Let numpy use `threads` threads; call before numpy is imported.

    A limit somebody set in the environment stands unless ``--threads`` was given.
    """
    if "numpy" in sys.modules:
        return
    given = context.get_parameter_source("threads") in GIVEN
    for variable in VARIABLES:
        if given:
            os.environ[variable] = str(threads)
        else:
            os.environ.setdefault(variable, str(threads))
