"""How wide the window is once the text is known."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from w2v.config import SENTENCE

if TYPE_CHECKING:
    from w2v.config import Config
    from w2v.training.chunks import Chunks


def settle_window(config: Config, corpus: Chunks) -> Config:
    """Return the settings with a window of sentence cut to what the corpus needs.

    A window that reaches from the first word of the longest line to its last pairs all words of
    every line: whoever trains needs to know nothing of sentence but `Config.widest`.
    """
    if config.window != SENTENCE:
        return config
    needed = max(1, corpus.longest() - 1)
    return dataclasses.replace(config, window_cap=min(config.window_cap, needed))


def window_record(config: Config, corpus: Chunks) -> dict[str, int]:
    """Return the window for the run record, and for sentence the length of the longest line."""
    record = {"words": settle_window(config, corpus).widest}
    if config.window == SENTENCE:
        record["longest_line"] = corpus.longest()
    return record
