"""Worst errors of the distribution's statistics, ours and TFP's side by side.

    python -m benchmarks.accuracy

Each statistic is compared with mpmath at 60 digits over a grid of dimensions from 2 to
100,000 and concentrations from 1e-6 to 1e7, and at random points between. Errors are
relative, those of the entropy and the log-normaliser relative or absolute, whichever
is smaller. Exit status 1 if one of ours is above the promise: 1e-6 in float32, 1e-12
in float64.
"""

import functools
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import mpmath
import numpy as np
import tensorflow as tf
import tensorflow_probability as tfp

from tf_vmfvae import distributions

tfd = tfp.distributions

DIMENSIONS = (2, 3, 4, 5, 10, 25, 50, 51, 52, 100, 200, 512, 1000, 10_000, 100_000)
CONCENTRATIONS = (*(10.0**p for p in range(-6, 8)), 24.9, 25.1, 35.0, 80.0, 150.0)
RANDOM_POINTS = 30
PROMISE = {tf.float32: 1e-6, tf.float64: 1e-12}
_DIGITS = 60


@functools.cache
def exact_moments(dimension: int, concentration: float) -> dict[str, mpmath.mpf]:
    """Log-partition, mean and variance of w, and the KL to uniform, to 40 digits.

    By Bessel functions; beyond a dimension of 2,000, where their series grow long, by
    the trapezoidal rule in artanh(w), whose error falls exponentially with the number
    of points.

    >>> float(exact_moments(50, 80.0)["kl"])
    19.5152079329482
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
    """What `measured_statistics` should have returned."""
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


def measured_statistics(law: type, dimension: int, concentrations, dtype) -> dict:
    """The same by a distribution class, for several concentrations at once."""
    kappa = tf.constant(concentrations, dtype)
    mean_direction = tf.one_hot(0, dimension, dtype=dtype)
    with tf.GradientTape() as kl_tape, tf.GradientTape() as mean_tape:
        kl_tape.watch(kappa)
        mean_tape.watch(kappa)
        vmf = law(mean_direction, kappa)
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


def worst_errors(law: type, dtype: tf.DType, points) -> dict[str, tuple]:
    """The largest error of each statistic, and where it is."""
    worst = {}
    for dimension, concentrations in points:
        # What the dtype holds, not what was written down.
        held = [float(tf.constant(k, dtype)) for k in concentrations]
        measured = measured_statistics(law, dimension, held, dtype)
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


def points_of_comparison(seed: int = 0) -> list[tuple[int, list[float]]]:
    """The grid, and random points between its lines."""
    rng = np.random.default_rng(seed)
    random = [
        (round(2 * 50_000 ** rng.uniform()), [float(10 ** rng.uniform(-6, 7))])
        for _ in range(RANDOM_POINTS)
    ]
    return [(d, list(CONCENTRATIONS)) for d in DIMENSIONS] + random


def main() -> int:
    """Prints the table; 1 if a promise is broken."""
    points = points_of_comparison()
    broken = False
    print(f"{'':25}{'dtype':9}{'ours':>9}  {'worst at':24}{'TFP':>9}  worst at")
    for dtype, promise in PROMISE.items():
        ours = worst_errors(distributions.VonMisesFisher, dtype, points)
        theirs = worst_errors(tfd.VonMisesFisher, dtype, points)
        for name, (error, dimension, kappa) in ours.items():
            broken |= error > promise
            mark = "" if error <= promise else f"  above {promise:.0e}"
            there, at, k = theirs[name]
            print(
                f"{name:25}{dtype.name:9}{error:9.1e}  "
                f"{f'd={dimension}, kappa={kappa:.4g}':24}"
                f"{there:9.1e}  d={at}, kappa={k:.4g}{mark}"
            )
    return int(broken)


if __name__ == "__main__":
    sys.exit(main())
