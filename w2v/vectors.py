"""Words and their vectors: lookup and nearest neighbors."""

from __future__ import annotations

import operator
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from w2v.errors import ConfigError, DataError, NotFoundError

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Squares of float32 outside these norms overflow, or lose their digits below 2**-126.
_SMALLEST_NORM = 1e-15
_LARGEST_NORM = 1e15

# Where close spellings of an unknown word are looked for: enough for every word that
# people type, few enough to answer at once.
_SPELLING_ROWS = 100_000


class Vectors:
    """A list of words and one vector for each.

    Parameters
    ----------
    words : sequence of str
        Row i of the matrix belongs to word i. If a word occurs twice, its first row is
        the one found by name; `duplicates` lists such words.
    matrix : ndarray of float32, shape (n, dim)
        The vectors. Taken as it is, not copied, if it is float32 already.
    record : dict, optional
        The run record of the training that made them.

    Raises
    ------
    DataError
        There are no words, something else than strings among them, or the matrix is
        not of the shape (words, dim).
    """

    def __init__(
        self,
        words: Sequence[str],
        matrix: NDArray[np.float32],
        *,
        record: dict[str, Any] | None = None,
    ) -> None:
        self.words: list[str] = words if isinstance(words, list) else list(words)
        if not set(map(type, self.words)) <= {str}:
            self.words = [_plain(word) for word in self.words]
        self.matrix: NDArray[np.float32] = np.asarray(matrix, dtype=np.float32)
        if self.matrix.ndim != 2 or len(self.matrix) != len(self.words):
            raise DataError(
                f"the matrix has the shape {self.matrix.shape}: give ({len(self.words)}, dim), "
                "a row for each word"
            )
        if 0 in self.matrix.shape:
            raise DataError(f"the matrix has the shape {self.matrix.shape}: it holds no number")
        self.record = record
        self._rows: dict[str, int] | None = None
        self._norms: NDArray[np.float64] | None = None
        self._odd_rows: NDArray[np.intp] = np.empty(0, dtype=np.intp)

    def __len__(self) -> int:
        return len(self.words)

    def __iter__(self) -> Iterator[str]:
        return iter(self.words)

    def __contains__(self, word: object) -> bool:
        return word in self._row_of

    def __getitem__(self, word: str) -> NDArray[np.float32]:
        vector: NDArray[np.float32] = self.matrix[self.row(word)]
        return vector

    def __repr__(self) -> str:
        return f"<Vectors: {len(self):,} words, dim {self.dim}>"

    @property
    def dim(self) -> int:
        """Numbers per vector."""
        return int(self.matrix.shape[1])

    @property
    def _row_of(self) -> dict[str, int]:
        if self._rows is None:
            # Backwards, so that the first of several equal words is the one kept.
            last = len(self.words) - 1
            self._rows = dict(zip(reversed(self.words), range(last, -1, -1), strict=True))
        return self._rows

    @property
    def duplicates(self) -> list[str]:
        """Words that have more than one row, in the order of their second rows."""
        rows = self._row_of
        if len(rows) == len(self.words):
            return []
        return list(dict.fromkeys(w for row, w in enumerate(self.words) if rows[w] != row))

    @property
    def norms(self) -> NDArray[np.float64]:
        """Euclidean length of each vector, float64, shape (n,); computed once."""
        if self._norms is None:
            squares = np.einsum("ij,ij->i", self.matrix, self.matrix)
            norms = np.sqrt(squares, dtype=np.float64)
            ordinary = (norms > _SMALLEST_NORM) & (norms < _LARGEST_NORM)
            self._odd_rows = np.flatnonzero(~ordinary)
            for row in self._odd_rows:
                norms[row] = np.linalg.norm(self.matrix[row].astype(np.float64))
            self._norms = norms
        return self._norms

    def row(self, word: str) -> int:
        """Return the row of a word.

        Parameters
        ----------
        word : str
            A word, spelled as in the vocabulary.

        Returns
        -------
        int
            From 0; the first row if the word has several.

        Raises
        ------
        NotFoundError
            The word is not in the vocabulary; the message offers close spellings.
        """
        try:
            return self._row_of[word]
        except KeyError:
            close = self._close_spellings(word)
        hint = f": did you mean {' or '.join(map(repr, close))}?" if close else ""
        raise NotFoundError(f"{word!r} is not in the vocabulary{hint}")

    def nearest(
        self, query: str | NDArray[np.floating[Any]] | Sequence[str], k: int = 10
    ) -> list[tuple[str, float]]:
        """Return the words whose vectors point most nearly the same way.

        Parameters
        ----------
        query : str, ndarray of shape (dim,), or sequence of str
            A word, a vector, or several words, whose vectors are scaled to length 1 and
            averaged. The words themselves are left out of the answer.
        k : int
            How many to return; fewer come back if there are not so many.

        Returns
        -------
        list of (str, float)
            Word and cosine, the highest first, equal ones by row. A vector that is all
            zeros or not finite has the cosine 0.

        Raises
        ------
        NotFoundError
            A word is not in the vocabulary.
        ConfigError
            `k` is below 1, there is no word, or a vector has the wrong shape.
        DataError
            The query's vector is not finite.
        """
        k = _whole(k)
        words, vector = self._resolve(query)
        scores = self._cosines(vector)
        excluded = [self._row_of[word] for word in words]
        if words and len(self._row_of) < len(self.words):
            excluded = [row for row, word in enumerate(self.words) if word in words]
        scores[excluded] = -np.inf
        k = min(k, len(scores) - len(excluded))
        return [(self.words[row], float(scores[row])) for row in _largest(scores, k)]

    def _resolve(
        self, query: str | NDArray[np.floating[Any]] | Sequence[str]
    ) -> tuple[set[str], NDArray[np.float64]]:
        """Return the words of a query and its direction, of length 1 or 0."""
        if isinstance(query, str):
            return {query}, self._direction(query)
        if _are_words(query):
            return set(query), _unit(np.mean([self._direction(word) for word in query], axis=0))
        try:
            vector = np.asarray(query, dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise ConfigError(
                f"the query {query!r:.60} is neither words nor a vector: give one or the other"
            ) from error
        if vector.shape != (self.dim,):
            raise ConfigError(
                f"the query has the shape {vector.shape}: give a word, several words, or a "
                f"vector of shape ({self.dim},)"
            )
        if not np.isfinite(vector).all():
            raise DataError("the query's vector is not finite: nothing is near it")
        return set(), _unit(vector)

    def _direction(self, word: str) -> NDArray[np.float64]:
        vector = self[word].astype(np.float64)
        if not np.isfinite(vector).all():
            raise DataError(f"the vector of {word!r} is not finite: nothing is near it")
        return _unit(vector)

    def _cosines(self, unit: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the cosine of every row with a vector of length 1; shape (n,), finite."""
        norms, odd = self.norms, self._odd_rows
        with np.errstate(all="ignore"):  # the odd rows, put right below
            products = self.matrix @ unit.astype(np.float32)
            scores: NDArray[np.float64] = products / norms
        scores[odd] = 0.0
        for row in odd[np.isfinite(norms[odd]) & (norms[odd] > 0)]:
            scores[row] = self.matrix[row].astype(np.float64) @ unit / norms[row]
        return np.clip(scores, -1.0, 1.0, out=scores)

    def _close_spellings(self, word: str) -> list[str]:
        """Return up to three words of the vocabulary that `word` may be a slip of."""
        variants = [word.lower(), word.capitalize(), word.upper()]
        close = [v for v in dict.fromkeys(variants) if v in self._row_of]
        if close:
            return close[:3]
        # difflib compares slowly and imports slowly, so only what shares nearly all
        # letters reaches it: one slip changes at most two of a word's letters.
        letters = set(word)
        shortest, longest = len(word) - 2, len(word) + 2
        candidates = [
            known
            for known in self.words[:_SPELLING_ROWS]
            if shortest <= len(known) <= longest and len(letters.symmetric_difference(known)) <= 2
        ]
        import difflib  # noqa: PLC0415

        return difflib.get_close_matches(word, candidates[:2_000], n=3, cutoff=0.7)


def _plain(word: object) -> str:
    if not isinstance(word, str):
        raise DataError(f"the word {word!r} is a {type(word).__name__}: give strings")
    return str(word)


def _whole(k: object) -> int:
    try:
        number = operator.index(k)  # type: ignore[arg-type]
    except TypeError:
        raise ConfigError(f"k is {k!r}: give a whole number") from None
    if number < 1:
        raise ConfigError(f"k is {number}: give 1 or more")
    return number


def _are_words(query: object) -> bool:
    if isinstance(query, np.ndarray) and query.dtype.kind not in "UO":
        return False
    try:
        words = list(query)  # type: ignore[call-overload]
    except TypeError:
        return False
    if not words:
        raise ConfigError("the query has no words: give at least one")
    return all(isinstance(word, str) for word in words)


def _unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    largest = np.abs(vector).max()
    if largest == 0:
        return vector
    scaled = vector / largest  # so that no square overflows or vanishes
    unit: NDArray[np.float64] = scaled / np.linalg.norm(scaled)
    return unit


def _largest(scores: NDArray[np.float64], k: int) -> NDArray[np.intp]:
    """Return where the `k` largest scores stand, the largest first, equal ones in order."""
    if k < 1:
        return np.empty(0, dtype=np.intp)
    # The partition alone would pick any of several that are equal at its edge.
    edge = np.partition(scores, len(scores) - k)[len(scores) - k]
    rows = np.flatnonzero(scores >= edge)
    return rows[np.argsort(-scores[rows], kind="stable")][:k]
