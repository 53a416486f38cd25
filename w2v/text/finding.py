"""Which pairs of words are phrases: counting, scoring, and joining them for the next pass."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from w2v.text._phrases import Joiner
from w2v.text._words import OUT_OF_VOCABULARY, SENTENCE_END
from w2v.text.pairs import Rows, count_pairs, cut_rows, join_pairs
from w2v.text.phrase_table import Phrase, between_words, connector_codes
from w2v.text.reading import Reading
from w2v.text.rows import RowStore
from w2v.text.vocab import decode_words

if TYPE_CHECKING:
    from w2v.text._phrases import Pairs

_ROUNDING = 1e-9


@dataclasses.dataclass
class Finder:
    """The search for phrases in a text; each pass finds longer ones.

    Attributes
    ----------
    threshold : float
        Pairs that score higher are phrases.
    min_count : int
        Words and pairs that occur less often are in no phrase.
    score : {"original", "npmi"}
    connectors : list of str
    delimiter : str
    max_bigrams, threads : int
        As for `count_pairs`.
    tokens : int
        Words of the text, joined ones counting as one.
    parts : int
        Into how many parts the bigrams had to be divided, at most, to keep to `max_bigrams`
        beyond one for each thread; 1 if they fit.
    """

    threshold: float
    min_count: int
    score: str
    connectors: list[str]
    delimiter: str
    max_bigrams: int
    threads: int
    tokens: int = 0
    parts: int = 1

    def find(self, reading: Reading, store: RowStore, passes: int) -> list[Phrase]:
        """Return the phrases of a text that was scanned into `store`."""
        words, counts, rows = self._rows(reading, store)
        self.tokens = reading.tokens
        ids = {word: row for row, word in enumerate(words)}
        found: list[Phrase] = []
        for number in range(1, passes + 1):
            codes = connector_codes(ids, self.connectors)
            # Only at first are rows sorted by count.
            floors = self._floors(counts) if number == 1 else None
            pairs, scores = self._pairs(rows, counts, codes, floors)
            phrases = self._phrases(number, words, pairs, scores)
            if not phrases:
                break
            found += phrases
            if number < passes:
                rows = self._join(rows, ids, pairs, phrases)
                words = list(ids)
                counts = sum(
                    (np.bincount(piece + 1, minlength=len(ids) + 1) for piece in rows),
                    np.zeros(len(ids) + 1, np.int64),
                )[1:]
        return found

    def _rows(self, reading: Reading, store: RowStore) -> tuple[list[str], NDArray[np.int64], Rows]:
        table = reading.words(lowercase=False)
        text, counts = table.vocabulary(self.min_count, None)
        maps = table.row_maps()
        for row_map in maps:
            # A rare word is in no phrase, but its neighbors do not become neighbors of another.
            row_map[row_map == OUT_OF_VOCABULARY] = SENTENCE_END
        reading.renumber(maps, self.threads)
        return decode_words(text), counts, cut_rows(store.finish())

    def _floors(self, counts: NDArray[np.int64]) -> NDArray[np.int32] | None:
        """Return the first row that each row, of falling counts, can be in a phrase with.

        Words stand together no more often than the rarer of them occurs: a word that is so
        much more frequent that not even this would do makes no phrase with it.
        """
        if self.threshold <= 0:
            return None
        if self.score == "original":
            most = (counts - self.min_count) / counts / self.threshold * self.tokens
        else:
            most = (counts / self.tokens) ** self.threshold * self.tokens
        # Scores are rounded, and in another order.
        rows = np.searchsorted(-counts, -most * (1 + _ROUNDING))
        return rows.astype(np.int32)

    def _pairs(
        self,
        rows: Rows,
        counts: NDArray[np.int64],
        codes: NDArray[np.uint16] | None,
        floors: NDArray[np.int32] | None,
    ) -> tuple[Pairs, NDArray[np.float64]]:
        """Return the pairs that are phrases, the best first, and their scores."""
        pairs, parts = count_pairs(
            rows,
            codes,
            floors,
            min_count=self.min_count,
            max_pairs=self.max_bigrams,
            threads=self.threads,
        )
        self.parts = max(self.parts, parts - self.threads + 1)
        firsts, betweens, lasts, together = pairs
        scores = self._scores(counts[firsts], counts[lasts], together)
        chosen = np.flatnonzero(scores > self.threshold)
        # Stable: pairs of the same score and count stay in the order of their rows.
        order = chosen[np.lexsort((-together[chosen], -scores[chosen]))]
        return (firsts[order], betweens[order], lasts[order], together[order]), scores[order]

    def _scores(
        self, first: NDArray[np.int64], last: NDArray[np.int64], together: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        if self.score == "original":
            # Multiplied and divided in the order of word2phrase.
            return (together - self.min_count) / first / last * self.tokens
        share = together / self.tokens
        return np.log(share / (first / self.tokens) / (last / self.tokens)) / -np.log(share)

    def _phrases(
        self, number: int, words: list[str], pairs: Pairs, scores: NDArray[np.float64]
    ) -> list[Phrase]:
        records = zip(*(column.tolist() for column in (*pairs, scores)), strict=True)
        return [
            Phrase(
                number,
                (words[first], *between_words(between, self.connectors), words[last]),
                score,
                count,
            )
            for first, between, last, count, score in records
        ]

    def _join(self, rows: Rows, ids: dict[str, int], pairs: Pairs, phrases: list[Phrase]) -> Rows:
        """Join the phrases of a pass in the rows; give new ones an id."""
        firsts, betweens, lasts, _ = pairs
        # A word that is written as the phrase is the same word from now on.
        results = [
            ids.setdefault(self.delimiter.join(phrase.words), len(ids)) for phrase in phrases
        ]
        joiner = Joiner(
            np.full(len(results), phrases[0].number, np.uint8),
            firsts,
            betweens,
            lasts,
            np.array(results, np.int32),
            connector_codes(ids, self.connectors),
        )
        before = sum(map(len, rows))
        joined = join_pairs(rows, joiner, phrases[0].number, self.threads)
        self.tokens -= before - sum(map(len, joined))
        return joined
