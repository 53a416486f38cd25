from __future__ import annotations

import bz2
import collections
import gzip
import itertools
import random
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2v.errors import DataError, FileError
from w2v.graph import Graph, read_graph
from w2v.graph.edges import read_types


def as_dict(graph):
    """Return links by names, with their weights."""
    sources, targets = graph.links()
    weights = [1.0] * len(targets) if graph.weights is None else graph.weights.tolist()
    names = graph.names
    return {
        (names[u], names[v]): weight
        for u, v, weight in zip(sources.tolist(), targets.tolist(), weights, strict=True)
    }


def both_ways(edges):
    return {pair: weight for (u, v), weight in edges.items() for pair in ((u, v), (v, u))}


@pytest.mark.parametrize(
    "text",
    [
        "a b\nb c\n",
        "a\tb\nb\tc",
        "a,b\nb,c\n",
        "a, b\r\nb ,c\r\n",
        "# x y z\n\n  a   b  \n% 1\nb c\n#",
        "\ufeffa b\nb c\n",
    ],
)
def test_forms_of_a_line(save, text):
    graph = read_graph(save(text))
    assert as_dict(graph) == both_ways({("a", "b"): 1, ("b", "c"): 1})
    assert graph.names == ["b", "a", "c"]
    assert graph.weights is None
    assert graph.edges == 2


def test_weights_directions_loops_and_repetitions(save):
    path = save("a b 1.5\nb a 2e-1\nc c 3\na c 4.\nc c +1\n")
    graph = read_graph(path)
    links = both_ways({("a", "b"): 1.7, ("a", "c"): 4, ("c", "c"): 4})
    assert as_dict(graph) == pytest.approx(links)
    assert (graph.edges, graph.loops) == (3, 1)
    graph = read_graph(path, directed=True)
    assert as_dict(graph) == pytest.approx(
        {("a", "b"): 1.5, ("b", "a"): 0.2, ("c", "c"): 4, ("a", "c"): 4}
    )
    assert graph.edges == 4
    assert read_graph(path, weights=False).weights.tolist() == [2, 1, 1, 2, 2]


def test_equal_weights_are_no_weights(save):
    assert read_graph(save("a b 2\nb c 2\n")).weights is None


def test_unweighted_reading_ignores_what_follows(save):
    graph = read_graph(save("a b x y z\nb c\n"), weights=False)
    assert as_dict(graph) == both_ways({("a", "b"): 1, ("b", "c"): 1})


def test_names_that_are_not_utf8_stay_as_they_are(save):
    graph = read_graph(save(b"\xff b\n" + b"x" * 40 + b" b\n"))
    assert graph.names == ["b", "\udcff", "x" * 40]


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress])
def test_compressed_edges(save, pack):
    assert len(read_graph(save(pack(b"a b\nb c\n"), "edges.packed"))) == 3


def test_several_files(save):
    paths = [save("a b\n", "1.txt"), save("b c", "2.txt")]
    graph = read_graph(paths)
    assert graph.edges == 2
    assert graph.paths == [str(path) for path in paths]
    assert graph.lines == 1 + 1


def test_lone_nodes_come_from_a_list(save):
    graph = read_graph(save("a b\n"), nodes=save("# all\nz\na\n", "nodes.txt"))
    assert graph.names == ["a", "b", "z"]
    assert [graph.names[row] for row in graph.isolated] == ["z"]
    with pytest.raises(DataError, match=r"nodes.txt: line 2: 2 fields"):
        read_graph(save("a b\n"), nodes=save("z\na b\n", "nodes.txt"))


def test_min_count_drops_nodes_with_their_edges(save):
    path = save("a b\nb c\nc a\nc d\n")
    assert sorted(read_graph(path, min_count=2).names) == ["a", "b", "c"]
    assert read_graph(path, max_vocab=2).names == ["c", "a"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a b\n# c\nd\n", "line 3: 'd' stands alone"),
        ("a b\nc d 1\n", "line 2: 3 fields, unlike"),
        ("a b 1 2\n", "line 1: 4 fields"),
        ("a b 1\nc d 0\n", "line 2: the weight '0' is not"),
        ("a b 1\nc d -2\n", "line 2: the weight '-2'"),
        ("a b nan\n", "line 1: the weight 'nan'"),
        ("a b inf\n", "the weight 'inf'"),
        ("a b 1e99\n", "the weight '1e99'"),
        ("a b 1e-99\n", "the weight '1e-99'"),
        ("a b 0x1p3\n", "the weight '0x1p3'"),
        ("a b .\n", "the weight '.'"),
        ("a,,b\n", "line 1: nothing stands before or after a comma"),
        (",a\n", "line 1: nothing stands"),
        ("a,b,\n", "line 1: nothing stands"),
        ("", "no edge"),
        ("# only\n", "no edge"),
        ("a b\0\n", "NUL byte at byte 3"),
        ("a b 3e38\nb a 3e38\n", "add up to infinity"),
    ],
)
def test_broken_lines_are_named(save, text, message):
    with pytest.raises(DataError, match=r"edges\.txt") as error:
        read_graph(save(text))
    assert message in str(error.value)


def test_the_line_is_right_in_later_blocks_and_files(save, monkeypatch):
    monkeypatch.setattr("w2v.graph.edges.BLOCK", 64)
    good = "".join(f"node{k} node{k + 1}\n" for k in range(500))
    first = save(good, "1.txt")
    for threads in (1, 3):
        with pytest.raises(DataError, match=r"2.txt: line 501: 'lone'"):
            read_graph([first, save(good + "lone\n" + good, "2.txt")], threads=threads)
        with pytest.raises(DataError, match=r"3.txt: line 502: 3 fields, unlike"):
            read_graph(save("#\n" + good + "a b 1\n" * 100, "3.txt"), threads=threads)


def test_missing_files_are_told(tmp_path):
    with pytest.raises(FileError, match="nothing"):
        read_graph(tmp_path / "nothing")


@settings(max_examples=60)
@given(
    edges=st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=1, max_size=200),
    block=st.integers(1, 90),
    threads=st.integers(1, 3),
    directed=st.booleans(),
    packed=st.booleans(),
)
def test_blocks_and_threads_do_not_matter(
    tmp_path_factory, edges, block, threads, directed, packed
):
    path = tmp_path_factory.mktemp("edges") / "edges"
    text = "\n".join(f"n{'x' * (u % 3 * 9)}{u} {v}" for u, v in edges).encode()
    path.write_bytes(gzip.compress(text) if packed else text)
    expected = collections.Counter()
    for line in text.decode().split("\n"):
        u, v = line.split()
        expected[u, v] += 1
        if not directed and u != v:
            expected[v, u] += 1
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("w2v.graph.edges.BLOCK", block)
        graph = read_graph(path, threads=threads, directed=directed)
    whole = read_graph(path, directed=directed)
    assert graph.names == whole.names
    assert graph.fingerprint() == whole.fingerprint()
    links = as_dict(graph)
    assert set(links) == set(expected)
    if graph.weights is not None:
        assert links == expected
    for start, end in itertools.pairwise(graph.offsets.tolist()):
        assert np.all(np.diff(graph.neighbors[start:end]) > 0)


def test_weights_are_read_like_python_reads_them(save):
    draw = random.Random(1)
    texts = [f"{draw.lognormvariate(0, 9):.{draw.randrange(1, 17)}g}" for _ in range(400)]
    texts += [f"{draw.random():.{places}f}1" for places in range(20)]
    path = save("".join(f"{k} x {text}\n" for k, text in enumerate(texts)))
    graph = read_graph(path, directed=True)
    links = as_dict(graph)
    for k, text in enumerate(texts):
        assert links[str(k), "x"] == np.float32(float(text)), text


MATRIX = "%%MatrixMarket matrix coordinate {} {}\n% more\n\n{}\n"


def test_matrix_market(save):
    symmetric = MATRIX.format("pattern", "symmetric", "4 4 2") + "2 1\n3 2\n"
    graph = read_graph(save(symmetric))
    assert as_dict(graph) == both_ways({("1", "2"): 1, ("2", "3"): 1})
    assert [graph.names[row] for row in graph.isolated] == ["4"]
    general = MATRIX.format("real", "general", "3 3 3") + "1 2 5\n2 1 5\n3 2 1\n"
    graph = read_graph(save(gzip.compress(general.encode())), directed=True)
    assert as_dict(graph) == {("1", "2"): 5, ("2", "1"): 5, ("3", "2"): 1}
    with pytest.raises(DataError, match="not symmetric: say --directed"):
        read_graph(save(general))
    full = MATRIX.format("integer", "general", "2 2 2") + "1 2 5\n2 1 5\n"
    assert as_dict(read_graph(save(full))) == both_ways({("1", "2"): 1})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("%%MatrixMarket matrix array real general\n2 2\n", "line 1: give a MatrixMarket"),
        (MATRIX.format("complex", "general", "2 2 1") + "1 2 0 1\n", "not complex general"),
        (MATRIX.format("real", "skew-symmetric", "2 2 1") + "1 2 1\n", "not real skew-symmetric"),
        (MATRIX.format("pattern", "general", "2 3 1") + "1 2\n", "line 4: 2 rows and 3 columns"),
        (MATRIX.format("pattern", "general", "2 x 1") + "1 2\n", "line 4: rows, columns"),
        (MATRIX.format("pattern", "symmetric", "3 3 5") + "1 2\n", "head says 5"),
        (MATRIX.format("pattern", "symmetric", "3 3 1") + "1 7\n", "lie outside"),
        (
            MATRIX.format("pattern", "symmetric", "2147483648 2147483648 1") + "1 2\n",
            "2,147,483,648 nodes",
        ),
        (MATRIX.format("real", "symmetric", "3 3 1") + "1 2\n3\n", "line 6: '3' stands alone"),
    ],
)
def test_broken_matrices(save, text, message):
    with pytest.raises(DataError, match=r"edges\.txt") as error:
        read_graph(save(text))
    assert message in str(error.value)


def save_csr(path, matrix, **changes):
    """Write what scipy.sparse.save_npz writes."""
    rows, columns = np.nonzero(matrix)
    arrays = {
        "format": np.array(b"csr"),
        "shape": np.array(matrix.shape),
        "indptr": np.searchsorted(rows, np.arange(len(matrix) + 1)).astype(np.int32),
        "indices": columns.astype(np.int32),
        "data": matrix[rows, columns],
    }
    np.savez_compressed(path, **{**arrays, **changes})
    return path


def test_sparse_matrices(tmp_path):
    matrix = np.array([[0, 2, 0, 0], [2, 0, 1, 0], [0, 1, 1, 0], [0, 0, 0, 0]], np.float64)
    path = save_csr(tmp_path / "links.npz", matrix)
    links = {("0", "1"): 2, ("1", "0"): 2, ("1", "2"): 1, ("2", "1"): 1, ("2", "2"): 1}
    graph = read_graph(path)
    assert as_dict(graph) == links
    assert [graph.names[row] for row in graph.isolated] == ["3"]
    assert as_dict(read_graph(path, directed=True)) == links
    matrix[3, 0] = 1
    save_csr(path, matrix)
    with pytest.raises(DataError, match="not symmetric"):
        read_graph(path)
    save_csr(path, matrix, format=np.array(b"csc"))
    with pytest.raises(DataError, match="not symmetric"):
        read_graph(path)
    assert ("0", "3") in as_dict(read_graph(path, directed=True))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"format": np.array(b"coo")}, "form 'coo'"),
        ({"shape": np.array([2, 3])}, "its shape is 2 x 3: links between nodes are a square"),
        ({"shape": np.array(7)}, "its shape is 7: links"),
        ({"indices": np.array([1, 9], np.int32)}, "contradict"),
        ({"indptr": np.array([0, 3, 2], np.int32)}, "contradict"),
        ({"data": np.array([1, -1])}, "positive and finite"),
        ({"data": np.array([1, None], object)}, "no sparse matrix"),
    ],
)
def test_broken_sparse_matrices(tmp_path, changes, message):
    path = save_csr(tmp_path / "links.npz", np.array([[0, 1], [1, 0]]), **changes)
    with pytest.raises(DataError, match=r"links\.npz") as error:
        read_graph(path)
    assert message in str(error.value)


def test_types_are_read(save):
    assert read_types(save("a,A\nb,B\na,A\n")) == {"a": "A", "b": "B"}
    with pytest.raises(DataError, match="node a is of type A and of type B"):
        read_types(save("a A\na B\n"))
    with pytest.raises(DataError, match="three fields"):
        read_types(save("a A 1\n"))
    with pytest.raises(DataError, match="line 2: 3 fields: give a node and its type"):
        read_types(save("a A\nb B C\n"))
    with pytest.raises(DataError, match="line 1: 3 fields: give a node and its type"):
        read_types(save("a A B\n"))
    with pytest.raises(DataError, match="line 1: 'a' stands alone: give a node and its type"):
        read_types(save("a\n"))


def test_types_go_with_names_in_lower_case(save):
    assert read_types(save("ANN Author\nann Author\n"), lowercase=True) == {"ann": "Author"}
    with pytest.raises(DataError, match="node ann is of type Author and of type Paper"):
        read_types(save("ANN Author\nann Paper\n"), lowercase=True)


# A triangle with a tail, and a node without edges.
TAILED = [(1, 2), (2, 3), (3, 1), (3, 4)]


@pytest.mark.parametrize("form", ["list", "symmetric", "general", "npz"])
@pytest.mark.parametrize(("min_count", "nodes"), [(2, "123"), (3, "3"), (4, "")])
def test_every_form_of_a_graph_counts_an_edge_once(save, tmp_path, form, min_count, nodes):
    matrix = np.zeros((5, 5))
    for u, v in TAILED:
        matrix[u - 1, v - 1] = matrix[v - 1, u - 1] = 1
    lines = "".join(f"{u} {v}\n" for u, v in TAILED)
    both = lines + "".join(f"{v} {u}\n" for u, v in TAILED)
    if form == "npz":
        path, names = (
            save_csr(tmp_path / "links.npz", matrix),
            "".join("01234"[int(n) - 1] for n in nodes),
        )
    else:
        head = {"list": "", "symmetric": "5 5 4", "general": "5 5 8"}[form]
        head = head and MATRIX.format("pattern", form, head)
        path, names = save(head + (both if form == "general" else lines)), nodes
    if len(nodes) < 2:
        with pytest.raises(DataError, match="the graph has no edge"):
            read_graph(path, min_count=min_count)
    else:
        assert sorted(read_graph(path, min_count=min_count).names) == list(names)


def test_every_form_of_a_directed_graph_counts_a_link_once(save, tmp_path):
    lines = "1 2\n2 3\n3 1\n3 4\n"
    matrix = np.zeros((4, 4))
    matrix[[0, 1, 2, 2], [1, 2, 0, 3]] = 1
    general = MATRIX.format("pattern", "general", "4 4 4") + lines
    for path in (save(lines, "a"), save(general, "b"), save_csr(tmp_path / "c.npz", matrix)):
        assert len(read_graph(path, min_count=2, directed=True)) == 3


@pytest.mark.parametrize("weight", ["1e39", "1e-60", "c", "-1"])
def test_weights_outside_of_float32_are_told_from_none(save, weight):
    with pytest.raises(DataError, match=r"weight '.*' is not a positive, finite .*3\.4e38"):
        read_graph(save(f"a b {weight}\n"))


@pytest.mark.parametrize("weight", [1e300, 1e-300])
def test_weights_of_matrices_outside_of_float32(tmp_path, weight):
    path = save_csr(tmp_path / "links.npz", np.array([[0, weight], [weight, 0]]))
    with pytest.raises(DataError, match=rf"weight 0 .* is {re.escape(f'{weight:g}')}: .*finite"):
        read_graph(path)
    with pytest.raises(DataError, match=rf"weight 0 .* is {re.escape(f'{weight:g}')}"):
        Graph.from_edges([(0, 1)], [weight])


def test_a_truncated_matrix_is_told(tmp_path):
    path = save_csr(tmp_path / "links.npz", np.array([[0.0, 1], [1, 0]]))
    path.write_bytes(path.read_bytes()[:300])
    with pytest.raises(
        DataError, match=r"links\.npz: no sparse matrix that scipy wrote, or damaged"
    ):
        read_graph(path)


@pytest.mark.parametrize("paths", [5, None, [5], {"a": 1}])
def test_what_is_no_path(paths):
    with pytest.raises(DataError, match="no path and no list of paths"):
        read_graph(paths)


class FakeGraph:
    """As much of a networkx graph as is needed."""

    def __init__(self, edges, directed=False):
        self._edges, self._directed = edges, directed
        nodes = dict.fromkeys(node for u, v, _ in edges for node in (u, v))
        self.nodes = list(nodes)
        self.degree = collections.Counter(node for u, v, _ in edges for node in (u, v))

    def is_directed(self):
        return self._directed

    def edges(self, data=None, default=None):
        if data is None:
            return [(u, v) for u, v, _ in self._edges]
        return [(u, v, attributes.get(data, default)) for u, v, attributes in self._edges]


def test_networkx_graphs():
    edges = [("a", 7, {"weight": 2.5}), (7, "c", {})]
    graph = Graph.from_networkx(FakeGraph(edges))
    assert as_dict(graph) == both_ways({("a", "7"): 2.5, ("7", "c"): 1})
    assert graph.names[0] == "7"
    assert Graph.from_networkx(FakeGraph(edges), weight=None).weights is None
    directed = Graph.from_networkx(FakeGraph(edges, directed=True))
    assert set(as_dict(directed)) == {("a", "7"), ("7", "c")}
    with pytest.raises(DataError, match="same name"):
        Graph.from_networkx(FakeGraph([(7, "7", {})]))


@pytest.mark.parametrize(
    ("edges", "extra", "message"),
    [
        ([(0, 3)], {"names": ["a", "b"]}, "not among the 2 nodes"),
        ([(-1, 0)], {}, "not among"),
        ([], {}, "no edge"),
        ([(0, 1)], {"weights": [0.0]}, "weight 0"),
        ([(0, 1)], {"weights": [1.0, 1.0]}, "1 edges and 2 weights"),
        ([(0, 2**31 - 1)], {}, "give at most"),
    ],
)
def test_impossible_edges_are_refused(edges, extra, message):
    with pytest.raises(DataError, match=message):
        Graph.from_edges(edges, **extra)
