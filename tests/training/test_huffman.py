from __future__ import annotations

import heapq
import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from w2v.training.huffman import TOP_NODES, copied_nodes, huffman_tree

falling_counts = st.lists(st.integers(1, 10**9), min_size=2, max_size=60).map(
    lambda counts: np.array(sorted(counts, reverse=True), np.int64)
)


def heap_cost(counts):
    """The sum of count times code length by the textbook: merge the two smallest, add up."""
    heap = [int(count) for count in counts]
    heapq.heapify(heap)
    cost = 0
    while len(heap) > 1:
        merged = heapq.heappop(heap) + heapq.heappop(heap)
        cost += merged
        heapq.heappush(heap, merged)
    return cost


def codes(tree):
    """Each word's code: the sides along its path, as a string."""
    _, _, sides = tree.paths(np.arange(len(tree.lengths)))
    return [
        "".join("01"[int(side)] for side in part) for part in np.split(sides, tree.path_start[1:-1])
    ]


@given(falling_counts)
def test_codes_are_prefix_free_and_leave_no_room(counts):
    found = sorted(codes(huffman_tree(counts)))
    assert all(not b.startswith(a) for a, b in itertools.pairwise(found))
    assert sum(2 ** -len(code) for code in found) == 1


@given(falling_counts)
def test_codes_are_optimal(counts):
    assert int(huffman_tree(counts).lengths @ counts) == heap_cost(counts)


@given(falling_counts)
def test_a_node_is_met_by_the_words_below_it_and_first_the_root(counts):
    tree = huffman_tree(counts)
    place, nodes, sides = tree.paths(np.arange(len(counts)))
    assert (nodes[tree.path_start[:-1]] == 0).all()
    met = np.bincount(nodes, counts[place], minlength=len(counts) - 1)
    assert (np.diff(met) <= 0).all(), "nodes are numbered by falling count"
    for node in range(len(counts) - 1):
        both = {bool(side) for side in sides[nodes == node]}
        assert both == {True, False}
    inside = np.diff(nodes)[np.diff(place) == 0]
    assert (inside > 0).all(), "numbers rise along a path"


def test_codes_of_sixty_and_more_do_not_overflow():
    """Fibonacci's numbers make the deepest tree: one node for each word."""
    counts = [1, 1]
    while len(counts) < 85:
        counts.append(counts[-1] + counts[-2])
    tree = huffman_tree(np.array(counts[::-1], np.int64))
    assert tree.lengths.max() == 84
    assert int(tree.lengths.astype(object) @ np.array(counts[::-1], object)) == heap_cost(counts)
    assert tree.lengths.tolist() == [*range(1, 84), 84, 84]


def test_equal_counts_are_parted_by_row_and_codes_kept_short():
    first, second = (huffman_tree(np.array([4, 2, 2, 1, 1, 1, 1])) for _ in range(2))
    assert first.path.tolist() == second.path.tolist()
    assert huffman_tree(np.ones(64, np.int64)).lengths.tolist() == [6] * 64
    # the same cost as 1, 2, 3, 4, 4, but even
    assert huffman_tree(np.array([4, 2, 2, 1, 1])).lengths.tolist() == [2, 2, 2, 3, 3]


def test_two_words():
    tree = huffman_tree(np.array([5, 3]))
    assert sorted(tree.path.tolist()) == [-1, 0]
    assert tree.path_start.tolist() == [0, 1, 2]


def test_paths_of_some_words_in_any_order():
    tree = huffman_tree(np.array([9, 7, 4, 2, 2, 1]))
    place, nodes, sides = tree.paths(np.array([5, 0, 5]))
    for k, word in enumerate([5, 0, 5]):
        steps = tree.path[tree.path_start[word] : tree.path_start[word + 1]]
        here = np.where(sides, nodes, ~nodes)[place == k]
        assert here.tolist() == steps.tolist()


@pytest.mark.parametrize(
    ("words", "block_length", "copied"),
    [(2, 128, 1), (17, 1, 16), (10**6, 1, TOP_NODES), (10**6, 128, 64), (10**6, 4096, 256)],
)
def test_nodes_that_workers_copy(words, block_length, copied):
    assert copied_nodes(words, block_length) == copied
