"""Batch normalisation of the posteriors' means."""

import keras
import tensorflow as tf

from tf_vmfvae.layers.argument_checks import positive

# Weight in the moving statistics that earlier examples keep after each batch.
MOMENTUM = 0.99
# Means that are the same in all examples are not divided by 0. It is small because the
# floor of the KL holds as far as the variances are much larger.
EPSILON = 1e-8


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class PosteriorNormalization(keras.layers.Layer):
    """Batch normalisation with a fixed scale and a learned shift.

    In a batch, each coordinate of the outputs has the standard deviation `scale`. For
    the means of Gaussian posteriors this bounds the average KL to a standard normal
    prior from below, by `latent_dim * scale**2 / 2` nats (Zhu et al. 2020, "A
    Batch-Normalized Inference Network Keeps the KL Vanishing Away", equation 7).

    Empty rows of a batch do not count, and with several replicas the statistics are
    those of the whole batch. (Keras's BatchNormalization can do either, but not both.)
    Outside training each example is normalised by moving averages of the statistics,
    so its output does not depend on the batch. They are averages over the examples
    seen, recent ones first, so they are sound after a few batches.

    Args:
        scale: float, greater than 0. Standard deviation of the outputs.
        **kwargs: other arguments of `keras.layers.Layer`.

    Call arguments:
        means: float tensor of shape `(batch, latent_dim)`.
        is_example: bool tensor of shape `(batch,)`, which rows count; by default all.
        training: bool.

    Returns:
        Normalised means of the same shape, in the dtype of the weights.

    Raises:
        ValueError: if `scale` is not a positive, finite number.

    Example:
    >>> import numpy as np
    >>> import tf_vmfvae
    >>> normalise = tf_vmfvae.layers.PosteriorNormalization(scale=0.5)
    >>> outputs = normalise(np.array([[3.0], [7.0]], "float32"), training=True)
    >>> outputs.numpy().tolist()
    [[-0.5], [0.5]]
    """

    def __init__(self, scale: float, **kwargs):
        super().__init__(**kwargs)
        # Numbers in full precision stay so, whatever the dtype policy.
        self.autocast = False
        self.scale = positive("scale", scale)

    def build(self, shape):
        width = (shape[-1],)
        self.shift = self.add_weight(
            shape=width, initializer="zeros", autocast=False, name="shift"
        )
        self.moving_mean, self.moving_variance, self.examples = (
            # All replicas have the same statistics, those of the whole batch.
            self.add_weight(
                shape=shape,
                initializer=initializer,
                trainable=False,
                autocast=False,
                aggregation="only_first_replica",
                name=name,
            )
            for name, shape, initializer in (
                ("moving_mean", width, "zeros"),
                ("moving_variance", width, "ones"),
                ("examples", (), "zeros"),
            )
        )
        super().build(shape)

    def call(self, means, is_example=None, training=False):
        means = tf.cast(means, self.variable_dtype)
        if training and self.trainable:
            mean, variance = self._statistics(means, is_example)
        else:
            mean, variance = map(
                tf.convert_to_tensor, (self.moving_mean, self.moving_variance)
            )
        normal = (means - mean) * tf.math.rsqrt(variance + EPSILON)
        return self.scale * normal + tf.convert_to_tensor(self.shift)

    def _statistics(self, means, is_example):
        """Returns the batch's mean and variance, and updates the moving ones."""
        rows = tf.ones_like(means[:, :1])
        if is_example is not None:
            rows *= tf.cast(is_example, means.dtype)[:, None]
        [count] = tf.unstack(_sum_over_batch(rows))
        divisor = tf.maximum(count, 1.0)
        mean = _sum_over_batch(rows * means) / divisor
        # Not the mean of the squares minus the squared mean: that loses digits.
        variance = _sum_over_batch(rows * (means - mean) ** 2) / divisor
        self._update(mean, variance, count)
        return mean, variance

    def _update(self, mean, variance, count):
        """Moves the moving statistics towards those of a batch of `count` examples.

        They stay as they are if a number is not finite: such a step is not taken.
        """
        is_finite = tf.reduce_all(tf.math.is_finite(tf.stack([mean, variance])))
        old = tf.convert_to_tensor(self.examples)
        examples = tf.where(is_finite, MOMENTUM * old + count, old)
        self.examples.assign(examples)
        rate = tf.math.divide_no_nan(count, examples)
        for moving, value in (
            (self.moving_mean, mean),
            (self.moving_variance, variance),
        ):
            old = tf.convert_to_tensor(moving)
            moving.assign(tf.where(is_finite, old + rate * (value - old), old))

    def compute_output_shape(self, shape):
        return shape

    def compute_output_spec(self, means, is_example=None, training=False):
        return keras.KerasTensor(means.shape, dtype=self.variable_dtype)

    def get_config(self):
        config = super().get_config()
        config.update({"scale": self.scale})
        return config


def _sum_over_batch(rows):
    """Returns the sum over the rows of all replicas, with its gradient."""
    total = tf.reduce_sum(rows, axis=0)
    context = tf.distribute.get_replica_context()
    if context is None or context.num_replicas_in_sync == 1:
        return total
    return context.all_reduce(tf.distribute.ReduceOp.SUM, total)
