from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from w2v.text._scan import BlockReader

OUT_OF_VOCABULARY: Final[int]
SENTENCE_END: Final[int]

class Words:
    def __init__(
        self, scanners: Sequence[BlockReader[Any]], seen: list[NDArray[np.int64]], lowercase: bool
    ) -> None: ...
    @property
    def distinct(self) -> int: ...
    def keep(self, text: bytes) -> None: ...
    def vocabulary(
        self, min_count: int, max_vocab: int | None
    ) -> tuple[bytes, NDArray[np.int64]]: ...
    def row_maps(self) -> list[NDArray[np.int32]]: ...
