import numpy as np
import pytest
import tensorflow as tf
import tensorflow_probability as tfp

from tf_vmfvae.distributions import PowerSpherical, VonMisesFisher, kl_to_uniform

tfd = tfp.distributions
LAWS = pytest.mark.parametrize("law", [VonMisesFisher, PowerSpherical])
GOOD = np.array([0.6, 0.8, 0.0], "float32")


@LAWS
@pytest.mark.parametrize(
    "mean_direction", [[1.0, 1.0, 0.0], [0.0, 0.0, 0.0], [0.6, 0.81, 0.0]]
)
def test_a_mean_direction_off_the_sphere(law, mean_direction):
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"mean_direction.*unit"):
        law(mean_direction, 1.0, validate_args=True)
    bad = law(mean_direction, tf.constant(1.0))
    assert_nothing_but_nan(bad)


@LAWS
@pytest.mark.parametrize("concentration", [-1.0, np.nan])
def test_what_is_no_concentration(law, concentration):
    with pytest.raises(
        tf.errors.InvalidArgumentError, match=r"concentration.*non-negative"
    ):
        law(GOOD, concentration, validate_args=True)
    assert_nothing_but_nan(law(GOOD, concentration))
    assert_nothing_but_nan(law(GOOD, tf.constant(concentration)))


def assert_nothing_but_nan(bad):
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


def test_one_bad_example_leaves_the_others_alone():
    mean = np.stack([GOOD, 2 * GOOD, GOOD])
    vmf = VonMisesFisher(mean, tf.constant([1.0, 1.0, -1.0]))
    good = np.isfinite(vmf.sample(seed=[1, 2])).all(axis=-1)
    np.testing.assert_array_equal(good, [True, False, False])


@LAWS
def test_rounding_is_no_error(law):
    close = GOOD * (1 + 2e-6)
    z = law(close, 5.0, validate_args=True).sample(100, seed=[1, 2])
    np.testing.assert_allclose(np.linalg.norm(z, axis=-1), 1, atol=1e-6)


@LAWS
def test_integers_are_refused(law):
    with pytest.raises(ValueError, match="mean_direction must have a floating dtype"):
        law(np.array([0, 1]), 1.0)
    with pytest.raises(ValueError, match="concentration must have a floating dtype"):
        law(GOOD, tf.constant(3))


@LAWS
@pytest.mark.parametrize("mean_direction", [[1.0], np.ones([4, 1]), 1.0])
def test_fewer_than_two_dimensions_are_refused(law, mean_direction):
    with pytest.raises(ValueError, match=r"mean_direction must .* 2 coordinates"):
        law(mean_direction, 1.0)


@LAWS
@pytest.mark.parametrize("mean_direction", [[1.0], np.ones([4, 1])])
def test_fewer_than_two_dimensions_are_a_run_time_error_with_validate_args(
    law, mean_direction
):
    message = (
        r"`mean_direction` may not have scalar event shape.*at least 2 coordinates"
    )
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        law(mean_direction, 1.0, validate_args=True)
    bad = law(tf.Variable(mean_direction), 1.0, validate_args=True)
    with pytest.raises(tf.errors.InvalidArgumentError, match=message):
        bad.mean()


@LAWS
def test_shapes_that_do_not_match_are_refused(law):
    with pytest.raises(ValueError, match=r"concentration of shape \(3,\).*\(2,\)"):
        law(np.stack([GOOD, GOOD]), tf.ones([3]))


@LAWS
def test_an_unknown_dimension_is_refused_when_it_matters(law):
    @tf.function(input_signature=[tf.TensorSpec([None], tf.float32)])
    def draw(mean_direction):
        return law(mean_direction, 1.0).sample(seed=[1, 2])

    with pytest.raises(ValueError, match="static last dimension"):
        draw(GOOD)


def test_dimension_of_the_divergence_is_checked():
    with pytest.raises(ValueError, match="dimension must be a whole number"):
        kl_to_uniform(1, 3.0)
    assert np.isnan(kl_to_uniform(3, -1.0))


@LAWS
def test_infinite_concentration_is_the_mean_direction(law):
    for concentration in (np.inf, tf.constant(np.inf), tf.constant(1e30)):
        z = law(GOOD, concentration).sample(10, seed=[1, 2])
        np.testing.assert_allclose(z, np.tile(GOOD, [10, 1]), atol=1e-6)
