"""Matrices of links: scipy.sparse's .npz files, read with numpy alone."""

from __future__ import annotations

import dataclasses
import io
import math
import os
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2v.errors import DataError, FileError
from w2v.graph.graph import MAX_NODES, Graph, build, checked_weights
from w2v.text.vocab import falling_order

ZIP = b"PK\x03\x04"
MEMBERS = ("format.npy", "shape.npy", "indptr.npy", "indices.npy", "data.npy")


def is_sparse(path: str | os.PathLike[str]) -> bool:
    """Tell whether a file is a zip archive with the arrays of a sparse matrix, or meant to be."""
    try:
        with Path(path).open("rb") as file:
            return file.read(len(ZIP)) == ZIP and (
                Path(path).suffix == ".npz"
                or (
                    zipfile.is_zipfile(file)
                    and {"indptr.npy", "indices.npy"} <= set(zipfile.ZipFile(file).namelist())
                )
            )
    except (OSError, zipfile.BadZipFile):
        return False  # what else it is, or why it cannot be read, is found out elsewhere


def read_sparse(
    path: str | os.PathLike[str],
    *,
    directed: bool,
    weights: bool,
    min_count: int,
    max_vocab: int | None,
) -> Graph:
    """Read the graph whose matrix of links ``scipy.sparse.save_npz`` wrote.

    Nodes are named 0, 1, ...; those with more links come first. Settings are those of
    `w2v.graph.edges.read_graph`.

    Raises
    ------
    FileError
        The file cannot be read.
    DataError
        It is damaged, in another form than CSR or CSC, not square, or not symmetric though the
        graph is undirected.
    """
    name = os.fspath(path)
    sources, targets, given, nodes = _entries(name)
    stored = given != 0  # scipy may hold zeros, which are no links
    sources, targets, given = sources[stored], targets[stored], given[stored]
    counts = np.bincount(sources, minlength=nodes) + np.bincount(targets, minlength=nodes)
    order = falling_order(counts, np.arange(nodes))
    if min_count > 1:  # an undirected edge is stored both ways
        order = order[counts[order] >= min_count * (1 if directed else 2)]
    order = order[:max_vocab]
    rows = np.full(max(1, nodes), -1, np.int32)
    rows[order] = np.arange(len(order), dtype=np.int32)
    pairs = np.stack([sources, targets], axis=1).astype(np.int32).reshape(-1)
    try:
        part = (pairs, checked_weights(given) if weights else None, rows)
        graph = build(
            [part],
            [str(row) for row in order.tolist()],
            directed=True,
            paths=[name],
            bytes=Path(name).stat().st_size,
        )
    except DataError as error:
        raise DataError(f"{name}: {error}") from error
    return graph if directed else undirected(graph, name)


def undirected(graph: Graph, name: str) -> Graph:
    """Return a graph of links that all go both ways, made of a matrix, as an undirected one.

    Raises
    ------
    DataError
        The matrix is not symmetric.
    """
    sources, targets = graph.links()
    mirrored = np.argsort(targets, kind="stable")
    same = np.array_equal(targets[mirrored], sources) and np.array_equal(sources[mirrored], targets)
    if not same or (
        graph.weights is not None and not np.array_equal(graph.weights[mirrored], graph.weights)
    ):
        raise DataError(f"{name}: the matrix is not symmetric: say --directed")
    return dataclasses.replace(graph, directed=False)


def _entries(
    name: str,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], int]:
    """Return the rows, columns and values of a matrix, and how many rows it has."""
    try:
        with zipfile.ZipFile(name) as archive:
            form, shape, starts, indices, data = (_member(archive, key) for key in MEMBERS)
        kind = str(form.astype(str).item())
    except OSError as error:
        raise FileError(f"{name}: cannot be read: {error.strerror or error}") from error
    except MemoryError:
        raise
    except Exception as error:  # those of zipfile, what it unpacks with, and numpy are many
        detail = " ".join(str(error).split())
        raise DataError(
            f"{name}: no sparse matrix that scipy wrote, or damaged: {detail:.200}"
        ) from error
    if kind not in ("csr", "csc"):
        raise DataError(f"{name}: a sparse matrix of form {kind!r:.20}: save it as csr")
    whole = all(array.dtype.kind in "iu" for array in (shape, starts, indices))
    if shape.shape != (2,) or not whole or shape[0] != shape[1] or not 0 < shape[0] <= MAX_NODES:
        raise DataError(
            f"{name}: its shape is {' x '.join(map(str, shape.reshape(-1).tolist())):.60}: links "
            f"between nodes are a square matrix of at most {MAX_NODES:,} rows"
        )
    nodes = int(shape[0])
    if not (
        starts.shape == (nodes + 1,)
        and indices.ndim == 1
        and indices.shape == data.shape
        and data.dtype.kind in "biuf"
        and starts[0] == 0
        and starts[-1] == len(indices)
        and np.all(starts[1:] >= starts[:-1])  # differences could overflow
        and np.all((indices >= 0) & (indices < nodes))
    ):
        raise DataError(f"{name}: the arrays of the sparse matrix contradict each other")
    ends: NDArray[np.int64] = starts.astype(np.int64)
    outer = np.repeat(np.arange(nodes), ends[1:] - ends[:-1])
    inner = indices.astype(np.int64)
    values = data.astype(np.float64)
    return (outer, inner, values, nodes) if kind == "csr" else (inner, outer, values, nodes)


def _member(archive: zipfile.ZipFile, name: str) -> NDArray[Any]:
    """Read an array; one that is said to be larger than its member takes no memory."""
    data = archive.read(name)
    file = io.BytesIO(data)
    header = np.lib.format
    version = header.read_magic(file)
    read = header.read_array_header_1_0 if version == (1, 0) else header.read_array_header_2_0
    shape, _, dtype = read(file)
    return np.frombuffer(data, dtype, math.prod(shape), file.tell()).reshape(shape)
