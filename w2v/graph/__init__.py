"""From edges to walks, which are to nodes what text is to words."""

from w2v.graph.edges import read_graph
from w2v.graph.graph import Graph
from w2v.graph.walks import Walks

__all__ = ["Graph", "Walks", "read_graph"]
