import numpy as np
from numpy.typing import NDArray

LONGEST_STEP: int
STATE_LAYOUT: int

def available_isas() -> list[str]: ...
def isa_refusal(isa: str) -> str: ...
def alias_table(weights: NDArray[np.float64], table: NDArray[np.uint64]) -> None: ...

class Run:
    def __init__(
        self,
        inputs: NDArray[np.float32],
        outputs: NDArray[np.float32],
        keep: NDArray[np.uint32],
        noise: NDArray[np.uint64],
        *,
        total: int,
        isa: str,
        dim: int,
        window: int,
        window_mode: str,
        negative: int,
        negatives: str,
        alpha: float,
        min_alpha: float,
        block_length: int,
        block_noise: int,
        step: int,
        loss_interval: int = 1,
        done: int = 0,
        model: str = "skipgram",
        loss: str = "ns",
        cbow_gradient: str = "corrected",
        cbow_hidden: str = "mean",
        log_draws: NDArray[np.float32] | None = None,
        large_logits: str = "exact",
        logit_limit: float = 6.0,
        path_start: NDArray[np.int64] | None = None,
        path: NDArray[np.int32] | None = None,
        copied_nodes: int = 0,
        hot_rows: int = 0,
        merge_interval: int = 1,
        slow_line: float = 0,
        frozen: NDArray[np.uint8] | None = None,
    ) -> None: ...
    @property
    def done(self) -> int: ...
    @property
    def worker_bytes(self) -> int: ...
    @property
    def diverged(self) -> bool: ...
    @property
    def state_bytes(self) -> int: ...
    def stop(self) -> None: ...
    def go_on(self) -> None: ...
    @property
    def copied_rows(self) -> int: ...
    @property
    def line_round_trip(self) -> float | None: ...
    def copy_hot_rows(self, copying: bool) -> None: ...

class Worker:
    def __init__(self, run: Run, seed: int, stream: int) -> None: ...
    @property
    def taken(self) -> int: ...
    def train(self, rows: NDArray[np.int32]) -> bool: ...
    def flush(self) -> None: ...
    def state(self) -> bytes: ...
    def restore(
        self,
        state: bytes | NDArray[np.uint8],
        taken: int = 0,
        before: NDArray[np.int32] | None = None,
    ) -> None: ...
    def take_loss(self) -> tuple[float, float]: ...
