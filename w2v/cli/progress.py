"""Progress of training on stderr: bars for a person, plain lines for a log."""

from __future__ import annotations

import time
from types import TracebackType
from typing import TYPE_CHECKING, Any

from w2v.cli.streams import Notes, StderrForBars

if TYPE_CHECKING:
    from w2v.training import Progress


def human_bytes(count: float) -> str:
    """Return `count` bytes in the largest decimal unit that leaves at least 1, as ``1.5 GB``."""
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} TB"


def human_seconds(seconds: float) -> str:
    """Return a stretch of time in the largest unit of which it is 2 or more, as ``3.4 hours``."""
    for unit, size in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.1f} seconds"


class Reporter:
    """Receive the progress of a training run and show it in the way that suits stderr.

    On a terminal: one bar while the text is read, one for each epoch. Elsewhere:
    one line for the text and one for each epoch, never a carriage return.

    Parameters
    ----------
    notes : Notes
        Where lines go, and whether anybody watches.
    """

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._bars = notes.terminal
        self._bar: Any = None
        self._showing: tuple[str, int] | None = None
        self._since = time.monotonic()
        self._text_bytes = 0
        self._later: list[str] = []

    def __enter__(self) -> Reporter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close_bar()

    def __call__(self, progress: Progress) -> None:
        """Show where the run is; called from the main thread a few times per second."""
        if self._notes.quiet:
            return
        if progress.note:
            if self._showing is not None and progress.phase != self._showing[0]:
                self._later.append(progress.note)  # once the line of the phase before is written
                return
            self._close_bar()
            self._notes.line(progress.note)
            self._showing = None
            return
        stage = (progress.phase, progress.epoch if progress.phase == "training" else 0)
        if stage != self._showing:
            self._next_stage(progress, stage)
        if progress.phase == "text":
            self._text_bytes = progress.done
        if self._bar is not None:
            self._move_bar(progress)
        if progress.estimate is not None:
            self._notes.line(f"training will take about {human_seconds(progress.estimate)}")
        if progress.phase == "training" and progress.loss is not None:
            self._end_epoch(progress)

    def _next_stage(self, progress: Progress, stage: tuple[str, int]) -> None:
        if self._showing is not None and self._showing[0] == "text":
            self._end_text(progress)
        self._close_bar()
        for note in self._later:
            self._notes.line(note)
        self._later.clear()
        self._showing = stage
        self._since = time.monotonic()
        if self._bars:
            self._open_bar(progress)

    def _end_text(self, progress: Progress) -> None:
        self._close_bar()
        words = ""
        if progress.total is not None:
            words = f", {progress.total // progress.epochs:,} words"
        seconds = time.monotonic() - self._since
        self._notes.line(f"text: {human_bytes(self._text_bytes)}{words}, {seconds:.1f} s")

    def _end_epoch(self, progress: Progress) -> None:
        self._close_bar()
        heldout = ""
        if progress.heldout_loss is not None:
            heldout = f"held-out loss {progress.heldout_loss:.4f}, "
        self._notes.line(
            f"epoch {progress.epoch}/{progress.epochs}: loss {progress.loss:.4f}, {heldout}"
            f"{progress.words_per_second:,.0f} words/s, {progress.seconds:.1f} s"
        )

    def _open_bar(self, progress: Progress) -> None:
        from tqdm import tqdm  # type: ignore[import-untyped]

        reading = progress.phase == "text"
        total = progress.total
        if not reading and total is not None:
            total //= progress.epochs
        self._bar = tqdm(
            desc="text" if reading else f"epoch {progress.epoch}/{progress.epochs}",
            total=total,
            unit="B" if reading else " words",
            unit_scale=True,
            dynamic_ncols=True,
            leave=False,
            file=StderrForBars(),
        )

    def _move_bar(self, progress: Progress) -> None:
        done = progress.done
        if progress.phase == "training":
            if progress.total is not None:
                done -= progress.total // progress.epochs * (progress.epoch - 1)
            self._bar.set_postfix_str(f"alpha {progress.alpha:.5f}", refresh=False)
        self._bar.update(max(0, done - self._bar.n))

    def _close_bar(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None
