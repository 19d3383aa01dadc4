"""The polar part of a draw: `w = mu'z`, and the length of the rest of `z`."""

import math

import tensorflow as tf

from tf_vmfvae.distributions.numerics import quantile_table
from tf_vmfvae.distributions.numerics.horner import horner
from tf_vmfvae.distributions.numerics.quantile_table import COEFFICIENTS, RANGE, Family

# Above this concentration a draw equals its mean direction, to the dtype's precision.
_INFINITE = {tf.float32: 1e18, tf.float64: 1e35}
# Up to this many concentrations, the table is first reduced to one per concentration.
_FEW = 64


def fixed_polar(
    family: Family, dimension: int, concentration: float, x: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns `w` and `sqrt(1 - w^2)` for one concentration, known in advance.

    Args:
      family: which family the distribution of `w` belongs to.
      dimension: d >= 2.
      concentration: Python number; negative or NaN gives NaN.
      x: standard normal variates, float32 or float64 tensor of any shape, |x| < 6.8.

    Returns:
      Two tensors like `x`: the quantiles of `w` at u = Phi(x), and sqrt(1 - w^2).

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
    ratio = family.ratio(rate, concentration)
    table = tf.constant(
        quantile_table.fixed_table(family, dimension, concentration), x.dtype
    )
    cell, position = _locate(x, table.shape[1])
    deviation = horner(tf.unstack(tf.gather(table, cell, axis=1)), position)
    shift = family.spread(rate, ratio) * deviation
    return from_exponential(ratio**0.5 * tf.exp(-shift))


def polar(
    family: Family, dimension: int, concentration: tf.Tensor, x: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns the same for a tensor of concentrations, differentiable in them.

    Automatic differentiation of the interpolated quantile function at fixed `x` gives
    the implicit reparameterisation gradient (Figurnov et al. 2018).

    Args:
      family: which family the distribution of `w` belongs to.
      dimension: d >= 2.
      concentration: tensor that broadcasts against `x` from the right.
      x: standard normal variates, float32 or float64 tensor of any shape, |x| < 6.8.

    Returns:
      Two tensors like `x`.

    >>> family = quantile_table.VON_MISES_FISHER
    >>> w, s = polar(family, 50, tf.constant([80.0, 1e7]), tf.zeros([2]))
    >>> [round(float(v), 4) for v in w]
    [0.7417, 1.0]
    """
    kappa = finite_or_nan(tf.cast(concentration, x.dtype))
    rate = dimension - 1.0
    ratio = family.ratio(rate, kappa)

    grid = quantile_table.grid(dimension)
    place = kappa / (kappa + grid.scale) * grid.panels
    panel = tf.clip_by_value(tf.cast(place, tf.int32), 0, grid.panels - 1)
    within = 2 * (place - tf.cast(panel, x.dtype)) - 1
    cell, position = _locate(x, grid.cells)
    table = tf.constant(quantile_table.table(family, dimension), x.dtype)

    # First evaluate the polynomial in the concentration. Its coefficients are
    # polynomials in x, one block of the leading axis each.
    count = kappa.shape.num_elements()
    if count is not None and count <= _FEW:
        blocks = tf.split(tf.gather(table, panel, axis=1), COEFFICIENTS)
        rows = horner(blocks, within[..., tf.newaxis])
        rows = tf.reshape(rows, [COEFFICIENTS, count * grid.cells])
        owner = tf.reshape(tf.range(count), kappa.shape) * grid.cells
        coefficients = tf.gather(rows, owner + cell, axis=1)
    else:
        rows = tf.reshape(table, [COEFFICIENTS**2, grid.panels * grid.cells])
        blocks = tf.gather(rows, panel * grid.cells + cell, axis=1)
        coefficients = horner(tf.split(blocks, COEFFICIENTS), within)
    deviation = horner(tf.unstack(coefficients), position)
    shift = family.spread(rate, ratio) * deviation
    return from_exponential(ratio**0.5 * tf.exp(-shift))


def finite_or_nan(concentration: tf.Tensor) -> tf.Tensor:
    """Caps concentrations at a finite value; NaN where they are negative or NaN."""
    infinite = tf.constant(_INFINITE[concentration.dtype], concentration.dtype)
    nan = tf.constant(math.nan, concentration.dtype)
    return tf.where(concentration >= 0, tf.minimum(concentration, infinite), nan)


def _locate(x: tf.Tensor, cells: int) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns the cell that holds `x`, and the position in [-1, 1] within it."""
    place = x * (cells / (2 * RANGE))
    middle = cells // 2
    cell = tf.cast(place + middle, tf.int32)
    # Not `place + middle - cell`, whose rounding would cost `x` its digits near 0.
    return cell, 2 * (place - tf.cast(cell - middle, x.dtype)) - 1


def from_exponential(q: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns tanh(y) and 1 / cosh(y) for q = e^-y."""
    whole = 1 + q * q
    return (1 - q) * (1 + q) / whole, 2 * q / whole
