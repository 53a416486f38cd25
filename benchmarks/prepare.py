"""What stands before the first run of a session: corpus, contenders, results object."""

from __future__ import annotations

import dataclasses
import datetime
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from . import machine, store
from .bench import Bench
from .contenders import Contender, MissingError, everyone
from .corpus import cut_wiki

TEST_SETS = ("questions-words.txt", "EN-WS-353-ALL.txt", "EN-MEN-TR-3k.txt", "EN-SIMLEX-999.txt")
# Run in the environment of w2v: a digest of everything installed tells one build from another.
BUILD = """
import hashlib, importlib.util, pathlib
folder = pathlib.Path(importlib.util.find_spec("w2v").origin).parent
digest = hashlib.blake2b(digest_size=8)
for path in sorted(folder.rglob("*")):
    if path.suffix in (".py", ".so"):
        digest.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
print(digest.hexdigest())
"""


class SetupError(Exception):
    """The session cannot begin; the message says what to change."""


@dataclasses.dataclass(frozen=True)
class Roster:
    """Who takes part, in which version, and who does not and why."""

    here: list[Contender]
    missing: list[dict[str, str]]
    versions: dict[str, str]


def check_test_sets(folder: Path) -> None:
    """Raise `SetupError` unless the folder holds every file of `TEST_SETS`."""
    for name in TEST_SETS:
        if not (folder / name).is_file():
            raise SetupError(f"--eval: no {name} in {folder}")


def place_corpus(corpus: Path | None, wiki: Path | None, scratch: Path) -> Path:
    """Put the corpus, or a link to it, into the scratch folder, so that no command holds a path."""
    source = corpus or wiki
    if source is None or not source.is_file():
        raise SetupError(f"{source}: no such file")
    if corpus:
        link = scratch / corpus.name
        if link.exists():
            raise SetupError(f"{corpus.name}: another text has this name: give it its own")
        link.symlink_to(corpus.resolve())
        return link
    target = scratch / "wiki100.txt"
    say(f"unpacking the first 100,000,000 bytes of {source.name}")
    try:
        cut_wiki(source, target)
    except ValueError as error:
        raise SetupError(str(error)) from error
    return target


def gather(
    peers_python: Path,
    only: str | None,
    everyone: Callable[[Path, Path], list[Contender]] = everyone,
) -> Roster:
    """Look for every contender; `MissingError` if w2v itself is not here."""
    # Neither path is resolved: the interpreter of a virtual environment is a link out of it.
    contenders = everyone(Path(sys.executable), peers_python.absolute())
    names = [one.name for one in contenders]
    chosen = only.split(",") if only else names
    for name in chosen:
        if name not in names:
            raise SetupError(f"--only: no contender {name!r}; there are {', '.join(names)}")
    ours = contenders[0]
    versions = {"w2v": ours.version(), "python": sys.version.split()[0]}
    versions["numpy"] = ours.distribution_version("numpy")
    here, missing = [ours], []
    for contender in contenders[1:]:
        try:
            if contender.name not in chosen:
                raise MissingError("left out by --only")
            version = contender.version()
        except MissingError as error:
            missing.append({"name": contender.name, "title": contender.title, "why": str(error)})
            say(f"{contender.name}: not measured: {error}")
            continue
        here.append(contender)
        if contender.peer:
            versions[contender.name] = version
            versions["numpy of the peers"] = contender.distribution_version("numpy")
    return Roster(here, missing, versions)


def begin(path: Path, bench: Bench, roster: Roster, isa: str, *, fresh: bool) -> dict[str, Any]:
    """Start a results object, or take up the unfinished one of the same session in `path`."""
    results = new_results(
        path.name.split(".")[0],
        dataclasses.asdict(bench.settings),
        dataclasses.asdict(bench.text),
        roster.here,
        roster.missing,
        roster.versions,
        isa,
    )
    return take_up(path, results, fresh=fresh)


def take_up(path: Path, results: dict[str, Any], *, fresh: bool) -> dict[str, Any]:
    """Put the runs of an unfinished session in `path`, if it is the same, into new results.

    With none there, those of the finished results of that name: less may have been asked for then.
    """
    final = store.final_path(path.parent, results["name"])
    unfinished = path.exists()
    if fresh or not (unfinished or final.exists()):
        return results
    old = store.load(path if unfinished else final)
    changed = store.same_session(old, results)
    if changed and not unfinished:
        return results
    if changed:
        raise SetupError(
            f"{path.name} is an unfinished session that differs in {changed}: "
            "--fresh drops it, --name gives this one a file of its own"
        )
    results["started"], results["runs"] = old["started"], old["runs"]
    results["versions"] = old["versions"] | results["versions"]
    here = {one["name"] for one in results["contenders"]}
    results["contenders"] += [one for one in old["contenders"] if one["name"] not in here]
    say(f"going on with the session of {old['started']}: {len(old['runs'])} runs are done")
    return results


def take_over(path: Path, results: dict[str, Any], peers: Sequence[str]) -> None:
    """Add the scored runs of peers from other results: they do not depend on our build.

    A run that is there already, from an earlier start of this session, stays as it is.
    """
    try:
        other = store.load(path)
    except OSError as error:
        raise SetupError(f"{path.name}: {error.strerror}") from error
    for field in ("settings", "corpus"):
        if other[field] != results[field]:
            raise SetupError(f"{path.name} differs in {field}: its peers are not ours")
    there = {(run["task"], run["contender"], run["seed"]) for run in results["runs"]}
    for run in other["runs"]:
        name = run["contender"]
        if run["task"] != "accuracy" or name not in peers:
            continue
        if other["versions"][name] != results["versions"][name]:
            raise SetupError(f"{path.name} has another version of {name}")
        if ("accuracy", name, run["seed"]) not in there:
            results["runs"].append({"taken_over_from": other["started"], **run})


def build_digest() -> str:
    """Return a digest of the installed w2v."""
    done = subprocess.run(
        [sys.executable, "-c", BUILD],
        capture_output=True,
        text=True,
        check=True,
        # Not here: the sources of w2v in the current folder would be found first.
        cwd=tempfile.gettempdir(),
    )
    return done.stdout.strip()


def new_results(
    name: str,
    settings: dict[str, Any],
    corpus: dict[str, Any],
    contenders: Sequence[Contender],
    missing: list[dict[str, str]],
    versions: dict[str, str],
    isa: str,
) -> dict[str, Any]:
    """Return a results object without runs."""
    return {
        "schema": store.SCHEMA,
        "name": name,
        "started": now(),
        "finished": None,
        "settings": settings,
        "corpus": corpus,
        "machine": machine.describe(),
        "versions": versions,
        "build": build_digest(),
        "isa": isa,
        "contenders": [{"name": one.name, "title": one.title} for one in contenders],
        "missing": missing,
        "failed": [],
        "runs": [],
        "summary": {},
    }


def say(line: str) -> None:
    """Print a line of progress with the time."""
    print(f"{time.strftime('%H:%M:%S')} {line}", file=sys.stderr, flush=True)


def now() -> str:
    """Return date and time, UTC, to the minute."""
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
