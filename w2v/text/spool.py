"""Text that can be read only once, kept in a temporary file so that it can be read again."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from w2v.errors import FileError
from w2v.text.blocks import BLOCK, StreamBlock, cut_blocks
from w2v.text.sources import STDIN, Source


@contextlib.contextmanager
def readable_twice(
    sources: list[Source], tmpdir: str | os.PathLike[str] | None = None
) -> Iterator[list[Source]]:
    """Copy what comes from pipes into temporary files; leave ordinary files where they are.

    The copies are plain text, whatever compression the pipe carried. They have no name from the
    start, so that nothing is left behind even by a killed process, and are gone with the context.

    Parameters
    ----------
    sources : list of Source
    tmpdir : path or None
        Where the copies go; None is the system's folder for temporary files.

    Yields
    ------
    list of Source
        In the same order.

    Raises
    ------
    FileError
        The temporary file cannot be made or written.
    """
    with contextlib.ExitStack() as files:
        yield [_spooled(source, tmpdir, files) if _flows(source) else source for source in sources]


def _flows(source: Source) -> bool:
    return source.size is None and (source.path == STDIN or not Path(source.path).is_file())


def _spooled(
    source: Source, tmpdir: str | os.PathLike[str] | None, files: contextlib.ExitStack
) -> Source:
    folder = tmpdir or tempfile.gettempdir()
    try:
        file = tempfile.TemporaryFile(dir=tmpdir, buffering=0)  # noqa: SIM115
        files.enter_context(file)
    except OSError as error:
        raise FileError(
            f"{folder}: no temporary file can be made here ({error.strerror}): "
            "name another folder with --tmpdir"
        ) from error
    stopping = threading.Event()
    size = 0
    try:
        for block in cut_blocks([source], BLOCK, stopping, ahead=4):
            assert isinstance(block, StreamBlock)
            text = memoryview(block.text)
            try:
                while text:
                    done = os.write(file.fileno(), text)
                    text, size = text[done:], size + done
            except OSError as error:
                raise FileError(
                    f"{folder}: copying {source.name}, which can be read only once, failed at "
                    f"{size >> 20} MiB ({error.strerror}): name another folder with --tmpdir"
                ) from error
    finally:
        stopping.set()
    return dataclasses.replace(
        source, path=f"/dev/fd/{file.fileno()}", size=size, label=source.name
    )
