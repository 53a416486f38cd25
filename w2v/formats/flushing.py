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
        self._cached = cached
        self._waiting = 0  # bytes written since the last flush began
        # No thread works on it. An event, not join(): before Python 3.13 an interrupt that
        # arrives within join() marks the thread as ended while it still runs.
        self._idle = threading.Event()
        self._idle.set()
        self._error: OSError | None = None
        super().__init__(descriptor, "wb")

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
            self._settle()
            self._waiting = 0
            self._start()
        return written

    def finish(self) -> None:
        """Wait until all of it is on the disk.

        Raises
        ------
        OSError
            It cannot be brought there.
        """
        self._settle()
        os.fsync(self.fileno())
        self._forget(self.fileno())

    def close(self) -> None:
        """Close it, when no thread works on it any more."""
        self._idle.wait()
        super().close()

    def _settle(self) -> None:
        """Wait for the thread, and raise what it met: the system tells of a failure only once."""
        self._idle.wait()
        if self._error is not None:
            raise self._error

    def _start(self) -> None:
        thread = threading.Thread(target=self._bring, args=(self.fileno(),), daemon=True)
        self._idle.clear()
        try:
            thread.start()
        except RuntimeError:  # no more threads are to be had: `finish` does it
            self._idle.set()
        except BaseException:
            self._idle.set()
            raise

    def _bring(self, descriptor: int) -> None:
        try:
            _flush(descriptor)
            self._forget(descriptor)
        except OSError as error:
            self._error = error
        finally:
            self._idle.set()

    def _forget(self, descriptor: int) -> None:
        if not self._cached and hasattr(os, "posix_fadvise"):
            with contextlib.suppress(OSError):  # advice, which not every file system takes
                os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
