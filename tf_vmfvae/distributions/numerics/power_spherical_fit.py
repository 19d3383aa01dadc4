"""Maximum likelihood for the power spherical distribution.

The mean log-likelihood is `kappa * f(mu)` plus a function of kappa, with

    f(mu) = mean(log(1 + mu'x)),

so the best mean direction maximises `f` whatever kappa is, and kappa then solves one
equation (`gamma_ratio.inverse_digamma_gap`). Newton's method climbs `f` on the sphere:
each step solves for the Hessian by conjugate gradients, which never form a [d, d]
matrix, and is halved until `f` rises.
"""

import numpy as np
import tensorflow as tf

from tf_vmfvae.distributions.numerics import gamma_ratio

# Directions to start from besides the mean of the samples.
_STARTS = 16
_NEWTON_STEPS = 60
_HALVINGS = 40
_CONJUGATE_STEPS = 60
# A Newton step shorter than this leaves an error of about its square.
_SHORT_STEP = 1e-9
# By how much rounding may make `f` fall in a step that is right.
_ROUNDING = 1e-14


def fit(samples: tf.Tensor, shares: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns the maximum likelihood estimates of both parameters.

    Where kappa is below 1, `f` can have several maxima. The one returned is climbed to
    from the best of the mean of the samples and a few fixed directions.

    Args:
      samples: float64 unit vectors [n, B, d].
      shares: float64 weights [n, B], non-negative, which sum to 1 over the samples.

    Returns:
      mean direction [B, d] and concentration [B]; NaN where a sample is.
    """
    direction = _climb(samples, shares, _start(samples, shares))
    # -log((1 + mu'x) / 2), without losing its digits to the 1.
    square = tf.reduce_sum((samples - direction) ** 2, axis=-1)
    loss = -tf.reduce_sum(
        tf.math.multiply_no_nan(tf.math.log1p(-square / 4), shares), axis=0
    )
    return direction, gamma_ratio.inverse_digamma_gap(samples.shape[-1], loss)


def _cosines(samples, direction):
    return tf.einsum("nbd,bd->nb", samples, direction)


def _objective(cosines, shares):
    """Returns f, minus infinity where a sample is opposite to the direction."""
    log = tf.math.log1p(tf.maximum(cosines, -1.0))
    return tf.reduce_sum(tf.math.multiply_no_nan(log, shares), axis=0)


def _start(samples, shares):
    """Returns the direction [B, d] with the largest f among the candidates."""
    resultant = tf.einsum("nbd,nb->bd", samples, shares)
    fixed = np.random.default_rng(0).normal(size=[_STARTS, samples.shape[-1]])
    candidates = [resultant] + [resultant * 0 + direction for direction in fixed]
    best = tf.math.l2_normalize(candidates[1], axis=-1)
    highest = tf.fill(tf.shape(resultant)[:1], tf.constant(-np.inf, tf.float64))
    for candidate in candidates:
        unit = tf.math.l2_normalize(candidate, axis=-1, epsilon=0.0)
        value = _objective(_cosines(samples, unit), shares)
        higher = value > highest
        best = tf.where(higher[:, tf.newaxis], unit, best)
        highest = tf.where(higher, value, highest)
    return best


def _climb(samples, shares, start):
    def unfinished(step, direction, done):
        return (step < _NEWTON_STEPS) & ~tf.reduce_all(done)

    def newton_step(step, direction, done):
        cosines = _cosines(samples, direction)
        pull = tf.math.divide_no_nan(shares, tf.maximum(1 + cosines, 0.0))
        gradient = tf.einsum("nbd,nb->bd", samples, pull)
        along = _inner(gradient, direction)
        gradient -= along * direction

        def minus_hessian(vector):
            weight = tf.math.divide_no_nan(pull, 1 + cosines)
            bent = tf.einsum("nbd,nb->bd", samples, weight * _cosines(samples, vector))
            return bent - _inner(bent, direction) * direction + along * vector

        move = _solve(minus_hessian, gradient)
        value = _objective(cosines, shares)
        moved, length = _line_search(samples, shares, direction, move, value)
        moved = tf.where(done[:, tf.newaxis], direction, moved)
        # A step of NaN is done too.
        return step + 1, moved, done | ~(length > _SHORT_STEP)

    done = tf.zeros(tf.shape(start)[:1], tf.bool)
    return tf.while_loop(unfinished, newton_step, [0, start, done])[1]


def _inner(a, b):
    return tf.reduce_sum(a * b, axis=-1, keepdims=True)


def _solve(minus_hessian, gradient):
    """Solves for the step by conjugate gradients, until curvature is not positive.

    The step is always uphill: it is the gradient itself where the curvature along the
    gradient is not positive.
    """
    size = tf.sqrt(_inner(gradient, gradient))
    target = size * tf.minimum(size, 0.1)

    def unfinished(step, *state):
        return (step < _CONJUGATE_STEPS) & ~tf.reduce_all(state[-1])

    def conjugate_step(step, move, rest, search, done):
        square = _inner(rest, rest)
        bent = minus_hessian(search)
        curvature = _inner(search, bent)
        bad = ~(curvature > 0)
        pace = tf.where(
            done | bad, tf.zeros_like(square), tf.math.divide_no_nan(square, curvature)
        )
        move = tf.where(bad & (step == 0), gradient, move + pace * search)
        rest -= pace * bent
        ratio = tf.math.divide_no_nan(_inner(rest, rest), square)
        done |= bad | (_inner(rest, rest) <= target**2)
        return step + 1, move, rest, rest + ratio * search, done

    state = [0, tf.zeros_like(gradient), gradient, gradient, size <= 0]
    return tf.while_loop(unfinished, conjugate_step, state)[1]


def _line_search(samples, shares, direction, move, value):
    """Halves the step until f does not fall; returns the direction and step length."""

    def moved(pace):
        return tf.math.l2_normalize(direction + pace * move, axis=-1)

    def falls(pace):
        reached = _objective(_cosines(samples, moved(pace)), shares)
        return (reached < value - _ROUNDING)[:, tf.newaxis]

    def unfinished(step, pace, falling):
        return (step < _HALVINGS) & tf.reduce_any(falling)

    def halve(step, pace, falling):
        pace = tf.where(falling, pace / 2, pace)
        return step + 1, pace, falls(pace)

    pace = tf.ones_like(move[:, :1])
    _, pace, falling = tf.while_loop(unfinished, halve, [0, pace, falls(pace)])
    pace = tf.where(falling, tf.zeros_like(pace), pace)
    return moved(pace), tf.norm(pace * move, axis=-1)
