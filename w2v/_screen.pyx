"""The compiled search for rows that may be among the nearest, without the GIL."""

from libc.math cimport INFINITY
from libc.stdint cimport int32_t

import numpy as np

cdef extern from "kernels/screen.h" nogil:
    enum: PANEL
    enum: BLOCK_ROWS
    ctypedef struct CScreen "Screen":
        Py_ssize_t panels
        Py_ssize_t dim
        float *thresholds
    ctypedef struct Hits:
        int32_t *rows
        int32_t *questions
        Py_ssize_t n
        Py_ssize_t room
    int screen_runs_here()
    int screen_init(CScreen *screen, const float *questions, Py_ssize_t n, Py_ssize_t dim)
    void screen_free(CScreen *screen)
    Py_ssize_t screen_rows(
        CScreen *screen, const float *matrix, const float *scales, Py_ssize_t n, Hits *hits
    )


def runs_here():
    """Return whether this processor, and the compiler that built w2v, know bf16 products."""
    return bool(screen_runs_here())


cdef class Screen:
    """Some questions, compared with rows by products of bf16 numbers.

    Parameters
    ----------
    questions : ndarray of float32, shape (m, dim)
        Vectors of length 1 or 0.
    hits : int
        How many hits to expect of a call of `reached`; some more fit.
    """

    cdef CScreen screen
    cdef Py_ssize_t questions
    cdef Hits hits
    cdef object row_hits, question_hits

    def __cinit__(self, const float[:, ::1] questions, Py_ssize_t hits):
        cdef int32_t[::1] view
        self.questions = questions.shape[0]
        if not screen_runs_here():
            raise RuntimeError("no bf16 products here")
        if screen_init(&self.screen, &questions[0, 0], self.questions, questions.shape[1]) != 0:
            raise MemoryError
        self.hits.room = hits + BLOCK_ROWS * PANEL * self.screen.panels
        self.row_hits = np.empty(self.hits.room, np.int32)
        self.question_hits = np.empty(self.hits.room, np.int32)
        view = self.row_hits
        self.hits.rows = &view[0]
        view = self.question_hits
        self.hits.questions = &view[0]

    def __dealloc__(self):
        screen_free(&self.screen)

    def reached(
        self, const float[:, ::1] matrix, const float[::1] scales, const float[::1] thresholds
    ):
        """Return which rows reach the thresholds of which questions.

        Parameters
        ----------
        matrix : ndarray of float32, shape (n, dim)
            IN.
        scales : ndarray of float32, shape (n,)
            One over the length of each row.
        thresholds : ndarray of float32, shape (m,)
            What the cosine, which may be off by 2**-7 + 2**-16, has to reach.

        Returns
        -------
        rows, questions : ndarray of int32, shape (hits,)
        done : int
            The rows looked at: fewer than n when there were more hits than expected.
        """
        cdef Py_ssize_t i, done
        cdef Py_ssize_t n = matrix.shape[0]
        if matrix.shape[1] != self.screen.dim or scales.shape[0] != n:
            raise ValueError("matrix, scales and questions do not fit")
        for i in range(self.screen.panels * PANEL):
            self.screen.thresholds[i] = thresholds[i] if i < self.questions else INFINITY
        self.hits.n = 0
        if n == 0:
            return self.row_hits[:0], self.question_hits[:0], 0
        with nogil:
            done = screen_rows(&self.screen, &matrix[0, 0], &scales[0], n, &self.hits)
        return self.row_hits[: self.hits.n].copy(), self.question_hits[: self.hits.n].copy(), done
