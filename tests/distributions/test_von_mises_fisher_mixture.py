"""The mixture, compared with its components one by one."""

import numpy as np
import pytest
import scipy.special
import scipy.stats
import tensorflow as tf
import tensorflow_probability as tfp

from tests.reference import unit_vectors as reference
from tf_vmfvae.distributions import VonMisesFisher, VonMisesFisherMixture
from tf_vmfvae.distributions.von_mises_fisher_mixture import BLOCK

tfd = tfp.distributions


def unit_vectors(count, d, seed=0):
    return reference.unit_vectors([count, d], seed, "float32")


@pytest.mark.parametrize("d", [2, 3, 50])
@pytest.mark.parametrize("kappa", [0.01, 1.0, 80.0, 2000.0])
def test_density_equals_the_mean_of_its_components(d, kappa):
    directions, z = unit_vectors(7, d), unit_vectors(5, d, seed=1)
    each = [
        scipy.stats.vonmises_fisher(_wide(mu), kappa).logpdf(_wide(z))
        for mu in directions
    ]
    expected = scipy.special.logsumexp(each, axis=0) - np.log(7)
    found = VonMisesFisherMixture(directions, kappa).log_prob(z)
    # What float32 leaves of kappa times a cosine.
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=3e-7 * kappa + 1e-5)


def test_each_component_has_its_own_share_and_concentration():
    directions, z = unit_vectors(3, 6), unit_vectors(5, 6, seed=1)
    kappas, logits = [0.5, 20.0, 300.0], [1.0, 2.0, -1.0]
    each = [
        scipy.stats.vonmises_fisher(_wide(mu), kappa).logpdf(_wide(z))
        for mu, kappa in zip(directions, kappas, strict=True)
    ]
    shares = scipy.special.log_softmax(logits)[:, None]
    found = VonMisesFisherMixture(directions, kappas, logits).log_prob(z)
    np.testing.assert_allclose(
        found, scipy.special.logsumexp(each + shares, axis=0), rtol=1e-4, atol=1e-4
    )
    # A component of twice the weight equals two components.
    twice = VonMisesFisherMixture(
        np.repeat(directions[:2], [2, 1], axis=0), [5.0, 5.0, 9.0]
    )
    once = VonMisesFisherMixture(
        directions[:2], [5.0, 9.0], np.log([2, 1], dtype="float32")
    )
    np.testing.assert_allclose(once.log_prob(z), twice.log_prob(z), rtol=1e-5)


def _wide(vectors):
    """Unit vectors in float64."""
    vectors = np.asarray(vectors, "float64")
    return vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)


def test_zero_concentration_is_uniform():
    z = unit_vectors(9, 50, seed=1)
    mixture = VonMisesFisherMixture(unit_vectors(4, 50), 0.0)
    expected = tfd.SphericalUniform(50).log_prob(z)
    np.testing.assert_allclose(mixture.log_prob(z), expected, rtol=1e-6)
    draws = mixture.sample(4000, seed=(1, 2)).numpy()
    assert np.abs(draws.mean(0)).max() < 5 / np.sqrt(50 * 4000)


def test_more_components_than_one_block_holds():
    d, kappa = 5, 20.0
    directions, z = unit_vectors(2 * BLOCK + 3, d), unit_vectors(4, d, seed=1)
    each = VonMisesFisher(directions, kappa).log_prob(z[:, None])
    expected = tf.reduce_logsumexp(each, axis=-1) - np.log(len(directions))
    found = VonMisesFisherMixture(directions, kappa).log_prob(z)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-4)


def test_batches_of_codes_keep_their_shape():
    mixture = VonMisesFisherMixture(unit_vectors(3, 4), 5.0)
    z = unit_vectors(6, 4, seed=1)
    rows = mixture.log_prob(z)
    np.testing.assert_array_equal(
        mixture.log_prob(z.reshape(2, 3, 4)), tf.reshape(rows, [2, 3])
    )
    assert mixture.log_prob(z[0]).shape == ()


def test_draws_have_the_distribution_of_the_mixture():
    directions, count = unit_vectors(3, 3), 9000
    kappas, shares = [300.0, 400.0, 900.0], np.array([0.5, 0.3, 0.2])
    mixture = VonMisesFisherMixture(directions, kappas, np.log(shares, dtype="float32"))
    z = mixture.sample(count, seed=(3, 4)).numpy()
    np.testing.assert_allclose(np.linalg.norm(z, axis=-1), 1.0, rtol=1e-5)
    nearest = np.argmax(z @ directions.T, axis=-1)
    observed = np.bincount(nearest, minlength=3)
    assert scipy.stats.chisquare(observed, count * shares).pvalue > 1e-3
    # On the sphere in three dimensions, 1 minus the cosine to a narrow component's
    # direction is exponentially distributed.
    for component, direction in enumerate(directions):
        cosines = z[nearest == component] @ direction
        expected = scipy.stats.expon(scale=1 / kappas[component])
        assert scipy.stats.kstest(1 - cosines, expected.cdf).pvalue > 1e-3


def test_log_prob_compiles_and_has_the_right_gradients():
    directions = tf.convert_to_tensor(unit_vectors(3, 4))
    z = unit_vectors(5, 4, seed=1)

    def loss(concentration, logits):
        mixture = VonMisesFisherMixture(directions, concentration, logits)
        return tf.reduce_sum(mixture.log_prob(z))

    compiled = tf.function(loss, jit_compile=True)
    arguments = [tf.constant([6.0, 2.0, 9.0]), tf.constant([0.0, 1.0, -1.0])]
    np.testing.assert_allclose(compiled(*arguments), loss(*arguments), rtol=1e-5)
    _, gradients = tfp.math.value_and_gradient(loss, arguments)
    step = 1e-2
    for index, gradient in enumerate(gradients):
        for component in range(3):
            above, below = (
                [
                    argument + sign * step * tf.one_hot(component, 3)
                    if place == index
                    else argument
                    for place, argument in enumerate(arguments)
                ]
                for sign in (1, -1)
            )
            slope = (loss(*above) - loss(*below)) / (2 * step)
            np.testing.assert_allclose(gradient[component], slope, rtol=1e-2, atol=1e-3)


def test_mean_and_mode_agree_with_draws_and_with_a_search():
    directions = unit_vectors(4, 3)
    mixture = VonMisesFisherMixture(
        directions, [3.0, 8.0, 0.5, 20.0], [0.3, 0.1, 1.0, 0]
    )
    z = mixture.sample(200_000, seed=(1, 2))
    np.testing.assert_allclose(mixture.mean(), tf.reduce_mean(z, axis=0), atol=0.005)
    density = mixture.log_prob(z)
    best = float(mixture.log_prob(mixture.mode()))
    assert best >= float(tf.reduce_max(density)) - 1e-5
    assert best == pytest.approx(float(tf.reduce_max(density)), abs=0.01)


def test_component_probabilities_follow_bayes_rule():
    directions, z = unit_vectors(3, 5), unit_vectors(7, 5, seed=1)
    mixture = VonMisesFisherMixture(directions, [2.0, 5.0, 9.0], [0.0, 1.0, -1.0])
    each = VonMisesFisher(directions, [2.0, 5.0, 9.0]).log_prob(z[:, None])
    joint = each + scipy.special.log_softmax([0.0, 1.0, -1.0])
    expected = scipy.special.softmax(joint, axis=-1)
    found = mixture.component_probabilities(z.reshape(7, 1, 5))
    np.testing.assert_allclose(found[:, 0], expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("kappa", [0.1, 5.0, 100.0])
def test_entropy_lies_between_its_bounds(kappa):
    directions = tf.constant(unit_vectors(5, 6), tf.float64)
    directions = tf.math.l2_normalize(directions, axis=-1)
    kappas = kappa * np.array([1.0, 2.0, 0.5, 1.0, 3.0])
    mixture = VonMisesFisherMixture(directions, kappas, np.arange(5.0) / 4)
    low, high = mixture.entropy_bounds()
    nats = -mixture.log_prob(mixture.sample(100_000, seed=(1, 2))).numpy()
    error = 4 * nats.std() / np.sqrt(len(nats))
    assert float(low) - error < nats.mean() < float(high) + error
    assert float(high - low) < 1.0


def test_entropy_bounds_meet_where_all_components_are_the_same():
    mixture = VonMisesFisherMixture(np.tile(unit_vectors(1, 6), [3, 1]), 7.0)
    expected = float(VonMisesFisher(unit_vectors(1, 6)[0], 7.0).entropy())
    for bound in mixture.entropy_bounds():
        assert float(bound) == pytest.approx(expected, rel=1e-5)


def test_it_passes_into_and_out_of_a_function_as_a_composite_tensor():
    mixture = VonMisesFisherMixture(unit_vectors(3, 4), 5.0)
    z = unit_vectors(2, 4, seed=1)

    @tf.function
    def through(distribution):
        return distribution, distribution.log_prob(z)

    back, log_prob = through(mixture)
    assert isinstance(back, VonMisesFisherMixture)
    np.testing.assert_allclose(back.log_prob(z), log_prob, rtol=1e-6)
    np.testing.assert_allclose(mixture.log_prob(z), log_prob, rtol=1e-6)
