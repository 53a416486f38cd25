"""Word vectors from text: fast to train, pleasant to query.

``w2v.train("corpus.txt")`` returns a `Model`; its ``vectors`` answer
``vectors["king"]``, ``"king" in vectors`` and ``vectors.nearest("king")``.
"""

# As typing has it, whose import takes longer than all of this file: time in which Ctrl-C is not
# yet ours to answer.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from w2v.config import Config, GraphConfig
    from w2v.errors import W2VError
    from w2v.evaluation import evaluate
    from w2v.formats import load, save
    from w2v.graph import Graph, read_graph
    from w2v.text import Corpus, Vocab
    from w2v.training import Model, Start, resume, train
    from w2v.vectors import Vectors

__version__ = "0.1.0"  # pyproject.toml reads it here

__all__ = [
    "Config",
    "Corpus",
    "Graph",
    "GraphConfig",
    "Model",
    "Start",
    "Vectors",
    "Vocab",
    "W2VError",
    "__version__",
    "evaluate",
    "load",
    "read_graph",
    "resume",
    "save",
    "train",
]

_HOMES = {
    "Config": "w2v.config",
    "Corpus": "w2v.text",
    "Graph": "w2v.graph",
    "GraphConfig": "w2v.config",
    "Model": "w2v.training",
    "Start": "w2v.training",
    "Vectors": "w2v.vectors",
    "Vocab": "w2v.text",
    "W2VError": "w2v.errors",
    "evaluate": "w2v.evaluation",
    "load": "w2v.formats",
    "read_graph": "w2v.graph",
    "resume": "w2v.training",
    "save": "w2v.formats",
    "train": "w2v.training",
}

if not TYPE_CHECKING:

    def __getattr__(name):
        """Import a public name when it is first asked for: ``w2v --help`` needs none of them."""
        if name not in _HOMES:
            raise AttributeError(f"module 'w2v' has no attribute {name!r}")
        from importlib import import_module

        value = globals()[name] = getattr(import_module(_HOMES[name]), name)
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
