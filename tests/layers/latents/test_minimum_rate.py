"""A Lagrange multiplier keeps the average KL up."""

import functools

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_vmfvae import layers, models
from trainers.devices.strategies import distribute, make_strategy
from trainers.training.step import TrainingStep

RATE = 3.0


def multiplier_after(kls):
    """Returns the multiplier before and after steps with these average KLs."""
    charge = layers.MinimumRate(RATE)
    optimizer = keras.optimizers.Adam(0.01)
    found = [float(charge.multiplier)]
    for kl in kls:
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(charge(tf.fill([4], kl)))
        optimizer.apply(tape.gradient(loss, charge.trainable_weights), charge.weights)
        found.append(float(charge.multiplier))
    return found


def test_the_multiplier_rises_while_the_rate_is_missed_and_falls_above_it():
    assert np.all(np.diff(multiplier_after([0.0] * 20)) > 0)
    assert np.all(np.diff(multiplier_after([9.0] * 20)) < 0)
    assert np.ptp(multiplier_after([RATE] * 3)) == 0
    # However large the rate is, it never becomes negative.
    assert multiplier_after([900.0] * 300)[-1] > 0


def test_the_charge_is_the_lagrangian_and_only_the_multiplier_ascends():
    charge = layers.MinimumRate(RATE)
    charge.level.assign(0.5)
    kl = tf.constant([1.0, 5.5])
    multiplier = float(np.log1p(np.exp(0.5)))
    with tf.GradientTape() as tape:
        tape.watch(kl)
        loss = tf.reduce_sum(charge(kl))
    of_kl, of_level = tape.gradient(loss, [kl, charge.level.value])

    np.testing.assert_allclose(charge(kl), kl + multiplier * (RATE - kl), rtol=1e-6)
    np.testing.assert_allclose(of_kl, 1 - multiplier, atol=1e-6)
    # In sum the KLs exceed the rate by 0.5 nats, so descent along this gradient lowers
    # the multiplier.
    slope = 1 / (1 + np.exp(-0.5))
    np.testing.assert_allclose(of_level, 0.2 / RATE * slope * 0.5, rtol=1e-5)


def test_a_tiny_rate_has_no_steep_gradient():
    charge = layers.MinimumRate(1e-12)
    with tf.GradientTape() as tape:
        loss = charge(tf.constant([5.0]))
    assert 0.1 < float(tape.gradient(loss, charge.level.value)) < 1


@pytest.mark.parametrize("rate", [0.0, -1.0, float("inf")])
def test_a_rate_that_is_not_positive_is_refused(rate):
    with pytest.raises(ValueError, match="rate must be a positive, finite number"):
        layers.MinimumRate(rate)


# === The latent ===


LATENTS = [
    layers.GaussianLatent,
    layers.LearnedVonMisesFisherLatent,
    functools.partial(layers.SphereProductLatent, spheres=2),
    functools.partial(layers.NaturalSphereProductLatent, spheres=2),
]


@pytest.mark.parametrize("make", LATENTS)
def test_a_latent_charges_the_lagrangian_and_returns_the_true_kl(make):
    hidden = np.random.default_rng(0).normal(size=(5, 7)).astype("float32")
    latent = make(4, minimum_rate=RATE, seed=1)
    plain = make(4, seed=1)
    _, kl = latent(hidden, training=True)

    np.testing.assert_array_equal(kl, plain(hidden, training=True)[1])
    multiplier = float(latent.logs()["rate_multiplier"])
    np.testing.assert_allclose(
        latent.charged_kl(kl), kl + multiplier * (RATE - kl), rtol=1e-6
    )
    assert latent.has_free_kl
    assert not plain.has_free_kl
    assert plain.logs() == {}
    # The constraint makes no codes.
    assert latent.shared_weights(plain) is not None


@pytest.mark.parametrize("make", LATENTS)
def test_free_bits_and_a_minimum_rate_are_refused_together(make):
    with pytest.raises(ValueError, match="free_bits and minimum_rate both keep"):
        make(4, free_bits=1.0, minimum_rate=1.0)
    with pytest.raises(ValueError, match="minimum_rate must be at least 0 and finite"):
        make(4, minimum_rate=float("nan"))


@pytest.mark.parametrize("make", LATENTS)
def test_a_latent_is_saved_with_its_free_bits_and_its_constraint(make):
    for options in ({"free_bits": 2.0}, {"minimum_rate": 2.0}):
        latent = make(4, **options)
        config = keras.saving.serialize_keras_object(latent)
        loaded = keras.saving.deserialize_keras_object(config)
        assert loaded.get_config() == latent.get_config()
        assert loaded.get_config().items() >= options.items()


# === A model ===

WORDS = [f"w{i}" for i in range(9)]
RNG = np.random.default_rng(4)
# Documents that have nothing to say, so a code is only a cost.
NOISE = np.stack([RNG.integers(1, 10, (40, 3)), np.ones((40, 3))], -1).astype("int32")


def make_model(**options):
    code = layers.GaussianLatent(4, seed=1, minimum_rate=RATE)
    return models.NVDM(WORDS, code, hidden_dim=8, encoder_layers=1, seed=2, **options)


def test_the_average_kl_settles_at_the_rate(tmp_path):
    model = make_model()
    model.compile(keras.optimizers.Adam(0.01))
    logs = model.fit(NOISE, batch_size=20, epochs=300, verbose=0).history

    # Without the constraint it falls to 0, because the documents are noise.
    assert np.mean(logs["kl"][-30:]) == pytest.approx(RATE, rel=0.15)
    # What is reported is the bound with the full KL.
    total = np.add(logs["reconstruction"], logs["kl"])
    np.testing.assert_allclose(logs["nll"], total, rtol=1e-5)

    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_equal(loaded.latent.logs(), model.latent.logs())
    np.testing.assert_array_equal(loaded(NOISE)["kl"], model(NOISE)["kl"])


def after_steps(strategy):
    """Returns the model's variables after three steps, one with an empty replica."""
    with strategy.scope():
        model = make_model()
        optimizer = keras.optimizers.Adam(0.02)
        optimizer.build(model.trainable_variables)
    step = TrainingStep(model, optimizer, strategy, clip_norm=5.0)
    for count in (4, 2, 3):
        batch = np.where(np.arange(4)[:, None, None] < count, NOISE[:4], 0)
        [shares] = distribute(strategy, tf.data.Dataset.from_tensors(batch))
        step(shares)
    return [tf.convert_to_tensor(v).numpy() for v in model.variables]


def test_two_replicas_have_the_multiplier_of_one():
    one, two = (after_steps(make_strategy(x)) for x in ("one_device", "mirrored"))
    for value, other in zip(one, two, strict=True):
        np.testing.assert_allclose(other, value, rtol=1e-4, atol=1e-5)
