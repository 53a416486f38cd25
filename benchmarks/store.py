"""The results file: what it holds, how it is written while a session goes on, how it is checked."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from .summary import summarize

RESULTS = Path(__file__).resolve().parent / "results"
SCHEMA = 1
# A session may be taken up again only where all of these are what they were.
IDENTITY = ("schema", "settings", "corpus", "machine", "build")
FIELDS: dict[str, type | tuple[type, ...]] = {
    "schema": int,
    "name": str,
    "started": str,
    "finished": (str, type(None)),
    "settings": dict,
    "corpus": dict,
    "machine": dict,
    "versions": dict,
    "build": str,
    "isa": str,
    "contenders": list,
    "missing": list,
    "failed": list,
    "runs": list,
    "summary": dict,
}
RUN_FIELDS: dict[str, type | tuple[type, ...]] = {
    "task": str,
    "contender": str,
    "threads": int,
    "epochs": int,
    "seed": int,
    "repeat": int,
    "command": list,
    "seconds": dict,
    "peak_memory_bytes": int,
    "cpu_seconds": (int, float),
    "other_cpu_seconds": (int, float, type(None)),
}
# An absolute path of two or more parts, wherever it stands in a text.
ABSOLUTE = re.compile(r"(?<![\w.])(?:/[^\s/'\",:;()]+)+/([^\s/'\",:;()]+)")


class StoreError(Exception):
    """A results file is not what it should be, or belongs to another session."""


def partial_path(folder: Path, name: str) -> Path:
    """Return where a session in progress is kept (git ignores it)."""
    return folder / f"{name}.partial.json"


def final_path(folder: Path, name: str) -> Path:
    """Return where a finished session is kept."""
    return folder / f"{name}.json"


def load(path: Path) -> dict[str, Any]:
    """Read and check a results file.

    Raises
    ------
    StoreError
        The file is not JSON or `faults` finds something; the message names the first fault.
    """
    results = _read(path)
    if results["summary"] != summarize(results["runs"]):
        raise StoreError(f"{path.name}: the summary is not that of its runs")
    return results


def refresh(path: Path) -> None:
    """Make the summary of a results file anew from its runs, for when summaries gain a field."""
    results = _read(path)
    if results["summary"] != summarize(results["runs"]):
        save(path, results)


def _read(path: Path) -> dict[str, Any]:
    try:
        results = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise StoreError(f"{path.name}: not JSON: {error}") from error
    for fault in faults(results):
        raise StoreError(f"{path.name}: {fault}")
    checked: dict[str, Any] = results
    return checked


def save(path: Path, results: dict[str, Any]) -> None:
    """Write a results file, summary included, as a whole or not at all."""
    results["summary"] = summarize(results["runs"])
    temporary = path.with_name(path.name + ".writing")
    temporary.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    temporary.replace(path)


def same_session(old: dict[str, Any], new: dict[str, Any]) -> str | None:
    """Return the first thing in which two sessions differ too much to be mixed, or None.

    Not all contenders need take part each time: versions of those who do in both must agree.
    """
    common = old["versions"].keys() & new["versions"].keys()
    versions = [{name: one["versions"][name] for name in common} for one in (old, new)]
    if versions[0] != versions[1]:
        return "versions"
    return next((field for field in IDENTITY if old[field] != new[field]), None)


def faults(results: Any) -> list[str]:
    """Return what is wrong with the form of a results object; nothing if all is well."""
    if not isinstance(results, dict):
        return ["not an object"]
    found = _missing_fields(results, FIELDS, "results")
    if found:
        return found
    if results["schema"] != SCHEMA:
        return [f"schema {results['schema']}, not {SCHEMA}"]
    for place, run in enumerate(results["runs"]):
        found += _missing_fields(run, RUN_FIELDS, f"run {place}")
        if "whole" not in run.get("seconds", {}):
            found.append(f"run {place}: no seconds.whole")
    found += [
        f"a path of the machine: {text}" for text in _strings(results) if ABSOLUTE.search(text)
    ]
    return found


def without_paths(text: str) -> str:
    """Cut absolute paths down to their last part: they would tell of one machine only."""
    return ABSOLUTE.sub(r"\1", text)


def _missing_fields(
    value: dict[str, Any], fields: dict[str, type | tuple[type, ...]], place: str
) -> list[str]:
    return [
        f"{place}: {field} is missing or not what it should be"
        for field, kind in fields.items()
        if not isinstance(value.get(field, ...), kind)
    ]


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for pair in value.items() for item in pair for text in _strings(item)]
    if isinstance(value, list):
        return [text for item in value for text in _strings(item)]
    return []
