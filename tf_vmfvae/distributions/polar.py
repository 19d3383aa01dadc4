"""The polar part of a draw: `w = mu'z` and the length of what is left of `z`."""

import math

import tensorflow as tf

from tf_vmfvae.distributions import quantile_table
from tf_vmfvae.distributions.quantile_table import (
    COEFFICIENTS,
    RANGE,
    Law,
)

# Beyond this a draw is its mean direction, to any dtype's precision.
_INFINITE = {tf.float32: 1e18, tf.float64: 1e35}
# Up to so many concentrations get a table of their own before the draws are looked up.
_FEW = 64


def fixed_polar(
    law: Law, dimension: int, concentration: float, x: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """`w` and `sqrt(1 - w^2)` at the normal variates `x`, one known concentration.

    Args:
      law: family of the polar law.
      dimension: d >= 2.
      concentration: Python number; negative or NaN gives NaN.
      x: float32 or float64 tensor of any shape, |x| < 6.8.

    Returns:
      Two tensors like `x`: the quantiles at u = Phi(x), and their complements.

    >>> x = tf.constant([-1.0, 0.0, 1.0])
    >>> w, s = fixed_polar(quantile_table.VON_MISES_FISHER, 3, 0.0, x)
    >>> [round(float(v), 4) for v in w]  # 2 Phi(x) - 1
    [-0.6827, 0.0, 0.6827]
    """
    if not concentration >= 0:
        invalid = tf.fill(tf.shape(x), tf.constant(math.nan, x.dtype))
        return invalid, invalid
    concentration = min(concentration, _INFINITE[x.dtype])
    rate = dimension - 1.0
    ratio = law.ratio(rate, concentration)
    table = tf.constant(
        quantile_table.fixed_table(law, dimension, concentration), x.dtype
    )
    cell, position = _locate(x, table.shape[1])
    deviation = _horner(tf.unstack(tf.gather(table, cell, axis=1)), position)
    return _from_exponential(ratio**0.5 * tf.exp(-law.spread(rate, ratio) * deviation))


def polar(
    law: Law, dimension: int, concentration: tf.Tensor, x: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """The same for a tensor of concentrations, differentiable in them.

    Automatic differentiation of the interpolated quantile function at fixed `x` is
    the implicit reparameterisation gradient (Figurnov et al. 2018).

    Args:
      law: family of the polar law.
      dimension: d >= 2.
      concentration: tensor that broadcasts against `x` from the right.
      x: float32 or float64 tensor of any shape, |x| < 6.8.

    Returns:
      Two tensors like `x`.

    >>> law = quantile_table.VON_MISES_FISHER
    >>> w, s = polar(law, 50, tf.constant([80.0, 1e7]), tf.zeros([2]))
    >>> [round(float(v), 4) for v in w]
    [0.7417, 1.0]
    """
    kappa = finite_or_nan(tf.cast(concentration, x.dtype))
    rate = dimension - 1.0
    ratio = law.ratio(rate, kappa)

    grid = quantile_table.grid(dimension)
    place = kappa / (kappa + grid.scale) * grid.panels
    panel = tf.clip_by_value(tf.cast(place, tf.int32), 0, grid.panels - 1)
    within = 2 * (place - tf.cast(panel, x.dtype)) - 1
    cell, position = _locate(x, grid.cells)
    table = tf.constant(quantile_table.table(law, dimension), x.dtype)

    # First the polynomial in the concentration, whose coefficients are polynomials in
    # x, one block of the leading axis each.
    count = kappa.shape.num_elements()
    if count is not None and count <= _FEW:
        blocks = tf.split(tf.gather(table, panel, axis=1), COEFFICIENTS)
        rows = _horner(blocks, within[..., tf.newaxis])
        rows = tf.reshape(rows, [COEFFICIENTS, count * grid.cells])
        owner = tf.reshape(tf.range(count), kappa.shape) * grid.cells
        coefficients = tf.gather(rows, owner + cell, axis=1)
    else:
        rows = tf.reshape(table, [COEFFICIENTS**2, grid.panels * grid.cells])
        blocks = tf.gather(rows, panel * grid.cells + cell, axis=1)
        coefficients = _horner(tf.split(blocks, COEFFICIENTS), within)
    deviation = _horner(tf.unstack(coefficients), position)
    return _from_exponential(ratio**0.5 * tf.exp(-law.spread(rate, ratio) * deviation))


def finite_or_nan(concentration: tf.Tensor) -> tf.Tensor:
    """Concentrations that formulas can take; NaN where they are negative or NaN."""
    infinite = tf.constant(_INFINITE[concentration.dtype], concentration.dtype)
    nan = tf.constant(math.nan, concentration.dtype)
    return tf.where(concentration >= 0, tf.minimum(concentration, infinite), nan)


def _locate(x: tf.Tensor, cells: int) -> tuple[tf.Tensor, tf.Tensor]:
    """The cell of `x` and the position in [-1, 1] within it."""
    place = x * (cells / (2 * RANGE))
    middle = cells // 2
    cell = tf.cast(place + middle, tf.int32)
    # Not from the rounded sum: `x` keeps all of its digits near 0.
    return cell, 2 * (place - tf.cast(cell - middle, x.dtype)) - 1


def _horner(coefficients: list[tf.Tensor], x: tf.Tensor) -> tf.Tensor:
    total = coefficients[-1]
    for coefficient in coefficients[-2::-1]:
        total = total * x + coefficient
    return total


def _from_exponential(q: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """tanh(y) and 1 / cosh(y) from q = e^-y."""
    whole = 1 + q * q
    return (1 - q) * (1 + q) / whole, 2 * q / whole
