"""What can be asked of vectors, brought to directions and rows."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, Union

import numpy as np

from w2v.errors import ConfigError, DataError
from w2v.search import Candidates, best_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from w2v.vectors import Vectors

METHODS = ("3cosadd", "3cosmul")


class NoDirectionError(DataError):
    """A vector is not finite, so that nothing is near it; another query may do."""


class Query(NamedTuple):
    """A question that stands ready to be answered.

    Attributes
    ----------
    sides : ndarray of float64, shape (1, dim) or (3, dim)
        Directions, of length 1 or 0: what answers are near to, or for 3CosMul b, c and a.
    excluded : tuple of int
        The rows of its own words, which are no answers.
    """

    sides: NDArray[np.float64]
    excluded: tuple[int, ...]


Question: TypeAlias = Union[
    str, Sequence[str], Mapping[str, float], Sequence[float], "NDArray[Any]", Query
]


def prepare(vectors: Vectors, query: Question) -> Query:
    """Look up the words of a query.

    Parameters
    ----------
    vectors : Vectors
        What will be asked.
    query : str, sequence of str, mapping of str to float, or array of shape (dim,)
        A word; several, averaged; words and their weights, below 0 to take a word away;
        or a vector. Every word's vector is scaled to length 1 first.

    Returns
    -------
    Query
        To be given to `Vectors.nearest` and `Vectors.nearest_all` in place of the query.

    Raises
    ------
    NotFoundError
        A word is not in the vocabulary.
    ConfigError
        There is no word, a weight is no finite number, or a vector has the wrong shape.
    DataError
        A vector is not finite.
    """
    if isinstance(query, Query):
        return query
    if isinstance(query, str):
        query = {query: 1.0}
    elif not isinstance(query, Mapping) and _are_words(query):
        weights: dict[str, float] = {}
        for word in query:
            weights[str(word)] = weights.get(str(word), 0.0) + 1.0
        query = weights
    if isinstance(query, Mapping):
        return _of_words(vectors, query)
    return Query(_unit(_as_vector(vectors, query))[None, :], ())


def prepare_analogy(vectors: Vectors, a: str, b: str, c: str, *, method: str = "3cosadd") -> Query:
    """Look up the words of the question "a is to b as c is to what?".

    Parameters
    ----------
    vectors : Vectors
        What will be asked.
    a, b, c : str
        Words of the vocabulary.
    method : {"3cosadd", "3cosmul"}
        How answers are scored: by their cosine with b - a + c (Mikolov, Yih and Zweig,
        2013), or by cosines multiplied (Levy and Goldberg, 2014).

    Returns
    -------
    Query
        To be given to `Vectors.nearest` and `Vectors.nearest_all`.

    Raises
    ------
    NotFoundError
        A word is not in the vocabulary.
    ConfigError
        There is no such method.
    DataError
        A word's vector is not finite.
    """
    if method not in METHODS:
        raise ConfigError(f"method is {method!r}: give {' or '.join(METHODS)}")
    units = {word: _direction(vectors, word) for word in (a, b, c)}
    excluded = tuple({vectors.row(word) for word in units})
    if method == "3cosadd":
        return Query(_unit(units[b] - units[a] + units[c])[None, :], excluded)
    return Query(np.array([units[b], units[c], units[a]]), excluded)


def answer(
    words: Sequence[str],
    candidates: Candidates,
    queries: Iterable[Query],
    k: int,
    threads: int = 1,
) -> list[list[tuple[str, float]]]:
    """Return the `k` best words and their scores for each query.

    Parameters
    ----------
    words : sequence of str
        The word of each row.
    candidates : Candidates
        What can be answered.
    queries : iterable of Query
        What is asked.
    k : int
        At least 1.
    threads : int
        Threads that share the queries, beside those that numpy's products may start.

    Returns
    -------
    list of list of (str, float)
        For each query words and scores, the best first, equal ones by row.

    Raises
    ------
    ConfigError
        `k` is not a whole number of at least 1.
    """
    k = whole(k, "k")
    queries = list(queries)
    answers: list[list[tuple[str, float]]] = [[] for _ in queries]
    for sides in {query.sides.shape for query in queries}:
        places = [place for place, query in enumerate(queries) if query.sides.shape == sides]
        alike = [queries[place] for place in places]
        found = best_rows(
            candidates,
            np.array([query.sides for query in alike]),
            [query.excluded for query in alike],
            k,
            threads,
        )
        for place, (rows, scores) in zip(places, found, strict=True):
            named = zip(rows.tolist(), scores.tolist(), strict=True)
            answers[place] = [(words[row], score) for row, score in named]
    return answers


def whole(number: object, name: str) -> int:
    """Return `number`, the setting `name`, as an int.

    Raises
    ------
    ConfigError
        It is not a whole number of at least 1.
    """
    try:
        result = operator.index(number)  # type: ignore[arg-type]
    except TypeError:
        raise ConfigError(f"{name} is {number!r}: give a whole number") from None
    if result < 1:
        raise ConfigError(f"{name} is {result}: give 1 or more")
    return result


def _of_words(vectors: Vectors, weights: Mapping[str, float]) -> Query:
    if not weights:
        raise ConfigError("the query has no words: give at least one")
    total = np.zeros(vectors.dim)
    for word, weight in weights.items():
        if not isinstance(word, str):
            raise ConfigError(f"{word!r} is not a word: give strings")
        if not _is_finite(weight):
            raise ConfigError(f"the weight of {word!r} is {weight!r}: give a finite number")
        total += float(weight) * _direction(vectors, word)
    return Query(_unit(total)[None, :], tuple(vectors.row(word) for word in weights))


def _as_vector(vectors: Vectors, query: object) -> NDArray[np.float64]:
    try:
        vector = np.asarray(query, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ConfigError(
            f"the query {query!r:.60} is neither words nor a vector: give one or the other"
        ) from error
    if vector.shape != (vectors.dim,):
        raise ConfigError(
            f"the query has the shape {vector.shape}: give a word, several words, or a "
            f"vector of shape ({vectors.dim},)"
        )
    if not np.isfinite(vector).all():
        raise NoDirectionError("the query's vector is not finite: nothing is near it")
    return vector


def _direction(vectors: Vectors, word: str) -> NDArray[np.float64]:
    vector = vectors[word].astype(np.float64)
    if not np.isfinite(vector).all():
        raise NoDirectionError(f"the vector of {word!r} is not finite: nothing is near it")
    return _unit(vector)


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


def _is_finite(weight: object) -> bool:
    try:
        return math.isfinite(weight)  # type: ignore[arg-type]
    except (TypeError, OverflowError):
        return False


def _unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    largest = np.abs(vector).max()
    if largest == 0:
        return vector
    scaled = vector / largest  # so that no square overflows or vanishes
    unit: NDArray[np.float64] = scaled / np.linalg.norm(scaled)
    return unit
