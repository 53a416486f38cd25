"""Words, weights and vectors become directions; what is none of them is refused."""

import numpy as np
import pytest

from w2v.errors import ConfigError, DataError, NotFoundError
from w2v.queries import prepare
from w2v.vectors import Vectors

WORDS = ["man", "woman", "king", "queen", "bad"]
ROWS = [[1, 0, 0], [0, 2, 0], [3, 0, 3], [0, 1, 1], [np.inf, 0, 0]]


@pytest.fixture
def vectors():
    return Vectors(WORDS, np.array(ROWS, np.float32))


def test_weights_add_and_take_away(vectors):
    query = prepare(vectors, {"king": 1, "man": -1, "woman": 0.5})
    half = 0.5**0.5
    expected = np.array([half - 1, 0.5, half])
    assert query.sides[0] == pytest.approx(expected / np.linalg.norm(expected))
    assert sorted(query.excluded) == [0, 1, 2]


def test_a_word_given_twice_counts_twice(vectors):
    twice = prepare(vectors, ["king", "man", "king"])
    assert twice.sides == pytest.approx(prepare(vectors, {"king": 2, "man": 1}).sides)


def test_what_cancels_is_near_nothing(vectors):
    assert vectors.nearest({"king": 1, "man": 0, "woman": 0}, 1)[0][0] == "queen"
    assert vectors.nearest({"king": 0}, 2) == [("man", 0.0), ("woman", 0.0)]


def test_a_query_that_is_prepared_stays_as_it_is(vectors):
    query = prepare(vectors, "king")
    assert prepare(vectors, query) is query
    assert vectors.nearest(query) == vectors.nearest("king")


def test_analogy(vectors):
    assert vectors.analogy("man", "king", "woman", k=1) == [
        ("queen", pytest.approx(0.9586, abs=1e-4))
    ]
    assert vectors.analogy("man", "king", "woman") == vectors.nearest(
        {"king": 1, "man": -1, "woman": 1}
    )
    assert vectors.analogy("man", "king", "woman", k=1, method="3cosmul")[0][0] == "queen"


@pytest.mark.parametrize(
    ("query", "error", "message"),
    [
        ({}, ConfigError, "the query has no words"),
        ({"king": "x"}, ConfigError, "the weight of 'king' is 'x'"),
        ({"king": np.nan}, ConfigError, "the weight of 'king' is nan"),
        ({"king": 10**400}, ConfigError, "the weight of 'king' is 1000"),
        ({3: 1.0}, ConfigError, "3 is not a word"),
        ({"kin": 1}, NotFoundError, "'kin' is not in the vocabulary: did you mean 'king'"),
        ({"king": 1, "bad": -1}, DataError, "the vector of 'bad' is not finite"),
    ],
)
def test_weights_that_make_no_sense(vectors, query, error, message):
    with pytest.raises(error, match=message):
        vectors.nearest(query)


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"top_vocab": 0}, ConfigError, "top_vocab is 0: give 1 or more"),
        ({"top_vocab": 1.5}, ConfigError, "top_vocab is 1.5: give a whole number"),
        ({"among": []}, ConfigError, "among has no words"),
        ({"among": ["quen"]}, NotFoundError, "'quen' is not in the vocabulary"),
        ({"among": ["queen"], "top_vocab": 2}, ConfigError, "first 2 rows: give a larger"),
    ],
)
def test_restrictions_that_make_no_sense(vectors, settings, error, message):
    for ask in (vectors.nearest, vectors.candidates):
        with pytest.raises(error, match=message):
            ask("king", **settings) if ask == vectors.nearest else ask(**settings)


def test_an_analogy_of_no_such_method(vectors):
    with pytest.raises(ConfigError, match="method is 'mul': give 3cosadd or 3cosmul"):
        vectors.analogy("man", "king", "woman", method="mul")


def test_no_queries(vectors):
    assert vectors.nearest_all([]) == []
