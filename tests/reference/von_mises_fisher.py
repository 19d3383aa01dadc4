"""Exact statistics of the von Mises-Fisher distribution, by mpmath at 60 digits."""

import functools

import mpmath
import numpy as np
import tensorflow as tf
import tensorflow_probability as tfp

tfd = tfp.distributions

# The largest error that the library promises for each dtype.
PROMISE = {tf.float32: 1e-6, tf.float64: 1e-12}
_DIGITS = 60


@functools.cache
def exact_moments(dimension: int, concentration: float) -> dict[str, mpmath.mpf]:
    """Returns statistics of w and the KL to the uniform distribution, to 40 digits.

    By Bessel functions; above a dimension of 2,000, where their series grow long, by
    the trapezoidal rule in artanh(w), whose error falls exponentially with the number
    of points.

    >>> round(float(exact_moments(50, 80.0)["kl"]), 10)
    19.5152079329
    """
    with mpmath.workdps(_DIGITS):
        k, half = mpmath.mpf(concentration), mpmath.mpf(dimension) / 2
        if dimension <= 2000:
            order = half - 1
            bessel = mpmath.besseli(order, k)
            log_partition = mpmath.log(bessel) + mpmath.loggamma(half)
            log_partition -= order * mpmath.log(k / 2)
            mean = mpmath.besseli(half, k) / bessel
            variance = 1 - mean**2 - (dimension - 1) * mean / k
        else:
            log_partition, mean, variance = _by_quadrature(dimension, k)
        return {
            "log_partition": log_partition,
            "mean": mean,
            "variance": variance,
            "kl": k * mean - log_partition,
            "log_area": mpmath.log(2)
            + half * mpmath.log(mpmath.pi)
            - mpmath.loggamma(half),
        }


def _by_quadrature(dimension, k):
    rate = mpmath.mpf(dimension - 1)
    mode = 2 * k / (rate + mpmath.sqrt(rate**2 + 4 * k**2))
    centre = mpmath.atanh(mode)
    step = mpmath.mpf("0.35") / mpmath.sqrt(rate * (1 + mode**2))

    def exponent(y):
        return k * mpmath.tanh(y) - rate * mpmath.log(mpmath.cosh(y))

    top = exponent(centre)
    points = [centre + step * j for j in range(-60, 61)]
    weights = [mpmath.exp(exponent(y) - top) for y in points]
    total = mpmath.fsum(weights)
    w = [mpmath.tanh(y) for y in points]
    mean = mpmath.fsum(a * b for a, b in zip(weights, w, strict=True)) / total
    variance = (
        mpmath.fsum(a * (b - mean) ** 2 for a, b in zip(weights, w, strict=True))
        / total
    )
    uniform = mpmath.log(mpmath.beta(mpmath.mpf("0.5"), rate / 2))
    return mpmath.log(total * step) + top - uniform, mean, variance


def exact_statistics(dimension: int, concentration: float) -> dict[str, mpmath.mpf]:
    """Returns the values that `measured_statistics` should return."""
    with mpmath.workdps(_DIGITS):
        exact = exact_moments(dimension, concentration)
        return {
            "KL to uniform": exact["kl"],
            "d KL / d kappa": concentration * exact["variance"],
            "mean resultant length A": exact["mean"],
            "d A / d kappa": exact["variance"],
            "entropy": exact["log_area"] - exact["kl"],
            "log-normaliser": exact["log_partition"] + exact["log_area"],
        }


def measured_statistics(
    distribution: type, dimension: int, concentrations, dtype
) -> dict:
    """Returns the same by a distribution class, for several concentrations at once."""
    kappa = tf.constant(concentrations, dtype)
    mean_direction = tf.one_hot(0, dimension, dtype=dtype)
    with tf.GradientTape() as kl_tape, tf.GradientTape() as mean_tape:
        kl_tape.watch(kappa)
        mean_tape.watch(kappa)
        vmf = distribution(mean_direction, kappa)
        kl = vmf.kl_divergence(tfd.SphericalUniform(dimension, dtype=dtype))
        mean = vmf.mean()[..., 0]
    return {
        "KL to uniform": kl,
        "d KL / d kappa": kl_tape.gradient(kl, kappa),
        "mean resultant length A": mean,
        "d A / d kappa": mean_tape.gradient(mean, kappa),
        "entropy": vmf.entropy(),
        "log-normaliser": -vmf.log_prob(mean_direction) + kappa,
    }


def worst_errors(distribution: type, dtype: tf.DType, points) -> dict[str, tuple]:
    """Returns the largest error of each statistic, and where it occurs.

    Errors are relative; those of the entropy and the log-normaliser relative or
    absolute, whichever is smaller.

    Args:
      distribution: a class with the arguments of `tfd.VonMisesFisher`.
      dtype: tf.float32 or tf.float64.
      points: pairs of a dimension and a list of concentrations.

    Returns:
      Name of the statistic -> (error, dimension, concentration).
    """
    worst = {}
    for dimension, concentrations in points:
        # The values as the dtype holds them.
        held = [float(tf.constant(k, dtype)) for k in concentrations]
        measured = measured_statistics(distribution, dimension, held, dtype)
        for index, kappa in enumerate(held):
            for name, exact in exact_statistics(dimension, kappa).items():
                value = float(measured[name][index])
                if not np.isfinite(value):
                    error = np.inf
                else:
                    error = abs(float(value - exact))
                    scale = abs(float(exact))
                    absolute_too = name in ("entropy", "log-normaliser")
                    error /= max(scale, 1.0) if absolute_too else scale
                if error >= worst.get(name, (-1.0,))[0]:
                    worst[name] = (error, dimension, kappa)
    return worst
