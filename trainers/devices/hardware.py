"""How a training process uses its machine's processor and memory."""

import contextlib
import ctypes
import os

import tensorflow as tf

from tf_vmfvae.ops.streams import STREAMS

# From glibc's malloc.h.
M_TRIM_THRESHOLD, M_MMAP_MAX = -1, -4


def keep_memory() -> None:
    """Makes the C library keep freed memory for this process.

    Every step frees tens of megabytes and asks for them again. By default, the C
    library returns large blocks to the system, which hands them back page by page, each
    page cleared: a sixth of the time of a step on a CPU. Without glibc, this function
    does nothing.
    """
    # Only on POSIX is the process itself a library.
    library = ctypes.CDLL(None) if os.name == "posix" else None
    if hasattr(library, "mallopt"):
        library.mallopt(M_MMAP_MAX, 0)
        library.mallopt(M_TRIM_THRESHOLD, 2**31 - 1)


def share_threads() -> None:
    """Divides the cores between the two streams of work in a step.

    The library's layers split a batch in two (`lstm_sequence`, `softmax_nll`), because
    one step of a recurrent layer is too small to use all threads. Each half gets half
    of the cores. The environment variables TF_NUM_INTRAOP_THREADS and
    TF_NUM_INTEROP_THREADS take precedence. After TensorFlow's first operation, this
    function has no effect.
    """
    # Only Linux says which cores this process may use.
    allowed = getattr(os, "sched_getaffinity", lambda _: range(os.cpu_count() or 1))
    cores = len(allowed(0))
    threads = {"INTRA": max(cores // STREAMS, 1), "INTER": min(cores, STREAMS)}
    setters = {
        "INTRA": tf.config.threading.set_intra_op_parallelism_threads,
        "INTER": tf.config.threading.set_inter_op_parallelism_threads,
    }
    for kind, count in threads.items():
        if f"TF_NUM_{kind}OP_THREADS" not in os.environ:
            with contextlib.suppress(RuntimeError):
                setters[kind](count)
