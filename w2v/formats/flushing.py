"""A file whose bytes are on their way to the disk while the next ones are written.

Without it the system keeps gigabytes in memory until the end, and the disk, idle so far, then
keeps the program waiting; and they push out of memory what is still to be read.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import functools
import io
import os
from collections.abc import Callable
from typing import Any

WINDOW = 64 << 20  # bytes
AHEAD = 3  # windows that may be on their way while the next is written
_WAIT_BEFORE, _WRITE, _WAIT_AFTER = 1, 2, 4  # flags of Linux's sync_file_range
# What it answers where there is no such thing, or no use for it; `finish` does it all then.
_UNABLE = {errno.ENOSYS, errno.EINVAL, errno.EPERM, errno.ENOMEM, errno.EINTR}


class FlushingFile(io.FileIO):
    """A new file, unbuffered.

    Parameters
    ----------
    descriptor : int
        Open for writing; this file's own from now on.
    cached : bool
        Whether the system may keep in memory what is on the disk already, for who reads it next.
    """

    # No thread waits for the disk: one could not be ended safely when an interrupt comes.

    def __init__(self, descriptor: int, *, cached: bool) -> None:
        super().__init__(descriptor, "wb")
        self._cached = cached
        self._written = 0
        self._begun = 0  # bytes that are on their way, or there
        self._there = 0

    def write(self, data: Any, /) -> int:
        """Write; from time to time, have the disk begin with what is written so far.

        Raises
        ------
        OSError
            This write failed, or an earlier one did on its way to the disk.
        """
        written = super().write(data)
        self._written += written
        if self._written - self._begun >= WINDOW:
            self._bring(self._begun, self._written, _WRITE)
            self._begun = self._written
            there = max(self._there, self._begun - AHEAD * WINDOW)
            self._bring(self._there, there, _WAIT_BEFORE | _WRITE | _WAIT_AFTER)
            self._forget(self._there, there)
            self._there = there
        return written

    def finish(self) -> None:
        """Wait until all of it is on the disk.

        Raises
        ------
        OSError
            It cannot be brought there.
        """
        os.fsync(self.fileno())
        self._forget(0, self._written)

    def _bring(self, start: int, end: int, flags: int) -> None:
        sync = _sync_file_range()
        if sync is None or start == end:
            return
        if sync(self.fileno(), start, end - start, flags) != 0:
            code = ctypes.get_errno()
            # the system tells of a failure once: `fsync` would not say it again
            if code not in _UNABLE:
                raise OSError(code, os.strerror(code))

    def _forget(self, start: int, end: int) -> None:
        if not self._cached and start < end and hasattr(os, "posix_fadvise"):
            with contextlib.suppress(OSError):  # advice, which not every file system takes
                os.posix_fadvise(self.fileno(), start, end - start, os.POSIX_FADV_DONTNEED)


@functools.cache
def _sync_file_range() -> Callable[[int, int, int, int], int] | None:
    """Return the C library's function; only Linux has it."""
    try:
        function = ctypes.CDLL(None, use_errno=True).sync_file_range
    except (OSError, AttributeError):
        return None
    function.argtypes = (ctypes.c_int, ctypes.c_int64, ctypes.c_int64, ctypes.c_uint)
    function.restype = ctypes.c_int
    found: Callable[[int, int, int, int], int] = function
    return found
