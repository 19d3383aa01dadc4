"""Maximum likelihood for mixtures of von Mises-Fisher distributions.

Expectation maximisation as Banerjee et al. (2005) derive it ("Clustering on the Unit
Hypersphere using von Mises-Fisher Distributions", section 3.2, soft-movMF), with the
concentrations solved for exactly rather than approximated (`bessel.inverse_mean`).

The data are read block by block, so memory does not grow with them. Each iteration
takes two matrix products of each block, one with the directions and one with the
shares. They are taken in the data's dtype, but in float64 below 128 dimensions, where
they are cheap and where a narrow component's deficit `1 - A` has no digits to lose.
Sums over blocks, and everything that follows from them, are in float64.
"""

import dataclasses
import functools
import logging
import numbers
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from tf_vmfvae.distributions.numerics import bessel
from tf_vmfvae.distributions.numerics.spherical_starts import choose_starts
from tf_vmfvae.distributions.numerics.unit_rows import UnitRows

# No concentration is fitted above this: a component that holds copies of one point
# would otherwise have an infinite likelihood.
CEILING = 1e7
# A component with less of the data than this share of one row is empty.
_EMPTY = 1e-6


@dataclasses.dataclass
class MixtureFit:
    """A mixture, and how it was found.

    Attributes:
        mean_directions: float64 `[components, d]`, unit vectors.
        concentration: float64 `[components]`.
        log_weights: float64 `[components]`, logarithms of the shares.
        log_likelihood: mean log-likelihood of a row, in nats, after each iteration.
        converged: whether the last iteration gained less than the tolerance.
    """

    mean_directions: np.ndarray
    concentration: np.ndarray
    log_weights: np.ndarray
    log_likelihood: list[float]
    converged: bool

    @property
    def iterations(self) -> int:
        """How many iterations it took."""
        return len(self.log_likelihood)


def fit_mixture(
    samples,
    components: int,
    *,
    weights=None,
    starts: int = 1,
    iterations: int = 100,
    tolerance: float = 1e-4,
    shared_concentration: bool = False,
    normalize: bool = False,
    initial_directions=None,
    seed: int | np.random.Generator | None = None,
    progress: Callable | None = None,
    names: dict[str, str] | None = None,
) -> MixtureFit:
    """Fits a mixture of von Mises-Fisher distributions by expectation maximisation.

    Args:
        samples: unit vectors, float array-like `[rows, d]`.
        components: int, at least 1 and at most the number of rows.
        weights: a weight for each row, `[rows]`, or `None`.
        starts: int, at least 1. Fits from this many k-means++ starts (Arthur and
            Vassilvitskii 2007, with 1 minus the cosine for the distance); the one of
            the highest likelihood is returned.
        iterations: int, at least 1. Maximum number of iterations for each start.
        tolerance: float, at least 0. A fit ends when an iteration gains less than
            this, in nats per row.
        shared_concentration: whether all components have the same concentration.
        normalize: whether rows of any positive norm are accepted, and normalised.
        initial_directions: float array-like `[components, d]`, where the one fit
            starts; in place of k-means++.
        seed: int, `numpy.random.Generator` or `None`. Seed of the starts.
        progress: wraps the range of iterations, as `tqdm.tqdm` does.
        names: what the caller calls these arguments, for error messages.

    Returns:
        The `MixtureFit`.

    Raises:
        ValueError: if an argument is out of its range.
    """
    names = names or {}
    data = UnitRows(samples, weights, normalize, names.get("weights", "weights"))
    rows = np.count_nonzero(data.weights)
    _check(components, starts, iterations, tolerance, rows, names)
    rng = np.random.default_rng(seed)
    best = None
    for _ in range(1 if initial_directions is not None else starts):
        if initial_directions is None:
            directions = choose_starts(data, components, rng)
        else:
            directions = _checked_directions(initial_directions, components, data)
        found = _fit_once(
            data, directions, iterations, tolerance, shared_concentration, progress
        )
        if best is None or found.log_likelihood[-1] > best.log_likelihood[-1]:
            best = found
    return best


def _check(components, starts, iterations, tolerance, rows, names):
    for name, value in (
        ("components", components),
        ("starts", starts),
        ("iterations", iterations),
    ):
        is_number = isinstance(value, numbers.Real)
        if not is_number or value % 1 or value < 1:
            raise ValueError(
                f"{names.get(name, name)} must be a whole number of at least 1, not "
                f"{value!r}"
            )
    if components > rows:
        raise ValueError(
            f"{names.get('components', 'components')} is {components}, but only "
            f"{rows} rows have a weight: give at most one component for each row"
        )
    if not isinstance(tolerance, numbers.Real) or not 0 <= tolerance < np.inf:
        raise ValueError(
            f"{names.get('tolerance', 'tolerance')} must be 0 or more and finite, not "
            f"{tolerance!r}"
        )


def _checked_directions(directions, components, data):
    directions = np.asarray(directions, np.float64)
    if directions.shape != (components, data.dimension):
        raise ValueError(
            f"initial_directions must have the shape ({components}, "
            f"{data.dimension}), not {directions.shape}"
        )
    norms = np.linalg.norm(directions, axis=-1, keepdims=True)
    if not np.all(np.isfinite(norms) & (norms > 0)):
        raise ValueError("initial_directions must be finite and not 0")
    return directions / norms


def _fit_once(data, directions, iterations, tolerance, shared, progress):
    sums = _pass(data, directions, None, None)
    history, converged = [], False
    steps = range(iterations)
    for _ in progress(steps) if progress else steps:
        directions, kappa, log_weights = _maximise(data, sums, shared)
        sums = _pass(data, directions, kappa, log_weights)
        history.append(sums.log_likelihood)
        if len(history) > 1 and history[-1] - history[-2] < tolerance:
            converged = True
            break
    return MixtureFit(directions, kappa, log_weights, history, converged)


@dataclasses.dataclass
class _Sums:
    """What one pass over the data leaves: sums over rows, in float64."""

    mass: np.ndarray  # [components], the weight of each component
    resultant: np.ndarray  # [components, d], its weighted sum of rows
    log_likelihood: float  # mean over the weight
    worst: list[int]  # rows of the lowest likelihood, one per block


def _pass(data, directions, kappa, log_weights) -> _Sums:
    """One pass: soft assignments, or, without concentrations, hard ones."""
    components = len(directions)
    is_hard = kappa is None
    if is_hard:
        kappa, peaks = np.ones(components), np.zeros(components)
    else:
        peaks = _peaks(data.dimension, kappa) + log_weights
    fixed = [
        tf.constant(directions, data.dtype),
        tf.constant(kappa, tf.float64),
        tf.constant(peaks, tf.float64),
    ]
    mass, resultant = np.zeros(components), np.zeros(directions.shape)
    total, worst = 0.0, []
    for part, rows in data.blocks(components):
        scales, weights = data.scales[part], data.weights[part]
        found = _block_sums(
            rows, tf.constant(scales), tf.constant(weights), *fixed, is_hard
        )
        mass += found[0].numpy()
        resultant += found[1].numpy()
        total += float(found[2])
        worst.append((float(found[3]), part.start + int(found[4])))
    total /= data.weights.sum()
    return _Sums(mass, resultant, total, [row for _, row in sorted(worst)])


def joint_blocks(data, directions, kappa, log_weights):
    """Yields log pi_m vMF(z; mu_m, kappa_m), float64 `[rows, components]`, by block."""
    peaks = tf.constant(_peaks(data.dimension, kappa) + log_weights)
    directions = tf.constant(directions, data.dtype)
    kappa = tf.constant(kappa)
    for part, rows in data.blocks(len(kappa)):
        scales = tf.constant(data.scales[part])
        yield joint_log_density(rows, directions, kappa, peaks, scales).numpy()


def _peaks(dimension, kappa):
    """Log-density of each component at its mode."""
    deficit = _compiled(dimension, _log_partition_deficit)(tf.constant(kappa))
    return deficit.numpy() - bessel.log_sphere_area(dimension)


def _log_partition_deficit(dimension, kappa):
    return bessel.moments(dimension, kappa).log_partition_deficit


@functools.cache
def _compiled(dimension, function):
    """Returns a function of the dimension and one vector, compiled.

    Run one by one, the thousand small operations that solve for the concentrations
    take longer than a pass over ten thousand rows.
    """
    vector = tf.TensorSpec([None], tf.float64)
    return tf.function(
        functools.partial(function, dimension),
        input_signature=[vector],
        autograph=False,
    )


@tf.function(reduce_retracing=True)
def _block_sums(rows, scales, weights, directions, kappa, peaks, is_hard):
    log_joint = joint_log_density(rows, directions, kappa, peaks, scales)
    # One exponential for both the density and the shares: beside the two products,
    # exponentials take most of the time.
    highest = tf.reduce_max(log_joint, axis=-1)
    shares = tf.exp(log_joint - highest[:, tf.newaxis])
    total = tf.reduce_sum(shares, axis=-1)
    log_density = highest + tf.math.log(total)
    if is_hard:
        nearest = tf.argmax(log_joint, axis=-1)
        shares = tf.one_hot(nearest, tf.shape(kappa)[0], dtype=tf.float64)
        shares *= weights[:, tf.newaxis]
    else:
        shares *= (weights / total)[:, tf.newaxis]
    scaled = tf.cast(shares * scales[:, tf.newaxis], rows.dtype)
    resultant = tf.matmul(scaled, rows, transpose_a=True)
    counted = tf.where(weights > 0, log_density, np.inf)
    return (
        tf.reduce_sum(shares, axis=0),
        tf.cast(resultant, tf.float64),
        tf.reduce_sum(tf.math.multiply_no_nan(log_density, weights)),
        tf.reduce_min(counted),
        tf.argmin(counted),
    )


def joint_log_density(rows, directions, kappa, peaks, scales=None) -> tf.Tensor:
    """Returns log pi_m vMF(z; mu_m, kappa_m) for each row and component, in float64.

    Args:
        rows: vectors `[rows, d]`; the product with `directions` is taken in their
            dtype.
        directions: `mu`, `[components, d]`, of the same dtype.
        kappa: float64 `[components]`.
        peaks: float64 `[components]`, the weighted log-density at each mode.
        scales: float64 `[rows]`, what makes the rows unit vectors; `None` if they are.
    """
    cosines = tf.cast(tf.matmul(rows, directions, transpose_b=True), tf.float64)
    if scales is not None:
        cosines *= scales[:, tf.newaxis]
    return kappa * (cosines - 1.0) + peaks


def _maximise(data, sums, shared):
    """The parameters of the highest likelihood, given the assignments."""
    mass, resultant = sums.mass.copy(), sums.resultant.copy()
    empty = np.flatnonzero(mass < _EMPTY * data.weights.mean())
    if empty.size:
        _refill(data, sums, mass, resultant, empty)
    length = np.linalg.norm(resultant, axis=-1)
    directions = resultant / np.where(length > 0, length, 1.0)[:, np.newaxis]
    # The direction of a component whose rows cancel out is arbitrary.
    directions[length == 0, 0] = 1.0
    deficit = (mass - length) / mass
    if shared:
        deficit = np.full(len(mass), np.sum(mass - length) / mass.sum())
    deficit = tf.constant(np.clip(deficit, 0.0, 1.0))
    kappa = _compiled(data.dimension, bessel.inverse_mean)(deficit).numpy()
    log_weights = np.log(mass / mass.sum())
    return directions, np.minimum(kappa, CEILING), log_weights


def _refill(data, sums, mass, resultant, empty):
    """Puts each empty component where the mixture explains the data worst."""
    logging.getLogger(__name__).debug("%d empty components moved", len(empty))
    others = np.delete(np.arange(len(mass)), empty)
    # As spread out as the others are, and with the weight of one row.
    typical = np.sum(np.linalg.norm(resultant[others], axis=-1)) / mass[others].sum()
    fallback = np.argsort(-data.weights, kind="stable")
    rows = list(dict.fromkeys([*sums.worst, *fallback[: len(empty)].tolist()]))
    for component, row in zip(empty, rows, strict=False):
        mass[component] = data.weights[data.weights > 0].mean()
        resultant[component] = typical * mass[component] * data.take([row])[0]
