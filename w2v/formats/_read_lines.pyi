import numpy as np
from numpy.typing import NDArray
from typing_extensions import Buffer

def count_lines(data: Buffer) -> int: ...
def read_lines(
    data: Buffer,
    start: int,
    matrix: NDArray[np.float32],
    words: NDArray[np.uint8],
    named: bool = True,
) -> tuple[int, int, int, int]: ...
