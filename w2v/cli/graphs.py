"""What commands about graphs have in common: files of nodes, edges read with progress."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from w2v.cli.options import F, option
from w2v.cli.progress import Reporter, human_bytes
from w2v.cli.streams import Notes, some
from w2v.errors import ConfigError

if TYPE_CHECKING:
    from w2v.config import GraphConfig
    from w2v.graph import Graph, Walks


def graph_files() -> Callable[[F], F]:
    """Add ``--nodes`` and ``--types``."""

    def decorate(function: F) -> F:
        function = option(
            "--types",
            group="Graphs",
            metavar="FILE",
            help="The type of each node, for --metapath: a node and its type on each line.",
        )(function)
        return option(
            "--nodes",
            group="Graphs",
            metavar="FILE",
            help="A list of nodes, one a line, that get a row even if no edge names them.",
        )(function)

    return decorate


def read_edges(
    edges: Sequence[str], config: GraphConfig, notes: Notes, *, nodes: str | None
) -> Graph:
    """Read a graph, showing how far it is, and say what was found."""
    from w2v.graph import read_graph
    from w2v.training.progress import Progress

    with Reporter(notes) as reporter:

        def listen(done: int, total: int | None) -> None:
            reporter(Progress(phase="text", done=done, total=total))

        graph = read_graph(
            list(edges),
            directed=config.directed,
            weights=config.weights,
            nodes=nodes,
            min_count=config.min_count,
            max_vocab=config.max_vocab,
            lowercase=config.lowercase,
            threads=config.threads,
            progress=listen,
        )
    for line in described(graph):
        notes.line(line)
    return graph


def described(graph: Graph) -> list[str]:
    """Return lines about a graph that has been read."""
    parts = [some(len(graph), "nodes"), some(graph.edges, "edges")]
    if graph.loops:
        parts.append(f"{graph.loops:,} from a node to itself")
    if graph.comments:
        parts.append(some(graph.comments, "comments"))
    kind = "directed, " if graph.directed else ""
    kind += "weighted, " if graph.weights is not None else ""
    lines = [f"graph: {human_bytes(graph.bytes)}, {kind}{', '.join(parts)}, {graph.seconds:.1f} s"]
    isolated = graph.isolated
    if len(isolated):
        shown = ", ".join(graph.names[row] for row in isolated[:3].tolist())
        more = ", ..." if len(isolated) > 3 else ""
        have, them = ("has", "it") if len(isolated) == 1 else ("have", "them")
        lines.append(
            f"{some(len(isolated), 'nodes')} {have} no edge ({shown}{more}): "
            f"nothing is learned about {them}"
        )
    return lines


def read_walks(
    edges: Sequence[str],
    config: GraphConfig,
    notes: Notes,
    *,
    nodes: str | None,
    types: str | None,
) -> Walks:
    """Read a graph and prepare to walk on it."""
    from w2v.graph import Walks
    from w2v.graph.edges import read_types

    if types is not None and config.metapath is None:
        raise ConfigError("--types is for walks along types of nodes: add --metapath")
    of_node = None if types is None else read_types(types, lowercase=config.lowercase)
    graph = read_edges(edges, config, notes, nodes=nodes)
    return Walks(graph, config, of_node, files={"nodes": nodes, "types": types})


def settings_given(context: Any, names: Sequence[str]) -> list[str]:
    """Return those of `names` whose options were given on the command line."""
    from click.core import ParameterSource

    return [
        name for name in names if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    ]
