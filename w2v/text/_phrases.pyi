from typing import Final

import numpy as np
from numpy.typing import NDArray

from w2v.text._scan import BlockReader

CONNECTOR_BITS: Final[int]
MAX_CONNECTORS: Final[int]
MAX_BETWEEN: Final[int]
MAX_PASSES: Final[int]

# Head, body, tail.
Rewritten = tuple[bytes, bytes, bytes]

# Firsts, betweens, lasts, counts.
Pairs = tuple[NDArray[np.int32], NDArray[np.uint32], NDArray[np.int32], NDArray[np.int64]]

class PairCounter:
    def __init__(
        self,
        connectors: NDArray[np.uint16] | None,
        floors: NDArray[np.int32] | None,
        start: int,
        width: int,
        limit: int,
        expected: int,
    ) -> None: ...
    def count(self, rows: NDArray[np.int32]) -> bool: ...
    def frequent(self, min_count: int) -> Pairs: ...

class Joiner:
    def __init__(
        self,
        passes: NDArray[np.uint8],
        firsts: NDArray[np.int32],
        betweens: NDArray[np.uint32],
        lasts: NDArray[np.int32],
        results: NDArray[np.int32],
        connectors: NDArray[np.uint16] | None,
    ) -> None: ...
    def join(self, number: int, ids: NDArray[np.int32]) -> int: ...

class PhraseTable:
    def __init__(
        self, words: list[bytes], joiner: Joiner, passes: int, delimiter: bytes
    ) -> None: ...

class Rewriter(BlockReader[Rewritten]):
    def __init__(self, block: int, table: PhraseTable) -> None: ...
    def rewrite_whole(self, text: bytes, name: str) -> bytes: ...
