"""The compiled part of reading edges: lines cut into names and weights, names numbered."""

from libc.stdint cimport int32_t, int64_t

from w2v.text._scan cimport Scanner, Table

import numpy as np

from w2v.errors import DataError

cdef extern from "edges.h" nogil:
    enum:
        MAX_NODES "INT32_MAX"
        LINES_EDGES
        LINES_UNWEIGHTED
        LINES_NODES
        EDGES_NO_MEMORY
        EDGES_ONE_NAME
        EDGES_TOO_MANY
        EDGES_RAGGED
        EDGES_COMMA
        EDGES_WEIGHT
    ctypedef struct ScannedEdges:
        int64_t edges
        int64_t lines
        int64_t comments
        int64_t columns
        int64_t first_line
        int64_t stopped_line
        int64_t stopped_at
        int64_t stopped_size
        int64_t fields
    int scan_edges(
        Table *table, char *text, size_t size, int lines, int skip, int32_t *out,
        float *weights, ScannedEdges *result
    )

BANNER = b"%%MatrixMarket"

# Most of a field that a message repeats.
EXCERPT = 40

_LINES = {
    "edges": LINES_EDGES, "types": LINES_EDGES, "unweighted": LINES_UNWEIGHTED, "nodes": LINES_NODES
}


cdef class EdgeScanner(Scanner):
    """One thread's table of names: numbers the nodes of blocks of edges.

    A block's scan is an `EdgeBlock`.

    Parameters
    ----------
    block : int
        Bytes of text in a usual block; longer ones are taken too.
    lines : {"edges", "types", "unweighted", "nodes"}
        Whether a line is two names and perhaps a weight, a name and its type, two names and
        anything, or one name.
    """

    cdef int lines
    cdef bint types
    cdef object weights         # ndarray of float32: what scanning a block wrote
    cdef float[::1] weights_view

    def __cinit__(self, int64_t block=1 << 16, str lines="edges", *_rest):
        self.by_line = True
        self.weights = None
        self.use(lines)

    def use(self, str lines):
        """Take the lines of the blocks to come for what `lines` says."""
        self.lines = _LINES[lines]
        self.types = lines == "types"

    cdef object scan(self, int64_t at, int64_t size, str name, int64_t offset):
        cdef ScannedEdges result
        cdef char *text = self.text + at
        cdef int fault, skip = 0
        if self.numbers is None or self.numbers_view.shape[0] < self.room // 2 + 2:
            self.numbers = np.empty(self.room // 2 + 2, np.int32)
            self.numbers_view = self.numbers
            self.weights = np.empty(self.room // 4 + 2, np.float32)
            self.weights_view = self.weights
        banner = b""
        # The text begins after a byte order mark at most.
        if offset <= 3 and size > len(BANNER) and text[: len(BANNER)] == BANNER:
            banner = head_of(text[:size])
            skip = 1
        with nogil:
            fault = scan_edges(
                &self.table, text, size, self.lines, skip, &self.numbers_view[0],
                &self.weights_view[0], &result
            )
        if fault == EDGES_NO_MEMORY:
            if self.table.used == MAX_NODES:
                raise DataError(f"{name}: more than {MAX_NODES:,} nodes, the most there can be")
            raise MemoryError
        field = text[result.stopped_at : result.stopped_at + min(result.stopped_size, EXCERPT)]
        return EdgeBlock(self, name, offset, banner, fault, field, _as_dict(&result))


cdef dict _as_dict(ScannedEdges *result):
    return {
        "edges": result.edges,
        "lines": result.lines,
        "comments": result.comments,
        "columns": result.columns,
        "first_line": result.first_line,
        "stopped_line": result.stopped_line,
        "fields": result.fields,
    }


cdef bytes head_of(bytes text):
    """Return the lines up to the first that is no comment, of a text that begins with some."""
    cdef int64_t at = 0
    while at < len(text) and (text[at : at + 1] == b"%" or not text[at : at + 1].strip()):
        at = text.find(b"\n", at) + 1
        if at == 0:
            return text
    at = text.find(b"\n", at)
    return text if at < 0 else text[:at]


class EdgeBlock:
    """What scanning a block of edges or nodes gave.

    Attributes
    ----------
    name, offset : str, int
        The file, and where the block begins in it, in bytes.
    head : bytes
        The banner, comments and line of sizes if a MatrixMarket file begins here, else nothing.
    numbers : ndarray of int32, shape (edges, 2) or (nodes,)
        Of the names; valid until the scanner's next block.
    weights : ndarray of float32, shape (edges,), or None
        As valid.
    lines, comments : int
    columns : int
        Fields of its lines; 0 if there are only comments.
    first_line : int
        The first line that is no comment, counted from 0.
    fault : str or None
        What is wrong with a line.
    stopped_line : int
        Which one, counted from 0.
    """

    def __init__(self, EdgeScanner scanner, name, offset, head, fault, field, result):
        self.name, self.offset, self.head = name, offset, head
        self.lines, self.comments = result["lines"], result["comments"]
        self.columns, self.first_line = result["columns"], result["first_line"]
        self.stopped_line = result["stopped_line"]
        self.fault = None
        edges, fields = result["edges"], result["fields"]
        nodes = scanner.lines == LINES_NODES
        self.numbers = scanner.numbers[: edges if nodes else 2 * edges]
        self.weights = scanner.weights[:edges] if self.columns == 3 and not nodes else None
        shown = repr(field.decode("utf-8", "replace"))
        if fault == EDGES_COMMA:
            self.fault = "nothing stands before or after a comma"
        elif fault and scanner.types:
            self.fault = f"{fields} fields: give a node and its type" if fields != 1 else (
                f"{shown} stands alone: give a node and its type"
            )
        elif fault == EDGES_ONE_NAME:
            self.fault = f"{shown} stands alone: an edge is two names (--nodes takes lone ones)"
        elif fault == EDGES_TOO_MANY and nodes:
            self.fault = f"{fields} fields: a list of nodes has one name a line"
        elif fault == EDGES_TOO_MANY:
            self.fault = (
                f"{fields} fields: give two names and at most a weight, or --no-weights"
            )
        elif fault == EDGES_RAGGED:
            self.fault = f"{fields} fields, unlike the lines before"
        elif fault == EDGES_WEIGHT:
            self.fault = (
                f"the weight {shown} is not a positive, finite number that float32 can hold "
                "(1.4e-45 to 3.4e38)"
            )
