"""Where the rows of a corpus are kept: in memory, or in a temporary file once they are many."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from w2v.errors import FileError
from w2v.text._rows import RowBuffer

ROW_BYTES = 4
DEFAULT_LIMIT = 2 << 30


def default_memory_limit() -> int:
    """Return how many bytes of rows to keep in memory.

    A quarter of the memory that is available now, respecting the container's limit, and
    at most 2 GiB.
    """
    sizes = [DEFAULT_LIMIT * 4]
    # Where there is no /proc, what sysconf said has to do.
    with contextlib.suppress(OSError, ValueError):
        sizes.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                sizes.append(int(line.split()[1]) * 1024)
    # In no container, or in one without a limit ("max"), there is no such number.
    with contextlib.suppress(OSError, ValueError):
        sizes.append(int(Path("/sys/fs/cgroup/memory.max").read_text()))
    return min(sizes) // 4


class RowStore:
    """Rows in order of the text, written twice from the front: as numbers, then as rows.

    The second writing never overtakes the reading: it drops words and adds none.

    Parameters
    ----------
    limit : int
        Bytes kept in memory; with more they all move to a file in `tmpdir`.
    tmpdir : path or None
        None is the system's folder for temporary files.
    expected : int
        About how many rows there will be; a hint.
    """

    def __init__(
        self, limit: int, tmpdir: str | os.PathLike[str] | None = None, expected: int = 0
    ) -> None:
        self._limit = limit
        self._tmpdir = tmpdir
        self._file: IO[bytes] | None = None
        self._memory: RowBuffer | None
        try:
            self._memory = RowBuffer(min(expected, limit // ROW_BYTES))
        except MemoryError:
            # Some systems count room that is never used: then it grows step by step.
            self._memory = RowBuffer()
        self._view: NDArray[np.int32] | None = None
        self._used = 0

    def append(self, rows: NDArray[np.int32]) -> None:
        """Write rows (int32, shape (n,)) after those before.

        Raises
        ------
        FileError
            The temporary file cannot be written, as when the disk is full.
        """
        if self._memory is not None and (self._used + len(rows)) * ROW_BYTES > self._limit:
            self._move_to_file()
        if self._memory is not None:
            self._memory.append(rows)
        else:
            self._write(rows)
        self._used += len(rows)

    def rewind(self) -> None:
        """Write from the front again. What was written can be read until it is overwritten."""
        self._used = 0
        if self._memory is not None:
            self._memory.rewind()
            self._view = self._memory.array()

    def read(self, start: int, stop: int) -> NDArray[np.int32]:
        """Return rows [start, stop) of the first writing, after `rewind`."""
        if self._view is not None:
            return self._view[start:stop]
        assert self._file is not None
        out = np.empty(stop - start, np.int32)
        into = out.data.cast("B")
        at = 0
        while at < len(into):
            got = os.preadv(self._file.fileno(), [into[at:]], start * ROW_BYTES + at)
            if got == 0:
                raise FileError("the temporary file of the rows was cut short by another program")
            at += got
        return out

    def finish(self) -> NDArray[np.int32]:
        """Return the rows: an array in memory, or a memory map of the file.

        They outlive `close`: a map needs neither the name nor the descriptor of its file.
        """
        self._view = None
        if self._memory is not None:
            self._memory.trim()
            memory, self._memory = self._memory, None
            return memory.array()[: self._used]
        assert self._file is not None
        if self._used == 0:
            return np.empty(0, np.int32)
        os.ftruncate(self._file.fileno(), self._used * ROW_BYTES)
        # The map keeps the file alive; its descriptor need not stay open.
        return np.memmap(self._file, np.int32, "r+", shape=(self._used,))

    def close(self) -> None:
        """Let go of memory and file; a temporary file is gone with its last user."""
        self._memory = self._view = None
        if self._file is not None:
            self._file.close()
            self._file = None

    def _move_to_file(self) -> None:
        assert self._memory is not None
        try:
            # Without a name from the start where the system can: even a killed process
            # leaves nothing behind.
            self._file = tempfile.TemporaryFile(dir=self._tmpdir, buffering=0)  # noqa: SIM115
        except OSError as error:
            raise FileError(
                f"{self._tmpdir or tempfile.gettempdir()}: no temporary file can be made here "
                f"({error.strerror}): name another folder with --tmpdir"
            ) from error
        rows = self._memory.array()[: self._used]
        self._used = 0
        self._write(rows)
        self._used = len(rows)
        self._memory = None

    def _write(self, rows: NDArray[np.int32]) -> None:
        assert self._file is not None
        data = np.ascontiguousarray(rows).data.cast("B")
        at = self._used * ROW_BYTES
        try:
            while len(data):
                done = os.pwrite(self._file.fileno(), data, at)
                data, at = data[done:], at + done
        except OSError as error:
            raise FileError(
                f"{self._tmpdir or tempfile.gettempdir()}: writing the rows of the text failed at "
                f"{at >> 20} MiB ({error.strerror}): make room or name another folder with --tmpdir"
            ) from error
