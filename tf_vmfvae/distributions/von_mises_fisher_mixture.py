"""A mixture of von Mises-Fisher distributions."""

from typing import Any

import tensorflow as tf
import tensorflow_probability as tfp

from tf_vmfvae.distributions.numerics.tfp_internals import (
    dtype_util,
    parameter_properties,
    reparameterization,
    samplers,
)
from tf_vmfvae.distributions.von_mises_fisher import VonMisesFisher

tfd = tfp.distributions

# Components evaluated at once, so that memory does not grow with their number.
BLOCK = 4096


class VonMisesFisherMixture(tfd.Distribution):
    """A mixture of von Mises-Fisher distributions.

    Its density is `sum_m pi_m vMF(z; mu_m, kappa_m)`, uniform where every `kappa` is 0.
    Evaluating it takes one product with the matrix of directions, so thousands of
    components cost as much as a dense layer of that many units. Draws are not
    reparameterised.

    Args:
      mean_directions: `mu`, unit vectors, floating tensor [M, d] with static `d >= 2`.
      concentration: `kappa >= 0`, [M], or a scalar for all components.
      logits: `log pi` up to a constant, [M]; `None` gives all the same weight.
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
        logits: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "VonMisesFisherMixture",
    ):
        parameters = dict(locals())
        with tf.name_scope(name) as name:
            dtype = dtype_util.common_dtype(
                [mean_directions, concentration, logits], dtype_hint=tf.float32
            )
            self.mean_directions = tf.convert_to_tensor(mean_directions, dtype)
            components = tf.shape(self.mean_directions)[:1]
            self.concentration = tf.broadcast_to(
                tf.convert_to_tensor(concentration, dtype), components
            )
            self.logits = (
                tf.zeros(components, dtype)
                if logits is None
                else tf.convert_to_tensor(logits, dtype)
            )
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
            "concentration": parameter_properties.ParameterProperties(event_ndims=1),
            "logits": parameter_properties.ParameterProperties(event_ndims=1),
        }

    def _event_shape(self):
        return self.mean_directions.shape[-1:]

    def _event_shape_tensor(self, **kwargs):
        return tf.shape(self.mean_directions)[-1:]

    def _sample_n(self, n, seed=None):
        of_component, of_code = samplers.split_seed(seed, salt="vmf_mixture")
        drawn = samplers.categorical(self.logits[None], n, seed=of_component)[0]
        directions, concentration = (
            tf.gather(values, drawn)
            for values in (self.mean_directions, self.concentration)
        )
        return VonMisesFisher(directions, concentration).sample(seed=of_code)

    def _log_prob(self, z):
        rows = tf.reshape(z, [-1, z.shape[-1]])
        pole = tf.one_hot(0, z.shape[-1], dtype=self.dtype)
        # The weighted log-density at each mode; elsewhere it is relative to that.
        peaks = VonMisesFisher(pole, self.concentration).log_prob(pole)
        peaks += tf.nn.log_softmax(self.logits)
        blocks = [
            tf.reduce_logsumexp(
                kappa * (tf.matmul(rows, directions, transpose_b=True) - 1.0) + peak,
                axis=-1,
            )
            for directions, kappa, peak in self._blocks(peaks)
        ]
        total = tf.reduce_logsumexp(tf.stack(blocks), axis=0)
        return tf.reshape(total, tf.shape(z)[:-1])

    def _blocks(self, peaks):
        for start in range(0, self.mean_directions.shape[0], BLOCK):
            yield tuple(
                values[start : start + BLOCK]
                for values in (self.mean_directions, self.concentration, peaks)
            )
