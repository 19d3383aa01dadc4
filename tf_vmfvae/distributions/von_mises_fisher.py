"""The von Mises-Fisher distribution, exact and without a rejection loop."""

from typing import Any

import tensorflow as tf
import tensorflow_probability as tfp

from tf_vmfvae.distributions import argument_checks
from tf_vmfvae.distributions.numerics import bessel
from tf_vmfvae.distributions.numerics.quantile_table import VON_MISES_FISHER
from tf_vmfvae.distributions.numerics.tfp_internals import prefer_static
from tf_vmfvae.distributions.rotationally_symmetric import (
    RotationallySymmetric,
    check_same_sphere,
    kl_to_spherical_uniform,
    turn,
)

tfd = tfp.distributions


class VonMisesFisher(RotationallySymmetric, tfd.VonMisesFisher):
    """The von Mises-Fisher distribution on the unit sphere in `R^d`.

    The density with respect to the area of the sphere is

        p(z; mu, kappa) = kappa^v / ((2 pi)^(v + 1) I_v(kappa)) exp(kappa mu'z),

    with `v = d / 2 - 1`: uniform at `kappa = 0`, a point in the limit of infinite
    `kappa`. It is a `tfd.VonMisesFisher` with

    * moments, log-normaliser, entropy and KL divergences (to `tfd.SphericalUniform`
      and to another `VonMisesFisher`) good to the last digits of the dtype, for `d`
      from 2 to 100,000 and any concentration;
    * draws by inversion: `w = mu'z` is the quantile function at a uniform number, by
      polynomials through exact values, and the rest of `z` is a normalised Gaussian.
      There is no loop, so everything compiles under XLA;
    * draws reparameterised in both parameters for every `d`: the derivative in the
      concentration is that of the quantile function (implicit reparameterisation,
      Figurnov et al. 2018), so gradients of expectations are unbiased;
    * the same draws for the same seed, compiled or not, up to rounding.

    A concentration given as a Python or NumPy number gets a table of its own, computed
    once; tensors of concentrations share one table per dimension.

    Args:
      mean_direction: unit vectors, floating tensor [B1, ..., d] with static `d >= 2`.
      concentration: `kappa >= 0`, broadcasting against [B1, ...].
      validate_args: check the values of the parameters at run time, and raise
        `tf.errors.InvalidArgumentError`. Without it, invalid parameters (a mean
        direction whose norm differs from 1 by more than 1e-4, a negative or NaN
        concentration) make every result NaN. XLA removes run-time checks.
      allow_nan_stats: as in TensorFlow Probability.
      name: prefix of the operations' names.

    Raises:
      ValueError: an integer dtype, fewer than 2 dimensions (with `validate_args` a
        `tf.errors.InvalidArgumentError`), or shapes that do not broadcast.

    >>> vmf = VonMisesFisher([0.0, 0.0, 1.0], concentration=10.0)
    >>> vmf.sample(5, seed=[1, 2]).shape
    TensorShape([5, 3])
    >>> round(float(vmf.kl_divergence(tfd.SphericalUniform(3))), 5)
    1.99573
    """

    _family, _salt = VON_MISES_FISHER, "von_mises_fisher"

    @classmethod
    def fit(
        cls,
        samples: Any,
        sample_ndims: int = 1,
        validate_args: bool = False,
        *,
        weights: Any = None,
    ) -> "VonMisesFisher":
        """Maximum likelihood fit of both parameters.

        Args:
          samples: unit vectors, floating tensor [S1, ..., B1, ..., d].
          sample_ndims: number of leading axes that run over the sample, at least 1;
            what follows them is a batch of fits.
          validate_args: check the samples' norms and the weights at run time, and raise
            `tf.errors.InvalidArgumentError`; passed to the distribution. Otherwise the
            parameters are NaN if the norm of any sample is not 1 to 1e-4, if a weight
            is negative, or if all weights are zero.
          weights: how much each sample counts, of shape [S1, ..., B1, ...], or
            [S1, ...] where all fits of the batch share them. `None` weighs all samples
            equally.

        Returns:
          A distribution with batch shape [B1, ...]. If all samples are the same, its
          concentration is infinite up to rounding: above 1e15. If their mean is zero,
          the concentration is 0 and the mean direction, which is arbitrary, is the
          first axis.

        Raises:
          ValueError: `samples` has an integer dtype, is empty, or has too few axes or
            fewer than 2 coordinates; or the shape of `weights` does not match.

        >>> z = VonMisesFisher([0.6, 0.8], 5.0).sample(50_000, seed=[3, 4])
        >>> fit = VonMisesFisher.fit(z)
        >>> [round(float(x), 1) for x in (*fit.mean_direction, fit.concentration)]
        [0.6, 0.8, 5.0]
        """
        return cls._fit(samples, sample_ndims, validate_args, weights)

    @classmethod
    def _estimate(cls, samples, weights):
        resultant = tf.reduce_sum(samples * weights[..., tf.newaxis], axis=0)
        length = tf.linalg.norm(resultant, axis=-1, keepdims=True)
        mean_direction = tf.where(
            length == 0,
            tf.one_hot(0, samples.shape[-1], dtype=tf.float64),
            tf.math.divide_no_nan(resultant, length),
        )
        # 1 - mean(mu'z), without losing its digits to the 1.
        halves = tf.reduce_sum((samples - mean_direction) ** 2, axis=-1) / 2
        deficit = tf.reduce_sum(halves * weights, axis=0)
        deficit /= tf.reduce_sum(weights, axis=0)
        return mean_direction, bessel.inverse_mean(samples.shape[-1], deficit)

    def _moments(self) -> bessel.Moments:
        """Returns the moments in float64, of the concentration's shape."""
        return bessel.moments(self._dimension, self._wide_concentration())

    def _wide_mean_resultant_length(self):
        return self._moments().mean

    def _wide_mean_deficit(self):
        return self._moments().deficit

    def _wide_kl_to_uniform(self):
        return self._moments().kl

    def _principal_variances(self):
        values = self._moments()
        kappa = self._wide_concentration()
        safe = tf.where(kappa > 0, kappa, 1.0)
        limit = values.mean + 1 / self._dimension
        return values.variance, tf.where(kappa > 0, values.mean / safe, limit)

    def _log_prob(self, x):
        return self._log_unnormalized_and_shift(x, normalized=True)

    def _log_unnormalized_prob(self, samples, concentration=None):
        return self._log_unnormalized_and_shift(samples, normalized=False)

    def _log_unnormalized_and_shift(self, x, normalized: bool):
        # kappa (mu'x - 1) keeps its digits as -kappa |x - mu|^2 / 2; the derivative
        # stays that of kappa mu'x.
        unit = self._unit()
        inner = tf.reduce_sum(x * unit, axis=-1)
        less = -tf.reduce_sum((x - unit) ** 2, axis=-1) / 2
        less = tf.stop_gradient(less) + (inner - tf.stop_gradient(inner))
        concentration = self._wide_concentration()
        exponent = concentration * tf.cast(less, tf.float64)
        if normalized:
            exponent += self._moments().log_partition_deficit - self._log_area
        else:
            exponent += concentration
        return tf.cast(exponent, self.dtype)

    def _log_normalization(self, concentration=None):
        if concentration is None:
            concentration = tf.convert_to_tensor(self.concentration)
        wide = tf.cast(concentration, tf.float64)
        log_partition = bessel.moments(self._dimension, wide).log_partition
        return tf.cast(log_partition + self._log_area, self.dtype)


def kl_to_uniform(dimension: int, concentration: Any) -> tf.Tensor:
    """KL divergence from von Mises-Fisher to uniform, in nats.

    Exact, with an exact derivative in the concentration. (Xu and Durrett 2018 give the
    formula; their code uses an approximation.)

    Args:
      dimension: d >= 2.
      concentration: tensor of any shape; negative or NaN gives NaN. Python and NumPy
        numbers are taken as float64 and give an eager tensor, even while a graph is
        being built.

    Returns:
      Tensor of the concentration's shape and dtype.

    Raises:
      ValueError: `dimension` is not a whole number of at least 2.

    >>> round(float(kl_to_uniform(50, 80.0)), 7)
    19.5152079
    """
    dimension = bessel.check_dimension(dimension)
    fixed = argument_checks.fixed_number(concentration)
    if fixed is not None:
        with tf.init_scope():
            return bessel.moments(dimension, tf.constant(fixed, tf.float64)).kl
    concentration = tf.convert_to_tensor(concentration)
    wide = tf.cast(concentration, tf.float64)
    return tf.cast(bessel.moments(dimension, wide).kl, concentration.dtype)


tfd.RegisterKL(VonMisesFisher, tfd.SphericalUniform)(kl_to_spherical_uniform)


@tfd.RegisterKL(VonMisesFisher, VonMisesFisher)
def _kl_between(a, b, name=None):
    """KL divergence between two von Mises-Fisher distributions, in nats.

    The divergence between two with the same mean direction, plus what turning it
    costs: kappa_b A(kappa_a) (1 - mu_a'mu_b).
    """
    with tf.name_scope(name or "kl_von_mises_fisher_von_mises_fisher"):
        check_same_sphere(a, b)
        first, second = a._wide_concentration(), b._wide_concentration()
        shape = prefer_static.broadcast_shape(
            prefer_static.shape(first), prefer_static.shape(second)
        )
        first, second = tf.broadcast_to(first, shape), tf.broadcast_to(second, shape)
        mean = bessel.moments(a._dimension, first).mean
        along = bessel.bregman(a._dimension, first, second)
        return tf.cast(along + second * mean * turn(a, b), a.dtype)


def kl_to_von_mises_fisher(
    a: RotationallySymmetric, b: VonMisesFisher, name: str | None = None
) -> tf.Tensor:
    """KL divergence to a von Mises-Fisher distribution, in nats.

    The divergence of `a` to the uniform distribution, minus what `b` gains over it:
    kappa_b E_a[mu_b'z] - M(kappa_b). What `tfd.kl_divergence` calls once a subclass is
    registered with it.
    """
    with tf.name_scope(name or f"kl_{a.name}_von_mises_fisher"):
        check_same_sphere(a, b)
        second = b._wide_concentration()
        moments = bessel.moments(a._dimension, second)
        # M(k) - k E[w] = k (1 - E[w]) - (k - M), which is small compared with k where
        # both distributions are narrow.
        length = a._wide_mean_resultant_length()
        lost = second * (a._wide_mean_deficit() + length * turn(a, b))
        kl = a._wide_kl_to_uniform() + lost - moments.log_partition_deficit
        return tf.cast(kl, a.dtype)
