"""A lower bound on the average KL, kept by a Lagrange multiplier."""

import keras
import tensorflow as tf

from tf_vmfvae.layers.argument_checks import positive

# What the gradient of the weight is multiplied by; divided by a rate above 1. It is
# small, so that the weight takes hardly any part in clipping by the global norm.
STEEPNESS = 0.2


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class MinimumRate(keras.layers.Layer):
    """Charges a KL so that its average settles at a minimum or above.

    The bound is maximised subject to an average KL, the rate, of at least `rate`
    (Pelsmaeker and Aziz 2020, "Effective Estimation of Deep Generative Language
    Models", section 3). The Lagrangian has a multiplier that is at least 0, the
    softplus of a weight. The model descends it and the multiplier ascends it: it rises
    while the rate is too small and falls towards 0 while it is large enough.

    The optimiser trains the weight with all others. Its gradient is reversed and
    scaled, which changes neither where it points nor where it vanishes.

    Args:
        rate: float, greater than 0. Smallest average KL, in nats per example.
        **kwargs: other arguments of `keras.layers.Layer`.

    Call arguments:
        kl: float tensor of shape `(batch,)`, in nats.

    Returns:
        `kl + multiplier * (rate - kl)`, of the same shape.

    Raises:
        ValueError: if `rate` is not a positive, finite number.

    Attributes:
        multiplier: scalar tensor, the Lagrange multiplier.

    Example:
    >>> import tensorflow as tf
    >>> import tf_vmfvae
    >>> charge = tf_vmfvae.layers.MinimumRate(rate=5.0)
    >>> round(float(charge.multiplier), 4)  # before training: softplus(0)
    0.6931
    >>> charge(tf.constant([5.0])).numpy().tolist()
    [5.0]
    """

    def __init__(self, rate: float, **kwargs):
        super().__init__(**kwargs)
        # Nats are in full precision, whatever the dtype policy.
        self.autocast = False
        self.rate = positive("rate", rate)
        self.level = self.add_weight(
            shape=(), initializer="zeros", autocast=False, name="level"
        )
        self.built = True

    @property
    def multiplier(self):
        return tf.math.softplus(tf.convert_to_tensor(self.level))

    def call(self, kl):
        kl = tf.cast(kl, self.variable_dtype)
        multiplier = _reversed(self.multiplier, STEEPNESS / max(self.rate, 1.0))
        return kl + multiplier * (self.rate - kl)

    def compute_output_spec(self, kl):
        return keras.KerasTensor(kl.shape, dtype=self.variable_dtype)

    def get_config(self):
        config = super().get_config()
        config.update({"rate": self.rate})
        return config


def _reversed(value, scale):
    """Returns a value whose gradient is multiplied by `-scale`."""
    return tf.stop_gradient(value + scale * value) - scale * value
