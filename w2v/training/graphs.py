"""The graph of a run in its checkpoint: kept as it is, so that no file of edges is needed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from w2v.config import GraphConfig
from w2v.graph import Walks
from w2v.graph.graph import checked_graph
from w2v.training.epochs import LONGEST_CHUNK
from w2v.training.facts import Facts, text, truth, whole
from w2v.training.pieces import Content, array_content, text_content

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from w2v.text.vocab import Vocab

SLACK = 64 << 20
NUMBERS = ("bytes", "lines", "comments", "links")


def graph_contents(walks: Walks) -> dict[str, Content]:
    """Return the files that keep a graph; the names of its nodes are those of the words."""
    graph = walks.graph
    contents = {
        "graph_offsets": array_content(graph.offsets),
        "graph_neighbors": array_content(graph.neighbors),
    }
    if graph.weights is not None:
        contents["graph_weights"] = array_content(graph.weights)
    if walks.types is not None:
        lines = "".join(f"{walks.types.get(name, '')}\n" for name in graph.names)
        contents["graph_types"] = text_content(lines.encode("utf-8", "surrogateescape"))
    return contents


def graph_facts(walks: Walks) -> Facts:
    """Return what else is to be known of a graph: plain values."""
    graph = walks.graph
    return {
        "paths": [str(Path(path).absolute()) for path in graph.paths],
        "directed": graph.directed,
        "weighted": graph.weights is not None,
        "typed": walks.types is not None,
        **{name: getattr(graph, name) for name in NUMBERS if name != "links"},
        "links": len(graph.neighbors),
    }


def kept_walks(
    facts: Facts,
    array: Callable[[str, str, tuple[int, ...]], NDArray[np.generic]],
    lines: Callable[[str], list[str]],
    vocab: Vocab,
    config: GraphConfig,
) -> Walks:
    """Return the walks of a graph out of a checkpoint.

    Parameters
    ----------
    facts : dict
        From `graph_facts`; may hold anything.
    array, lines : callable
        Read a file by name: an array by dtype and shape, or lines.
    vocab : Vocab
        Of the checkpoint.
    config : GraphConfig

    Raises
    ------
    ValueError, KeyError, TypeError
        It is damaged.
    DataError
        The same, or its links are none that walks can go along.
    """
    numbers = {name: whole(facts[name]) for name in NUMBERS}
    links = numbers.pop("links")
    _check_room(len(vocab), links, config)
    types = None
    if truth(facts["typed"]):
        kinds = lines("graph_types")
        types = {name: kind for name, kind in zip(vocab.words, kinds, strict=True) if kind}
    graph = checked_graph(
        vocab.words,
        array("graph_offsets", "<i8", (len(vocab) + 1,)),
        array("graph_neighbors", "<i4", (links,)),
        array("graph_weights", "<f4", (links,)) if truth(facts["weighted"]) else None,
        directed=truth(facts["directed"]),
        paths=[text(path) for path in facts["paths"]],
        **numbers,
    )
    return Walks(graph, config, types, counts=vocab.counts)


def _check_room(nodes: int, links: int, config: GraphConfig) -> None:
    """Refuse settings that take more memory than twenty times what such a checkpoint has.

    Links are sorted by type for each node, and an epoch is cut into a list of chunks.
    """
    kinds = 1 if config.metapath is None else len(set(config.metapath.split("-")))
    chunks = nodes * config.walks // max(1, LONGEST_CHUNK // (config.length + 1))
    kept = nodes * (16 + 8 * config.dim) + 4 * links
    if 2 * 8 * nodes * kinds + 40 * chunks > SLACK + 20 * kept:
        raise ValueError("so many types, or such walks, are not those of this graph")
