from typing import Final

import numpy as np
from numpy.typing import NDArray

from w2v.text._scan import BlockReader

BANNER: Final[bytes]
EXCERPT: Final[int]

class EdgeBlock:
    name: str
    offset: int
    head: bytes
    numbers: NDArray[np.int32]
    weights: NDArray[np.float32] | None
    lines: int
    comments: int
    columns: int
    first_line: int
    fault: str | None
    stopped_line: int

class EdgeScanner(BlockReader[EdgeBlock]):
    def __init__(self, block: int = ..., lines: str = ...) -> None: ...
    @property
    def words(self) -> int: ...
    def use(self, lines: str) -> None: ...
