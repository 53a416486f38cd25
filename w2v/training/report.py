"""The run record: what was trained on what, how, and how it went."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING, Any

import numpy as np

from w2v.cpu import chosen_isa, cpu_model, peak_memory
from w2v.training.window import window_record

if TYPE_CHECKING:
    from w2v.config import Config
    from w2v.text.vocab import Vocab
    from w2v.training.chunks import Chunks
    from w2v.training.model import Carried


def new_record(corpus: Chunks, vocab: Vocab, config: Config, carried: Carried) -> dict[str, Any]:
    """Return a run record with everything known before the first epoch.

    Its keys are those of the JSON file: ``settings``, ``corpus``, ``vocabulary``,
    ``window``, ``epochs``, ``seconds``, ``peak_memory_bytes``, ``versions``, ``cpu``, ``isa``,
    ``hot_rows``, ``line_ns``, ``threads``, ``finished``; after a warm start ``start``.
    """
    from w2v import __version__  # noqa: PLC0415 -- the package imports this module

    start = {} if carried.record is None else {"start": carried.record}
    return {
        "settings": config.as_dict(),
        "corpus": corpus.about(),
        "vocabulary": {"words": len(vocab) + len(carried.words), "tokens_kept": corpus.kept},
        **start,
        "window": window_record(config, corpus),
        "epochs": [],
        "seconds": {"text": 0.0, "training": 0.0, "saving": 0.0, "whole": 0.0},
        "peak_memory_bytes": 0,
        "versions": {
            "w2v": __version__,
            "python": platform.python_version(),
            "numpy": np.__version__,
        },
        "cpu": cpu_model(),
        "isa": chosen_isa(),
        "hot_rows": 0,
        "line_ns": None,
        "threads": config.threads,
        "finished": False,
    }


def add_epoch(
    record: dict[str, Any], words: int, loss: float, seconds: float, heldout_loss: float | None
) -> None:
    """Append an epoch of so many raw corpus words; the rate is in words per second."""
    entry = {"loss": loss, "seconds": seconds, "words_per_second": words / max(seconds, 1e-9)}
    if heldout_loss is not None:
        entry["heldout_loss"] = heldout_loss
    record["epochs"].append(entry)


def close_record(
    record: dict[str, Any], text: float, training: float, finished: bool = True
) -> None:
    """Complete a record; `finished` is False for a run that was interrupted. Times in seconds."""
    record["seconds"].update(text=text, training=training, whole=text + training)
    record["peak_memory_bytes"] = peak_memory()
    record["finished"] = finished
