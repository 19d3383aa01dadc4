"""The loss of the VAEs, under strategies and with Keras's own tools."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.models.document_models import (
    PAIRS,
    VOCABULARY,
    WEIGHTS,
    batches_of,
    is_large,
    make_model,
    nll_of,
)
from tf_vmfvae import callbacks, layers, models

# === Losses that layers add ===


class Adding(layers.GaussianLatent):
    """A user's latent without noise or KL, which adds two losses."""

    def call(self, hidden, codes=1, training=False):
        z = self.location(hidden)
        self.add_loss(tf.reduce_mean(z[:, 0] ** 2))
        self.add_loss(3.0)
        return z, tf.zeros(tf.shape(z)[:1], z.dtype)

    def add_loss(self, loss):
        super().add_loss(tf.convert_to_tensor(loss))


def test_added_losses_change_the_loss_and_not_the_bound():
    model = make_model(Adding(3, seed=1))
    z = model.latent.location(model.encoder(PAIRS)).numpy()
    nll = nll_of(model).mean()
    expected = nll + np.mean(z[:, 0] ** 2) + 3.0

    history = model.fit(PAIRS, validation_data=PAIRS, verbose=0).history
    for prefix in ("", "val_"):
        assert history[f"{prefix}loss"] == pytest.approx([expected], rel=1e-5)
        assert history[f"{prefix}nll"] == pytest.approx([nll], rel=1e-5)
    for on_batch in (model.train_on_batch, model.test_on_batch):
        assert on_batch(PAIRS)[0] == pytest.approx(expected, rel=1e-5)


def test_a_training_step_follows_the_gradient_of_an_added_loss():
    model, other = make_model(Adding(3, seed=1), 0.1), make_model(Adding(3, seed=1))
    kernel = other.latent.mean.kernel
    with tf.GradientTape() as tape:
        outputs = other(PAIRS)
        loss = tf.reduce_mean(outputs["reconstruction"]) + tf.add_n(other.losses)
    expected = kernel - 0.1 * tape.gradient(loss, kernel.value)
    model.train_on_batch(PAIRS)

    np.testing.assert_allclose(model.latent.mean.kernel, expected, rtol=1e-4, atol=1e-6)


def test_regularizers_count_once_with_two_replicas_too(strategies):
    for strategy in strategies:
        with strategy.scope():
            model = make_model()
            kernel = model.decoder_mlp[0].bias
            kernel.assign([1.0, 2.0, 0.0, 0.0])
            kernel.regularizer = keras.regularizers.L2(0.1)
        loss, *_ = model.evaluate(PAIRS, verbose=0)
        assert loss == pytest.approx(nll_of(model).mean() + 0.5, rel=1e-5)


def test_added_losses_are_refused_with_two_replicas(strategies):
    with strategies[1].scope():
        model = make_model(Adding(3, seed=1))
    with pytest.raises(
        ValueError, match=r"^add_loss: Keras mixes up the losses that layers"
    ):
        model.fit(PAIRS, verbose=0)


# === Several codes ===


def test_several_codes_with_a_weighted_kl_are_refused():
    model = models.NVRNN(
        VOCABULARY,
        layers.GaussianLatent(3, seed=1),
        embedding_dim=3,
        hidden_dim=4,
        codes=2,
    )
    model.compile()
    ids = model.to_ids(["ball", "rain"]).to_tensor()
    schedule = callbacks.KLWeightSchedule("linear", epochs=2)
    with pytest.raises(
        ValueError, match=r"^KLWeightSchedule: with several codes"
    ) as caught:
        model.fit(ids, callbacks=[schedule], verbose=0)
    assert "\n" not in str(caught.value)
    model.kl_weight.assign(0.5)
    for learn in (model.fit, model.train_on_batch):
        with pytest.raises(ValueError, match=r"^kl_weight: with several codes"):
            learn(ids)


def test_several_codes_with_a_constant_schedule_are_accepted():
    schedule = callbacks.KLWeightSchedule("constant")
    schedule.set_model(type("Model", (), {"kl_weight": None, "weighs_codes": True}))
    schedule.on_train_begin()


def test_several_codes_with_free_bits_are_refused():
    latent = layers.GaussianLatent(3, free_bits=1.0)
    with pytest.raises(ValueError, match=r"^codes is 2: .* free_bits=0\)$"):
        models.NVRNN(VOCABULARY, latent, codes=2)
    # The document model averages bounds, which needs no importance weights.
    assert models.NVDM(VOCABULARY, latent, hidden_dim=4, codes=2).codes == 2


# === Strategies ===


@pytest.mark.parametrize("kind", ["arrays", "data set"])
def test_two_replicas_train_as_one_does(strategies, kind):
    # The last batch has three rows, and the middle one is empty.
    pairs = np.concatenate([PAIRS, PAIRS[:1], 0 * PAIRS[:1], PAIRS[1:2]])
    weights = np.concatenate([WEIGHTS, [3.0, 9.0, 1.0]]).astype("float32")
    outcomes = []
    for strategy in strategies:
        with strategy.scope():
            model = make_model(
                learning_rate=0.1,
                metrics={"reconstruction": is_large},
                weighted_metrics={"reconstruction": is_large},
            )
        data = {"x": pairs, "sample_weight": weights, "batch_size": 4}
        if kind == "data set":
            data = {"x": batches_of(pairs, weights, batch_size=4)}
        logs = model.fit(**data, epochs=2, shuffle=False, verbose=0).history
        values = [np.asarray(v.value) for v in model.trainable_variables]
        outcomes.append((logs, values))

    (one, values), (two, other_values) = outcomes
    assert one.keys() == two.keys()
    for name, value in one.items():
        assert two[name] == pytest.approx(value, rel=1e-5), name
    for value, other in zip(values, other_values, strict=True):
        np.testing.assert_allclose(other, value, rtol=1e-5, atol=1e-6)


# === Keras's own tools ===


def test_frozen_layers_keep_their_weights_and_stay_frozen_in_the_file(tmp_path):
    latent = layers.VonMisesFisherLatent(3, kappa=9.0, seed=1, trainable=False)
    model = models.NVDM(VOCABULARY, latent, hidden_dim=4, seed=2)
    assert not model.latent.trainable
    model.decoder_mlp[0].trainable = False
    model.compile(keras.optimizers.Adam(0.1))
    before = [v.numpy() for v in (*latent.weights, *model.decoder_mlp[0].weights)]
    model.fit(PAIRS, epochs=2, verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")

    for each in (model, loaded):
        kept = [*each.latent.weights, *each.decoder_mlp[0].weights]
        for value, old in zip(kept, before, strict=True):
            if "seed" not in value.name:
                np.testing.assert_array_equal(value, old)
        assert len(each.trainable_variables) == 7
    assert loaded.optimizer.iterations == 2
    assert not models.NVDM(VOCABULARY, layers.NoLatent(), trainable=False).trainable


@pytest.mark.parametrize(
    "options",
    [{"gradient_accumulation_steps": 2}, {"use_ema": True}, {"global_clipnorm": 1.0}],
    ids=str,
)
def test_options_of_keras_optimisers_can_be_used(options):
    latent = layers.VonMisesFisherLatent(3, kappa=9.0, seed=1)
    model = models.NVDM(VOCABULARY, latent, hidden_dim=4, seed=2)
    model.compile(keras.optimizers.Adam(0.05, **options))
    logs = model.fit(PAIRS, epochs=8, batch_size=2, verbose=0, shuffle=False).history

    assert logs["loss"][-1] < logs["loss"][0] - 0.2


class Stop(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 3:
            raise RuntimeError


def test_keras_callbacks_stop_save_and_restore(tmp_path):
    def learn(*more):
        model = make_model(learning_rate=0.1)
        logs = model.fit(PAIRS, epochs=5, verbose=0, shuffle=False, callbacks=more)
        return model, logs.history["loss"]

    whole, losses = learn()
    backup = keras.callbacks.BackupAndRestore(tmp_path / "backup")
    with pytest.raises(RuntimeError):
        learn(backup, Stop())
    restored, rest = learn(keras.callbacks.BackupAndRestore(tmp_path / "backup"))
    best = keras.callbacks.ModelCheckpoint(
        tmp_path / "best.keras", monitor="nll", mode="min", save_best_only=True
    )
    early = keras.callbacks.EarlyStopping("nll", mode="min", min_delta=9.0, patience=2)
    _, stopped = learn(best, early)

    assert rest == losses[3:]
    np.testing.assert_array_equal(nll_of(restored), nll_of(whole))
    assert stopped == losses[:3]
    kept = keras.models.load_model(tmp_path / "best.keras")
    assert isinstance(kept, models.NVDM)
