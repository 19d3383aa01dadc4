"""The private modules of TensorFlow Probability that the library builds on.

A distribution that follows TFP's own protocol cannot do without them, and TFP may move
them in any release. They are imported here and nowhere else, as TFP 0.25 has them:
`setup.py` allows that release alone.
"""

from tensorflow_probability.python.distributions.distribution import (
    AutoCompositeTensorDistribution,
)
from tensorflow_probability.python.internal import (
    assert_util,
    dtype_util,
    parameter_properties,
    prefer_static,
    reparameterization,
    samplers,
    tensor_util,
)

__all__ = [
    "AutoCompositeTensorDistribution",
    "assert_util",
    "dtype_util",
    "parameter_properties",
    "prefer_static",
    "reparameterization",
    "samplers",
    "tensor_util",
]
