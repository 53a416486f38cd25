"""Next items: how high vectors rank the item that ends a session."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from w2v.errors import ConfigError, DataError
from w2v.evaluation.bootstrap import TIMES, interval
from w2v.evaluation.known import check_finite, unit_rows
from w2v.evaluation.results import Interval
from w2v.evaluation.rules import Oov
from w2v.text.corpus import count_words, read_corpus

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from w2v.text.vocab import Vocab
    from w2v.vectors import Vectors

Similarity = Literal["cosine", "dot"]
Repeats = Literal["drop", "keep"]
# Scores computed together: 128 MB of float32, or 16 sessions if those are more.
_SCORES = 1 << 25
_FEWEST = 16
_MOST = 1024


class SessionSet(NamedTuple):
    """The sessions of a file.

    Attributes
    ----------
    name : str
        Its path.
    items : list of str
        All that occur, each once.
    rows : ndarray of int32, shape (n,)
        Places in `items`, in the order of the file; -1 ends a session.
    """

    name: str
    items: list[str]
    rows: NDArray[np.int32]


@dataclasses.dataclass(frozen=True)
class NextItemTest:
    """Sessions, and how their last items are to be found.

    Attributes
    ----------
    sessions : SessionSet
        Their last items are hidden.
    k : int
        How many items are offered.
    similarity : {"cosine", "dot"}
        An item's score is the mean of its cosines, or products, with the items before: the
        product with the mean of their vectors, scaled to length 1 for ``cosine``.
    repeats : {"drop", "keep"}
        Whether an item counts once in a session, where it comes first, and is never offered
        again; or counts each time and may be offered again.
    oov : {"skip", "wrong"}
        Leave a session out whose last item has no vector, or none of the others; or count it
        as not found.
    popularity : Vocab or None
        Counts for the baseline; without them the first rows of the vectors are taken to be
        the most frequent, as every word2vec file has them.

    Raises
    ------
    ConfigError
        `k` is below 1.
    """

    sessions: SessionSet
    k: int = 10
    similarity: Similarity = "cosine"
    repeats: Repeats = "drop"
    oov: Oov = "skip"
    popularity: Vocab | None = None

    def __post_init__(self) -> None:
        if self.k < 1:
            raise ConfigError(f"k is {self.k}: give 1 or more")


class Hits(NamedTuple):
    """How often, and how high up, the hidden item was among the first k.

    Attributes
    ----------
    hit_rate, reciprocal_rank : float
        The share of sessions in which it was there, and the mean of 1 / rank, 0 where it was
        not. As one item is hidden, recall is the hit rate.
    hit_interval, reciprocal_interval : tuple of float
        95 % intervals, sessions being drawn anew.
    """

    hit_rate: float
    hit_interval: Interval
    reciprocal_rank: float
    reciprocal_interval: Interval


class NextItemResult(NamedTuple):
    """The outcome of a set of sessions.

    Attributes
    ----------
    sessions : int
        Those of two items or more.
    known : int
        Those of which the last item has a vector, and one of the others.
    tested : int
        Those that count.
    k : int
        How many items were offered.
    vectors, popularity : Hits
        By the vectors, and by offering the most frequent items to everybody.
    """

    sessions: int
    known: int
    tested: int
    k: int
    vectors: Hits
    popularity: Hits


class _Questions(NamedTuple):
    """Sessions that can be asked: visible rows one after the other, and the hidden ones."""

    rows: NDArray[np.intp]
    starts: NDArray[np.intp]
    hidden: NDArray[np.intp]


def read_sessions(path: str | os.PathLike[str], threads: int = 1) -> SessionSet:
    """Read a session a line, items between blanks, as a corpus: compressed files and stdin too.

    Raises
    ------
    FileError, DataError
        As `w2v.text.corpus.read_corpus`.
    """
    vocab, corpus = read_corpus(path, min_count=1, least=1, threads=threads)
    with corpus:
        return SessionSet(os.fspath(path), vocab.words, np.array(corpus.rows))


def read_popularity(path: str | os.PathLike[str], threads: int = 1) -> Vocab:
    """Count the items of sessions.

    Raises
    ------
    FileError, DataError
        As `w2v.text.corpus.count_words`.
    """
    return count_words(path, min_count=1, threads=threads)


def score_next_items(
    vectors: Vectors, test: NextItemTest, seed: int = 1, threads: int = 1
) -> NextItemResult:
    """Hide the last item of each session and look for it among the k with the highest scores.

    Parameters
    ----------
    vectors : Vectors
        Of the items; all of them can be offered. Of equal scores the first row is the
        higher, as far as their rounding leaves them equal.
    test : NextItemTest
        Sessions and rules.
    seed : int
        Of the intervals.
    threads : int
        How many share the sessions, beside those that numpy's products may start.

    Returns
    -------
    NextItemResult

    Raises
    ------
    DataError
        No session has a last item and another that have vectors, and `oov` leaves out those
        that have not; or a vector is not finite:
        every one can be offered.
    """
    count, asked = _questions(vectors, test)
    known = len(asked.hidden)
    if not known and not (count and test.oov == "wrong"):
        raise DataError(
            f"{test.sessions.name}: none of {count:,} sessions of two items or more ends with "
            "an item that has a vector, after another that has one: give longer sessions, or "
            "spell items as the vectors do"
        )
    tested = known if test.oov == "skip" else count
    rng = np.random.default_rng(seed)
    found = [
        _hits(ranks, tested, test.k, rng)
        for ranks in (
            _ranks(vectors, asked, test, threads),
            _ranks_by_count(vectors, asked, test),
        )
    ]
    return NextItemResult(count, known, tested, test.k, *found)


def _questions(vectors: Vectors, test: NextItemTest) -> tuple[int, _Questions]:
    """Return how many sessions have two items, and those of them that can be asked."""
    items, rows = test.sessions.items, test.sessions.rows
    session = np.cumsum(rows < 0)[rows >= 0]
    rows = rows[rows >= 0]
    if test.repeats == "drop":
        first = np.unique(session * len(items) + rows, return_index=True)[1]
        first.sort()
        session, rows = session[first], rows[first]
    row_of = np.array([vectors.row(item) if item in vectors else -1 for item in items], np.intp)
    found = row_of[rows]
    last = np.r_[session[1:] != session[:-1], True]
    lengths = np.bincount(session)
    long = lengths[session] > 1
    seen = ~last & (found >= 0)
    askable = (np.bincount(session, seen) > 0)[session]
    ends = last & long & askable & (found >= 0)
    asked = np.isin(session, session[ends], kind="table") & seen
    starts = np.flatnonzero(np.diff(session[asked], prepend=-1))
    return int((lengths > 1).sum()), _Questions(found[asked], starts, found[ends])


def _ranks(
    vectors: Vectors, asked: _Questions, test: NextItemTest, threads: int = 1
) -> NDArray[np.intp]:
    """Return the rank of each hidden item among those that can be offered, from 1."""
    check_finite(vectors)
    matrix = unit_rows(vectors.matrix) if test.similarity == "cosine" else vectors.matrix
    step = min(_MOST, max(_FEWEST, _SCORES // len(matrix)))
    rank = partial(_rank_part, matrix, drop=test.repeats == "drop")
    with ThreadPoolExecutor(threads) as pool:
        return np.concatenate([np.empty(0, np.intp), *pool.map(rank, _parts(asked, step))])


def _rank_part(matrix: NDArray[np.float32], part: _Questions, *, drop: bool) -> NDArray[np.intp]:
    means = np.add.reduceat(matrix[part.rows], part.starts, axis=0)
    scores = means @ matrix.T
    places = np.arange(len(part.hidden))
    own = scores[places, part.hidden]
    if drop:
        owners = np.repeat(places, np.diff(part.starts, append=len(part.rows)))
        scores[owners, part.rows] = -np.inf
    above = np.count_nonzero(scores > own[:, None], axis=1)
    equal, columns = np.nonzero(scores == own[:, None])
    before = columns < part.hidden[equal]
    ranks: NDArray[np.intp] = above + np.bincount(equal[before], minlength=len(places)) + 1
    return ranks


def _parts(asked: _Questions, step: int) -> Iterator[_Questions]:
    bounds = np.append(asked.starts, len(asked.rows))
    for first in range(0, len(asked.hidden), step):
        last = min(first + step, len(asked.hidden))
        start, end = bounds[first], bounds[last]
        yield _Questions(
            asked.rows[start:end], asked.starts[first:last] - start, asked.hidden[first:last]
        )


def _ranks_by_count(vectors: Vectors, asked: _Questions, test: NextItemTest) -> NDArray[np.intp]:
    """Return the ranks that offering the most frequent items gives the hidden ones."""
    place = np.arange(len(vectors), dtype=np.intp)
    if test.popularity is not None:
        counts = np.zeros(len(vectors), dtype=np.int64)
        for item, count in zip(test.popularity.words, test.popularity.counts, strict=True):
            if item in vectors:
                counts[vectors.row(item)] = count
        place[np.argsort(-counts, kind="stable")] = np.arange(len(vectors))
    ranks: NDArray[np.intp] = place[asked.hidden] + 1
    if test.repeats == "drop":
        lengths = np.diff(asked.starts, append=len(asked.rows))
        before = place[asked.rows] < np.repeat(place[asked.hidden], lengths)
        ranks -= np.add.reduceat(before.astype(np.intp), asked.starts)
    return ranks


def _hits(ranks: NDArray[np.intp], tested: int, k: int, rng: np.random.Generator) -> Hits:
    found = ranks[ranks <= k]
    k = int(found.max(initial=1))
    # All that a session can be is a rank up to k, or a miss: drawing how many there are of
    # each is drawing the sessions.
    counts = np.bincount(found, minlength=k + 1)[: k + 1]
    counts[0] = tested - len(found)
    values = np.zeros((k + 1, 2))
    values[1:] = np.stack([np.ones(k), 1 / np.arange(1, k + 1)], axis=1)
    rate, reciprocal = (counts @ values / tested).tolist()
    drawn = rng.multinomial(tested, counts / tested, TIMES) @ values / tested
    return Hits(rate, interval(drawn[:, 0]), reciprocal, interval(drawn[:, 1]))
