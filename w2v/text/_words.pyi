from typing import Final

import numpy as np
from numpy.typing import NDArray

from w2v.text._scan import Scanner

OUT_OF_VOCABULARY: Final[int]
SENTENCE_END: Final[int]

class Words:
    def __init__(
        self, scanners: list[Scanner], seen: list[NDArray[np.int64]], lowercase: bool
    ) -> None: ...
    @property
    def distinct(self) -> int: ...
    def vocabulary(
        self, min_count: int, max_vocab: int | None
    ) -> tuple[bytes, NDArray[np.int64]]: ...
    def row_maps(self) -> list[NDArray[np.int32]]: ...
