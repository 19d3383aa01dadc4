"""A mixture of von Mises-Fisher distributions."""

from typing import Any

import numpy as np
import tensorflow as tf
import tensorflow_probability as tfp

from tf_vmfvae.distributions import argument_checks
from tf_vmfvae.distributions.numerics import bessel, mixture_em, tangent_normal
from tf_vmfvae.distributions.numerics.tfp_internals import (
    AutoCompositeTensorDistribution,
    assert_util,
    dtype_util,
    parameter_properties,
    reparameterization,
    samplers,
    tensor_util,
)
from tf_vmfvae.distributions.von_mises_fisher import VonMisesFisher

tfd = tfp.distributions

# Components evaluated at once, so that memory does not grow with their number.
BLOCK = 4096
# Steps of the fixed-point iteration for the mode, from every component at once.
MODE_STEPS = 200


class VonMisesFisherMixture(AutoCompositeTensorDistribution):
    """A mixture of von Mises-Fisher distributions.

    Its density is `sum_m pi_m vMF(z; mu_m, kappa_m)`, uniform where every `kappa` is 0.
    Evaluating it takes one product with the matrix of directions, so thousands of
    components cost as much as a dense layer of that many units. Draws are not
    reparameterised.

    Args:
      mean_directions: `mu`, unit vectors, floating tensor [M, d] with static `d >= 2`.
      concentration: `kappa >= 0`, [M], or a scalar for all components.
      logits: `log pi` up to a constant, [M]; `None` gives all the same weight.
      validate_args: check the values of the parameters at run time, and raise
        `tf.errors.InvalidArgumentError`. Without it, one invalid parameter (as for
        `VonMisesFisher`, or a logit that is NaN or infinite) makes every result NaN.
      allow_nan_stats: as in TensorFlow Probability.
      name: prefix of the operations' names.

    Raises:
      ValueError: shapes that do not fit together, or fewer than 2 dimensions.

    >>> mixture = VonMisesFisherMixture([[0.0, 1.0], [0.0, -1.0]], concentration=4.0)
    >>> z = mixture.sample(5, seed=[1, 2])
    >>> z.shape, bool(tf.reduce_all(mixture.log_prob(z) == mixture.log_prob(-z)))
    (TensorShape([5, 2]), True)
    """

    def __init__(
        self,
        mean_directions: Any,
        concentration: Any,
        logits: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "VonMisesFisherMixture",
    ):
        parameters = dict(locals())
        with tf.name_scope(name) as name:
            dtype = dtype_util.common_dtype(
                [mean_directions, concentration, logits], dtype_hint=tf.float32
            )
            self.mean_directions, self.concentration, self.logits = (
                tensor_util.convert_nonref_to_tensor(value, dtype)
                for value in (mean_directions, concentration, logits)
            )
            _check_shapes(self.mean_directions, self.concentration, self.logits)
            # Converted only if something is missing: a composite tensor that is rebuilt
            # must hold the very tensors that it is given.
            components = tf.shape(self.mean_directions)[:1]
            if self.concentration.shape.rank == 0:
                self.concentration = tf.broadcast_to(self.concentration, components)
            if self.logits is None:
                self.logits = tf.zeros(components, dtype)
            super().__init__(
                dtype=dtype,
                reparameterization_type=reparameterization.NOT_REPARAMETERIZED,
                validate_args=validate_args,
                allow_nan_stats=allow_nan_stats,
                parameters=parameters,
                name=name,
            )

    @classmethod
    def fit(
        cls,
        samples: Any,
        components: int,
        *,
        weights: Any = None,
        starts: int = 1,
        iterations: int = 100,
        tolerance: float = 1e-4,
        shared_concentration: bool = False,
        initial_directions: Any = None,
        seed: int | None = None,
    ) -> "VonMisesFisherMixture":
        """Maximum likelihood fit by expectation maximisation.

        The soft-movMF algorithm of Banerjee et al. (2005), with exact concentrations.
        The samples are read block by block: a memory-mapped array may be larger than
        memory. `tf_vmfvae.VonMisesFisherClustering` wraps it for scikit-learn.

        Components are recovered only where the samples can tell them apart. Between two
        components with orthogonal directions, a row makes a difference of `kappa A`
        nats on average, where `A` is the mean resultant length: 13 nats for a kappa of
        100 in 768 dimensions, but 0.0003 for a kappa of 1 in 3,072. With so few, any
        fit describes the noise of its sample; the log-density of other rows shows it.

        Args:
          samples: unit vectors, float array-like [rows, d].
          components: number of components, at most the number of rows.
          weights: a weight for each row, [rows], or `None`.
          starts: fits from this many k-means++ starts; the best one is returned.
          iterations: maximum number of iterations for each start.
          tolerance: a fit ends when an iteration gains less, in nats per row.
          shared_concentration: whether all components have the same concentration.
          initial_directions: [components, d], where to start instead of k-means++.
          seed: seed of the starts.

        Returns:
          A mixture in the samples' dtype (float32 for half precision). No
          concentration is above 1e7, which a component that holds copies of a single
          point would otherwise exceed.

        Raises:
          ValueError: an argument is out of its range, or a row is not a unit vector.

        >>> planted = VonMisesFisherMixture([[0.0, 1.0], [1.0, 0.0]], [50.0, 90.0])
        >>> z = planted.sample(20_000, seed=[1, 2])
        >>> found = VonMisesFisherMixture.fit(z, 2, seed=1)
        >>> sorted(round(float(kappa), -1) for kappa in found.concentration)
        [50.0, 90.0]
        """
        found = mixture_em.fit_mixture(
            samples,
            components,
            weights=weights,
            starts=starts,
            iterations=iterations,
            tolerance=tolerance,
            shared_concentration=shared_concentration,
            initial_directions=initial_directions,
            seed=seed,
        )
        dtype = tf.as_dtype(np.asarray(samples[:1]).dtype)
        dtype = dtype if dtype.size >= 4 else tf.float32
        return cls(
            tf.constant(found.mean_directions, dtype),
            tf.constant(found.concentration, dtype),
            tf.constant(found.log_weights, dtype),
        )

    @classmethod
    def _parameter_properties(cls, dtype, num_classes=None):
        return {
            "mean_directions": parameter_properties.ParameterProperties(event_ndims=2),
            "concentration": parameter_properties.ParameterProperties(event_ndims=1),
            "logits": parameter_properties.ParameterProperties(event_ndims=1),
        }

    def _batch_shape(self):
        # TFP would take a scalar concentration for one of fewer components.
        return tf.TensorShape([])

    def _batch_shape_tensor(self, **kwargs):
        return tf.constant([], tf.int32)

    def _event_shape(self):
        return self.mean_directions.shape[-1:]

    def _event_shape_tensor(self, **kwargs):
        return tf.shape(self.mean_directions)[-1:]

    def _parameter_control_dependencies(self, is_init):
        if not self.validate_args:
            return []
        checks = []
        if is_init != tensor_util.is_ref(self.mean_directions):
            checks.append(
                argument_checks.assert_unit("mean_directions", self.mean_directions)
            )
        if is_init != tensor_util.is_ref(self.concentration):
            checks.append(
                assert_util.assert_non_negative(
                    tf.convert_to_tensor(self.concentration),
                    message="`concentration` must be non-negative and not NaN",
                )
            )
        if is_init != tensor_util.is_ref(self.logits):
            logits = tf.convert_to_tensor(self.logits)
            checks.append(
                assert_util.assert_less(
                    logits,
                    tf.constant(float("inf"), logits.dtype),
                    message="`logits` must not be NaN or infinite",
                )
            )
        return checks

    def _directions(self):
        """Returns the mean directions, which are all NaN if a parameter is invalid."""
        directions = tf.convert_to_tensor(self.mean_directions)
        unit = tangent_normal.unit_or_nan(directions)
        is_valid = (
            tf.reduce_all(unit == unit)
            & tf.reduce_all(self.concentration >= 0)
            & tf.reduce_all(self.logits < float("inf"))
        )
        return tf.where(is_valid, directions, float("nan"))

    def _sample_n(self, n, seed=None):
        of_component, of_code = samplers.split_seed(seed, salt="vmf_mixture")
        drawn = samplers.categorical(self.logits[None], n, seed=of_component)[0]
        directions, concentration = (
            tf.gather(values, drawn)
            for values in (self._directions(), self.concentration)
        )
        return VonMisesFisher(directions, concentration).sample(seed=of_code)

    def _mean(self):
        kappa = tf.cast(self.concentration, tf.float64)
        length = bessel.moments(self.event_shape[-1], kappa).mean
        shares = tf.cast(tf.nn.softmax(self.logits), tf.float64) * length
        directions = tf.cast(self._directions(), tf.float64)
        return tf.cast(
            tf.linalg.matvec(directions, shares, transpose_a=True), self.dtype
        )

    def _mode(self):
        """Returns the highest maximum that the components' directions lead to.

        From each component's direction, `z <- sum_m p(m|z) kappa_m mu_m`, normalised,
        climbs the density to a local maximum (it is expectation maximisation in `z`).
        """
        z = directions = self._directions()
        for _ in range(MODE_STEPS):
            pull = tf.matmul(self._posterior(z) * self.concentration, directions)
            z = tf.where(
                tf.norm(pull, axis=-1, keepdims=True) > 0,
                tf.math.l2_normalize(pull, axis=-1, epsilon=0.0),
                z,
            )
        return z[tf.argmax(self.log_prob(z))]

    def component_probabilities(self, z) -> tf.Tensor:
        """Returns the probability that each component has drawn `z`.

        Args:
          z: unit vectors [..., d].

        Returns:
          Tensor [..., M], whose last axis sums to 1.

        >>> mixture = VonMisesFisherMixture([[0.0, 1.0], [0.0, -1.0]], 4.0)
        >>> mixture.component_probabilities([1.0, 0.0]).numpy().tolist()
        [0.5, 0.5]
        """
        z = tf.convert_to_tensor(z, self.dtype)
        rows = self._posterior(tf.reshape(z, [-1, z.shape[-1]]))
        return tf.reshape(rows, tf.concat([tf.shape(z)[:-1], [tf.shape(rows)[-1]]], 0))

    def _posterior(self, rows):
        joint = mixture_em.joint_log_density(
            rows,
            self._directions(),
            tf.cast(self.concentration, tf.float64),
            tf.cast(self._peaks(), tf.float64),
        )
        return tf.cast(tf.nn.softmax(joint, axis=-1), self.dtype)

    def entropy_bounds(self) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns a lower and an upper bound of the entropy, in nats.

        The entropy of a mixture has no closed form. The bounds are those of Kolchinsky
        and Tracey (2017), from the pairwise Bhattacharyya distances and KL divergences
        of the components; they meet where the components are all the same, and where
        they do not overlap.

        >>> mixture = VonMisesFisherMixture([[0.0, 1.0], [0.0, -1.0]], 4.0)
        >>> low, high = mixture.entropy_bounds()
        >>> bool(low < -tf.reduce_mean(mixture.log_prob(mixture.sample(9999))) < high)
        True
        """
        dimension = self.event_shape[-1]
        kappa = tf.cast(self.concentration, tf.float64)
        natural = kappa[:, None] * tf.cast(self._directions(), tf.float64)
        log_shares = tf.nn.log_softmax(tf.cast(self.logits, tf.float64))
        moments = bessel.moments(dimension, kappa)
        # Of kappa mu, the natural parameter: the log-partition function is convex, and
        # both distances are its Bregman and Jensen differences.
        partition = moments.log_partition
        halves = tf.norm(natural[:, None] + natural[None], axis=-1) / 2
        bhattacharyya = (partition[:, None] + partition[None]) / 2
        bhattacharyya -= bessel.moments(dimension, halves).log_partition
        means = natural * tf.math.divide_no_nan(moments.mean, kappa)[:, None]
        own = tf.reduce_sum(natural * means, axis=-1) - partition
        kl = own[:, None] - tf.matmul(means, natural, transpose_b=True) + partition
        entropy = bessel.log_sphere_area(dimension) - moments.kl
        shares = tf.exp(log_shares)
        return tuple(
            tf.cast(
                tf.reduce_sum(
                    shares
                    * (entropy - tf.reduce_logsumexp(log_shares - distance, axis=-1))
                ),
                self.dtype,
            )
            for distance in (tf.maximum(bhattacharyya, 0.0), tf.maximum(kl, 0.0))
        )

    def _peaks(self):
        """Returns the weighted log-density of each component at its mode."""
        pole = tf.one_hot(0, self.event_shape[-1], dtype=self.dtype)
        peaks = VonMisesFisher(pole, self.concentration).log_prob(pole)
        return peaks + tf.nn.log_softmax(self.logits)

    def _log_prob(self, z):
        rows = tf.reshape(z, [-1, z.shape[-1]])
        blocks = [
            tf.reduce_logsumexp(
                kappa * (tf.matmul(rows, directions, transpose_b=True) - 1.0) + peak,
                axis=-1,
            )
            for directions, kappa, peak in self._blocks(self._peaks())
        ]
        total = tf.reduce_logsumexp(tf.stack(blocks), axis=0)
        return tf.reshape(total, tf.shape(z)[:-1])

    def _blocks(self, peaks):
        columns = self._directions(), self.concentration, peaks
        for start in range(0, self.mean_directions.shape[0], BLOCK):
            yield tuple(values[start : start + BLOCK] for values in columns)


def _check_shapes(mean_directions, concentration, logits):
    shape = mean_directions.shape
    if shape.rank not in (None, 2) or (shape.rank == 2 and (shape[-1] or 2) < 2):
        raise ValueError(
            f"mean_directions has the shape {tuple(shape)}: give one vector of at "
            "least 2 coordinates for each component"
        )
    components = shape[:1]
    for name, values in (("concentration", concentration), ("logits", logits)):
        if values is None or (values.shape.rank == 0 and name == "concentration"):
            continue
        if not values.shape.is_compatible_with(components):
            raise ValueError(
                f"{name} has the shape {tuple(values.shape)}: give one number for each "
                f"of the mean directions, the shape {tuple(components)}"
            )
