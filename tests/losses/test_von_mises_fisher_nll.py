"""The loss of a network that predicts a direction and its concentration."""

import keras
import mpmath
import numpy as np
import pytest
import tensorflow as tf

from tests.reference.unit_vectors import unit_vectors
from tests.reference.von_mises_fisher import exact_moments
from tf_vmfvae.losses import VonMisesFisherNLL

GRID = [
    (dimension, kappa)
    for dimension in (2, 3, 50, 51, 300, 10_000)
    for kappa in (1e-6, 0.5, 24.9, 25.1, 300.0, 1e6)
]


def exact_nll(z, mean_direction, kappa):
    dimension = len(z)
    moments = exact_moments(dimension, kappa)
    with mpmath.workdps(40):
        cosine = mpmath.fsum(
            mpmath.mpf(a) * b for a, b in zip(z, mean_direction, strict=True)
        )
        norm = mpmath.sqrt(mpmath.fsum(mpmath.mpf(a) ** 2 for a in z))
        nll = moments["log_partition"] + moments["log_area"] - kappa * cosine / norm
    return float(nll), float(moments["mean"])


@pytest.mark.parametrize(("dimension", "kappa"), GRID)
def test_value_and_gradient_agree_with_mpmath(dimension, kappa):
    z, other = unit_vectors([2, dimension], seed=dimension)
    mean_direction = z + 0.3 * other
    mean_direction /= np.linalg.norm(mean_direction)
    outputs = tf.constant(kappa * mean_direction)[tf.newaxis]
    with tf.GradientTape() as tape:
        tape.watch(outputs)
        nll = VonMisesFisherNLL(dtype="float64")(z[np.newaxis], outputs)
    kappa = float(tf.norm(outputs))
    expected, mean = exact_nll(z, mean_direction, kappa)
    assert float(nll) == pytest.approx(expected, rel=1e-11, abs=1e-10)
    np.testing.assert_allclose(
        tape.gradient(nll, outputs)[0], mean * mean_direction - z, rtol=1e-8, atol=1e-9
    )


def test_an_output_of_zero_gives_the_uniform_distribution_and_a_finite_gradient():
    z = unit_vectors([4, 5])
    outputs = tf.zeros([4, 5], tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(outputs)
        loss = VonMisesFisherNLL(dtype="float64", reduction="sum")
        nll = loss(z, outputs)
    area = float(mpmath.log(8 * mpmath.pi**2 / 3))
    assert float(nll) == pytest.approx(4 * area)
    np.testing.assert_allclose(tape.gradient(nll, outputs), -z, rtol=1e-12)


def test_both_parametrisations_give_the_same_loss():
    z, direction = unit_vectors([2, 3, 7])
    kappa = np.array([[0.1], [5.0], [200.0]])
    raw = np.log(np.expm1(kappa))
    raw[2] = 200.0
    natural = VonMisesFisherNLL(dtype="float64", reduction="none")
    separate = VonMisesFisherNLL(
        "direction_and_concentration", dtype="float64", reduction="none"
    )
    np.testing.assert_allclose(
        separate(z, np.concatenate([3.0 * direction, raw], axis=-1)),
        natural(z, kappa * direction),
        rtol=1e-10,
    )


@pytest.mark.parametrize(("dimension", "kappa"), [(2, 0.5), (51, 25.1), (768, 900.0)])
def test_the_gradient_of_a_separate_concentration_agrees_with_mpmath(dimension, kappa):
    z, other = unit_vectors([2, dimension], seed=dimension)
    vector = 3.0 * (z + 0.3 * other)
    raw = np.log(np.expm1(kappa)) if kappa < 30 else kappa
    outputs = tf.constant(np.append(vector, raw))[tf.newaxis]
    with tf.GradientTape() as tape:
        tape.watch(outputs)
        loss = VonMisesFisherNLL("direction_and_concentration", dtype="float64")
        nll = loss(z[np.newaxis], outputs)
    gradient = tape.gradient(nll, outputs)[0]

    norm = np.linalg.norm(vector)
    cosine = z @ vector / norm
    expected, mean = exact_nll(z, vector / norm, kappa)
    assert float(nll) == pytest.approx(expected, rel=1e-11, abs=1e-10)
    along = kappa / norm * (cosine * vector / norm - z)
    np.testing.assert_allclose(gradient[:-1], along, rtol=1e-8, atol=1e-9)
    # The softplus has the slope 1 - exp(-kappa).
    slope = (mean - cosine) * -np.expm1(-kappa)
    assert float(gradient[-1]) == pytest.approx(slope, rel=1e-8)


@pytest.mark.parametrize("dtype", ["bfloat16", "float16", "float32"])
def test_outputs_of_few_digits_lose_none_in_the_loss(dtype):
    z = unit_vectors([3, 300], dtype="float32")
    outputs = tf.cast(200.0 * unit_vectors([3, 300], seed=1), dtype)
    exact = VonMisesFisherNLL(dtype="float64", reduction="none")
    nll = VonMisesFisherNLL(dtype="float32", reduction="none")(z, outputs)
    assert nll.dtype == tf.float32
    np.testing.assert_allclose(nll, exact(z, outputs), rtol=1e-7)
    with tf.GradientTape() as tape:
        tape.watch(outputs)
        total = VonMisesFisherNLL(reduction="sum")(z, outputs)
    gradient = tape.gradient(total, outputs)
    assert gradient.dtype == dtype
    assert np.all(np.isfinite(tf.cast(gradient, tf.float32)))


def test_the_derivative_in_the_concentration_has_no_jump():
    z = unit_vectors([1, 30])
    kappa = tf.constant(np.linspace(20.0, 30.0, 2001)[:, np.newaxis])
    with tf.GradientTape() as tape:
        tape.watch(kappa)
        loss = VonMisesFisherNLL(dtype="float64", reduction="sum")
        nll = loss(np.repeat(z, 2001, axis=0), kappa * z)
    derivative = tape.gradient(nll, kappa).numpy()[:, 0]
    steps = np.diff(derivative)
    assert np.all(steps > 0)
    np.testing.assert_allclose(steps[1:], steps[:-1], rtol=0.01)


def test_a_regression_recovers_direction_and_concentration():
    from tf_vmfvae.distributions import VonMisesFisher

    rng = np.random.default_rng(1)
    features = rng.normal(size=(4000, 2)).astype("float32")
    mean = features @ rng.normal(size=(2, 3)).astype("float32") + [0.0, 0.0, 1.0]
    mean = (mean / np.linalg.norm(mean, axis=-1, keepdims=True)).astype("float32")
    kappa = np.exp(2.0 + 0.5 * features[:, 0]).astype("float32")
    z = VonMisesFisher(mean, kappa).sample(seed=[1, 2]).numpy()
    hidden = [keras.layers.Dense(64, "tanh") for _ in range(2)]
    model = keras.Sequential([*hidden, keras.layers.Dense(3)])
    model.compile(keras.optimizers.Adam(5e-3), loss=VonMisesFisherNLL())
    model.fit(features, z, epochs=40, batch_size=200, verbose=0)
    outputs = model.predict(features, verbose=0)
    norm = np.linalg.norm(outputs, axis=-1)
    assert np.mean(np.sum(outputs * mean, axis=-1) / norm) > 0.99
    assert np.median(np.abs(np.log(norm / kappa))) < 0.2


@pytest.mark.parametrize("policy", ["float32", "mixed_bfloat16", "mixed_float16"])
def test_a_model_with_any_dtype_policy_trains(policy):
    dense = keras.layers.Dense(4, dtype=policy, kernel_initializer="zeros")
    model = keras.Sequential([dense])
    model.compile(keras.optimizers.SGD(0.1), loss=VonMisesFisherNLL())
    features = np.ones((8, 3), "float32")
    z = unit_vectors([8, 4], dtype="float32")
    before = model.evaluate(features, z, verbose=0)
    model.fit(features, z, epochs=5, verbose=0)
    assert model.evaluate(features, z, verbose=0) < before


def test_it_saves_and_loads_with_a_model(tmp_path):
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(4)])
    model.compile(loss=VonMisesFisherNLL("direction_and_concentration"))
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert loaded.loss.get_config() == model.loss.get_config()


def test_shapes_and_parameters_that_do_not_fit_are_refused():
    z = unit_vectors([2, 3])
    with pytest.raises(ValueError, match="y_pred must have 3"):
        VonMisesFisherNLL()(z, np.ones((2, 4)))
    with pytest.raises(ValueError, match="y_pred must have 4"):
        VonMisesFisherNLL("direction_and_concentration")(z, z)
    with pytest.raises(ValueError, match="parameters is 'mean': choose one of natural"):
        VonMisesFisherNLL("mean")


@pytest.mark.parametrize("shape", [(1, 3), (3, 1, 3), (3,), ()])
def test_shapes_that_only_broadcast_are_refused(shape):
    z = unit_vectors([3, 3])
    with pytest.raises(ValueError, match=r"so the shape \(3, 3\), not") as caught:
        VonMisesFisherNLL()(z, np.ones(shape))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("z", [1.0, [[1.0]], np.zeros((2, 0))])
def test_targets_that_are_no_vectors_are_refused(z):
    with pytest.raises(ValueError, match=r"^y_true has the shape .*, at least 2$"):
        VonMisesFisherNLL()(z, z)
