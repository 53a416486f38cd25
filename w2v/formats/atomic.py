"""Writing files so that the old one stays whole until the new one is complete.

The new file grows under a hidden name in the same folder, is flushed to the disk, and
takes the old one's place in one step.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import io
import os
import re
import stat
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO, NamedTuple

from w2v.errors import FileError
from w2v.formats.flushing import FlushingFile

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_BUFFER = 1 << 20
_TEMPORARY = re.compile(r"\.w2v-\d+-[0-9a-f]{12}\.tmp")
_unfinished: set[Path] = set()  # temporary files of this process


class Output(NamedTuple):
    """One file to write.

    Attributes
    ----------
    path : str or os.PathLike
        Where it goes.
    write : callable
        Called once with the open file; writes the content from start to end.
    size : int or None
        Bytes it will write, if known, for the message about a full disk.
    cached : bool
        Whether the system may keep it in memory: false for what is hardly read again.
    """

    path: str | os.PathLike[str]
    write: Callable[[BinaryIO], None]
    size: int | None = None
    cached: bool = True


def write_all(outputs: Iterable[Output]) -> None:
    """Write several files; none of them changes until all are complete on the disk.

    Missing files get the permissions the umask allows, existing ones keep theirs.
    Links are followed. Pipes and devices are written to directly, and an interrupted
    write removes what it began.

    Parameters
    ----------
    outputs : iterable of Output
        The files, written in this order.

    Raises
    ------
    FileError
        A folder is missing or may not be written, the target is a folder or
        read-only, or the disk is full. The old files are as they were.
    """
    pending: list[_Replacement] = []
    try:
        for output in outputs:
            target = _Target(output.path)
            target.check()
            if target.is_stream:
                _write_stream(output)
                continue
            replacement = _Replacement(target, output.size, cached=output.cached)
            pending.append(replacement)
            replacement.fill(output.write)
        while pending:
            pending[0].commit()
            del pending[0]
    finally:
        for replacement in pending:
            replacement.discard()


def check_writable(path: str | os.PathLike[str]) -> None:
    """Find out now whether `path` can be written later; leave nothing behind.

    Parameters
    ----------
    path : str or os.PathLike
        A file that `write_all` is to write.

    Raises
    ------
    FileError
        The folder is missing or may not be written, or the target is a folder or
        read-only.
    """
    target = _Target(path)
    target.check()
    if not target.is_stream:
        _Replacement(target, None).discard()


def remove_unfinished() -> None:
    """Remove the temporary files of this process, which is about to end without cleaning up."""
    for path in list(_unfinished):
        with contextlib.suppress(OSError):
            path.unlink()


def remove_stale(folder: Path) -> None:
    """Remove temporary files that killed processes have left in a folder.

    A living writer holds a lock on its file, which the system lets go of when the process
    ends, however it ends. Where files cannot be locked, none is removed.
    """
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            if _TEMPORARY.fullmatch(entry.name):
                _remove_if_unlocked(Path(entry.path))


def _remove_if_unlocked(path: Path) -> None:
    with contextlib.suppress(OSError):
        # never through a link, and never waiting for the other end of a pipe
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
        finally:
            os.close(descriptor)


def is_stream(path: str | os.PathLike[str]) -> bool:
    """Tell whether `path` is a pipe, a device, or a descriptor that is open already."""
    return _Target(path).is_stream


class _Target:
    """What stands at a path now, links followed."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.name = os.fspath(path)
        self.path = Path(os.path.realpath(self.name))
        self.status: os.stat_result | None = None
        try:
            self.status = Path(self.name).stat()
        except FileNotFoundError:
            pass
        except OSError as error:
            raise FileError(f"{self.name} cannot be written: {_reason(error)}") from error

    @property
    def is_stream(self) -> bool:
        """Whether it is a pipe, a device, or a descriptor that is open already."""
        # A redirected /dev/stdout leads to a plain file, but the shell holds that one
        # open: replacing it would hide the output from whoever reads the descriptor.
        if self.name in {"/dev/stdout", "/dev/stderr"} or self.name.startswith(
            ("/dev/fd/", "/proc/self/fd/")
        ):
            return True
        return self.status is not None and not stat.S_ISREG(self.status.st_mode)

    def check(self) -> None:
        """Raise FileError if it is plain that writing will fail."""
        name = self.name
        if self.status is not None and stat.S_ISDIR(self.status.st_mode):
            raise FileError(f"{name} is a folder: give the name of a file in it")
        if self.status is not None and not os.access(name, os.W_OK):
            raise FileError(f"{name} is read-only: make it writable or choose another name")
        if self.is_stream:
            return
        folder = self.path.parent
        if not folder.is_dir():
            raise FileError(f"{name} cannot be written: make the folder {folder} first")
        if self.status is not None and self._is_protected(folder.stat()):
            raise FileError(
                f"{name} belongs to another user, and only its owner may replace files in "
                f"{folder}: choose another name"
            )

    def _is_protected(self, folder: os.stat_result) -> bool:
        # Shared folders such as /tmp let only a file's owner rename over it.
        if self.status is None or not folder.st_mode & stat.S_ISVTX:
            return False
        return os.geteuid() not in {0, self.status.st_uid, folder.st_uid}


class _Replacement:
    """A file under a temporary name, on its way to its target."""

    def __init__(self, target: _Target, size: int | None, *, cached: bool = True) -> None:
        self.target = target
        self.size = size
        folder = target.path.parent
        remove_stale(folder)
        try:
            self.path, self.raw = _new_temporary(folder, cached=cached)
            self.file = io.BufferedWriter(self.raw, _BUFFER)
        except OSError as error:
            raise FileError(
                f"{target.name} cannot be written: {_reason(error)} (folder {folder})"
            ) from error

    def fill(self, write: Callable[[BinaryIO], None]) -> None:
        """Write the content and bring it to the disk."""
        try:
            write(self.file)
            self.file.flush()
            self._keep_permissions(self.raw.fileno())
            self.raw.finish()
        except OSError as error:
            raise self._explained(error) from error

    def commit(self) -> None:
        """Put the file in its place."""
        try:
            self.path.replace(self.target.path)
        except OSError as error:
            raise self._explained(error) from error
        _unfinished.discard(self.path)
        self.file.close()  # only now: until then its lock says that somebody works on it
        # The name is on the disk only when its folder is; not every file system can.
        with contextlib.suppress(OSError):
            folder = os.open(self.target.path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def discard(self) -> None:
        """Remove the file."""
        try:
            with contextlib.suppress(OSError):
                self.raw.close()  # not the buffer, which would write what is in it
        finally:
            with contextlib.suppress(OSError):
                self.path.unlink()
            _unfinished.discard(self.path)

    def _keep_permissions(self, descriptor: int) -> None:
        old = self.target.status
        if old is None:
            return
        if (old.st_uid, old.st_gid) != (os.geteuid(), os.getegid()):
            with contextlib.suppress(OSError):  # only root may give files away
                os.fchown(descriptor, old.st_uid, old.st_gid)
        os.fchmod(descriptor, stat.S_IMODE(old.st_mode))

    def _explained(self, error: OSError) -> FileError:
        name = self.target.name
        if error.errno not in _FULL:
            return FileError(f"{name} cannot be written: {_reason(error)}")
        need = f" of {self.size:,} bytes" if self.size is not None else ""
        free = ""
        with contextlib.suppress(OSError):
            disk = os.statvfs(self.target.path.parent)
            free = f", {disk.f_bavail * disk.f_frsize:,} bytes are free"
        return FileError(
            f"{name}{need} cannot be written: {_reason(error)}{free}: make room or choose "
            "another folder (the old file, if any, is as it was)"
        )


def _new_temporary(folder: Path, *, cached: bool) -> tuple[Path, FlushingFile]:
    """Make a locked file under a new hidden name."""
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC
    while True:
        # Not made from the target's name, which may already be as long as names may be.
        path = folder / f".w2v-{os.getpid()}-{os.urandom(6).hex()}.tmp"
        _unfinished.add(path)
        try:
            file = FlushingFile(os.open(path, flags, 0o666), cached=cached)
            if _lock(file.fileno()):
                return path, file
            file.close()
        except BaseException:
            path.unlink(missing_ok=True)
            _unfinished.discard(path)
            raise
        _unfinished.discard(path)


def _lock(descriptor: int) -> bool:
    """Lock a new file; return False if another process took it for a stale one meanwhile."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks: there nobody removes anything
        return True
    return os.fstat(descriptor).st_nlink > 0


def _write_stream(output: Output) -> None:
    name = os.fspath(output.path)
    try:
        with open(name, "wb", buffering=_BUFFER) as file:  # noqa: PTH123 - devices too
            output.write(file)
    except BrokenPipeError:
        raise  # the reader has left: for the caller to end quietly
    except OSError as error:
        raise FileError(f"{name} cannot be written: {_reason(error)}") from error


def _reason(error: OSError) -> str:
    return error.strerror or str(error)
