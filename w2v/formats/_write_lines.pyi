import numpy as np
from numpy.typing import NDArray
from typing_extensions import Buffer

def format_lines(words: Buffer, matrix: NDArray[np.float32]) -> bytes: ...
