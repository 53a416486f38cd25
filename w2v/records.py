"""Where the run record of a file of vectors is, and what is in it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from w2v.errors import DataError, FileError


def record_path(vectors: str | os.PathLike[str]) -> Path:
    """Return where the run record of `vectors` is: ``a.bin`` has ``a.run.json``."""
    # Not with_suffix, which fails on names that are all dots: those are refused as folders later.
    path = Path(vectors)
    return path.parent / f"{path.stem}.run.json"


def read_record(path: Path) -> dict[str, Any] | None:
    """Return the run record in a file, None if there is no such file.

    Raises
    ------
    DataError
        It is something else.
    FileError
        It cannot be read.
    """
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror or error}") from error
    except ValueError as error:
        raise DataError(f"{path}: not a run record: {error}: remove it or restore it") from error
    if not isinstance(record, dict):
        raise DataError(f"{path}: not a run record: remove it or restore it")
    return record
