import pytest

from benchmarks import neighbors

OURS = [("queen", 0.9), ("prince", 0.8), ("duke", 0.7)]


def test_output_of_the_distance_program_is_read():
    output = (
        "Enter word or sentence (EXIT to break): \nWord: king  Position in vocabulary: 225\n\n"
        "        Word       Cosine distance\n--------\n"
        "      emperor\t\t0.829518\n         tsar\t\t-0.027444\n"
    )
    assert neighbors.parse_distance(output) == [("emperor", 0.829518), ("tsar", -0.027444)]


@pytest.mark.parametrize(
    "theirs",
    [
        OURS,
        [("queen", 0.90003), ("prince", 0.79998), ("duke", 0.7)],
        [("queen", 0.9), ("prince", 0.8), ("earl", 0.70004)],
    ],
)
def test_equal_neighbors_up_to_rounding_and_ties_agree(theirs):
    assert neighbors.compare(OURS, theirs) is None


def test_words_with_nearly_equal_cosines_may_change_places():
    ours = [("queen", 0.9), ("prince", 0.89999)]
    assert neighbors.compare(ours, [("prince", 0.9), ("queen", 0.89999)]) is None


@pytest.mark.parametrize(
    ("theirs", "message"),
    [
        (OURS[:2], "3 neighbors by w2v, 2 by the peer"),
        ([("queen", 0.91), *OURS[1:]], "place 1: cosine"),
        ([("empress", 0.9), *OURS[1:]], "place 1: queen"),
        ([OURS[0], ("duke", 0.8), ("prince", 0.7)], "place 2: prince"),
    ],
)
def test_different_neighbors_are_told_apart(theirs, message):
    assert neighbors.compare(OURS, theirs).startswith(message)
