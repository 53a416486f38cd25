import numpy as np
from numpy.typing import NDArray

def runs_here() -> bool: ...

class Screen:
    def __init__(self, questions: NDArray[np.float32], hits: int) -> None: ...
    def reached(
        self,
        matrix: NDArray[np.float32],
        scales: NDArray[np.float32],
        thresholds: NDArray[np.float32],
    ) -> tuple[NDArray[np.int32], NDArray[np.int32], int]: ...
