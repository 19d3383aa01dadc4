"""Batch normalisation keeps the KL of a Gaussian code up."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_vmfvae import layers, models
from trainers.devices.strategies import distribute

GAMMA, D = 0.6, 4
ROWS = np.random.default_rng(0).normal(2.0, 3.0, size=(5, D)).astype("float32")
HIDDEN = np.random.default_rng(1).normal(size=(5, 7)).astype("float32")


def normalization(**options):
    layer = layers.PosteriorNormalization(GAMMA, **options)
    layer.build((None, D))
    layer.shift.assign(np.arange(D) / 10)
    return layer


def state(layer):
    """Returns the moving statistics."""
    variables = layer.moving_mean, layer.moving_variance, layer.examples
    return [tf.convert_to_tensor(v).numpy() for v in variables]


def expected(rows, mean, variance):
    return GAMMA * (rows - mean) / np.sqrt(variance) + np.arange(D) / 10


def test_a_batch_has_the_fixed_scale_and_the_learned_shift():
    outputs = normalization()(ROWS, training=True)

    np.testing.assert_allclose(outputs, expected(ROWS, ROWS.mean(0), ROWS.var(0)), 1e-5)
    np.testing.assert_allclose(np.std(outputs, axis=0), GAMMA, rtol=1e-6)
    np.testing.assert_allclose(np.mean(outputs, axis=0), np.arange(D) / 10, atol=1e-6)


def test_outside_training_the_examples_seen_normalise_each_one_alone():
    layer = normalization()
    first, second = ROWS[:2], ROWS[2:]
    layer(first, training=True), layer(second, training=True)
    # The later batch counts a little more.
    weights = np.array([0.99 * 2, 3]) / (0.99 * 2 + 3)
    mean = weights @ [first.mean(0), second.mean(0)]
    variance = weights @ [first.var(0), second.var(0)]

    np.testing.assert_allclose(layer(ROWS), expected(ROWS, mean, variance), rtol=1e-5)
    np.testing.assert_allclose(layer(ROWS[:1]), layer(ROWS)[:1], rtol=1e-6)


def test_moving_statistics_come_close_to_those_of_the_data():
    layer = normalization()
    rng = np.random.default_rng(2)
    for _ in range(300):
        layer(rng.normal(5.0, 2.0, size=(50, D)).astype("float32"), training=True)

    mean, variance, _ = state(layer)
    np.testing.assert_allclose(mean, 5.0, atol=0.1)
    np.testing.assert_allclose(variance, 4.0, atol=0.3)


def test_empty_rows_do_not_count():
    layer, other = normalization(), normalization()
    padded = np.concatenate([ROWS[:2], 100 + ROWS[:1], ROWS[2:]])
    is_example = np.array([True, True, False, True, True, True])
    outputs = layer(padded, is_example, training=True)

    np.testing.assert_allclose(
        outputs[is_example], other(ROWS, training=True), rtol=1e-5, atol=1e-6
    )
    np.testing.assert_allclose(state(layer)[0], state(other)[0], rtol=1e-6)
    assert state(layer)[2] == 5


@pytest.mark.parametrize("rows", [ROWS * np.nan, np.where(ROWS > 3, np.inf, ROWS)])
def test_a_step_that_is_not_taken_leaves_the_moving_statistics(rows):
    layer = normalization()
    layer(ROWS, training=True)
    before = state(layer)
    layer(rows, training=True)

    np.testing.assert_equal(state(layer), before)


def test_an_empty_batch_leaves_the_moving_averages():
    layer = normalization()
    layer(ROWS, training=True)
    mean, variance, _ = state(layer)
    outputs = layer(ROWS, np.zeros(5, bool), training=True)

    assert np.all(np.isfinite(outputs))
    np.testing.assert_equal(state(layer)[:2], [mean, variance])
    fresh = normalization()
    fresh(ROWS, np.zeros(5, bool), training=True)
    np.testing.assert_equal(state(fresh), state(normalization()))


def test_a_frozen_layer_normalises_as_outside_training():
    layer = normalization(trainable=False)

    np.testing.assert_array_equal(layer(ROWS, training=True), layer(ROWS))
    np.testing.assert_equal(state(layer), state(normalization()))


def test_the_gradient_is_that_of_finite_differences():
    layer = normalization(dtype="float64")
    is_example = np.array([True, True, False, True, True])
    slopes = np.random.default_rng(3).normal(size=(5, D))

    def loss(rows):
        return tf.reduce_sum(slopes * layer(rows, is_example, training=True) ** 2)

    theoretical, numerical = tf.test.compute_gradient(
        loss, [tf.constant(ROWS, tf.float64)], delta=1e-5
    )
    np.testing.assert_allclose(theoretical[0], numerical[0], rtol=1e-5, atol=1e-7)


def outputs_and_gradients(strategy, rows):
    with strategy.scope():
        layer = normalization()

    def replica_function(share):
        is_example = tf.reduce_any(share != 0, axis=-1)
        with tf.GradientTape() as tape:
            tape.watch(share)
            outputs = layer(share, is_example, training=True)
            loss = tf.reduce_sum(tf.where(is_example[:, None], outputs**3, 0.0))
        return outputs, tape.gradient(loss, share)

    [inputs] = distribute(strategy, tf.data.Dataset.from_tensors(rows))
    shares = tf.function(
        lambda inputs: strategy.run(replica_function, args=(inputs,)), autograph=False
    )(inputs)
    both = (
        np.concatenate(strategy.experimental_local_results(share))[: len(rows)]
        for share in shares
    )
    return [*both, *state(layer)]


@pytest.mark.parametrize("count", [5, 1])
def test_two_replicas_have_the_statistics_of_the_whole_batch(two_replicas, count):
    one = tf.distribute.OneDeviceStrategy("CPU:0")
    found, others = (
        outputs_and_gradients(strategy, ROWS[:count])
        for strategy in (one, two_replicas)
    )
    for value, other in zip(found, others, strict=True):
        np.testing.assert_allclose(other, value, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("scale", [0.0, -1.0, float("nan")])
def test_a_scale_that_is_not_positive_is_refused(scale):
    with pytest.raises(ValueError, match="scale must be a positive, finite number"):
        layers.PosteriorNormalization(scale)


# === The latent ===


def latent(**options):
    return layers.GaussianLatent(D, batch_norm=GAMMA, seed=1, **options)


def test_the_average_kl_of_a_batch_has_a_floor():
    """Zhu et al. (2020), equation 7; with a variance of 1 it is attained."""
    layer = latent()
    layer(HIDDEN)
    floor = D * GAMMA**2 / 2
    assert np.mean(layer(HIDDEN, training=True)[1]) > floor

    layer.log_variance.kernel.assign(tf.zeros_like(layer.log_variance.kernel))
    # However small the means are.
    layer.mean.kernel.assign(layer.mean.kernel / 10)
    _, kl = layer(HIDDEN, training=True)
    np.testing.assert_allclose(np.mean(kl), floor, rtol=1e-4)


def test_mirror_images_in_training_are_about_the_means_of_the_batch():
    layer = latent()
    z, kl = layer(HIDDEN, codes=2, training=True)
    means = layer.normalization(layer.mean(HIDDEN), training=True)

    np.testing.assert_allclose((z[:5] + z[5:]) / 2, means, atol=1e-6)
    variance = tf.exp(layer.log_variance(HIDDEN))
    exact = 0.5 * tf.reduce_sum(
        means**2 + variance - 1 - tf.math.log(variance), axis=-1
    )
    np.testing.assert_allclose(kl, exact, rtol=1e-5)


def test_without_normalisation_the_latent_is_as_before():
    layer = layers.GaussianLatent(D, seed=1)

    assert not layer.normalizes_batch
    assert layer.normalization is None
    assert layer.mean.use_bias


@pytest.mark.parametrize("value", [-0.1, float("inf"), float("nan")])
def test_an_invalid_batch_norm_is_named(value):
    with pytest.raises(ValueError, match="batch_norm must be at least 0 and finite"):
        layers.GaussianLatent(3, batch_norm=value)


# === A model ===

WORDS = [f"w{i}" for i in range(9)]
RNG = np.random.default_rng(4)
# Documents that have nothing to say, so a code is only a cost.
NOISE = np.stack([RNG.integers(1, 10, (40, 3)), np.ones((40, 3))], -1).astype("int32")


def trained(**options):
    code = layers.GaussianLatent(D, seed=1, **options)
    model = models.NVDM(WORDS, code, hidden_dim=8, encoder_layers=1, seed=2)
    model.compile(keras.optimizers.Adam(0.03))
    # The last batch is not full.
    model.fit(NOISE, batch_size=16, epochs=40, verbose=0)
    return model


def test_the_kl_stays_up_where_a_plain_gaussian_collapses(tmp_path):
    plain, model = trained(), trained(batch_norm=GAMMA)
    assert np.mean(plain(NOISE)["kl"]) < 0.05
    # The moving statistics are almost those of the data.
    assert np.mean(model(NOISE)["kl"]) > 0.9 * D * GAMMA**2 / 2

    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert loaded.latent.batch_norm == GAMMA
    np.testing.assert_array_equal(loaded(NOISE)["kl"], model(NOISE)["kl"])
    np.testing.assert_array_equal(
        loaded.transform(["w1 w2", "w3"]), model.transform(["w1 w2", "w3"])
    )


def test_a_model_tells_the_latent_which_rows_are_examples():
    model = models.NVDM(WORDS, latent(), hidden_dim=8, seed=2)
    model(np.concatenate([NOISE, 0 * NOISE]), training=True)
    other = models.NVDM(WORDS, latent(), hidden_dim=8, seed=2)
    other(NOISE, training=True)

    found, others = (state(each.latent.normalization) for each in (model, other))
    assert found[2] == 40
    for value, same in zip(found, others, strict=True):
        np.testing.assert_allclose(value, same, rtol=1e-4, atol=1e-6)


def test_importance_weighted_codes_are_refused():
    with pytest.raises(ValueError, match=r"^codes is 2: .*batch_norm=0"):
        models.NVRNN(WORDS, latent(), codes=2)
    assert models.NVDM(WORDS, latent(), hidden_dim=4, codes=2).codes == 2
