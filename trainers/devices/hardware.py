"""How a training process uses the processor and the memory of its machine."""

import contextlib
import ctypes
import os

import tensorflow as tf

from tf_vmfvae.ops.streams import STREAMS

# From glibc's malloc.h.
M_TRIM_THRESHOLD, M_MMAP_MAX = -1, -4


def keep_memory() -> None:
    """Has the C library keep what is freed, for this process.

    A step frees and asks for the same tens of megabytes again and again. By default
    large pieces go back to the system each time, and come back page by page, each
    cleared: a sixth of a step's time on a CPU. Where there is no glibc, nothing
    happens.
    """
    # Elsewhere there is no library of the process itself to ask.
    library = ctypes.CDLL(None) if os.name == "posix" else None
    if hasattr(library, "mallopt"):
        library.mallopt(M_MMAP_MAX, 0)
        library.mallopt(M_TRIM_THRESHOLD, 2**31 - 1)


def share_threads() -> None:
    """Shares the cores among the two streams of work that a step consists of.

    The layers of the library split a batch in two (`lstm_sequence`, `softmax_nll`),
    since a step of a recurrent layer is too small for all threads at once. Each half
    gets half of the cores. TensorFlow's own variables TF_NUM_INTRAOP_THREADS and
    TF_NUM_INTEROP_THREADS go first; after TensorFlow's first operation it is too late,
    and nothing happens.
    """
    # Not every system says which cores this process may use.
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
