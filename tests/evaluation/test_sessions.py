"""Next items: ranks worked out by hand and by a slow loop."""

import numpy as np
import pytest

from w2v.errors import ConfigError, DataError
from w2v.evaluation import NextItemTest, read_popularity, read_sessions, score_next_items
from w2v.evaluation.sessions import _questions, _ranks, _ranks_by_count
from w2v.vectors import Vectors

# Directions at 0, 10, 20, 90 and 100 degrees: a, b and c are alike, and so are d and e.
ANGLES = np.radians([0, 10, 20, 90, 100])
VECTORS = Vectors(list("abcde"), np.stack([np.cos(ANGLES), np.sin(ANGLES)], 1).astype(np.float32))


def scored(write, text, **rules):
    return score_next_items(VECTORS, NextItemTest(read_sessions(write(text)), **rules))


def test_ranks_worked_out_by_hand(write):
    # From a comes b first, c second; from d and e b is third among the rest: c, b, a.
    result = scored(write, "a b\na c\nd e b\n", k=1)
    assert (result.sessions, result.known, result.tested) == (3, 3, 3)
    assert result.vectors.hit_rate == pytest.approx(1 / 3)
    result = scored(write, "a b\na c\nd e b\n", k=2)
    assert result.vectors.hit_rate == 1
    assert result.vectors.reciprocal_rank == pytest.approx((1 + 1 / 2 + 1 / 2) / 3)
    # The most popular are a, b, ... less what the session has: b 1st, c 2nd, b 2nd.
    assert result.popularity.reciprocal_rank == pytest.approx((1 + 1 / 2 + 1 / 2) / 3)


def test_popularity_counts_other_sessions(write, tmp_path):
    (tmp_path / "train.txt").write_text("c c c b b x\ne\n")
    counts = read_popularity(tmp_path / "train.txt")
    found = scored(write, "a b\na e\n", k=1, popularity=counts).popularity
    assert found.hit_rate == 0
    found = scored(write, "c b\nc b a\nc e\n", k=1, popularity=counts).popularity
    assert found.hit_rate == pytest.approx(1 / 3)


def test_repeats_are_dropped_or_kept(write):
    # Dropped: "a b" and nothing else. Kept: a follows a and b, and is first among all.
    assert scored(write, "a b a\n", k=1).vectors.hit_rate == 1
    kept = scored(write, "a a b a\nd d\nb c\n", k=1, repeats="keep")
    assert (kept.sessions, kept.vectors.hit_rate) == (3, pytest.approx(2 / 3))
    assert scored(write, "a a b a\nd d\nb c\n", k=1).sessions == 2


def test_unknown_items_are_left_out_or_wrong(write):
    text = "a b\na x\nx b\nx a b\n"
    skipped, wrong = (scored(write, text, k=1, oov=oov) for oov in ("skip", "wrong"))
    assert (skipped.sessions, skipped.known, skipped.tested) == (4, 2, 2)
    assert (wrong.sessions, wrong.known, wrong.tested) == (4, 2, 4)
    assert (skipped.vectors.hit_rate, wrong.vectors.hit_rate) == (1, 0.5)
    assert wrong.vectors.hit_interval[0] < 0.5 < wrong.vectors.hit_interval[1]


def test_length_counts_for_products_only(write):
    vectors = Vectors(list("abc"), np.array([[1, 0], [0.9, 0.1], [5, 5]], np.float32))
    sessions = read_sessions(write("a b\n"))
    for similarity, rate in (("cosine", 1), ("dot", 0)):
        result = score_next_items(vectors, NextItemTest(sessions, 1, similarity))
        assert result.vectors.hit_rate == rate


def slow_ranks(vectors, sessions, drop):
    """Rank the last of each session among all items, one session at a time."""
    unit = vectors.matrix / np.linalg.norm(vectors.matrix, axis=1)[:, None]
    ranks, by_count = [], []
    for session in sessions:
        items = list(dict.fromkeys(session)) if drop else session
        if len(items) < 2 or items[-1] not in vectors:
            continue
        seen = [vectors.row(item) for item in items[:-1] if item in vectors]
        if not seen:
            continue
        score = unit @ unit[seen].mean(axis=0)
        hidden = vectors.row(items[-1])
        others = [row for row in range(len(vectors)) if not (drop and row in seen)]
        # Equal scores differ by their rounding: where two items came before, theirs are equal.
        ranks.append([1 + sum(score[others] > score[hidden] + off) for off in (1e-6, -1e-6)])
        by_count.append(1 + sum(row < hidden for row in others))
    return ranks, by_count


@pytest.mark.parametrize("repeats", ["drop", "keep"])
def test_ranks_are_those_of_a_slow_loop(write, monkeypatch, repeats):
    rng = np.random.default_rng(3)
    vectors = Vectors([f"i{n}" for n in range(30)], rng.normal(size=(30, 4)).astype(np.float32))
    lists = [[f"i{n}" for n in rng.integers(0, 34, rng.integers(1, 7))] for _ in range(200)]
    text = "\n\n".join(" ".join(one) for one in lists)
    test = NextItemTest(read_sessions(write(text)), repeats=repeats)
    monkeypatch.setattr("w2v.evaluation.sessions._MOST", 7)
    count, asked = _questions(vectors, test)
    ranks, by_count = slow_ranks(vectors, lists, repeats == "drop")
    assert len(ranks) > 100
    found = _ranks(vectors, asked, test, threads=3)
    least, most = np.array(ranks).T
    assert (least <= found).all()
    # Itself is no less than itself.
    assert (found <= most - 1).all()
    assert (least == most - 1).mean() > 0.8
    assert _ranks_by_count(vectors, asked, test).tolist() == by_count
    assert count == sum(len(set(one) if repeats == "drop" else one) > 1 for one in lists)


@pytest.mark.parametrize("repeats", ["drop", "keep"])
@pytest.mark.parametrize("text", ["x y\ny x\n", "x a\nx b\n"])
def test_sessions_of_which_none_is_known_are_all_wrong(write, text, repeats):
    result = scored(write, text, oov="wrong", repeats=repeats)
    assert (result.sessions, result.known, result.tested) == (2, 0, 2)
    assert result.vectors == result.popularity
    assert result.vectors.hit_rate == result.vectors.reciprocal_rank == 0
    with pytest.raises(DataError, match="none of 0 sessions"):
        scored(write, "x\ny\n", oov="wrong", repeats=repeats)


def test_a_k_beyond_all_items(write):
    assert scored(write, "a b\nd e\n", k=10**12).vectors.hit_rate == 1


def test_intervals_are_those_of_a_binomial(write):
    # A hundred sessions of which half are found: 0.5 give or take two times 0.05.
    result = scored(write, "a b\na c\n" * 50, k=1)
    low, high = result.vectors.hit_interval
    assert (low, high) == (pytest.approx(0.4, abs=0.03), pytest.approx(0.6, abs=0.03))
    assert scored(write, "a b\na c\n" * 50, k=1) == result


@pytest.mark.parametrize("text", ["a\nb\n", "a a\nb b\n", "x y\ny x\n", "x a\n", "a x\n"])
def test_no_session_that_can_be_asked(write, text):
    with pytest.raises(DataError, match=r"set\.txt: none of \d sessions of two items"):
        scored(write, text)


def test_bad_settings_and_vectors(write):
    sessions = read_sessions(write("a b\n"))
    with pytest.raises(ConfigError, match="k is 0"):
        NextItemTest(sessions, 0)
    broken = Vectors(list("ab"), np.array([[1, 0], [np.inf, 0]], np.float32))
    for similarity in ("dot", "cosine"):
        with pytest.raises(DataError, match="vector of 'b' is not finite"):
            score_next_items(broken, NextItemTest(sessions, similarity=similarity))
    # Also one of no session: it could be offered, or not. Infinities that cancel are found too.
    matrix = np.array([[1, 0], [1, 1], [np.inf, -np.inf], [np.nan, 0]], np.float32)
    with pytest.raises(DataError, match="vector of 'x' is not finite"):
        score_next_items(Vectors(list("abxy"), matrix), NextItemTest(sessions))
