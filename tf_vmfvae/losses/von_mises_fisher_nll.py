"""The loss of a network that predicts a direction and its concentration."""

import keras
import tensorflow as tf

from tf_vmfvae.distributions.numerics import bessel

PARAMETERS = ("natural", "direction_and_concentration")


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class VonMisesFisherNLL(keras.losses.Loss):
    """Minus the log-density of unit vectors under predicted vMF distributions.

    For directional regression (wind, pose, gaze), and for decoders that predict a
    word's embedding instead of a softmax over words (Kumar and Tsvetkov 2019). Value
    and gradient are exact for every dimension and concentration. They are computed in
    float64, whatever the dtype policy.

    Args:
        parameters: how the network's outputs give the distribution.
            `"natural"`, the default: `kappa mu`, of shape `(..., d)`. The output's
            direction is the mean direction and its norm the concentration. An output of
            0 is the uniform distribution, and its gradient is finite.
            `"direction_and_concentration"`, of shape `(..., d + 1)`: `d` numbers that
            are normalised to the mean direction, then one number; its softplus is the
            concentration.
        reduction: as for any Keras loss.
        name: str.
        dtype: dtype of the result, as for any Keras loss.

    Call arguments:
        y_true: unit vectors, float tensor of shape `(..., d)`. They are normalised
            again, so rounding does not matter.
        y_pred: the network's outputs, see `parameters`.

    Returns:
        Minus the log-density in nats, with respect to the area of the sphere. It can be
        negative.

    Raises:
        ValueError: if `parameters` is unknown, or the shapes do not match.

    Example:
    >>> import numpy as np
    >>> import tf_vmfvae
    >>> loss = tf_vmfvae.losses.VonMisesFisherNLL()
    >>> north = np.array([[0.0, 0.0, 1.0]], "float32")
    >>> [round(float(loss(north, kappa * north)), 4) for kappa in (0.0, 10.0)]
    [2.531, -0.4647]
    """

    def __init__(
        self,
        parameters: str = "natural",
        reduction: str = "sum_over_batch_size",
        name: str = "von_mises_fisher_nll",
        dtype=None,
    ):
        if parameters not in PARAMETERS:
            raise ValueError(
                f"parameters is {parameters!r}: choose one of {', '.join(PARAMETERS)}"
            )
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.parameters = parameters

    def call(self, y_true, y_pred):
        y_true, y_pred = (
            tf.cast(tf.convert_to_tensor(value), tf.float64)
            for value in (y_true, y_pred)
        )
        is_natural = self.parameters == "natural"
        _check_shapes(y_true.shape, y_pred.shape, 0 if is_natural else 1)
        dimension = y_true.shape[-1]
        y_true = tf.math.l2_normalize(y_true, axis=-1, epsilon=0.0)
        if is_natural:
            kappa = _norm(y_pred)
            inner = tf.reduce_sum(y_pred * y_true, axis=-1)
            below_peak = kappa - inner
        else:
            kappa = tf.math.softplus(y_pred[..., -1])
            direction = tf.math.l2_normalize(y_pred[..., :-1], axis=-1, epsilon=1e-24)
            below_peak = kappa * (1.0 - tf.reduce_sum(direction * y_true, axis=-1))
        peak = bessel.moments(dimension, kappa).log_partition_deficit
        nll = below_peak - peak + bessel.log_sphere_area(dimension)
        return tf.cast(nll, self.dtype)

    def get_config(self):
        return {**super().get_config(), "parameters": self.parameters}


def _check_shapes(true, predicted, extra):
    """Checks the shapes of both arguments; `extra` is what y_pred has in addition."""
    if not true.rank or true[-1] is None or true[-1] < 2:
        raise ValueError(
            f"y_true has the shape {_shown(true)}: its last axis must hold the "
            "coordinates of unit vectors, at least 2"
        )
    expected = true[:-1].concatenate([true[-1] + extra])
    # Shapes that only broadcast would compare each vector with those of other rows.
    if not predicted.is_compatible_with(expected):
        raise ValueError(
            f"y_pred must have {expected[-1]} coordinates and as many rows as y_true, "
            f"so the shape {_shown(expected)}, not {_shown(predicted)}"
        )


def _shown(shape):
    return tuple(shape) if shape.rank is not None else "unknown"


def _norm(vectors):
    """Returns the Euclidean norm, with a gradient of 0 at the zero vector."""
    square = tf.reduce_sum(vectors * vectors, axis=-1)
    is_zero = square == 0
    root = tf.sqrt(tf.where(is_zero, tf.ones_like(square), square))
    return tf.where(is_zero, tf.zeros_like(square), root)
