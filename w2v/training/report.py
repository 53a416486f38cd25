"""The run record: what was trained on what, how, and how it went."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING, Any

import numpy as np

from w2v.cpu import chosen_isa, cpu_model, peak_memory
from w2v.training.window import window_record

if TYPE_CHECKING:
    from w2v.config import Config
    from w2v.text.corpus import Corpus
    from w2v.text.vocab import Vocab


def new_record(corpus: Corpus, vocab: Vocab, config: Config) -> dict[str, Any]:
    """Return a run record with everything known before the first epoch.

    Its keys are those of the JSON file: ``settings``, ``corpus``, ``vocabulary``,
    ``window``, ``epochs``, ``seconds``, ``peak_memory_bytes``, ``versions``, ``cpu``, ``isa``,
    ``threads``, ``finished``.
    """
    from w2v import __version__  # noqa: PLC0415 -- the package imports this module

    return {
        "settings": config.as_dict(),
        "corpus": {
            "paths": list(corpus.paths),
            "bytes": corpus.bytes,
            "lines": corpus.lines,
            "tokens": corpus.tokens,
            "fingerprint": corpus.fingerprint,
        },
        "vocabulary": {"words": len(vocab), "tokens_kept": corpus.kept},
        "window": window_record(corpus, config),
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
        "threads": config.threads,
        "finished": False,
    }


def add_epoch(record: dict[str, Any], corpus: Corpus, loss: float, seconds: float) -> None:
    """Append an epoch; its rate is in raw corpus words per second."""
    rate = corpus.tokens / max(seconds, 1e-9)
    record["epochs"].append({"loss": loss, "seconds": seconds, "words_per_second": rate})


def close_record(record: dict[str, Any], text: float, training: float) -> None:
    """Mark a record as finished; times are in seconds."""
    record["seconds"].update(text=text, training=training, whole=text + training)
    record["peak_memory_bytes"] = peak_memory()
    record["finished"] = True
