"""A training process shares out the cores unless the user has chosen."""

import json
import os
import subprocess
import sys

import pytest

PROGRAM = """
import json, tensorflow as tf
from trainers.devices.hardware import keep_memory, share_threads
keep_memory()
share_threads()
threading = tf.config.threading
print(json.dumps([threading.get_intra_op_parallelism_threads(),
                  threading.get_inter_op_parallelism_threads()]))
tf.zeros([1]) + 1
share_threads()
"""


@pytest.mark.slow
@pytest.mark.parametrize("set_by_user", [{}, {"TF_NUM_INTRAOP_THREADS": "3"}])
def test_each_stream_gets_its_share_of_the_cores(set_by_user):
    environment = {**os.environ, **set_by_user}
    if not set_by_user:
        for name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS"):
            environment.pop(name, None)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    intra, inter = json.loads(done.stdout)
    cores = len(os.sched_getaffinity(0))

    # 0 leaves the choice to TensorFlow, which reads the variable.
    assert intra == (0 if set_by_user else max(cores // 2, 1))
    assert inter == min(cores, 2)
