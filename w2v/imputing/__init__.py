"""Labels and numbers of the nodes that have none, from the vectors of those that have."""

from w2v.imputing.filling import (
    METHODS,
    Filled,
    Imputed,
    Imputing,
    Score,
    impute_labels,
    impute_numbers,
)

__all__ = [
    "METHODS",
    "Filled",
    "Imputed",
    "Imputing",
    "Score",
    "impute_labels",
    "impute_numbers",
]
