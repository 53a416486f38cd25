"""A file whose bytes are on their way to the disk while the next ones are written.

Without it the system keeps gigabytes in memory until the end, and the disk, idle so far, then
keeps the program waiting; and they push out of memory what is still to be read.
"""

from __future__ import annotations

import contextlib
import io
import os
import threading
from typing import Any

WINDOW = 64 << 20  # bytes; at most twice as many wait for the disk
_flush = getattr(os, "fdatasync", os.fsync)  # macOS has only the second


class FlushingFile(io.FileIO):
    """A new file, unbuffered.

    Parameters
    ----------
    descriptor : int
        Open for writing; this file's own from now on.
    cached : bool
        Whether the system may keep in memory what is on the disk already, for who reads it next.
    """

    def __init__(self, descriptor: int, *, cached: bool) -> None:
        super().__init__(descriptor, "wb")
        self._cached = cached
        self._waiting = 0  # bytes written since the last flush began
        self._thread: threading.Thread | None = None
        self._error: OSError | None = None

    def write(self, data: Any, /) -> int:
        """Write, and from time to time have a thread bring to the disk what is written so far.

        Raises
        ------
        OSError
            This write failed, or an earlier one did on its way to the disk.
        """
        written = super().write(data)
        self._waiting += written
        if self._waiting >= WINDOW:
            self._join()
            self._raise()
            self._waiting = 0
            thread = threading.Thread(target=self._bring, daemon=True)
            try:
                thread.start()
            except RuntimeError:
                pass  # no more threads are to be had: `finish` does it
            else:
                self._thread = thread
        return written

    def finish(self) -> None:
        """Wait until all of it is on the disk.

        Raises
        ------
        OSError
            It cannot be brought there.
        """
        self._join()
        self._raise()  # the system tells of a failure once: `fsync` would not say it again
        os.fsync(self.fileno())
        self._forget()

    def close(self) -> None:
        """Close it, when no thread works on it any more."""
        self._join()
        super().close()

    def _bring(self) -> None:
        try:
            _flush(self.fileno())
        except OSError as error:
            self._error = error
        else:
            self._forget()

    def _forget(self) -> None:
        if not self._cached and hasattr(os, "posix_fadvise"):
            with contextlib.suppress(OSError):  # advice, which not every file system takes
                os.posix_fadvise(self.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)

    def _join(self) -> None:
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _raise(self) -> None:
        if self._error is not None:
            raise self._error
