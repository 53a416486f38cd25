"""The files of a checkpoint: written piece by piece, read back only if they are as written."""

from __future__ import annotations

import dataclasses
import io
import os
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from w2v.errors import DataError, FileError

SLAB = 4 << 20


@dataclasses.dataclass
class Content:
    """What one file of a checkpoint gets: its size, and its bytes piece by piece."""

    size: int
    pieces: Callable[[], Iterator[bytes | memoryview]]


def array_content(array: NDArray[Any]) -> Content:
    """Return the content of a ``.npy`` file; rows need not follow each other in memory."""
    header = header_of(array.dtype, array.shape)

    def pieces() -> Iterator[bytes | memoryview]:
        yield header
        row = max(1, array.nbytes // max(1, len(array)))
        step = max(1, SLAB // row)
        for start in range(0, len(array), step):
            yield np.ascontiguousarray(array[start : start + step]).data.cast("B")

    return Content(len(header) + array.nbytes, pieces)


def text_content(text: bytes) -> Content:
    """Return the content of a file that is there as a whole."""
    return Content(len(text), lambda: iter([text]))


class Reader:
    """Reads a file of a checkpoint from front to back; at its end it must be what was written.

    A context manager: leaving it closes the file, and refuses it if its checksum is wrong.
    """

    def __init__(self, path: Path, size: int, crc: int) -> None:
        self.path, self.size = path, size
        self._crc, self._expected = 0, crc
        try:
            self._file = io.FileIO(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK))
            found = os.fstat(self._file.fileno()).st_size
        except OSError as error:
            raise FileError(
                f"{path}: a file of the checkpoint cannot be read: {error.strerror}"
            ) from error
        if found != size:
            self._file.close()
            raise DataError(f"{path}: {found:,} bytes, and {size:,} when it was written")

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_error: object) -> None:
        self._file.close()
        if kind is None and self._crc != self._expected:
            self.refuse("its checksum is not what it was when it was written")

    def take(self, size: int) -> bytes:
        """Read so many bytes."""
        data = bytearray(size)
        self.into(memoryview(data))
        return bytes(data)

    def into(self, data: memoryview) -> None:
        """Read as many bytes as `data` has room for."""
        at = 0
        while at < len(data):
            try:
                got = self._file.readinto(data[at : at + SLAB]) or 0
            except OSError as error:
                raise FileError(f"{self.path}: cannot be read: {error.strerror}") from error
            if got == 0:
                self.refuse("it ends early")
            self._crc = zlib.crc32(data[at : at + got], self._crc)
            at += got

    def array(self, dtype: str, shape: tuple[int, ...]) -> NDArray[Any]:
        """Read an array and close the file."""
        array = np.empty(shape, dtype)
        with self:
            if array.size:
                self.into(array.reshape(-1).data.cast("B"))
        return array

    def refuse(self, reason: str) -> NoReturn:
        """Raise DataError."""
        raise DataError(f"{self.path}: damaged: {reason}")


def header_of(dtype: np.dtype[Any], shape: tuple[int, ...]) -> bytes:
    """Return how a ``.npy`` file of such an array begins."""
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        header, {"descr": dtype.str, "fortran_order": False, "shape": shape}
    )
    return header.getvalue()
