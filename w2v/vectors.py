"""Words and their vectors: lookup, nearest words, analogies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from w2v.errors import ConfigError, DataError, NotFoundError
from w2v.queries import Question, answer, prepare, prepare_analogy, whole
from w2v.search import Candidates
from w2v.single import single
from w2v.spelling import close_spellings

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Squares of float32 outside these norms overflow, or lose their digits below 2**-126.
_SMALLEST_NORM = 1e-15
_LARGEST_NORM = 1e15
# Words looked for one by one before they are put in a dict, which takes as long as some 40.
_FEW_LOOKUPS = 16


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
        not of the shape (words, dim), or has numbers beyond float32.
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
        given: NDArray[Any] = np.asarray(matrix)
        if given.ndim != 2 or len(given) != len(self.words):
            raise DataError(
                f"the matrix has the shape {given.shape}: give ({len(self.words)}, dim), "
                "a row for each word"
            )
        if 0 in given.shape:
            raise DataError(f"the matrix has the shape {given.shape}: it holds no number")
        if given.dtype.kind == "f" and given.dtype.itemsize > 4:
            given = single(given, lambda row: repr(self.words[row]))
        self.matrix: NDArray[np.float32] = np.asarray(given, dtype=np.float32)
        self.record = record
        self._rows: dict[str, int] | None = None
        self._lookups = 0
        self._norms: NDArray[np.float64] | None = None
        self._inverse_norms: NDArray[np.float32] | None = None
        self._odd_rows: NDArray[np.intp] = np.empty(0, dtype=np.intp)

    def __len__(self) -> int:
        return len(self.words)

    def __iter__(self) -> Iterator[str]:
        return iter(self.words)

    def __contains__(self, word: object) -> bool:
        return self._find(word) is not None

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

    def _find(self, word: object) -> int | None:
        """Return the first row of a word, None if it has none."""
        if not isinstance(word, str):
            return None
        self._lookups += 1
        if self._rows is not None or self._lookups > _FEW_LOOKUPS:
            return self._row_of.get(word)
        try:
            return self.words.index(word)
        except ValueError:
            return None

    @property
    def duplicates(self) -> list[str]:
        """Words that have more than one row, in the order of their second rows."""
        return list(dict.fromkeys(self.words[row] for row in self._repeats))

    @property
    def _repeats(self) -> NDArray[np.intp]:
        """Rows in order whose word has an earlier row."""
        if self._rows is None:
            # Without equal hashes there are no equal words, and no need for a dict.
            hashes = np.fromiter(map(hash, self.words), np.int64, len(self.words))
            hashes.sort()
            if not (hashes[1:] == hashes[:-1]).any():
                return np.empty(0, dtype=np.intp)
        rows = self._row_of
        if len(rows) == len(self.words):
            return np.empty(0, dtype=np.intp)
        repeats = [row for row, word in enumerate(self.words) if rows[word] != row]
        return np.array(repeats, dtype=np.intp)

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
        row = self._find(word)
        if row is not None:
            return row
        close = close_spellings(word, self.words, self)
        hint = f": did you mean {' or '.join(map(repr, close))}?" if close else ""
        raise NotFoundError(f"{word!r} is not in the vocabulary{hint}")

    def to_gensim(self) -> Any:
        """Return these words and vectors as gensim's ``KeyedVectors``.

        Returns
        -------
        gensim.models.KeyedVectors
            With a copy of the vectors, in the same order. Of several rows of one word, of
            which gensim knows one, only the first.

        Raises
        ------
        ConfigError
            gensim is not installed.
        """
        try:
            from gensim.models import KeyedVectors  # noqa: PLC0415 - optional
        except ImportError as error:
            raise ConfigError(
                f"to_gensim needs gensim ({error}): pip install 'w2v[gensim]'"
            ) from error
        words, matrix, repeats = self.words, self.matrix, self._repeats
        if len(repeats):
            words = [words[row] for row in sorted(self._row_of.values())]
            matrix = np.delete(matrix, repeats, axis=0)
        keyed = KeyedVectors(self.dim)
        keyed.add_vectors(words, matrix)
        return keyed

    def nearest(
        self,
        query: Question,
        k: int = 10,
        *,
        among: Iterable[str] | None = None,
        top_vocab: int | None = None,
    ) -> list[tuple[str, float]]:
        """Return the words whose vectors point most nearly the same way.

        Parameters
        ----------
        query : str, sequence of str, mapping of str to float, or array of shape (dim,)
            A word; several words, whose vectors are scaled to length 1 and averaged;
            words with weights, as ``{"king": 1, "man": -1, "woman": 1}``; or a vector.
            The words themselves are left out of the answer.
        k : int
            How many to return; fewer come back if there are not so many.
        among : iterable of str, optional
            Answer with these words only.
        top_vocab : int, optional
            Answer with the first so many rows only: the most frequent words.

        Returns
        -------
        list of (str, float)
            Word and cosine, the highest first, equal ones by row. Cosines are computed in
            float64 and rounded to 12 decimals. A vector that is all zeros or not finite
            has the cosine 0. Of several rows of one word only the first is an answer.

        Raises
        ------
        NotFoundError
            A word, of the query or of `among`, is not in the vocabulary.
        ConfigError
            `k` or `top_vocab` is below 1, there is no word, or a vector has the wrong shape.
        DataError
            The query's vector is not finite.
        """
        return self.nearest_all([query], k, among=among, top_vocab=top_vocab)[0]

    def nearest_all(
        self,
        queries: Iterable[Question],
        k: int = 10,
        *,
        among: Iterable[str] | None = None,
        top_vocab: int | None = None,
    ) -> list[list[tuple[str, float]]]:
        """Return what `nearest` returns for each of many queries, much sooner.

        Parameters
        ----------
        queries : iterable of queries
            Each as in `nearest`.
        k, among, top_vocab
            As in `nearest`.

        Returns
        -------
        list of list of (str, float)
            The answers in the order of the queries; none depends on the other queries.

        Raises
        ------
        NotFoundError, ConfigError, DataError
            As `nearest`, for any of the queries.
        """
        prepared = [prepare(self, query) for query in queries]
        return answer(self.words, self.candidates(among, top_vocab), prepared, k)

    def analogy(
        self,
        a: str,
        b: str,
        c: str,
        k: int = 10,
        *,
        method: str = "3cosadd",
        among: Iterable[str] | None = None,
        top_vocab: int | None = None,
    ) -> list[tuple[str, float]]:
        """Return the words that are to `c` what `b` is to `a`.

        Parameters
        ----------
        a, b, c : str
            Words of the vocabulary, which are left out of the answer.
        k : int
            How many to return.
        method : {"3cosadd", "3cosmul"}
            Score by the cosine with b - a + c (Mikolov, Yih and Zweig, 2013), or by
            cos(b) cos(c) / (cos(a) + 0.001), each cosine brought from -1..1 to 0..1
            (Levy and Goldberg, 2014).
        among, top_vocab
            As in `nearest`.

        Returns
        -------
        list of (str, float)
            Word and score, the highest first, equal ones by row.

        Raises
        ------
        NotFoundError, ConfigError, DataError
            As `nearest`; ConfigError also if there is no such method.
        """
        query = prepare_analogy(self, a, b, c, method=method)
        return self.nearest(query, k, among=among, top_vocab=top_vocab)

    def candidates(
        self, among: Iterable[str] | None = None, top_vocab: int | None = None
    ) -> Candidates:
        """Return the rows that can be answers, for `w2v.queries.answer`.

        Parameters
        ----------
        among, top_vocab
            As in `nearest`.

        Returns
        -------
        Candidates
            The first row of each word that is let in.

        Raises
        ------
        NotFoundError
            A word of `among` is not in the vocabulary.
        ConfigError
            `top_vocab` is below 1, or `among` has no word, or none that is so frequent.
        """
        count = len(self) if top_vocab is None else min(whole(top_vocab, "top_vocab"), len(self))
        rows = None
        if among is not None:
            found = np.array(sorted({self.row(word) for word in among}), dtype=np.intp)
            rows = found[found < count]
            if not len(found):
                raise ConfigError("among has no words: give at least one")
            if not len(rows):
                raise ConfigError(
                    f"no word of among is in the first {count} rows: give a larger top_vocab"
                )
            count = len(rows)
        return Candidates(self.matrix, self._scales, self._odd_rows, rows, self._repeats, count)

    @property
    def _scales(self) -> NDArray[np.float32]:
        """One over each norm, 0 for the odd rows."""
        if self._inverse_norms is None:
            norms = self.norms.copy()
            norms[self._odd_rows] = np.inf
            self._inverse_norms = (1 / norms).astype(np.float32)
        return self._inverse_norms


def _plain(word: object) -> str:
    if not isinstance(word, str):
        raise DataError(f"the word {word!r} is a {type(word).__name__}: give strings")
    return str(word)
