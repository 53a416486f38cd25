"""Where the results of a training run go: checked before the long part, written after it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from w2v.cli.streams import STDIO, Output
from w2v.errors import ConfigError
from w2v.records import record_path

if TYPE_CHECKING:
    from w2v.formats import Output as File
    from w2v.training import Model
    from w2v.vectors import Vectors


def record_file(output: str, record: Callable[[], dict[str, Any]]) -> File:
    """Return the run record of the vectors `output`, to be written together with them."""
    from w2v.formats import Output as File

    def write(file: BinaryIO) -> None:
        file.write(json.dumps(record(), indent=2).encode("ascii") + b"\n")

    return File(record_path(output), write)


class Results:
    """The files a training run will write, all of them or none.

    Parameters
    ----------
    output : str
        The vectors; ``-`` is stdout, and then no run record is written.
    file_format : str or None
        A name in `w2v.formats.FORMATS`; None chooses by the suffix.
    save_outputs : str or None
        The second matrix; ``-`` is stdout.
    """

    def __init__(
        self, output: str, file_format: str | None = None, save_outputs: str | None = None
    ) -> None:
        self._output = output
        self._format = file_format
        self._save_outputs = save_outputs
        named = {"--output": output, "--save-outputs": save_outputs}
        self._files = {
            name: Path(file) for name, file in named.items() if file not in (None, STDIO)
        }
        if output != STDIO:
            self._files["the run record"] = record_path(output)
        self._before = {path: _identity(path) for path in self._files.values()}
        self._streamed: list[str] = []

    def check(self) -> None:
        """Find out now what would fail after hours.

        Raises
        ------
        ConfigError
            The format is unknown, or one file would be written twice.
        FileError
            A file cannot be written.
        """
        from w2v.formats import check_output, check_writable

        if self._output == STDIO == self._save_outputs:
            raise ConfigError("--output and --save-outputs are both -: give one of them a file")
        if STDIO in (self._output, self._save_outputs):
            Output()
        self._check_distinct()
        for path in self._files.values():
            check_writable(path)
        for file in (self._output, self._save_outputs):
            if file is not None:
                place = "/dev/stdout" if file == STDIO else file
                for path in check_output(place, self._format_for(file))[1]:
                    check_writable(path)

    def check_not_read(self, inputs: Sequence[str], what: str = "corpus") -> None:
        """Refuse to overwrite what is to be read.

        Parameters
        ----------
        inputs : sequence of str
            The files that will be read.
        what : str
            What they are, for the message.

        Raises
        ------
        ConfigError
            One of them is one of the results.
        """
        for name, path in self._files.items():
            if path.exists() and any(Path(file).samefile(path) for file in inputs):
                raise ConfigError(f"{path} is both {what} and {name}: give another name to {name}")

    def write(self, model: Model, start: float) -> None:
        """Save vectors, second matrix and run record.

        Parameters
        ----------
        model : Model
            What was trained; its record gets the seconds of saving and of the whole.
        start : float
            `time.monotonic` at the start of the run.
        """
        from w2v.formats import outputs, write_all
        from w2v.vectors import Vectors

        saving = time.monotonic()
        matrices: list[tuple[str, Vectors]] = [(self._output, model.vectors)]
        if self._save_outputs is not None:
            matrices.append((self._save_outputs, Vectors(model.vocab.words, model.outputs)))
        files = []
        for file, vectors in matrices:
            place = "/dev/stdout" if file == STDIO else file
            prepared = outputs(vectors, place, self._format_for(file))
            if file == STDIO:
                Output().fill(prepared[0].write)
                self._streamed.append("stdout")
            else:
                files += prepared

        def timed() -> dict[str, Any]:
            # Called after the matrices are on the disk: the time that took is known.
            now = time.monotonic()
            model.record["seconds"].update(saving=now - saving, whole=now - start)
            return model.record

        if self._output != STDIO:
            files.append(record_file(self._output, timed))
        write_all(files)

    def write_now(self, model: Model) -> None:
        """Save a model that is not finished, as its record says."""
        self.write(model, time.monotonic() - model.record["seconds"]["whole"])

    def names(self) -> dict[str, str | None]:
        """Return what is needed to make such an object again, from whatever folder."""
        output, save_outputs = (
            file if file in (None, STDIO) else str(Path(file).absolute())
            for file in (self._output, self._save_outputs)
        )
        return {"output": output, "format": self._format, "save_outputs": save_outputs}

    def written(self) -> list[str]:
        """Return the files that are not what they were when this object was made, and stdout."""
        files = [str(path) for path, before in self._before.items() if _identity(path) != before]
        return self._streamed + files

    def _format_for(self, file: str) -> str | None:
        return self._format or ("text" if file == STDIO else None)

    def _check_distinct(self) -> None:
        seen: dict[str, str] = {}
        for name, path in self._files.items():
            other = seen.setdefault(os.path.realpath(path), name)
            if other != name:
                raise ConfigError(f"{path} is both {other} and {name}: give another name to one")


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns
