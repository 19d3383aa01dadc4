"""What all latents have in common, and what each of them does."""

import keras
import mpmath
import numpy as np
import pytest
import tensorflow as tf

import tf_vmfvae
from tf_vmfvae.ops.batch_part import reading_part

layers = tf_vmfvae.layers

LATENTS = {
    "vmf": lambda: layers.VonMisesFisherLatent(6, kappa=25.0, seed=3),
    "vmf_learned": lambda: layers.LearnedVonMisesFisherLatent(6, kappa=25.0, seed=3),
    "power_spherical": lambda: layers.PowerSphericalLatent(6, kappa=25.0, seed=3),
    "spherical_cauchy": lambda: layers.SphericalCauchyLatent(6, kappa=25.0, seed=3),
    "vmf_norm": lambda: layers.VonMisesFisherNormLatent(6, kappa=25.0, seed=3),
    "vmf_natural": lambda: layers.NaturalSphereProductLatent(6, 2, 25.0, seed=3),
    "gaussian": lambda: layers.GaussianLatent(6, seed=3),
    "none": lambda: layers.NoLatent(seed=3),
}


@pytest.fixture(params=LATENTS)
def latent(request):
    return LATENTS[request.param]()


@pytest.fixture
def hidden():
    return np.random.default_rng(0).normal(size=(5, 7)).astype("float32")


def test_every_example_gets_a_code_and_a_kl(latent, hidden):
    z, kl = latent(hidden)

    assert z.shape == (5, latent.latent_dim)
    assert kl.shape == (5,)
    assert np.all(kl.numpy() >= 0)


def test_the_kl_is_the_divergence_of_posterior_and_prior(latent, hidden):
    _, kl = latent(hidden)
    posterior, prior = latent.posterior(hidden), latent.prior()
    z = posterior.sample(20_000, seed=(1, 2))
    estimate = posterior.log_prob(z) - prior.log_prob(z)
    error = 5 * tf.math.reduce_std(estimate, 0) / np.sqrt(20_000) + 1e-4

    assert np.all(np.abs(tf.reduce_mean(estimate, 0) - kl) < error)


def test_mirror_images_are_opposite_and_equally_likely(latent, hidden):
    posterior = latent.posterior(hidden)
    z = posterior.sample(3, seed=(1, 2))
    images = latent.mirror(z, hidden)

    np.testing.assert_allclose(latent.mirror(images, hidden), z, atol=1e-5)
    likely = posterior.log_prob(z)
    np.testing.assert_allclose(posterior.log_prob(images), likely, rtol=1e-4, atol=1e-3)
    # The midpoint of code and image lies on the axis of the posterior.
    middle = tf.math.l2_normalize(_parts(latent, z + images), axis=-1)
    axis = tf.math.l2_normalize(_parts(latent, latent.location(hidden)), axis=-1)
    cosine, one = tf.reduce_sum(middle * axis, -1), tf.reduce_sum(axis * axis, -1)
    assert np.allclose(tf.abs(cosine), one, atol=1e-4)


def _parts(latent, z):
    """Returns the unit vectors that a code consists of."""
    return tf.reshape(z, [*z.shape[:-1], getattr(latent, "spheres", 1), -1])


@pytest.mark.parametrize("codes", [2, 3])
def test_several_codes_in_training_are_mirror_images(latent, hidden, codes):
    z, kl = latent(hidden, codes=codes, training=True)

    assert z.shape == (codes * 5, latent.latent_dim)
    np.testing.assert_allclose(kl, latent(hidden)[1], rtol=1e-6)
    np.testing.assert_allclose(latent.mirror(z[:5], hidden), z[5:10], atol=1e-6)
    assert latent(hidden, codes=codes)[0].shape == (5, latent.latent_dim)


def test_the_same_seed_gives_the_same_codes_and_each_call_gives_new_ones(hidden):
    first, second = LATENTS["vmf"](), LATENTS["vmf"]()

    np.testing.assert_array_equal(first(hidden)[0], second(hidden)[0])
    one, other = first(hidden)[0], first(hidden)[0]
    assert np.all(np.abs(one - other).max(axis=1) > 1e-3)


@pytest.mark.parametrize("codes", [1, 2])
@pytest.mark.parametrize("name", LATENTS)
def test_the_parts_of_a_batch_have_the_codes_of_the_whole(name, hidden, codes):
    def sample(rows):
        z, _ = LATENTS[name]()(rows, codes=codes, training=True)
        return np.reshape(z, [codes, len(rows), -1])

    parts = []
    for place in range(2):
        with reading_part(place, 2):
            parts.append(sample(hidden[2 * place :][:2]))
    np.testing.assert_allclose(
        np.concatenate(parts, axis=1), sample(hidden[:4]), rtol=1e-5, atol=1e-6
    )


def test_a_configuration_makes_the_same_layer(latent):
    copy = type(latent).from_config(latent.get_config())

    assert copy.get_config() == latent.get_config()


def test_xla_compiles_the_latent(latent, hidden):
    _, kl = latent(hidden)
    z, compiled_kl = tf.function(latent.call, jit_compile=True)(hidden)

    assert np.all(np.isfinite(z))
    np.testing.assert_allclose(compiled_kl, kl, rtol=1e-5, atol=1e-6)


def test_spherical_codes_are_the_same_with_and_without_xla(hidden):
    plain, compiled = LATENTS["vmf"](), LATENTS["vmf"]()
    compiled.build(hidden.shape)

    z, _ = plain(hidden)
    compiled_z, _ = tf.function(compiled.call, jit_compile=True)(hidden)
    np.testing.assert_allclose(compiled_z, z, atol=1e-5)


def test_interpolation_starts_and_ends_at_the_given_codes(latent, hidden):
    latent(hidden)
    start, end = latent.location(hidden)[:2]
    path = latent.interpolate(start, end, steps=5)

    assert path.shape == (5, latent.latent_dim)
    np.testing.assert_allclose(path[0], start, atol=1e-6)
    np.testing.assert_allclose(path[-1], end, atol=1e-6)


def test_spherical_codes_are_unit_vectors_around_their_mean_direction(hidden):
    latent = layers.VonMisesFisherLatent(50, kappa=80.0, seed=1)
    latent(hidden)
    mean = latent.location(hidden)
    z = latent.posterior(hidden).sample(4000, seed=(4, 5))
    cosine = tf.reduce_sum(z * mean, -1)
    expected = mpmath.besseli(25, 80) / mpmath.besseli(24, 80)

    np.testing.assert_allclose(np.linalg.norm(mean, axis=-1), 1, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(z, axis=-1), 1, atol=1e-5)
    assert abs(np.mean(cosine) - float(expected)) < 5 * np.std(cosine) / np.sqrt(20_000)


@pytest.mark.parametrize(
    ("latent_dim", "kappa", "expected"),
    [(25, 100.0, 18.8024770), (50, 80.0, 19.5152079), (50, 50.0, 12.1051111)],
)
def test_the_kl_of_a_spherical_code_is_the_exact_value_of_the_paper(
    latent_dim, kappa, expected
):
    _, kl = layers.VonMisesFisherLatent(latent_dim, kappa)(np.ones((1, 3), "float32"))

    np.testing.assert_allclose(kl, [expected], rtol=1e-7)


def test_spherical_interpolation_follows_the_great_circle_at_constant_speed():
    latent = layers.VonMisesFisherLatent(3, kappa=5.0)
    path = latent.interpolate([1.0, 0.0, 0.0], [0.0, 1.0, 0.0], steps=4).numpy()
    angles = np.arccos(np.sum(path[1:] * path[:-1], axis=-1))

    np.testing.assert_allclose(np.linalg.norm(path, axis=-1), 1, atol=1e-6)
    np.testing.assert_allclose(angles, np.pi / 6, atol=1e-4)


def test_spherical_interpolation_connects_opposite_codes():
    latent = layers.VonMisesFisherLatent(3, kappa=5.0)
    path = latent.interpolate([0.0, 0.0, 1.0], [0.0, 0.0, -1.0], steps=3).numpy()

    np.testing.assert_allclose(np.linalg.norm(path, axis=-1), 1, atol=1e-6)
    np.testing.assert_allclose(path[2], [0, 0, -1], atol=1e-6)


def learned(**options):
    latent = layers.LearnedVonMisesFisherLatent(6, seed=3, **options)
    latent(np.zeros((1, 1), "float32"))
    # Make the map the identity.
    latent.concentration_map.set_weights([np.ones((1, 1)), np.zeros(1)])
    return latent


def test_a_learned_concentration_starts_at_kappa(hidden):
    for kappa in (1.5, 50.0, 999.0):
        latent = layers.LearnedVonMisesFisherLatent(6, kappa=kappa)
        _, kl = latent(np.zeros((2, 7), "float32"))
        expected = float(tf_vmfvae.distributions.kl_to_uniform(6, kappa))
        np.testing.assert_allclose(kl, expected, rtol=1e-4)


def test_a_learned_concentration_stays_between_its_floor_and_its_ceiling():
    latent = learned(kappa=20.0, kappa_floor=5.0, kappa_ceiling=60.0)
    features = tf.constant([[-1e6], [-3.0], [25.0], [58.0], [1e6]])
    with tf.GradientTape() as tape:
        tape.watch(features)
        kappa = latent.concentration(features)
    slope = tape.gradient(kappa, features)[:, 0]

    np.testing.assert_allclose(kappa[0], 5.0)
    np.testing.assert_allclose(kappa[2], 30.0, atol=1e-3)
    np.testing.assert_allclose(kappa[4], 60.0)
    # Near either end there is still a gradient.
    assert np.all(np.diff(kappa) > 0)
    assert np.all(slope[1:4] > 0.01)


def test_the_kl_of_a_learned_concentration_has_the_exact_gradient():
    latent = learned(kappa=20.0, kappa_floor=0.0)
    features = tf.constant([[30.0]])
    with tf.GradientTape() as tape:
        tape.watch(features)
        _, kl = latent(features)
    slope = float(tape.gradient(kl, features)[0, 0])

    def exact(kappa):
        order = mpmath.mpf(2)
        ratio = mpmath.besseli(order + 1, kappa) / mpmath.besseli(order, kappa)
        log_bessel = mpmath.log(mpmath.besseli(order, kappa))
        return kappa * ratio + order * mpmath.log(kappa) - log_bessel

    assert slope == pytest.approx(float(mpmath.diff(exact, 30.0)), rel=1e-5)


def test_the_gradient_through_a_sample_is_unbiased():
    latent = learned(kappa=20.0, kappa_floor=0.0)
    features = tf.fill([40_000, 1], 30.0)
    with tf.GradientTape() as tape:
        tape.watch(features)
        z, _ = latent(features)
        cosine = tf.reduce_sum(z * tf.stop_gradient(latent.location(features)), -1)
    slopes = tape.gradient(cosine, features).numpy()
    mean = mpmath.diff(lambda k: mpmath.besseli(3, k) / mpmath.besseli(2, k), 30.0)

    assert abs(slopes.mean() - float(mean)) < 5 * slopes.std() / 200


def test_the_kl_of_a_code_with_a_norm_is_that_of_direction_and_norm(hidden):
    latent = layers.VonMisesFisherNormLatent(6, 25.0, norm_range=8.0, norm_width=0.5)
    z, kl = latent(hidden)
    norm = np.linalg.norm(latent.mean_direction(hidden), axis=-1)
    expected = float(tf_vmfvae.distributions.kl_to_uniform(6, 25.0)) + np.log(16)

    np.testing.assert_allclose(kl, expected, rtol=1e-6)
    assert np.all(np.linalg.norm(z, axis=-1) >= norm - 1e-5)
    assert np.all(np.linalg.norm(z, axis=-1) <= norm + 0.5 + 1e-5)
    np.testing.assert_allclose(
        np.linalg.norm(latent.location(hidden), axis=-1), norm + 0.25, rtol=1e-5
    )


def test_norms_stay_within_their_range():
    latent = layers.VonMisesFisherNormLatent(6, 25.0, norm_range=8.0, norm_width=0.5)
    z, _ = latent(np.full((500, 7), 1e3, "float32"))
    norm = np.linalg.norm(z, axis=-1)

    assert np.all((norm > 7.5 - 1e-5) & (norm < 8 + 1e-5))
    assert np.all(np.isfinite(latent.prior().log_prob(z)))


@pytest.mark.parametrize("name", ["gaussian", "vmf_learned", "vmf_natural"])
def test_free_bits_only_change_the_charged_kl(name, hidden):
    _, plain_kl = LATENTS[name]()(hidden)
    free = float(np.median(plain_kl))
    plain = LATENTS[name]()
    latent = type(plain).from_config(plain.get_config() | {"free_bits": free})
    _, kl = latent(hidden)

    np.testing.assert_array_equal(kl, plain_kl)
    assert np.min(kl) < free < np.max(kl)
    np.testing.assert_array_equal(latent.charged_kl(kl), np.maximum(kl, free))
    np.testing.assert_array_equal(plain.charged_kl(kl), kl)


def test_gradients_reach_the_encoder(hidden):
    for name in LATENTS.keys() - {"none"}:
        latent = LATENTS[name]()
        inputs = tf.constant(hidden)
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            z, _ = latent(inputs)
            loss = tf.reduce_sum(z**3)
        gradient = tape.gradient(loss, inputs)
        assert np.all(np.isfinite(gradient))
        assert np.all(np.any(gradient != 0, axis=-1))


@pytest.mark.parametrize(
    "make",
    [
        layers.VonMisesFisherLatent,
        layers.PowerSphericalLatent,
        layers.SphericalCauchyLatent,
        layers.VonMisesFisherNormLatent,
    ],
)
def test_training_can_sample_with_another_concentration(make):
    # With equal examples, all codes of a batch are draws from one posterior.
    hidden = tf.ones([20_000, 5])
    latent = make(6, kappa=15.0, training_kappa=60.0, seed=1)
    other = make(6, kappa=60.0, seed=1)
    other.build(hidden.shape)
    latent.build(hidden.shape)
    other.set_weights(latent.get_weights())
    (z, kl), (z_training, kl_training) = latent(hidden), latent(hidden, training=True)
    z_other, kl_other = other(hidden)

    assert kl[0] == make(6, kappa=15.0)(hidden)[1][0] < kl_training[0] == kl_other[0]
    direction = tf.math.l2_normalize(latent.location(hidden), axis=-1)
    cosines = [
        np.mean(tf.reduce_sum(tf.math.l2_normalize(codes, axis=-1) * direction, -1))
        for codes in (z, z_training, z_other)
    ]
    # The standard deviations of a cosine are 0.09, 0.03 and 0.03.
    assert cosines[0] < cosines[1] - 0.1
    assert abs(cosines[1] - cosines[2]) < 6 * 0.03 * np.sqrt(2 / 20_000)
    again = make.from_config(latent.get_config())
    assert (again.kappa, again.training_kappa) == (15.0, 60.0)


@pytest.mark.parametrize("kappa", [0.0, -1.0, float("nan"), float("inf")])
def test_an_invalid_kappa_is_named(kappa):
    with pytest.raises(ValueError, match="kappa must be a positive, finite number"):
        layers.VonMisesFisherLatent(8, kappa)
    with pytest.raises(ValueError, match="training_kappa must be a positive, finite"):
        layers.VonMisesFisherLatent(8, 10.0, training_kappa=kappa)
    with pytest.raises(ValueError, match="kappa must lie between kappa_floor"):
        layers.LearnedVonMisesFisherLatent(8, kappa)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.GaussianLatent(3, free_bits=-1.0), "free_bits must be at"),
        (
            lambda: layers.VonMisesFisherNormLatent(3, 9.0, norm_width=20.0),
            "norm_width must be positive and below norm_range",
        ),
        (
            lambda: layers.LearnedVonMisesFisherLatent(3, 50.0, kappa_ceiling=40.0),
            r"not 50.0 between 1.0 and 40.0",
        ),
    ],
)
def test_other_invalid_arguments_are_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: layers.VonMisesFisherLatent(1, 3.0), "latent_dim must be at least 2"),
        (lambda: layers.PowerSphericalLatent(1, 3.0), "latent_dim must be at least 2"),
        (lambda: layers.GaussianLatent(0), "latent_dim must be at least 1"),
    ],
)
def test_an_invalid_dimension_is_named(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_a_latent_works_in_any_functional_model():
    inputs = keras.Input((4,))
    z, kl = layers.VonMisesFisherLatent(5, kappa=9.0, seed=1)(inputs)
    model = keras.Model(inputs, [keras.layers.Dense(1)(z), kl])

    output, kl = model.predict(np.ones((3, 4)), verbose=0)
    assert output.shape == (3, 1)
    assert kl.shape == (3,)
