"""A training process shares out the cores unless the user has chosen."""

import json
import os
import subprocess
import sys

import pytest

PROGRAM = """
import json, os, tensorflow as tf
from trainers.devices.hardware import keep_memory, share_threads
threading = tf.config.threading

def shared():
    share_threads()
    return [threading.get_intra_op_parallelism_threads(),
            threading.get_inter_op_parallelism_threads()]

keep_memory()
set_by_user = shared()
del os.environ["TF_NUM_INTRAOP_THREADS"]
print(json.dumps([set_by_user, shared()]))
tf.zeros([1]) + 1
share_threads()
"""


@pytest.mark.slow
def test_each_stream_gets_its_share_of_the_cores():
    environment = {**os.environ, "TF_NUM_INTRAOP_THREADS": "3"}
    environment.pop("TF_NUM_INTEROP_THREADS", None)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    set_by_user, chosen = json.loads(done.stdout)
    cores = len(os.sched_getaffinity(0))

    # 0 leaves the choice to TensorFlow, which reads the variable.
    assert set_by_user == [0, min(cores, 2)]
    assert chosen == [max(cores // 2, 1), min(cores, 2)]
