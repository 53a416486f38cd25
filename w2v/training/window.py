"""How wide the window is once the text is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from w2v.config import SENTENCE

if TYPE_CHECKING:
    from w2v.config import Config
    from w2v.text.corpus import Corpus


def window_words(corpus: Corpus, config: Config) -> int:
    """Return the largest distance between a center and a context, in words, 1 or more.

    A window that reaches from the first word of the longest line to its last pairs all words of
    every line: the kernels need to know nothing else of `window` = sentence.
    """
    if config.window == SENTENCE:
        return max(1, min(config.window_cap, corpus.longest() - 1))
    return config.window


def window_record(corpus: Corpus, config: Config) -> dict[str, Any]:
    """Return the window for the run record, and for sentence the length it is made for."""
    record = {"words": window_words(corpus, config)}
    if config.window == SENTENCE:
        record["longest_line"] = corpus.longest()
    return record
