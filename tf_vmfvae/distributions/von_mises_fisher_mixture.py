"""Many von Mises-Fisher distributions of one concentration, each as likely."""

from typing import Any

import tensorflow as tf
import tensorflow_probability as tfp
from tensorflow_probability.python.internal import (
    dtype_util,
    parameter_properties,
    reparameterization,
    samplers,
)

from tf_vmfvae.distributions.von_mises_fisher import VonMisesFisher

tfd = tfp.distributions

# Components that are weighed at once: memory does not rise with their number.
BLOCK = 4096


class VonMisesFisherMixture(tfd.Distribution):
    """An equal mixture of von Mises-Fisher distributions of one concentration.

    Its density is `1/M sum_m vMF(z; mu_m, kappa)`, uniform at `kappa = 0`. All
    components share one normaliser, so that a density costs one product with the
    matrix of directions: tens of thousands of components are no more than a layer of
    so many units. Draws are not reparameterised in the directions.

    Args:
      mean_directions: unit vectors, floating tensor [M, d] with static `d >= 2`.
      concentration: `kappa >= 0`, a scalar.
      validate_args: as in TensorFlow Probability.
      allow_nan_stats: as in TensorFlow Probability.
      name: prefix of the operations' names.

    >>> mixture = VonMisesFisherMixture([[0.0, 1.0], [0.0, -1.0]], concentration=4.0)
    >>> z = mixture.sample(5, seed=[1, 2])
    >>> z.shape, bool(tf.reduce_all(mixture.log_prob(z) == mixture.log_prob(-z)))
    (TensorShape([5, 2]), True)
    """

    def __init__(
        self,
        mean_directions: Any,
        concentration: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "VonMisesFisherMixture",
    ):
        parameters = dict(locals())
        with tf.name_scope(name) as name:
            dtype = dtype_util.common_dtype(
                [mean_directions, concentration], dtype_hint=tf.float32
            )
            self.mean_directions = tf.convert_to_tensor(mean_directions, dtype)
            self.concentration = tf.convert_to_tensor(concentration, dtype)
            super().__init__(
                dtype=dtype,
                reparameterization_type=reparameterization.NOT_REPARAMETERIZED,
                validate_args=validate_args,
                allow_nan_stats=allow_nan_stats,
                parameters=parameters,
                name=name,
            )

    @classmethod
    def _parameter_properties(cls, dtype, num_classes=None):
        return {
            "mean_directions": parameter_properties.ParameterProperties(event_ndims=2),
            "concentration": parameter_properties.ParameterProperties(),
        }

    def _event_shape(self):
        return self.mean_directions.shape[-1:]

    def _event_shape_tensor(self, **kwargs):
        return tf.shape(self.mean_directions)[-1:]

    def _sample_n(self, n, seed=None):
        of_component, of_code = samplers.split_seed(seed, salt="vmf_mixture")
        components = self.mean_directions.shape[0]
        drawn = samplers.uniform([n], 0, components, tf.int32, seed=of_component)
        directions = tf.gather(self.mean_directions, drawn)
        return VonMisesFisher(directions, self.concentration).sample(seed=of_code)

    def _log_prob(self, z):
        rows = tf.reshape(z, [-1, z.shape[-1]])
        # Relative to a component's density where it is largest.
        blocks = [
            tf.reduce_logsumexp(
                self.concentration * (tf.matmul(rows, block, transpose_b=True) - 1.0),
                axis=-1,
            )
            for block in self._blocks()
        ]
        total = tf.reduce_logsumexp(tf.stack(blocks), axis=0)
        pole = tf.one_hot(0, z.shape[-1], dtype=self.dtype)
        peak = VonMisesFisher(pole, self.concentration).log_prob(pole)
        count = tf.cast(self.mean_directions.shape[0], self.dtype)
        return tf.reshape(peak + total - tf.math.log(count), tf.shape(z)[:-1])

    def _blocks(self):
        for start in range(0, self.mean_directions.shape[0], BLOCK):
            yield self.mean_directions[start : start + BLOCK]
