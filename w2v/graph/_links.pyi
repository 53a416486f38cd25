import numpy as np
from numpy.typing import NDArray

Part = tuple[NDArray[np.int32], NDArray[np.float32] | None, NDArray[np.int32]]

def sorted_links(
    parts: list[Part], nodes: int, both: bool, weighted: bool
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.float32] | None]: ...
def merged_links(
    offsets: NDArray[np.int64],
    neighbors: NDArray[np.int32],
    weights: NDArray[np.float32] | None,
) -> tuple[NDArray[np.int32], NDArray[np.float32] | None]: ...
def has_links(
    offsets: NDArray[np.int64],
    neighbors: NDArray[np.int32],
    sources: NDArray[np.int32],
    targets: NDArray[np.int32],
) -> NDArray[np.bool_]: ...
def forest(
    sources: NDArray[np.int32],
    targets: NDArray[np.int32],
    order: NDArray[np.int64],
    nodes: int,
) -> NDArray[np.bool_]: ...
