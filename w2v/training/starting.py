"""A warm start: training goes on with the rows of an earlier model."""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Iterable
from pathlib import Path as FilePath
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from w2v.config import Config
from w2v.errors import ConfigError, DataError
from w2v.formats import load
from w2v.records import read_record, record_path
from w2v.spelling import close_spellings
from w2v.text.vocab import Known, Vocab
from w2v.training.checkpoint import Folder
from w2v.training.model import Carried, Floats, Model
from w2v.training.saved import Saved
from w2v.vectors import Vectors

Path = str | os.PathLike[str]
SLAB_ROWS = 4096
_BLANK = re.compile(r"[ \t\n\r\0]")


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Old:
    """An earlier model, as far as it is known.

    Attributes
    ----------
    rows : dict
        From word to row.
    counts : int64 (n,) or None
    loss : str or None
        What its outputs were trained with.
    """

    words: list[str]
    rows: dict[str, int]
    inputs: Floats
    outputs: Floats | None
    counts: NDArray[np.int64] | None
    loss: str | None


class Start:
    """An earlier model to begin training with, and how.

    Words that both have begin with their old rows; words of the new text alone begin as in any
    run; words of the model alone stay as they are, and in what is saved. All else is as
    without: counts, and so the order of rows, subsampling, noise, are those of the new text,
    and the learning rate falls again from alpha to min_alpha.

    Parameters
    ----------
    model : path, Model or Vectors
        The folder of a checkpoint, finished or not; a file of vectors of any program; or what
        `w2v.train` or `w2v.load` gave.
    outputs : path or Vectors, optional
        The second matrix, as ``w2v train --save-outputs`` writes it, where `model` has none.
        Without one, output rows begin as zeros, as in any run.
    vocab : {"union", "old"}
        Whether words of the text that are not in the model get rows (those that occur
        `Config.min_count` times), or are skipped as rare words are. Old words need not be
        frequent.
    freeze : iterable of str
        Words of the model whose vectors do not change at all. Their output rows do.

    Raises
    ------
    FileError
        A file cannot be read.
    DataError
        It is no model or damaged; a word has two rows or numbers that are not finite; a
        frozen word is not in it.
    ConfigError
        `outputs` are given twice, or not those of `model`.
    """

    def __init__(
        self,
        model: Path | Model | Vectors,
        *,
        outputs: Path | Vectors | None = None,
        vocab: Literal["union", "old"] = "union",
        freeze: Iterable[str] = (),
    ) -> None:
        if vocab not in ("union", "old"):
            raise ConfigError(f"vocab is {vocab!r}: give union or old")
        if isinstance(freeze, str):
            raise ConfigError(f"freeze is {freeze!r}: give a list of words")
        self._source, self._outputs = model, outputs
        self.name = os.fspath(model) if isinstance(model, (str, os.PathLike)) else "the old model"
        self.vocab = vocab
        self._old: _Old | None = None
        self.freeze = list(dict.fromkeys(freeze))
        self.dim = int(self._loaded().inputs.shape[1])
        for word in self.freeze:
            self._check_known(word)

    def config(self, config: Config | None, kind: type[Config] = Config) -> Config:
        """Return settings whose `dim` is that of the model; those left out are the defaults.

        Raises
        ------
        ConfigError
            `dim` is another one.
        """
        if config is None:
            return kind(dim=self.dim)
        if config.dim != self.dim:
            raise ConfigError(
                f"dim is {config.dim}, and the vectors of {self.name} have {self.dim} numbers: "
                f"give dim {self.dim}, or none on the command line"
            )
        return config

    def known(self) -> Known:
        """Return the words that stay in the vocabulary of a text."""
        return Known(self._loaded().words, self.vocab == "union")

    def carried(self, vocab: Vocab, config: Config) -> Carried:
        """Return what stays of the model beside the rows that `vocab` goes on with.

        Raises
        ------
        ConfigError
            The vocabulary was made elsewhere, and has words that it must not have.
        """
        old = self._loaded()
        met = self._rows(vocab) >= 0
        if self.vocab == "old" and not met.all():
            word = vocab.words[int(np.argmin(met))]
            raise ConfigError(f"vocab is old, and {word!r} is not in {self.name}: give union")
        here = set(vocab.words)
        absent = np.array([row for row, word in enumerate(old.words) if word not in here], np.intp)
        frozen = set(self.freeze)
        flags = np.array([*(word in frozen for word in vocab.words), False], np.uint8)
        return Carried(
            record={
                "model": self.name,
                "vocab": self.vocab,
                "old_words": len(old.words),
                "kept": int(met.sum()),
                "new": int(len(met) - met.sum()),
                "absent": len(absent),
                "frozen": len(frozen),
                "outputs": self._outputs_used(vocab, config),
            },
            words=[old.words[row] for row in absent],
            inputs=old.inputs[absent] if len(absent) else None,
            outputs=self._absent_outputs(absent, config) if len(absent) else None,
            frozen=flags if flags.any() else None,
        )

    def fill(
        self, inputs: NDArray[np.float32], outputs: NDArray[np.float32], vocab: Vocab, carried: Any
    ) -> None:
        """Put old rows into the first rows and columns of both matrices."""
        old, rows = self._loaded(), self._rows(vocab)
        _copy_rows(old.inputs, inputs, rows)
        if old.outputs is None or carried.record["outputs"] != "kept":
            return
        if old.loss == "hs":  # rows of nodes, of the same tree
            rows = np.arange(len(vocab))
        _copy_rows(old.outputs, outputs, rows)

    def forget(self) -> None:
        """Give back the memory of what can be read again."""
        if isinstance(self._source, (str, os.PathLike)):
            self._old = None

    def notes(self, record: dict[str, Any], config: Config) -> list[str]:
        """Return what a user should know before training begins."""
        kept, new, absent = (f"{record[name]:,}" for name in ("kept", "new", "absent"))
        words = f"{kept} of its {record['old_words']:,} words go on, {absent} stay as they are"
        frozen = f"; frozen: {record['frozen']:,}" if self.freeze else ""
        lines = [f"start: {self.name}: {words}; new words: {new}{frozen}"]
        if record["outputs"] != "kept":
            lines.append(f"start: output rows begin as zeros: {record['outputs']}")
        lines.append(f"start: alpha falls again from {config.alpha:g} to {config.min_alpha:g}")
        return lines

    def _outputs_used(self, vocab: Vocab, config: Config) -> str:
        """Return "kept", or why output rows begin as zeros."""
        old = self._loaded()
        if old.outputs is None:
            return f"{self.name} has none"
        if (config.loss == "hs") != (old.loss == "hs"):
            return f"those of {self.name} are of loss {old.loss or 'unknown'}, not {config.loss}"
        if config.loss == "hs" and not (
            old.counts is not None
            and old.words == vocab.words
            and np.array_equal(old.counts, vocab.counts)
        ):
            return "they are nodes of a tree, and other counts make another tree"
        return "kept"

    def _absent_outputs(self, absent: NDArray[np.intp], config: Config) -> Floats:
        old = self._loaded()
        if old.outputs is None or "hs" in (config.loss, old.loss):
            return np.zeros((len(absent), self.dim), np.float32)
        return old.outputs[absent]

    def _rows(self, vocab: Vocab) -> NDArray[np.int64]:
        """Return the old row of each word of a vocabulary, or -1."""
        rows = self._loaded().rows
        return np.fromiter((rows.get(word, -1) for word in vocab.words), np.int64, len(vocab))

    def _check_known(self, word: str) -> None:
        old = self._loaded()
        if word not in old.rows:
            close = close_spellings(word, old.words, old.rows)
            hint = f": did you mean {' or '.join(map(repr, close))}?" if close else ""
            raise DataError(f"{word!r}, to be frozen, is not in {self.name}{hint}")

    def _loaded(self) -> _Old:
        if self._old is None:
            self._old = _read(self._source, self._outputs, self.name)
        return self._old


def started(start: Start | Path | Model | Vectors) -> Start:
    """Return `start` as a `Start`."""
    return start if isinstance(start, Start) else Start(start)


def _read(source: Path | Model | Vectors, outputs: Path | Vectors | None, name: str) -> _Old:
    if isinstance(source, (str, os.PathLike)):
        if FilePath(source).is_dir():
            folder = Folder(source)
            source = Saved(folder, folder.facts(), None).model()
        elif outputs is not None:
            vectors = load(source)
            source = Vectors(vectors.words, vectors.matrix, record=read_record(record_path(source)))
        else:
            source = load(source)
    matrix, counts = None, None
    if isinstance(source, Model):
        if outputs is not None:
            raise ConfigError(f"outputs are given, and {name} has its own: leave them out")
        matrix, counts, source = source.outputs, source.vocab.counts, source.vectors
    words = source.words
    if outputs is not None:
        matrix = _second_matrix(outputs, words, source.dim, name)
    rows = {word: row for row, word in enumerate(words)}
    if len(rows) < len(words):
        raise DataError(f"{name}: {source.duplicates[0]!r} has more than one vector: which one?")
    _check_words(words, name)
    settings = (source.record or {}).get("settings")
    for part in (source.matrix, matrix):
        if part is not None:
            _check_finite(part, words, name)
    return _Old(
        words=words,
        rows=rows,
        inputs=source.matrix,
        outputs=matrix,
        counts=counts,
        loss=settings.get("loss") if isinstance(settings, dict) else None,
    )


def _second_matrix(source: Path | Vectors, words: list[str], dim: int, name: str) -> Floats:
    found = source if isinstance(source, Vectors) else load(source)
    if found.words != words or found.dim != dim:
        raise ConfigError(
            f"the outputs ({len(found):,} words x {found.dim}) are not those of {name} "
            f"({len(words):,} words x {dim}): give what --save-outputs wrote in the same run"
        )
    return found.matrix


def _check_words(words: list[str], name: str) -> None:
    """Refuse words that no text can hold: not every file could be written in the end."""
    odd = next((word for word in words if not word or _BLANK.search(word)), None)
    if odd is not None:
        raise DataError(f"{name}: {odd!r} is no word of a text: leave it out (w2v convert --words)")
    try:
        "".join(words).encode("utf-8", "surrogateescape")
    except UnicodeEncodeError as error:
        raise DataError(f"{name}: a word of it cannot be encoded: {error}") from error


def _check_finite(matrix: Floats, words: list[str], name: str) -> None:
    for start in range(0, len(matrix), SLAB_ROWS):
        finite = np.isfinite(matrix[start : start + SLAB_ROWS]).all(axis=1)
        if not finite.all():
            word = words[start + int(np.argmin(finite))]
            raise DataError(f"{name}: the numbers of {word!r} are not all finite: remove the word")


def _copy_rows(source: Floats, target: NDArray[np.float32], rows: NDArray[np.int64]) -> None:
    """Copy row rows[k] of `source` to row k of `target`, where it is not -1."""
    dim = source.shape[1]
    for start in range(0, len(rows), SLAB_ROWS):
        part = rows[start : start + SLAB_ROWS]
        places = np.flatnonzero(part >= 0)
        target[start + places, :dim] = source[part[places]]
