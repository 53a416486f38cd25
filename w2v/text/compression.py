"""Compressed text, recognised by its first bytes and never by its name."""

from __future__ import annotations

import bz2
import lzma
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

from w2v.errors import DataError

# Enough to recognise a tar archive, whose mark is the furthest in.
HEAD_BYTES = 512

# Decompressed at a time: bounds what one compressed byte can become in memory.
PIECE = 1 << 18

_COMPRESSIONS = {b"\x1f\x8b": "gzip", b"\xfd7zXZ\x00": "xz", b"\x28\xb5\x2f\xfd": "zstd"}
_BZ2_BLOCKS = (b"1AY&SY", b"\x17rE8P\x90")  # pi, and its square root for an empty file

_UTF16 = "UTF-16 text", "convert it: iconv -f UTF-16 -t UTF-8"
_UTF32 = "UTF-32 text", "convert it: iconv -f UTF-32 -t UTF-8"
_UNPACK = "unpack it first"
_EXTRACT = "extract its text first"
_NPZ = b"PK\x03\x04", 26, 30  # how a zip archive begins; where its first name's length is, and it
_BINARIES = {
    b"\xff\xfe\x00\x00": _UTF32,
    b"\x00\x00\xfe\xff": _UTF32,
    b"\xff\xfe": _UTF16,
    b"\xfe\xff": _UTF16,
    b"PK\x03\x04": ("a zip archive", _UNPACK),
    b"PK\x05\x06": ("a zip archive", _UNPACK),
    b"7z\xbc\xaf\x27\x1c": ("a 7z archive", _UNPACK),
    b"Rar!\x1a\x07": ("a rar archive", _UNPACK),
    b"\x1f\x9d": ("compressed with compress (.Z)", "unpack it with gzip -d"),
    b"\x04\x22\x4d\x18": ("compressed with lz4", "unpack it with lz4 -d"),
    b"PAR1": ("a parquet file", _EXTRACT),
    b"ARROW1": ("an Arrow file", _EXTRACT),
    b"Obj\x01": ("an Avro file", _EXTRACT),
    b"SQLite format 3\x00": ("an SQLite database", _EXTRACT),
    b"\x89HDF\r\n\x1a\n": ("an HDF5 file", _EXTRACT),
    b"\x93NUMPY": ("a NumPy array", _EXTRACT),
    b"%PDF-": ("a PDF", _EXTRACT),
    b"\x89PNG\r\n\x1a\n": ("a PNG picture", "it holds no text"),
    b"\xff\xd8\xff": ("a JPEG picture", "it holds no text"),
    b"GIF8": ("a GIF picture", "it holds no text"),
    b"\x7fELF": ("a program (ELF)", "it holds no text"),
    b"\xcf\xfa\xed\xfe": ("a program (Mach-O)", "it holds no text"),
}


class _Decompressor(Protocol):
    eof: bool
    unused_data: bytes

    def decompress(self, data: bytes, max_length: int = ...) -> bytes: ...


def compression_of(head: bytes) -> str | None:
    """Return gzip, bzip2, xz or zstd, or None, for a file that begins with `head`."""
    if head.startswith(b"BZh") and head[4:10] in _BZ2_BLOCKS:
        return "bzip2"
    # A skippable frame may come before the first frame of zstd.
    if head[1:4] == b"\x2a\x4d\x18" and 0x50 <= head[0] <= 0x5F:
        return "zstd"
    return next((name for magic, name in _COMPRESSIONS.items() if head.startswith(magic)), None)


def refuse_binary(head: bytes, name: str) -> None:
    """Refuse what is known not to be text.

    Raises
    ------
    DataError
        It names what the file is and what to do.
    """
    magic, length, first = _NPZ
    if head.startswith(magic):
        end = first + int.from_bytes(head[length : length + 2], "little")
        if head[first:end].endswith(b".npy"):
            raise DataError(
                f"{name}: this is an .npz file of NumPy arrays, not plain text: a graph's is read "
                "by w2v walk and w2v train --graph, from a file that is named, not from a pipe"
            )
    for magic, (what, remedy) in _BINARIES.items():
        if head.startswith(magic):
            raise DataError(f"{name}: this is {what}, not plain text: {remedy}")
    if head[257:262] == b"ustar":
        raise DataError(f"{name}: this is a tar archive, not plain text: {_UNPACK}")


def decompressed(chunks: Iterable[bytes], name: str) -> Iterator[bytes]:
    """Decompress a stream if it is compressed, as its first bytes say, or pass it on.

    Parameters
    ----------
    chunks : iterable of bytes
        The first has at least `HEAD_BYTES` bytes if the stream has.
    name : str
        The stream, for messages.

    Yields
    ------
    bytes
        At most `PIECE` or the length of a chunk; never empty.

    Raises
    ------
    DataError
        The compressed data are damaged or end early; the content is known not to be text; or
        zstd is needed and not installed.
    """
    chunks = iter(chunks)
    head = next(chunks, b"")
    method = compression_of(head)

    def whole() -> Iterator[bytes]:
        if head:
            yield head
        yield from chunks

    if method is None:
        refuse_binary(head, name)
        yield from whole()
        return
    pieces = _members(whole(), _maker(method, name), method, name)
    first = b""
    for piece in pieces:
        first += piece
        if len(first) >= HEAD_BYTES:
            break
    inner = compression_of(first)
    if inner is not None:
        raise DataError(f"{name}: compressed twice ({inner} inside {method}): unpack it once first")
    refuse_binary(first, name)
    if first:
        yield first
    yield from pieces


def _members(
    chunks: Iterator[bytes], new: Callable[[], Any], method: str, name: str
) -> Iterator[bytes]:
    """Decompress members one after the other: gzip files may be concatenated."""
    member: _Decompressor | None = None
    done = 0
    for chunk in chunks:
        data = chunk
        while data:
            if member is None:
                # Files on tapes and some tools' output end in zero padding.
                data = data.lstrip(b"\x00") if done else data
                if not data:
                    break
                member = new()
            try:
                yield from _pieces(member, data)
            except (zlib.error, OSError, EOFError, lzma.LZMAError, ValueError) as error:
                what = (
                    "damaged"
                    if done == 0
                    else f"damaged, or followed by other data, after member {done}"
                )
                raise DataError(f"{name}: the {method} data are {what}: {error}") from error
            data = b""
            if member.eof:
                data, member = member.unused_data, None
                done += 1
    if member is not None:
        raise DataError(
            f"{name}: the {method} data end early: the file is truncated, copy or download it again"
        )


def _pieces(member: Any, data: bytes) -> Iterator[bytes]:
    piece = member.decompress(data, PIECE)
    while True:
        if piece:
            yield piece
        if member.eof:
            return
        # zlib hands back what it did not get to; the others keep it.
        rest = getattr(member, "unconsumed_tail", None)
        if rest:
            piece = member.decompress(rest, PIECE)
        elif rest is None and not member.needs_input:
            piece = member.decompress(b"", PIECE)
        elif len(piece) >= PIECE:
            # zlib may hold back output even though it has taken all input.
            piece = member.decompress(b"", PIECE)
        else:
            return


def _maker(method: str, name: str) -> Callable[[], Any]:
    if method == "gzip":
        return lambda: zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    if method == "bzip2":
        return bz2.BZ2Decompressor
    if method == "xz":
        return lzma.LZMADecompressor
    if sys.version_info >= (3, 14):
        from compression import zstd  # noqa: PLC0415

        return zstd.ZstdDecompressor
    try:
        import zstandard  # noqa: PLC0415
    except ImportError:
        raise DataError(
            f"{name}: reading zstd needs the package zstandard: pip install 'w2v[zstd]'"
        ) from None
    return lambda: _Zstandard(zstandard)


class _Zstandard:
    """One frame of the package zstandard, with the manners of the standard library."""

    # Its own decompressor cannot be told how much to return: so it is fed little at a time.
    # A few bytes of zstd can stand for 128 KiB of text.
    SIP = 1 << 11

    def __init__(self, zstandard: Any) -> None:
        self._frame = zstandard.ZstdDecompressor(max_window_size=1 << 31).decompressobj()
        self._error = zstandard.ZstdError
        self._held = memoryview(b"")
        self.eof = False

    @property
    def needs_input(self) -> bool:
        return not self._held

    @property
    def unused_data(self) -> bytes:
        return bytes(self._frame.unused_data) + bytes(self._held)

    def decompress(self, data: bytes, max_length: int) -> bytes:
        if data:
            self._held = memoryview(data)
        pieces: list[bytes] = []
        length = 0
        try:
            while self._held and not self.eof and length < max_length:
                pieces.append(self._frame.decompress(self._held[: self.SIP]))
                self._held = self._held[self.SIP :]
                length += len(pieces[-1])
                self.eof = bool(self._frame.eof)
        except self._error as error:
            raise ValueError(str(error)) from error
        return b"".join(pieces)
