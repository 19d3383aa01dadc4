import numpy as np
import pytest
import tensorflow as tf
import tensorflow_probability as tfp

from tf_vmfvae.distributions import (
    PowerSpherical,
    SphericalCauchy,
    SphericalShell,
    VonMisesFisher,
    VonMisesFisherMixture,
    kl_to_uniform,
)

tfd = tfp.distributions
DISTRIBUTIONS = pytest.mark.parametrize(
    "distribution", [VonMisesFisher, PowerSpherical, SphericalCauchy]
)
GOOD = np.array([0.6, 0.8, 0.0], "float32")


@DISTRIBUTIONS
@pytest.mark.parametrize(
    "mean_direction", [[1.0, 1.0, 0.0], [0.0, 0.0, 0.0], [0.6, 0.81, 0.0]]
)
def test_a_mean_direction_off_the_sphere_gives_nan_or_an_error(
    distribution, mean_direction
):
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"mean_direction.*unit"):
        distribution(mean_direction, 0.5, validate_args=True)
    bad = distribution(mean_direction, tf.constant(0.5))
    assert_all_nan(bad)


@DISTRIBUTIONS
@pytest.mark.parametrize("concentration", [-1.0, np.nan])
def test_a_negative_concentration_gives_nan_or_an_error(distribution, concentration):
    with pytest.raises(
        tf.errors.InvalidArgumentError, match=r"concentration.*non-negative"
    ):
        distribution(GOOD, concentration, validate_args=True)
    assert_all_nan(distribution(GOOD, concentration))
    assert_all_nan(distribution(GOOD, tf.constant(concentration)))


def assert_all_nan(bad):
    uniform = tfd.SphericalUniform(3)
    for value in (
        bad.sample(3, seed=[1, 2]),
        bad.log_prob(GOOD),
        bad.mean(),
        bad.entropy(),
        bad.variance(),
        bad.covariance(),
        bad.kl_divergence(uniform),
        bad.kl_divergence(VonMisesFisher(GOOD, 1.0)),
    ):
        assert np.all(np.isnan(value))


def test_one_invalid_example_does_not_affect_the_others():
    mean = np.stack([GOOD, 2 * GOOD, GOOD])
    vmf = VonMisesFisher(mean, tf.constant([1.0, 1.0, -1.0]))
    good = np.isfinite(vmf.sample(seed=[1, 2])).all(axis=-1)
    np.testing.assert_array_equal(good, [True, False, False])


@DISTRIBUTIONS
def test_rounding_errors_in_the_mean_direction_are_accepted(distribution):
    close = GOOD * (1 + 2e-6)
    z = distribution(close, 0.5, validate_args=True).sample(100, seed=[1, 2])
    np.testing.assert_allclose(np.linalg.norm(z, axis=-1), 1, atol=1e-6)


@DISTRIBUTIONS
def test_integers_are_refused(distribution):
    with pytest.raises(ValueError, match="mean_direction must have a floating dtype"):
        distribution(np.array([0, 1]), 0.5)
    with pytest.raises(ValueError, match="concentration must have a floating dtype"):
        distribution(GOOD, tf.constant(3))


@DISTRIBUTIONS
@pytest.mark.parametrize("mean_direction", [[1.0], np.ones([4, 1]), 1.0])
def test_fewer_than_two_dimensions_are_refused(distribution, mean_direction):
    with pytest.raises(ValueError, match=r"mean_direction must .* 2 coordinates"):
        distribution(mean_direction, 0.5)


@DISTRIBUTIONS
@pytest.mark.parametrize("mean_direction", [[1.0], np.ones([4, 1])])
def test_fewer_than_two_dimensions_are_a_run_time_error_with_validate_args(
    distribution, mean_direction
):
    message = (
        r"`mean_direction` may not have scalar event shape.*at least 2 coordinates"
    )
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        distribution(mean_direction, 0.5, validate_args=True)
    bad = distribution(tf.Variable(mean_direction), 0.5, validate_args=True)
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        bad.mean()


@DISTRIBUTIONS
def test_shapes_that_do_not_broadcast_are_refused(distribution):
    with pytest.raises(ValueError, match=r"concentration of shape \(3,\).*\(2,\)"):
        distribution(np.stack([GOOD, GOOD]), tf.ones([3]))


@DISTRIBUTIONS
def test_an_unknown_dimension_is_refused_when_drawing(distribution):
    @tf.function(input_signature=[tf.TensorSpec([None], tf.float32)])
    def draw(mean_direction):
        return distribution(mean_direction, 0.5).sample(seed=[1, 2])

    with pytest.raises(ValueError, match="static last dimension"):
        draw(GOOD)


def test_kl_to_uniform_refuses_a_dimension_below_2():
    with pytest.raises(ValueError, match="dimension must be a whole number"):
        kl_to_uniform(1, 3.0)
    assert np.isnan(kl_to_uniform(3, -1.0))


@pytest.mark.parametrize("concentration", [1.0, 1.5, np.inf])
def test_a_spherical_cauchy_concentration_of_1_or_more_gives_nan_or_an_error(
    concentration,
):
    with pytest.raises(tf.errors.InvalidArgumentError, match="must be below 1"):
        SphericalCauchy(GOOD, concentration, validate_args=True)
    assert_all_nan(SphericalCauchy(GOOD, concentration))
    assert_all_nan(SphericalCauchy(GOOD, tf.constant(concentration)))


@pytest.mark.parametrize("distribution", [VonMisesFisher, PowerSpherical])
def test_an_infinite_concentration_draws_the_mean_direction(distribution):
    for concentration in (np.inf, tf.constant(np.inf), tf.constant(1e30)):
        z = distribution(GOOD, concentration).sample(10, seed=[1, 2])
        np.testing.assert_allclose(z, np.tile(GOOD, [10, 1]), atol=1e-6)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"mean_directions": 2 * np.eye(3)}, "mean_directions.*unit-length"),
        ({"mean_directions": np.nan * np.eye(3)}, "mean_directions.*unit-length"),
        ({"concentration": [1.0, -1.0, 2.0]}, "concentration.*non-negative"),
        ({"concentration": np.nan}, "concentration.*non-negative"),
        ({"logits": [0.0, np.nan, 0.0]}, "logits.*not be NaN"),
    ],
)
def test_an_invalid_component_of_a_mixture_gives_nan_or_an_error(parameters, message):
    good = {"mean_directions": np.eye(3), "concentration": 2.0, "logits": [0.0] * 3}
    with pytest.raises(tf.errors.InvalidArgumentError, match=f"(?s){message}"):
        VonMisesFisherMixture(**{**good, **parameters}, validate_args=True)
    VonMisesFisherMixture(**good, validate_args=True)
    bad = VonMisesFisherMixture(**{**good, **parameters})
    for value in (
        bad.sample(3, seed=[1, 2]),
        bad.log_prob(np.eye(3)),
        bad.mean(),
        bad.mode(),
        bad.component_probabilities(np.eye(3)),
        bad.entropy_bounds(),
    ):
        assert np.all(np.isnan(value))


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ((np.eye(3)[0], 1.0), r"^mean_directions has the shape \(3,\)"),
        ((np.ones((3, 1)), 1.0), r"^mean_directions has the shape \(3, 1\)"),
        ((np.eye(3), [1.0, 2.0]), r"^concentration has the shape \(2,\)"),
        ((np.eye(3), 1.0, [0.0]), r"^logits has the shape \(1,\)"),
        ((np.eye(3), 1.0, 0.0), r"^logits has the shape \(\)"),
    ],
)
def test_components_of_a_mixture_whose_shapes_do_not_fit_are_refused(
    parameters, message
):
    with pytest.raises(ValueError, match=message):
        VonMisesFisherMixture(*parameters)


@pytest.mark.parametrize("radii", [(2.0, 1.0), (1.0, 1.0), (-1.0, 1.0), (np.nan, 1.0)])
def test_radii_that_are_no_shell_give_nan_or_an_error(radii):
    direction = VonMisesFisher(GOOD, 2.0)
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"`(low|high)` must be"):
        SphericalShell(direction, *radii, validate_args=True)
    bad = SphericalShell(direction, *radii)
    for value in (
        bad.sample(3, seed=[1, 2]),
        bad.log_prob(GOOD),
        bad.mean(),
        bad.covariance(),
    ):
        assert np.all(np.isnan(value))
