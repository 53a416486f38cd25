import numpy as np
from numpy.typing import NDArray

class Walker:
    def __init__(
        self,
        offsets: NDArray[np.int64],
        neighbors: NDArray[np.int32],
        weights: NDArray[np.float32] | None,
        starts: NDArray[np.int32],
        path: NDArray[np.int32] | None,
        *,
        types: int,
        path_end: int,
        length: int,
        directed: bool,
        p: float,
        q: float,
        seed: int,
    ) -> None: ...
    def make(self, first: int, count: int, out: NDArray[np.int32]) -> int: ...

def alias_tables(
    offsets: NDArray[np.int64], weights: NDArray[np.float32]
) -> tuple[NDArray[np.uint64], NDArray[np.float64]]: ...
def add_visits(rows: NDArray[np.int32], visits: NDArray[np.int64]) -> None: ...
def rows_as_text(
    rows: NDArray[np.int32], names: NDArray[np.uint8], starts: NDArray[np.int64]
) -> bytes: ...
