import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_vmfvae import layers, models
from tf_vmfvae.callbacks import ConcentrationSchedule

END = 40.0


@pytest.fixture
def model():
    latent = layers.VonMisesFisherLatent(6, kappa=10.0, training_kappa=END, seed=1)
    model = models.NVRNN(["a", "b"], latent, hidden_dim=4, dropout=0.0, seed=1)
    model.compile("adam")
    return model


@pytest.fixture
def dataset(model):
    ids = model.to_ids(["a b", "b", "b a", "a"]).to_tensor()
    return tf.data.Dataset.from_tensor_slices(ids).batch(2)


class Recorder(keras.callbacks.Callback):
    """Records the KL of each batch in the compiled training step."""

    def __init__(self):
        super().__init__()
        self.kls = []

    def on_train_batch_end(self, batch, logs=None):
        # Keras logs the mean over the batches of the epoch so far; there are two.
        self.kls.append((batch + 1) * logs["kl"] - (self.kls[-1] if batch else 0))


def test_every_batch_uses_the_exact_kl_of_its_concentration(model, dataset):
    recorder = Recorder()
    schedule = ConcentrationSchedule(400.0, END, epochs=2)

    model.fit(dataset, epochs=3, callbacks=[schedule, recorder], verbose=0)

    kappas = [400 * 0.1**progress for progress in (0, 0.25, 0.5, 0.75, 1, 1)]
    exact = [model.latent.exact_kl(kappa) for kappa in kappas]
    np.testing.assert_allclose(recorder.kls, exact, rtol=1e-5)


@pytest.mark.parametrize("kappa", [0.0, -1.0, float("nan")])
def test_a_concentration_that_is_not_positive_and_finite_is_refused(model, kappa):
    with pytest.raises(ValueError, match="kappa must be a positive, finite number"):
        model.latent.set_sampling_concentration(kappa)


def test_the_bound_outside_training_keeps_the_latents_own_kappa(model):
    before = model.latent(tf.ones([1, 8]))[1]
    model.latent.set_sampling_concentration(500.0)
    assert model.latent(tf.ones([1, 8]))[1] == before
    assert model.latent(tf.ones([1, 8]), training=True)[1] > 2 * before


def test_training_samples_codes_at_the_concentration_that_was_set(model):
    hidden, latent = tf.ones([4000, 8]), model.latent
    direction = latent.location(hidden)
    for kappa in (5.0, 5000.0):
        latent.set_sampling_concentration(kappa)
        cosines = tf.reduce_sum(latent(hidden, training=True)[0] * direction, -1)
        mean = tf.norm(latent.posterior_at(hidden[:1], kappa).mean()[0])
        spread = float(tf.math.reduce_std(cosines)) / np.sqrt(4000)
        assert abs(float(tf.reduce_mean(cosines) - mean)) < 5 * spread


def test_a_loaded_model_samples_with_training_kappa_again(model, tmp_path):
    model.latent.set_sampling_concentration(500.0)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    _, kl = loaded.latent(tf.ones([1, 8]), training=True)
    assert float(kl[0]) == pytest.approx(model.latent.exact_kl(END), rel=1e-6)


def test_a_resumed_run_continues_with_the_same_concentration(model):
    schedule = ConcentrationSchedule(400.0, END, epochs=10)
    callbacks = keras.callbacks.CallbackList([schedule], model=model, steps=4)
    callbacks.on_train_begin()
    callbacks.on_epoch_begin(4)
    callbacks.on_train_batch_begin(4)
    _, kl = model.latent(tf.ones([1, 8]), training=True)
    expected = model.latent.exact_kl(400 * 0.1**0.5)
    assert float(kl[0]) == pytest.approx(expected, rel=1e-6)


def test_the_kl_is_computed_only_when_the_concentration_changes(model, monkeypatch):
    schedule = ConcentrationSchedule(400.0, END, epochs=1, steps_per_epoch=10_000)
    schedule.set_model(model)
    schedule.on_train_begin()
    kappas = []
    monkeypatch.setattr(model.latent, "set_sampling_concentration", kappas.append)
    schedule.on_epoch_begin(0)
    for batch in range(300):
        schedule.on_train_batch_begin(batch)
    np.testing.assert_allclose(kappas, [400 * 0.1 ** (i / 100) for i in range(3)])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"start": 0.0}, "start .* positive and finite, not 0"),
        ({"start": float("inf")}, "start .* positive and finite, not inf"),
        ({"end": -1.0}, "end .* positive and finite, not -1"),
        ({"start": 4.0}, "start .* no less than end, 5.0, not 4.0"),
        ({"epochs": 0}, "epochs of a schedule must be positive and finite, not 0"),
        ({"steps_per_epoch": 0}, "steps_per_epoch must be at least 1, not 0"),
    ],
)
def test_bad_arguments_are_refused_by_name(arguments, message):
    with pytest.raises(ValueError, match=message):
        ConcentrationSchedule(**{"start": 9.0, "end": 5.0, "epochs": 2, **arguments})


def test_a_latent_without_a_fixed_concentration_is_refused():
    schedule = ConcentrationSchedule(9.0, 5.0, epochs=2)
    latent = layers.GaussianLatent(3)
    schedule.set_model(models.NVRNN(["a"], latent, hidden_dim=4))
    with pytest.raises(ValueError, match="fixed concentration; GaussianLatent has"):
        schedule.on_train_begin()


def test_a_model_without_a_latent_is_refused():
    schedule = ConcentrationSchedule(9.0, 5.0, epochs=2)
    schedule.set_model(keras.Sequential([keras.layers.Dense(1)]))
    with pytest.raises(ValueError, match="a tf_vmfvae latent; Sequential has none"):
        schedule.on_train_begin()


def test_a_layer_that_is_only_called_latent_is_refused():
    model = keras.Sequential([keras.layers.Dense(1)])
    model.latent = keras.layers.Dense(1)
    schedule = ConcentrationSchedule(9.0, 5.0, epochs=2)
    schedule.set_model(model)
    with pytest.raises(ValueError, match="a tf_vmfvae latent; Sequential has none"):
        schedule.on_train_begin()
