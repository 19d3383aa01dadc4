import math

import numpy as np
import pytest
import tensorflow as tf
from scipy import stats

from tf_vmfvae.distributions.numerics import polar, quantile_table
from tf_vmfvae.distributions.numerics.quantile_table import (
    POWER_SPHERICAL,
    VON_MISES_FISHER,
)

X = np.array([-6.7, -5.5, -4.0, -2.0, -0.5, 0.3, 1.7, 3.5, 5.2, 6.7])


NODES, WEIGHTS = np.polynomial.legendre.leggauss(16)
EDGES = np.concatenate(
    [np.geomspace(1e-14, 1e-2, 100), np.linspace(1e-2, np.pi, 400)[1:]]
)


def exact_tail(log_density, dimension, w, s, upper):
    """Exact P(W > w) or P(W < w) by Gauss-Legendre quadrature over the angle.

    The angle is counted from the pole the tail belongs to, which keeps its digits.
    """
    sign = 1.0 if upper else -1.0
    end = np.arctan2(s, sign * w)
    edges = np.concatenate([[0.0], EDGES[end > EDGES], [end], EDGES[end < EDGES]])
    half = np.diff(edges) / 2
    angle = (edges[:-1] + half)[:, np.newaxis] + half[:, np.newaxis] * NODES
    log = log_density(sign * np.cos(angle)) + (dimension - 2) * np.log(np.sin(angle))
    mass = half * (np.exp(log - log.max()) @ WEIGHTS)
    return mass[edges[:-1] < end].sum() / mass.sum()


CASES = [
    (VON_MISES_FISHER, 2, 1.0),
    (VON_MISES_FISHER, 2, 12.0),
    (VON_MISES_FISHER, 3, 10.0),
    (VON_MISES_FISHER, 5, 2.0),
    (VON_MISES_FISHER, 50, 80.0),
    (VON_MISES_FISHER, 200, 150.0),
    (VON_MISES_FISHER, 4, 0.0),
    (POWER_SPHERICAL, 3, 5.0),
    (POWER_SPHERICAL, 50, 60.0),
]


@pytest.mark.parametrize(("family", "dimension", "kappa"), CASES)
@pytest.mark.parametrize("kind", ["fixed", "tensor"])
def test_quantiles_have_the_exact_probability_into_both_tails(
    family, dimension, kappa, kind
):
    x = tf.constant(X)
    if kind == "fixed":
        w, s = polar.fixed_polar(family, dimension, kappa, x)
    else:
        w, s = polar.polar(family, dimension, tf.constant(kappa, tf.float64), x)

    def log_density(cosine):
        if family is VON_MISES_FISHER:
            return kappa * cosine
        return kappa * np.log(np.maximum(1 + cosine, 1e-300))

    for at, cosine, sine in zip(X, w.numpy(), s.numpy(), strict=True):
        tail = exact_tail(log_density, dimension, cosine, sine, upper=at > 0)
        expected = stats.norm.sf(abs(at))
        # In x, float32 resolves 5e-7 out there; a tail changes by |x| times that.
        assert tail == pytest.approx(expected, rel=2e-5 if at < -6 else 4e-6)


def test_three_dimensions_agree_with_the_closed_form():
    kappa, u = 10.0, stats.norm.cdf(X)
    w, _ = polar.fixed_polar(VON_MISES_FISHER, 3, kappa, tf.constant(X))
    exact = 1 + np.log(u + stats.norm.sf(X) * math.exp(-2 * kappa)) / kappa
    np.testing.assert_allclose(w, exact, atol=1e-9)


@pytest.mark.parametrize("family", [VON_MISES_FISHER, POWER_SPHERICAL])
@pytest.mark.parametrize("dimension", [2, 3, 10, 50, 1000, 100_000])
def test_table_for_all_concentrations_agrees_with_those_for_one(family, dimension):
    rng = np.random.default_rng(dimension)
    x = tf.constant(rng.uniform(-6.7, 6.7, 200))
    for kappa in (0.0, 1e-2, 3.0, 20.0, dimension / 2, 1e3, 1e7):
        _, one = polar.fixed_polar(family, dimension, kappa, x)
        _, other = polar.polar(family, dimension, tf.constant(kappa, tf.float64), x)
        np.testing.assert_allclose(one, other, rtol=5e-6 if dimension == 2 else 2e-7)


@pytest.mark.parametrize("dimension", [2, 3, 10, 200])
def test_float32_follows_float64(dimension):
    rng = np.random.default_rng(0)
    kappa = 10 ** rng.uniform(-2, 7, 300)
    x = rng.uniform(-5.3, 5.3, 300)
    wide = polar.polar(VON_MISES_FISHER, dimension, tf.constant(kappa), tf.constant(x))
    narrow = polar.polar(
        VON_MISES_FISHER,
        dimension,
        tf.constant(kappa, tf.float32),
        tf.constant(x, tf.float32),
    )
    np.testing.assert_allclose(narrow[0], wide[0], atol=1e-6)
    np.testing.assert_allclose(narrow[1], wide[1], rtol=1e-5)


@pytest.mark.parametrize("family", [VON_MISES_FISHER, POWER_SPHERICAL])
@pytest.mark.parametrize("dimension", [2, 3, 5, 50, 1000])
def test_derivative_in_the_concentration_equals_the_exact_one(family, dimension):
    rate = dimension - 1.0
    x = np.linspace(-5, 5, 21)

    def exact_w(kappa):
        ratio = family.ratio(rate, kappa)
        m = np.array([(1 - ratio) / (1 + ratio)])
        deviation = quantile_table.scaled_quantiles(family, dimension, m, x)[0]
        return np.tanh(family.spread(rate, ratio) * deviation - np.log(ratio) / 2)

    for kappa in (1e-2, 1.0, 7.0, 40.0, 300.0, 1e5):
        step = 1e-4 * kappa
        exact = (exact_w(kappa + step) - exact_w(kappa - step)) / (2 * step)
        k = tf.fill([len(x)], tf.constant(kappa, tf.float64))
        with tf.GradientTape() as tape:
            tape.watch(k)
            w, _ = polar.polar(family, dimension, k, tf.constant(x))
        error = np.abs(tape.gradient(w, k) - exact)
        assert error.max() < 1e-4 * np.abs(exact).max(), kappa


def test_quantile_and_derivative_do_not_jump_where_pieces_join():
    for dimension in (2, 3, 10, 50):
        cut = quantile_table.grid(dimension)
        t = np.arange(1, cut.panels) / cut.panels
        at = cut.scale * t / (1 - t)
        sides = []
        for side in (1 - 1e-12, 1 + 1e-12):
            k = tf.constant(at * side)[:, tf.newaxis] * np.ones(9)
            x = tf.constant(np.linspace(-4, 4, 9)) * tf.ones_like(k)
            with tf.GradientTape() as tape:
                tape.watch(k)
                w, _ = polar.polar(VON_MISES_FISHER, dimension, k, x)
            sides.append((w.numpy(), tape.gradient(w, k).numpy()))
        (w1, g1), (w2, g2) = sides
        np.testing.assert_allclose(w1, w2, atol=1e-7)
        scale = np.abs(g1).max(axis=1, keepdims=True)
        assert np.all(np.abs(g1 - g2) < 2e-4 * scale), dimension


def test_few_and_many_concentrations_give_the_same():
    kappa = np.linspace(0.5, 90, 100)
    x = np.linspace(-3, 3, 100)
    many, _ = polar.polar(VON_MISES_FISHER, 50, tf.constant(kappa), tf.constant(x))
    few, _ = polar.polar(
        VON_MISES_FISHER, 50, tf.constant(kappa[:40]), tf.constant(x[:40])
    )
    np.testing.assert_allclose(many[:40], few, rtol=1e-13)
