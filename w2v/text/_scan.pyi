from typing import Final, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from w2v.errors import DataError

MAX_WORD: Final[int]
PRINT_BASE: Final[int]

# The numbers of the words, tokens, lines, fingerprint.
Scanned = tuple[NDArray[np.int32], int, int, int]

R = TypeVar("R")

class BlockReader(Generic[R]):
    def __init__(self, block: int = ...) -> None: ...
    def scan_bytes(self, text: bytes | bytearray | memoryview, name: str, offset: int) -> R: ...
    def scan_file(self, fd: int, name: str, first: int, start: int, stop: int, size: int) -> R: ...

class Scanner(BlockReader[Scanned]):
    @property
    def words(self) -> int: ...

def too_long(name: str, offset: int) -> DataError: ...
def line_too_long(name: str, offset: int) -> DataError: ...
