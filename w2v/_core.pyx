"""The compiled core: workers that train on stretches of the corpus without the GIL.

The arithmetic is in ``kernels/``; here Python's arrays become its pointers.
"""

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t, uint64_t
from libc.stdlib cimport free, malloc

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize

cdef extern from "kernels/kernels.h" nogil:
    enum:
        W2V_SHRINK
        W2V_WEIGHTED
        W2V_FIXED
        W2V_SHARED
        W2V_PRIVATE
        W2V_SKIPGRAM
        W2V_CBOW
        W2V_NS
        W2V_NCE
        W2V_SAMPLED_SOFTMAX
        W2V_HS
        W2V_EXACT
        W2V_SKIP
        W2V_SATURATE
        W2V_STATE_LAYOUT

    ctypedef struct w2v_run:
        float *inputs
        float *outputs
        const uint32_t *keep
        const uint64_t *noise
        const float *log_draws
        const int64_t *path_start
        const int32_t *path
        const uint8_t *frozen
        int64_t longest_path
        int64_t copied_nodes
        int model
        int loss
        int cbow_mean
        int cbow_corrected
        int64_t words
        int64_t stride
        int64_t dim
        int64_t window
        int window_mode
        int negatives
        int64_t negative
        int64_t block_length
        int64_t block_noise
        int64_t step
        int64_t loss_interval
        int large_logits
        float logit_limit
        double alpha
        double min_alpha
        int64_t total
        int64_t done
        int stop
        int diverged
        int64_t hot_rows
        int64_t merge_interval
        double slow_line
        int64_t workers
        int copying
        int copied
        int64_t ask
        int64_t trips
        double trip_seconds
        int64_t line

    int64_t w2v_done(const w2v_run *) noexcept nogil
    int w2v_diverged(const w2v_run *) noexcept nogil
    void w2v_stop(w2v_run *, int) noexcept nogil
    int w2v_copied(const w2v_run *) noexcept nogil
    void w2v_copy_hot_rows(w2v_run *, int) noexcept nogil

    ctypedef struct w2v_worker:
        pass

    ctypedef struct w2v_kernel:
        const char *name
        w2v_worker *(*create)(w2v_run *, uint64_t, uint64_t) noexcept nogil
        int (*train)(w2v_worker *, const int32_t *, int64_t, int64_t *) noexcept nogil
        void (*flush)(w2v_worker *) noexcept nogil
        void (*take_loss)(w2v_worker *, double *, double *) noexcept nogil
        void (*destroy)(w2v_worker *) noexcept nogil
        int64_t (*bytes)(const w2v_run *) noexcept nogil
        int64_t (*state_bytes)(const w2v_run *) noexcept nogil
        void (*save_state)(w2v_worker *, char *) noexcept nogil
        int (*restore_state)(w2v_worker *, const char *) noexcept nogil
        int64_t longest_step
        const char *(*refused)()

    const w2v_kernel *const *w2v_kernels()

cdef extern from "kernels/amx.h":
    const char *w2v_amx_lacking()


_WINDOW_MODES = {"shrink": W2V_SHRINK, "weighted": W2V_WEIGHTED, "fixed": W2V_FIXED}
_NEGATIVES = {"shared": W2V_SHARED, "private": W2V_PRIVATE}
_MODELS = {"skipgram": W2V_SKIPGRAM, "cbow": W2V_CBOW}
_LOSSES = {"ns": W2V_NS, "nce": W2V_NCE, "sampled-softmax": W2V_SAMPLED_SOFTMAX, "hs": W2V_HS}

_LARGE_LOGITS = {"exact": W2V_EXACT, "skip": W2V_SKIP, "saturate": W2V_SATURATE}


LONGEST_STEP = w2v_kernels()[0].longest_step
# Another one means that `Worker.state` of another version cannot be read.
STATE_LAYOUT = W2V_STATE_LAYOUT


def available_isas():
    """Return the names of the kernels this processor can run, the one to choose first."""
    names = []
    cdef const w2v_kernel *const *kernel = w2v_kernels()
    while kernel[0] != NULL:
        names.append(kernel[0].name.decode())
        kernel += 1
    return names


cdef const w2v_kernel *_kernel_named(str isa):
    """Return NULL if there is none on this processor."""
    cdef const w2v_kernel *const *kernel = w2v_kernels()
    while kernel[0] != NULL and kernel[0].name.decode() != isa:
        kernel += 1
    return kernel[0]


def isa_refusal(str isa):
    """Return why this process cannot use a kernel, or "" if it can.

    One that needs the system's permission asks for it here, once: afterwards the process has it.
    """
    cdef const w2v_kernel *kernel = _kernel_named(isa)
    cdef const char *why = NULL
    if kernel != NULL:
        why = kernel.refused() if kernel.refused != NULL else NULL
    elif isa == "amx":
        why = w2v_amx_lacking()
    else:
        return "no such kernel on this processor"
    return why.decode() if why != NULL else ""


cdef const w2v_kernel *_find_kernel(str isa) except NULL:
    cdef str refusal = isa_refusal(isa)
    if refusal:
        raise ValueError(f"no kernel {isa!r}: {refusal}")
    return _kernel_named(isa)


cdef class Run:
    """What all workers of one training run share.

    Parameters
    ----------
    inputs, outputs : float32 (words + 1, stride), C-contiguous, 64-byte aligned
        The two matrices, trained in place. The last row is padding and stays zero.
    keep : uint32 (words,)
        A token is kept if a random uint32 is at most this.
    noise : uint64 (words,)
        Alias table, as made by `alias_table`.
    total : int
        Tokens of all epochs together: where the learning rate reaches `min_alpha`.
    isa : str
        Kernel to use, one of `available_isas`.
    done : int
        Tokens that were taken before, by a run that this one goes on with.
    log_draws : float32 (words + 1,) or None
        log(negative * P_n(row)), 0 for the padding, subtracted from logits: needed by nce,
        and makes sampled-softmax the consistent estimator (`Config.log_q`).
    path_start : int64 (words + 1,) or None
        Where each word's path begins in `path`; both are needed by hs and by no other loss.
    path : int32 (path_start[-1],) or None
        Nodes of each word's path, as in `w2v.training.huffman.Tree`.
    copied_nodes : int
        With hs, nodes from the root on of which each worker trains copies until its block
        ends; the first `block_noise` of them are scored step by step, as noise words are.
    hot_rows : int
        The first rows of both matrices of which each worker may train copies of its own; not with
        hs.
    merge_interval : int
        Words that a worker trains on before it adds what its copies of the first eighth of them
        have gained to the matrices; those of less frequent words wait up to eight times as long.
        Once workers have been stopped or flushed, all of it has been added.
    slow_line : float
        They do if a cache line takes so many seconds from one worker to another and back, or more,
        which they measure now and then; 0 is in any case.
    frozen : uint8 (words + 1,) or None
        1 for words whose input rows stay as they are.
    step : int
        Centers whose rows are gathered together, 1 to `LONGEST_STEP`: it fixes the order of
        updates. More are faster, and repeat a row that is in a step more often than once.
    loss_interval : int
        The loss is measured at one position out of this many.

    The rest are fields of `w2v.config.Config`.
    """

    cdef w2v_run run
    cdef const w2v_kernel *kernel
    cdef object _arrays  # keeps alive what `run` points into

    def __init__(
        self,
        float[:, ::1] inputs,
        float[:, ::1] outputs,
        const uint32_t[::1] keep,
        const uint64_t[::1] noise,
        *,
        int64_t total,
        str isa,
        int64_t dim,
        int64_t window,
        str window_mode,
        int64_t negative,
        str negatives,
        double alpha,
        double min_alpha,
        int64_t block_length,
        int64_t block_noise,
        int64_t step,
        int64_t loss_interval=1,
        str model="skipgram",
        str loss="ns",
        str cbow_gradient="corrected",
        str cbow_hidden="mean",
        const float[::1] log_draws=None,
        int64_t done=0,
        str large_logits="exact",
        float logit_limit=6.0,
        const int64_t[::1] path_start=None,
        const int32_t[::1] path=None,
        int64_t copied_nodes=0,
        int64_t hot_rows=0,
        int64_t merge_interval=1,
        double slow_line=0,
        const uint8_t[::1] frozen=None,
    ):
        cdef int64_t words = keep.shape[0]
        if inputs.shape[0] != words + 1 or outputs.shape[0] != words + 1:
            raise ValueError("matrices need one row per word and one of padding")
        if inputs.shape[1] != outputs.shape[1] or noise.shape[0] != words:
            raise ValueError("arrays disagree in shape")
        if inputs.shape[1] % 16 or inputs.shape[1] < dim:
            raise ValueError("stride must be a multiple of 16 and hold dim columns")
        if <size_t> &inputs[0, 0] % 64 or <size_t> &outputs[0, 0] % 64:
            raise ValueError("matrices must be aligned to 64 bytes")
        if not 1 <= step <= LONGEST_STEP:
            raise ValueError(f"step must be 1 to {LONGEST_STEP}")
        if loss_interval < 1:
            raise ValueError("loss_interval must be at least 1")
        if (log_draws is not None) != (loss == "nce") and loss != "sampled-softmax":
            raise ValueError("log_draws goes with nce and sampled-softmax")
        if log_draws is not None and log_draws.shape[0] != words + 1:
            raise ValueError("log_draws needs one number per word and one of padding")
        if (path_start is not None) != (loss == "hs") or (path is not None) != (loss == "hs"):
            raise ValueError("path_start and path go with hs")
        if not 0 <= copied_nodes < words:
            raise ValueError("copied_nodes must be fewer than words")
        if not 0 <= hot_rows <= words or merge_interval < 1:
            raise ValueError("hot_rows must be among the words, merge_interval at least 1")
        if not slow_line >= 0:
            raise ValueError("slow_line must be seconds")
        if loss == "hs" and hot_rows:
            raise ValueError("hs has copied_nodes in place of hot_rows")
        if loss == "hs" and not 0 < block_noise <= copied_nodes:
            raise ValueError("hs copies at least block_noise nodes")
        if frozen is not None and frozen.shape[0] != words + 1:
            raise ValueError("frozen needs one number per word and one of padding")
        self._arrays = (inputs, outputs, keep, noise, log_draws, path_start, path, frozen)
        self.kernel = _find_kernel(isa)
        self.run.inputs = &inputs[0, 0]
        self.run.outputs = &outputs[0, 0]
        self.run.keep = &keep[0]
        self.run.noise = &noise[0]
        self.run.log_draws = NULL
        if log_draws is not None:
            self.run.log_draws = &log_draws[0]
        self.run.model = _MODELS[model]
        self.run.loss = _LOSSES[loss]
        self.run.cbow_mean = cbow_hidden == "mean"
        self.run.cbow_corrected = cbow_gradient == "corrected"
        self.run.words = words
        self.run.path_start = NULL
        self.run.path = NULL
        self.run.frozen = NULL
        if frozen is not None:
            self.run.frozen = &frozen[0]
        self.run.longest_path = 0
        self.run.copied_nodes = copied_nodes
        self.run.hot_rows = hot_rows
        self.run.merge_interval = merge_interval
        self.run.slow_line = slow_line
        if path_start is not None:
            self._set_paths(path_start, path)
        self.run.stride = inputs.shape[1]
        self.run.dim = dim
        self.run.window = window
        self.run.window_mode = _WINDOW_MODES[window_mode]
        self.run.negative = negative
        self.run.negatives = _NEGATIVES[negatives]
        self.run.large_logits = _LARGE_LOGITS[large_logits]
        self.run.logit_limit = logit_limit
        self.run.alpha = alpha
        self.run.min_alpha = min_alpha
        self.run.block_length = block_length
        self.run.block_noise = block_noise
        self.run.step = step
        self.run.loss_interval = loss_interval
        self.run.total = total if total > 0 else 1
        self.run.done = done
        self.run.stop = 0
        self.run.diverged = 0
        self.run.copying = hot_rows > 0 and slow_line == 0
        self.run.workers = self.run.copied = self.run.ask = self.run.line = 0
        self.run.trips = 0
        self.run.trip_seconds = 0

    cdef _set_paths(self, const int64_t[::1] path_start, const int32_t[::1] path):
        cdef int64_t words = self.run.words, k, length
        cdef bint right = path_start.shape[0] == words + 1 and path_start[0] == 0
        if right and path_start[words] == path.shape[0]:
            for k in range(words):
                length = path_start[k + 1] - path_start[k]
                right = right and length > 0
                self.run.longest_path = max(self.run.longest_path, length)
            for k in range(path.shape[0] if right else 0):
                right = right and -words < path[k] < words - 1
        else:
            right = False
        if not right:
            raise ValueError("path_start and path are not those of a tree of the words")
        self.run.path_start = &path_start[0]
        self.run.path = &path[0]

    @property
    def done(self):
        """Tokens that workers have taken so far."""
        return w2v_done(&self.run)

    @property
    def worker_bytes(self):
        """Memory that each worker takes."""
        return self.kernel.bytes(&self.run)

    @property
    def diverged(self):
        """Whether a worker has measured a loss that is not finite."""
        return w2v_diverged(&self.run) != 0

    @property
    def state_bytes(self):
        """Length of `Worker.state`."""
        return self.kernel.state_bytes(&self.run)

    def stop(self):
        """Make every worker return at its next block."""
        w2v_stop(&self.run, 1)

    def go_on(self):
        """Take back `stop`. No worker may be training."""
        w2v_stop(&self.run, 0)

    @property
    def copied_rows(self):
        """How many rows workers have had copies of; 0 if they never had any."""
        return self.run.hot_rows if w2v_copied(&self.run) else 0

    @property
    def line_round_trip(self):
        """Mean seconds that a cache line took to another worker and back, None if not measured.

        Only while no worker trains.
        """
        return self.run.trip_seconds / self.run.trips if self.run.trips else None

    def copy_hot_rows(self, bint copying):
        """Let workers have copies of hot rows or not, from their next block on."""
        w2v_copy_hot_rows(&self.run, copying and self.run.hot_rows > 0)


cdef class Worker:
    """One thread's part of a run; methods other than `train` and `flush` are instant.

    Parameters
    ----------
    run : Run
    seed : int
        The run's seed, uint64.
    stream : int
        Number of this worker: workers of one seed draw apart.
    """

    cdef Run run
    cdef w2v_worker *worker
    cdef const w2v_kernel *kernel
    cdef int64_t _taken
    cdef const int32_t *expected  # where the next chunk must begin to go on with the sentence

    def __cinit__(self, Run run not None, uint64_t seed, uint64_t stream):
        self.run = run
        self.kernel = run.kernel
        self.worker = run.kernel.create(&run.run, seed, stream)
        if self.worker == NULL:
            raise MemoryError(f"no memory for a worker's {run.worker_bytes} bytes")
        self.expected = NULL
        self._taken = 0

    def __dealloc__(self):
        if self.worker != NULL:
            # not by way of `run`, which the garbage collector may have taken away already
            self.kernel.destroy(self.worker)

    @property
    def taken(self):
        """Rows it has taken of a chunk that it was stopped in; 0 between chunks."""
        return self._taken

    def train(self, const int32_t[::1] rows):
        """Train on a chunk of the corpus, int32 (n,); -1 ends a sentence.

        A sentence goes on from the chunk before if this chunk follows it in memory, and
        ends there if not. The GIL is released. Returns False if the run was stopped: given
        the same chunk again, the worker goes on as if it had not been.
        """
        cdef int64_t n = rows.shape[0], nothing = 0
        cdef int32_t end = -1
        cdef int stopped = 0
        if n == 0:
            return True
        if self._taken > n:
            raise ValueError("the chunk is not the one that training stopped in")
        with nogil:
            if self._taken == 0 and self.expected != &rows[0]:
                self.run.kernel.train(self.worker, &end, 1, &nothing)
            stopped = self.run.kernel.train(self.worker, &rows[0], n, &self._taken)
        if stopped:
            return False
        self._taken = 0
        self.expected = &rows[0] + n
        return True

    def flush(self):
        """End the sentence and train whatever waits in the buffers."""
        with nogil:
            self.run.kernel.flush(self.worker)
        self.expected = NULL

    def state(self):
        """Return all that the worker holds, as bytes that only the same kernel can read.

        Once it has been stopped or flushed: before, copies of hot rows may hold more.
        """
        cdef object state = PyBytes_FromStringAndSize(NULL, self.run.state_bytes)
        self.run.kernel.save_state(self.worker, PyBytes_AS_STRING(state))
        return state

    def restore(
        self,
        const unsigned char[::1] state not None,
        int64_t taken=0,
        const int32_t[::1] before=None,
    ):
        """Take over what another worker of the same kernel and settings held.

        Parameters
        ----------
        state : bytes-like
            From `state`. May come from anywhere: what is out of range is refused.
        taken : int
            The other's `taken`.
        before : int32 (n,), optional
            The chunk it finished last, whose last sentence may go on in the next chunk.

        Raises
        ------
        ValueError
            These bytes are not the state of such a worker.
        """
        if state.shape[0] != self.run.state_bytes or taken < 0:
            raise ValueError("not the state of a worker of this kernel with these settings")
        if self.run.kernel.restore_state(self.worker, <const char *> &state[0]):
            raise ValueError("the state of a worker is damaged: it holds what none can")
        self._taken = taken
        self.expected = NULL
        if before is not None and before.shape[0]:
            self.expected = &before[0] + before.shape[0]

    def take_loss(self):
        """Return (loss, pairs) summed over the places measured since the last call, float64."""
        cdef double loss, pairs
        self.run.kernel.take_loss(self.worker, &loss, &pairs)
        return loss, pairs


def alias_table(const double[::1] weights, uint64_t[::1] table):
    """Fill `table` so that noise words are drawn in proportion to `weights`.

    Walker's alias method in Vose's linear-time form (IEEE Transactions on Software
    Engineering 17, 1991). Slot k holds, in its low half, the threshold below which a random
    uint32 draws k itself, in its high half the row drawn otherwise.

    Parameters
    ----------
    weights : float64 (n,)
        Positive, with a finite sum.
    table : uint64 (n,)
        Filled in place.
    """
    cdef int64_t n = weights.shape[0], k, small = 0, large
    cdef int64_t short_row, long_row
    cdef double total = 0
    cdef uint64_t always = 0xFFFFFFFF
    cdef double *share = <double *> malloc(n * sizeof(double))
    # small shares pile up from the front of `todo`, large ones from its back
    cdef int64_t *todo = <int64_t *> malloc(n * sizeof(int64_t))
    if share == NULL or todo == NULL:
        free(share)
        free(todo)
        raise MemoryError("alias table")
    with nogil:
        large = n
        for k in range(n):
            total += weights[k]
        for k in range(n):
            share[k] = weights[k] / total * n
            if share[k] < 1:
                todo[small] = k
                small += 1
            else:
                large -= 1
                todo[large] = k
        while small > 0 and large < n:
            small -= 1
            short_row = todo[small]
            long_row = todo[large]
            table[short_row] = (
                <uint64_t> (share[short_row] * 4294967295.0) | (<uint64_t> long_row << 32)
            )
            share[long_row] -= 1 - share[short_row]
            if share[long_row] < 1:
                large += 1
                todo[small] = long_row
                small += 1
        # what is left is 1 but for rounding
        for k in range(small):
            table[todo[k]] = always | (<uint64_t> todo[k] << 32)
        for k in range(large, n):
            table[todo[k]] = always | (<uint64_t> todo[k] << 32)
    free(share)
    free(todo)
