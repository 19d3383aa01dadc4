"""The private names of TensorFlow that the library builds on.

TensorFlow may move them in any release. They are imported here and nowhere else, as
TensorFlow 2.21 has them: `setup.py` allows that minor version alone.
"""

import tensorflow as tf
from tensorflow.python.ops.control_flow_util import GraphOrParentsInXlaContext


def is_compiled_by_xla() -> bool:
    """Returns whether the code that runs now builds a graph for XLA.

    >>> is_compiled_by_xla()
    False
    >>> tf.function(is_compiled_by_xla, jit_compile=True)().numpy().item()
    True
    """
    return GraphOrParentsInXlaContext(tf.compat.v1.get_default_graph())
