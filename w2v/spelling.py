"""Close spellings of a word that is not there."""

from __future__ import annotations

from collections.abc import Container, Sequence

# Where close spellings are looked for: enough for every word that people type, few enough
# to answer at once.
_ROWS = 100_000


def close_spellings(word: str, words: Sequence[str], known: Container[str]) -> list[str]:
    """Return up to three words that `word` may be a slip of.

    Parameters
    ----------
    word : str
        What was asked for.
    words : sequence of str
        The vocabulary, most frequent words first.
    known : container of str
        The same words, quick to look up.

    Returns
    -------
    list of str
        The same word in another case, else the closest.
    """
    variants = [word.lower(), word.capitalize(), word.upper()]
    close = [v for v in dict.fromkeys(variants) if v in known]
    if close:
        return close[:3]
    # difflib compares slowly and imports slowly, so only what shares nearly all
    # letters reaches it: one slip changes at most two of a word's letters.
    letters = set(word)
    shortest, longest = len(word) - 2, len(word) + 2
    candidates = [
        other
        for other in words[:_ROWS]
        if shortest <= len(other) <= longest and len(letters.symmetric_difference(other)) <= 2
    ]
    import difflib  # noqa: PLC0415

    return difflib.get_close_matches(word, candidates[:2_000], n=3, cutoff=0.7)
