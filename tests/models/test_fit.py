"""What Keras's fit and evaluate are given is honoured or refused, never dropped."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_vmfvae import callbacks, layers, models
from tf_vmfvae.models.weighted_batches import no_target

VOCABULARY = ["ball", "goal", "rain", "snow", "wind"]
PAIRS = np.array(
    [[[1, 2], [2, 1]], [[3, 3], [4, 1]], [[2, 1], [0, 0]], [[5, 4], [0, 0]]], "int32"
)
WEIGHTS = np.array([2.0, 0.0, 1.0, 0.5], "float32")


def make(latent=None, learning_rate=0.0, **options):
    """A document model, compiled; as it is, without a code or noise, nor steps."""
    latent = latent or layers.NoLatent()
    model = models.NVDM(VOCABULARY, latent, hidden_dim=4, seed=2)
    # Otherwise all words would be as likely.
    model.logits.bias.assign(np.arange(5.0))
    model.compile(keras.optimizers.SGD(learning_rate), **options)
    return model


def nll_of(model, pairs=PAIRS):
    return model(pairs)["reconstruction"].numpy()


@pytest.fixture(scope="module")
def model():
    return make()


@pytest.fixture
def weighted(model):
    return np.mean(WEIGHTS * nll_of(model))


def dataset(*parts, batch_size=3):
    batches = tf.data.Dataset.from_tensor_slices(parts).batch(batch_size)
    if len(parts) == 1:
        return batches.map(lambda rows: rows)
    return batches.map(lambda rows, weights: (rows, None, weights))


def generator():
    yield PAIRS[:3], None, WEIGHTS[:3]
    yield PAIRS[3:], None, WEIGHTS[3:]


class Batches(keras.utils.PyDataset):
    num_batches = 2

    def __getitem__(self, index):
        here = slice(2 * index, 2 * index + 2)
        return PAIRS[here], None, WEIGHTS[here]


@pytest.mark.parametrize("batch_size", [4, 3])
@pytest.mark.parametrize("shape", [(4,), (4, 1)])
def test_sample_weights_enter_the_loss_and_no_bound(model, weighted, batch_size, shape):
    logs = model.evaluate(
        PAIRS,
        sample_weight=WEIGHTS.reshape(shape),
        batch_size=batch_size,
        verbose=0,
        return_dict=True,
    )
    nll = nll_of(model)

    # As in Keras's own losses: divided by the examples, not by the weights' sum.
    assert logs["loss"] == pytest.approx(weighted, rel=1e-5)
    assert logs["nll"] == pytest.approx(nll.mean(), rel=1e-5)
    assert logs["ppl"] == pytest.approx(np.exp(nll.sum() / 12), rel=1e-5)


@pytest.mark.parametrize(
    "data",
    [
        lambda: {"x": PAIRS, "sample_weight": WEIGHTS},
        lambda: {"x": {"pairs": PAIRS}, "sample_weight": list(WEIGHTS)},
        lambda: {"x": dataset(PAIRS, WEIGHTS)},
        lambda: {"x": generator()},
        lambda: {"x": Batches()},
    ],
    ids=["arrays", "by name", "data set", "generator", "PyDataset"],
)
def test_sample_weights_of_all_kinds_of_data_are_honoured(model, weighted, data):
    logs = model.fit(**data(), verbose=0, shuffle=False).history

    assert logs["loss"] == pytest.approx([weighted], rel=1e-5)
    assert logs["nll"] == pytest.approx([nll_of(model).mean()], rel=1e-5)


def test_sample_weights_of_single_batches_are_honoured(model, weighted):
    for on_batch in (model.train_on_batch, model.test_on_batch):
        logs = on_batch(PAIRS, sample_weight=WEIGHTS, return_dict=True)
        assert logs["loss"] == pytest.approx(weighted, rel=1e-5)


@pytest.mark.parametrize("shown", ["tuple", "data set", "split"])
def test_validation_data_are_weighted_too(model, shown):
    nll = nll_of(model)
    options = {
        "tuple": {"validation_data": (PAIRS[2:], None, WEIGHTS[2:])},
        "data set": {"validation_data": dataset(PAIRS[2:], WEIGHTS[2:])},
        "split": {"validation_split": 0.5, "sample_weight": WEIGHTS},
    }
    logs = model.fit(PAIRS, **options[shown], verbose=0).history

    expected = np.mean((WEIGHTS * nll)[2:])
    assert logs["val_loss"] == pytest.approx([expected], rel=1e-5)
    assert logs["val_nll"] == pytest.approx([nll[2:].mean()], rel=1e-5)


def test_a_step_goes_down_the_weighted_loss():
    model, other = make(learning_rate=0.5), make()
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(WEIGHTS * other(PAIRS)["reconstruction"])
    bias = other.logits.bias
    expected = bias - 0.5 * tape.gradient(loss, bias.value)
    model.train_on_batch(PAIRS, sample_weight=WEIGHTS)

    np.testing.assert_allclose(model.logits.bias, expected, rtol=1e-5)


@pytest.mark.parametrize(
    "options",
    [{"run_eagerly": True}, {"jit_compile": True}, {"steps_per_execution": 2}],
    ids=str,
)
def test_however_a_step_is_run_it_is_the_same(weighted, options):
    model = make(**options, metrics={"reconstruction": is_dear})
    padded = np.pad(PAIRS, [(0, 3), (0, 0), (0, 0)])
    weights = np.pad(WEIGHTS, (0, 3), constant_values=9.0)
    logs = model.fit(
        padded, sample_weight=weights, batch_size=3, shuffle=False, verbose=0
    ).history

    assert logs["loss"] == pytest.approx([weighted], rel=1e-5)
    expected = np.mean(nll_of(model) > 5)
    assert logs["reconstruction_is_dear"] == pytest.approx([expected])


@pytest.mark.parametrize(
    "learn",
    [
        lambda model: model.fit(PAIRS, PAIRS),
        lambda model: model.fit(PAIRS, [0, 1, 0, 1]),
        lambda model: model.fit(PAIRS, validation_data=(PAIRS, WEIGHTS)),
        lambda model: model.fit(
            PAIRS, validation_data=tf.data.Dataset.from_tensors((PAIRS, WEIGHTS))
        ),
        lambda model: model.fit(tf.data.Dataset.from_tensors((PAIRS, WEIGHTS))),
        lambda model: model.fit((PAIRS, WEIGHTS) for _ in range(2)),
        lambda model: model.evaluate(PAIRS, WEIGHTS),
        lambda model: model.train_on_batch(PAIRS, WEIGHTS),
        lambda model: model.test_on_batch(PAIRS, WEIGHTS),
    ],
)
def test_targets_are_refused_at_once(model, learn, capsys):
    with pytest.raises(
        ValueError, match=r"^y: the model's target is its own input"
    ) as e:
        learn(model)
    assert "\n" not in str(e.value)
    # Before any step.
    assert "loss" not in capsys.readouterr().out


@pytest.mark.parametrize("weights", [WEIGHTS[:3], np.ones((4, 2)), 1.0])
def test_weights_that_are_not_one_an_example_are_refused(model, weights):
    for learn in (model.fit, model.evaluate):
        with pytest.raises(ValueError, match=r"^sample_weight has the shape") as e:
            learn(PAIRS, sample_weight=weights, verbose=0)
        assert "\n" not in str(e.value)


def test_weights_of_words_are_refused_in_batches_too(model):
    with pytest.raises(ValueError, match="give one number an example"):
        model.test_on_batch(PAIRS, sample_weight=np.ones((4, 2)))
    with pytest.raises(ValueError, match="give one number an example, for all outputs"):
        model.test_on_batch(PAIRS, sample_weight={"kl": WEIGHTS})


def test_weights_that_are_not_finite_are_named(model):
    weights = np.array([1.0, np.nan, np.inf, 1.0])
    with pytest.raises(ValueError, match=r"^sample_weight is nan for example 2"):
        model.fit(PAIRS, sample_weight=weights, verbose=0)


def test_parts_of_a_batch_that_are_none_are_none(model):
    batches = tf.data.Dataset.from_tensors(PAIRS).map(lambda x: (x, None, None))
    loss, *_ = model.evaluate(batches, verbose=0)

    assert loss == pytest.approx(nll_of(model).mean(), rel=1e-5)


def test_predictions_are_the_nats_of_each_row(model):
    predicted = model.predict(PAIRS, batch_size=3, verbose=0)
    np.testing.assert_allclose(predicted["reconstruction"], nll_of(model), rtol=1e-5)
    assert predicted["kl"].tolist() == [0.0] * 4


def test_several_inputs_are_refused(model):
    with pytest.raises(ValueError, match=r"^x: give one array of inputs, not 2"):
        model.evaluate([PAIRS, PAIRS], verbose=0)


@pytest.mark.parametrize("batch_size", [7, 2])
def test_rows_that_only_fill_up_are_in_no_mean(model, batch_size):
    padded = np.pad(PAIRS, [(0, 3), (0, 0), (0, 0)])
    logs = model.evaluate(padded, batch_size=batch_size, verbose=0, return_dict=True)

    for name in ("loss", "nll"):
        assert logs[name] == pytest.approx(nll_of(model).mean(), rel=1e-5)


# === Labels and class_weight ===


@pytest.fixture(scope="module")
def labelled():
    model = models.NVRNN(
        VOCABULARY,
        layers.NoLatent(),
        embedding_dim=3,
        hidden_dim=4,
        dropout=0.0,
        condition=layers.LabelCondition(num_labels=3),
        seed=1,
    )
    model.compile(keras.optimizers.SGD(0.0))
    ids = model.to_ids(["ball goal", "rain", "snow wind rain", "wind"], [0, 1, 2, 1])
    return model, ids.to_tensor()


def test_class_weight_goes_by_the_labels_that_the_model_reads(labelled):
    model, ids = labelled
    nll = model(ids)["reconstruction"].numpy()
    options = {"class_weight": {0: 3.0, 2: 0.5}, "verbose": 0}
    expected = np.mean([3.0, 1.0, 0.5, 1.0] * nll)
    batches = tf.data.Dataset.from_tensor_slices(ids).batch(3)

    for data in (ids, batches):
        history = model.fit(data, **options, shuffle=False).history
        assert history["loss"] == pytest.approx([expected], rel=1e-5)
        assert history["nll"] == pytest.approx([nll.mean()], rel=1e-5)
    loss, *_ = model.train_on_batch(ids, class_weight=options["class_weight"])
    assert loss == pytest.approx(expected, rel=1e-5)
    # It is over when training is.
    assert model.fit(ids, verbose=0).history["loss"] == pytest.approx([nll.mean()])


def test_class_weight_and_sample_weight_both_count(labelled):
    model, ids = labelled
    nll = model(ids)["reconstruction"].numpy()
    model.reset_metrics()
    loss, *_ = model.train_on_batch(ids, sample_weight=WEIGHTS, class_weight={1: 4.0})

    assert loss == pytest.approx(np.mean([2.0, 0.0, 1.0, 2.0] * nll), rel=1e-5)


def test_class_weight_without_labels_is_refused(model):
    for learn in (model.fit, model.train_on_batch):
        with pytest.raises(
            ValueError, match=r"^class_weight: the model reads no labels"
        ):
            learn(PAIRS, class_weight={0: 2.0})


@pytest.mark.parametrize(
    ("class_weight", "message"),
    [
        ({3: 1.0}, "class_weight: label 3 is out of range: labels are 0 to 2"),
        ({0: -1.0}, "the weight of label 0 is -1.0: give 0 or a positive number"),
        ({0: float("nan")}, "the weight of label 0 is nan"),
    ],
)
def test_class_weights_that_make_no_sense_are_named(labelled, class_weight, message):
    model, ids = labelled
    with pytest.raises(ValueError, match=message):
        model.fit(ids, class_weight=class_weight)


# === Losses that layers add ===


class Adding(layers.GaussianLatent):
    """A latent of a user's own: no noise, no KL, and two losses that it adds."""

    def call(self, hidden, codes=1, training=False):
        z = self.location(hidden)
        self.add_loss(tf.reduce_mean(z[:, 0] ** 2))
        self.add_loss(3.0)
        return z, tf.zeros(tf.shape(z)[:1], z.dtype)

    def add_loss(self, loss):
        super().add_loss(tf.convert_to_tensor(loss))


def test_losses_that_a_latent_adds_are_in_the_loss_and_in_no_bound():
    model = make(Adding(3, seed=1))
    z = model.latent.location(model.encoder(PAIRS)).numpy()
    nll = nll_of(model).mean()
    expected = nll + np.mean(z[:, 0] ** 2) + 3.0

    history = model.fit(PAIRS, validation_data=PAIRS, verbose=0).history
    for prefix in ("", "val_"):
        assert history[f"{prefix}loss"] == pytest.approx([expected], rel=1e-5)
        assert history[f"{prefix}nll"] == pytest.approx([nll], rel=1e-5)
    for on_batch in (model.train_on_batch, model.test_on_batch):
        assert on_batch(PAIRS)[0] == pytest.approx(expected, rel=1e-5)


def test_a_step_goes_down_what_a_latent_adds():
    model, other = make(Adding(3, seed=1), 0.1), make(Adding(3, seed=1))
    kernel = other.latent.mean.kernel
    with tf.GradientTape() as tape:
        outputs = other(PAIRS)
        loss = tf.reduce_mean(outputs["reconstruction"]) + tf.add_n(other.losses)
    expected = kernel - 0.1 * tape.gradient(loss, kernel.value)
    model.train_on_batch(PAIRS)

    np.testing.assert_allclose(model.latent.mean.kernel, expected, rtol=1e-4, atol=1e-6)


def test_regularizers_are_in_the_loss_under_two_replicas_too(strategies):
    for strategy in strategies:
        with strategy.scope():
            model = make()
            kernel = model.decoder_mlp[0].bias
            kernel.assign([1.0, 2.0, 0.0, 0.0])
            kernel.regularizer = keras.regularizers.L2(0.1)
        loss, *_ = model.evaluate(PAIRS, verbose=0)
        assert loss == pytest.approx(nll_of(model).mean() + 0.5, rel=1e-5)


def test_losses_that_layers_add_in_two_replicas_are_refused(strategies):
    with strategies[1].scope():
        model = make(Adding(3, seed=1))
    with pytest.raises(ValueError, match=r"^add_loss: Keras mixes up what layers add"):
        model.fit(PAIRS, verbose=0)


# === Metrics and compile ===


def is_dear(pairs, nll):
    return tf.cast(nll > 5, nll.dtype)


class Largest(keras.metrics.Metric):
    def __init__(self, name="largest", **options):
        super().__init__(name=name, **options)
        self.largest = self.add_variable((), "zeros", name="largest")

    def update_state(self, inputs, nll, sample_weight=None):
        self.largest.assign(tf.maximum(self.largest, tf.reduce_max(nll)))

    def result(self):
        return self.largest.value


def test_metrics_that_a_user_asks_for_are_shown():
    model = make(
        metrics={"reconstruction": [is_dear, Largest()]},
        weighted_metrics={"reconstruction": is_dear},
    )
    nll = nll_of(model)
    # Rows that only fill up are none of their business.
    padded = np.pad(PAIRS, [(0, 2), (0, 0), (0, 0)])
    weights = np.pad(WEIGHTS, (0, 2), constant_values=9.0)
    logs = model.evaluate(
        padded, sample_weight=weights, batch_size=4, verbose=0, return_dict=True
    )

    assert logs["reconstruction_is_dear"] == pytest.approx(np.mean(nll > 5))
    assert logs["reconstruction_largest"] == pytest.approx(nll.max(), rel=1e-5)
    shares = WEIGHTS / WEIGHTS.sum()
    expected = np.sum(shares * (nll > 5))
    assert logs["reconstruction_weighted_is_dear"] == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("argument", ["metrics", "weighted_metrics"])
@pytest.mark.parametrize(
    ("metrics", "message"),
    [
        (["mse"], "say which output each is of"),
        (is_dear, "say which output each is of"),
        ({"nll": is_dear}, "'nll' is no output; choose kl or reconstruction"),
        ({"kl": "mse"}, "mse is one of Keras's own, which need targets"),
        ({"kl": [is_dear, "accuracy"]}, "accuracy is one of Keras's own"),
        ({"kl": keras.metrics.MeanSquaredError()}, "mean_squared_error is one of"),
        ({"kl": keras.losses.huber}, "huber is one of Keras's own"),
    ],
)
def test_metrics_that_need_targets_are_refused(argument, metrics, message):
    with pytest.raises(ValueError, match=f"^{argument}: {message}") as caught:
        make(**{argument: metrics})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "options",
    [{"loss": "mse"}, {"loss_weights": {"kl": 0.5}}, {"loss": {"kl": is_dear}}],
)
def test_a_loss_is_refused(options):
    (argument,) = options
    with pytest.raises(ValueError, match=f"^{argument}: NVDM brings its own loss"):
        make(**options)


def test_what_it_was_compiled_with_comes_back_from_its_file(tmp_path):
    keras.saving.register_keras_serializable("test_fit")(is_dear)
    model = make(metrics={"reconstruction": is_dear}, steps_per_execution=2)
    model.fit(PAIRS, verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")

    logs = model.evaluate(PAIRS, verbose=0, return_dict=True)
    assert loaded.evaluate(PAIRS, verbose=0, return_dict=True) == logs
    assert "reconstruction_is_dear" in logs
    assert loaded.steps_per_execution == 2


# === Strategies ===


@pytest.fixture(scope="module")
def strategies():
    devices = [device.name for device in tf.config.list_logical_devices("CPU")]
    return [
        tf.distribute.OneDeviceStrategy(devices[0]),
        tf.distribute.MirroredStrategy(devices),
    ]


@pytest.mark.parametrize("kind", ["arrays", "data set"])
def test_two_replicas_train_as_one(strategies, kind):
    # The last batch has three rows, of which the middle one only fills up.
    pairs = np.concatenate([PAIRS, PAIRS[:1], 0 * PAIRS[:1], PAIRS[1:2]])
    weights = np.concatenate([WEIGHTS, [3.0, 9.0, 1.0]]).astype("float32")
    outcomes = []
    for strategy in strategies:
        with strategy.scope():
            model = make(
                learning_rate=0.1,
                metrics={"reconstruction": is_dear},
                weighted_metrics={"reconstruction": is_dear},
            )
        data = {"x": pairs, "sample_weight": weights, "batch_size": 4}
        if kind == "data set":
            data = {"x": dataset(pairs, weights, batch_size=4)}
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
def test_options_of_the_optimiser_do_what_they_do_in_keras(options):
    latent = layers.VonMisesFisherLatent(3, kappa=9.0, seed=1)
    model = models.NVDM(VOCABULARY, latent, hidden_dim=4, seed=2)
    model.compile(keras.optimizers.Adam(0.05, **options))
    logs = model.fit(PAIRS, epochs=8, batch_size=2, verbose=0, shuffle=False).history

    assert logs["loss"][-1] < logs["loss"][0] - 0.2


class Stop(keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 3:
            raise RuntimeError


def test_keras_callbacks_stop_keep_and_restore(tmp_path):
    def learn(*more):
        model = make(learning_rate=0.1)
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


# === Several codes ===


def test_several_codes_and_a_weight_of_the_kl_are_refused():
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
        ValueError, match=r"^KLWeightSchedule: of several codes"
    ) as caught:
        model.fit(ids, callbacks=[schedule], verbose=0)
    assert "\n" not in str(caught.value)
    model.kl_weight.assign(0.5)
    for learn in (model.fit, model.train_on_batch):
        with pytest.raises(ValueError, match=r"^kl_weight: of several codes"):
            learn(ids)


def test_several_codes_and_a_constant_schedule_are_no_contradiction():
    schedule = callbacks.KLWeightSchedule("constant")
    schedule.set_model(type("Model", (), {"kl_weight": None, "weighs_codes": True}))
    schedule.on_train_begin()


def test_several_codes_and_free_nats_are_refused():
    latent = layers.GaussianLatent(3, free_bits=1.0)
    with pytest.raises(ValueError, match=r"^samples is 2, .* free_bits=0\)$"):
        models.NVRNN(VOCABULARY, latent, codes=2)
    # Their bounds are averaged in the document model, which is no contradiction.
    assert models.NVDM(VOCABULARY, latent, hidden_dim=4, codes=2).codes == 2


def test_targets_of_no_width_stand_for_none(model):
    loss, *_ = model.evaluate(PAIRS, no_target(4), verbose=0)
    assert loss == pytest.approx(nll_of(model).mean(), rel=1e-5)
