"""The arguments of `fit` and `evaluate` are honoured or refused, never ignored."""

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
from tf_vmfvae import layers, models
from tf_vmfvae.models.weighted_batches import no_target


@pytest.fixture(scope="module")
def model():
    return make_model()


@pytest.fixture
def weighted(model):
    return np.mean(WEIGHTS * nll_of(model))


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
def test_sample_weights_change_the_loss_and_not_the_bound(
    model, weighted, batch_size, shape
):
    logs = model.evaluate(
        PAIRS,
        sample_weight=WEIGHTS.reshape(shape),
        batch_size=batch_size,
        verbose=0,
        return_dict=True,
    )
    nll = nll_of(model)

    # As in Keras's own losses, the sum is divided by the number of examples.
    assert logs["loss"] == pytest.approx(weighted, rel=1e-5)
    assert logs["nll"] == pytest.approx(nll.mean(), rel=1e-5)
    assert logs["ppl"] == pytest.approx(np.exp(nll.sum() / 12), rel=1e-5)


@pytest.mark.parametrize(
    "data",
    [
        lambda: {"x": PAIRS, "sample_weight": WEIGHTS},
        lambda: {"x": {"pairs": PAIRS}, "sample_weight": list(WEIGHTS)},
        lambda: {"x": batches_of(PAIRS, WEIGHTS)},
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
        "data set": {"validation_data": batches_of(PAIRS[2:], WEIGHTS[2:])},
        "split": {"validation_split": 0.5, "sample_weight": WEIGHTS},
    }
    logs = model.fit(PAIRS, **options[shown], verbose=0).history

    expected = np.mean((WEIGHTS * nll)[2:])
    assert logs["val_loss"] == pytest.approx([expected], rel=1e-5)
    assert logs["val_nll"] == pytest.approx([nll[2:].mean()], rel=1e-5)


def test_a_training_step_follows_the_gradient_of_the_weighted_loss():
    model, other = make_model(learning_rate=0.5), make_model()
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(WEIGHTS * other(PAIRS)["reconstruction"])
    bias = other.logits.bias
    expected = bias - 0.5 * tape.gradient(loss, bias.value)
    model.train_on_batch(PAIRS, sample_weight=WEIGHTS)

    np.testing.assert_allclose(model.logits.bias, expected, rtol=1e-5)


def test_a_training_step_is_traced_once(monkeypatch):
    traces, train_step = [], models.NVDM.train_step

    def note_and_call(self, data):
        traces.append(data)
        return train_step(self, data)

    monkeypatch.setattr(models.NVDM, "train_step", note_and_call)
    model = make_model()
    model.fit(PAIRS, epochs=2, verbose=0)
    assert len(traces) == 1


@pytest.mark.parametrize(
    "options",
    [{"run_eagerly": True}, {"jit_compile": True}, {"steps_per_execution": 2}],
    ids=str,
)
def test_every_way_of_running_a_step_gives_the_same_loss(weighted, options):
    model = make_model(**options, metrics={"reconstruction": is_large})
    padded = np.pad(PAIRS, [(0, 3), (0, 0), (0, 0)])
    weights = np.pad(WEIGHTS, (0, 3), constant_values=9.0)
    logs = model.fit(
        padded, sample_weight=weights, batch_size=3, shuffle=False, verbose=0
    ).history

    assert logs["loss"] == pytest.approx([weighted], rel=1e-5)
    expected = np.mean(nll_of(model) > 5)
    assert logs["reconstruction_is_large"] == pytest.approx([expected])


@pytest.mark.parametrize("step", ["train_on_batch", "test_on_batch"])
def test_a_step_that_is_not_compiled_takes_arrays(weighted, step):
    model = make_model(run_eagerly=True)
    logs = getattr(model, step)(PAIRS, sample_weight=WEIGHTS, return_dict=True)
    assert logs["loss"] == pytest.approx(weighted, rel=1e-5)


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
    # No step was run.
    assert "loss" not in capsys.readouterr().out


@pytest.mark.parametrize("weights", [WEIGHTS[:3], np.ones((4, 2)), 1.0])
def test_anything_but_one_weight_for_each_example_is_refused(model, weights):
    for learn in (model.fit, model.evaluate):
        with pytest.raises(ValueError, match=r"^sample_weight has the shape") as e:
            learn(PAIRS, sample_weight=weights, verbose=0)
        assert "\n" not in str(e.value)


def test_weights_of_words_are_refused_in_single_batches_too(model):
    with pytest.raises(ValueError, match="give one number for each example"):
        model.test_on_batch(PAIRS, sample_weight=np.ones((4, 2)))
    with pytest.raises(ValueError, match="sample_weight: give one number for each"):
        model.test_on_batch(PAIRS, sample_weight={"kl": WEIGHTS})


def test_nonfinite_weights_are_named(model):
    weights = np.array([1.0, np.nan, np.inf, 1.0])
    with pytest.raises(ValueError, match=r"^sample_weight is nan for example 2"):
        model.fit(PAIRS, sample_weight=weights, verbose=0)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (["a", "b", "c", "d"], "sample_weight holds str"),
        ([1.0, None, 1.0, 1.0], "sample_weight is None for example 2"),
        ([1e300, 1.0, 1.0, 1.0], r"sample_weight is 1e\+300 for example 1"),
        (WEIGHTS * 1j, "sample_weight holds complex"),
        ({"kl": WEIGHTS}, "sample_weight: give one number for each example"),
    ],
)
def test_weights_that_are_no_finite_numbers_are_refused(model, weights, message):
    for learn in (
        lambda: model.evaluate(PAIRS, sample_weight=weights, verbose=0),
        lambda: model.train_on_batch(PAIRS, sample_weight=weights),
        lambda: model.fit((PAIRS, None, weights) for _ in range(1)),
    ):
        with pytest.raises(ValueError, match=f"^{message}") as caught:
            learn()
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "weights",
    [{"kl": WEIGHTS[:2]}, (WEIGHTS[:2], WEIGHTS[:2]), np.ones((2, 2)), np.array(2.0)],
)
def test_batches_without_one_weight_for_each_example_are_refused(model, weights):
    batches = tf.data.Dataset.from_tensors(
        (PAIRS[:2], keras.tree.map_structure(np.float32, weights))
    ).map(lambda rows, weights: (rows, None, weights))
    with pytest.raises(ValueError, match=r"^sample_weight.* one number for each exam"):
        model.evaluate(batches, verbose=0)


@pytest.mark.parametrize(
    ("weights", "message"),
    [([1.0, np.nan], "finite"), ([1.0, 1.0, 1.0], "one number for each")],
)
def test_bad_weights_in_a_data_set_stop_training(model, weights, message):
    # A filter leaves shapes unknown.
    batches = tf.data.Dataset.from_tensors((PAIRS[:2], np.float32(weights))).map(
        lambda rows, weights: (rows, None, tf.boolean_mask(weights, weights != 0))
    )
    with pytest.raises(
        tf.errors.InvalidArgumentError, match=f"sample_weight.*{message}"
    ):
        model.fit(batches, verbose=0)


def test_targets_of_a_generator_with_weights_are_refused(model):
    with pytest.raises(ValueError, match=r"^y: the model's target is its own input"):
        model.fit((PAIRS, WEIGHTS, WEIGHTS) for _ in range(2))


def test_weights_may_be_a_list_of_numbers(model, weighted):
    weights = WEIGHTS.tolist()
    model.reset_metrics()
    assert model.train_on_batch(PAIRS, sample_weight=weights)[0] == pytest.approx(
        weighted, rel=1e-5
    )
    data = ((PAIRS, None, weights) for _ in range(1))
    assert model.evaluate(data, verbose=0)[0] == pytest.approx(weighted, rel=1e-5)


def test_targets_and_weights_of_a_batch_may_be_none(model):
    batches = tf.data.Dataset.from_tensors(PAIRS).map(lambda x: (x, None, None))
    loss, *_ = model.evaluate(batches, verbose=0)

    assert loss == pytest.approx(nll_of(model).mean(), rel=1e-5)


def test_predict_returns_the_nats_of_each_example(model):
    predicted = model.predict(PAIRS, batch_size=3, verbose=0)
    np.testing.assert_allclose(predicted["reconstruction"], nll_of(model), rtol=1e-5)
    assert predicted["kl"].tolist() == [0.0] * 4


def test_several_inputs_are_refused(model):
    with pytest.raises(ValueError, match=r"^x: give one array of inputs, not 2"):
        model.evaluate([PAIRS, PAIRS], verbose=0)


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (None, "x: give the inputs"),
        ([], "x is empty: give at least one example"),
        (PAIRS[:0], "x is empty: give at least one example"),
        ("ball goal", r"x is one string: put it into a list, \['ball goal'\]"),
        (["ball", None], r"x\[1\] is None: give a string"),
        (["ball", "xyzzy"], r"document 2 of 2 \('xyzzy'\) has no word of the model's"),
        ({"text": ["ball"], "label": [0]}, "x has labels, which the model does not r"),
        ({"texts": ["ball"]}, "x has entries called texts: give the texts"),
        ({"pairs": PAIRS, "label": WEIGHTS}, 'x has the entry "label", but the model'),
        (PAIRS - 1, "x holds -1: ids and counts are whole numbers of at least 0"),
        (PAIRS + 0.5, "x holds 1.5: ids and counts are whole numbers"),
        (PAIRS[0], r"x has batches of the shape \(2, 2\): they must have the shape"),
    ],
)
def test_inputs_that_are_no_ids_are_refused_and_the_model_can_still_learn(x, message):
    model = make_model(run_eagerly=True)
    for learn in (model.fit, model.evaluate):
        with pytest.raises(ValueError, match=f"^{message}"):
            learn(x, verbose=0)
    loss = model.fit(PAIRS, verbose=0).history["loss"]
    assert loss == pytest.approx([nll_of(model).mean()], rel=1e-5)


def test_a_model_can_learn_after_an_error_in_its_first_step():
    model = make_model()
    with pytest.raises(ValueError, match="x has batches of the shape"):
        model.fit(tf.data.Dataset.from_tensor_slices(PAIRS), verbose=0)
    with pytest.raises(tf.errors.InvalidArgumentError):
        model.train_on_batch(PAIRS + 100)
    assert model.train_on_batch(PAIRS)[0] == pytest.approx(nll_of(model).mean())


def test_ragged_inputs_are_padded(labelled):
    model, ids = labelled
    ragged = {**ids, "ids": tf.RaggedTensor.from_tensor(ids["ids"], padding=0)}
    nll = model(ids)["reconstruction"].numpy()
    batches = tf.data.Dataset.from_tensor_slices(ragged).batch(3)
    for data in (ragged, batches):
        assert model.fit(data, verbose=0, shuffle=False).history["loss"] == (
            pytest.approx([nll.mean()], rel=1e-5)
        )
    predicted = model.predict(batches, verbose=0)["reconstruction"]
    np.testing.assert_allclose(predicted, nll, rtol=1e-5)


@pytest.mark.parametrize("batch_size", [7, 2])
def test_empty_rows_count_in_no_mean(model, batch_size):
    padded = np.pad(PAIRS, [(0, 3), (0, 0), (0, 0)])
    logs = model.evaluate(padded, batch_size=batch_size, verbose=0, return_dict=True)

    for name in ("loss", "nll"):
        assert logs[name] == pytest.approx(nll_of(model).mean(), rel=1e-5)


def test_targets_of_width_0_count_as_no_targets(model):
    loss, *_ = model.evaluate(PAIRS, no_target(4), verbose=0)
    assert loss == pytest.approx(nll_of(model).mean(), rel=1e-5)


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
    texts = ["ball goal", "rain", "snow wind rain", "wind"]
    return model, model.preprocessor({"text": texts, "label": [0, 1, 2, 1]})


def test_class_weight_uses_the_labels_that_the_model_reads(labelled):
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
    # It only holds for the one call.
    assert model.fit(ids, verbose=0).history["loss"] == pytest.approx([nll.mean()])


def test_class_weight_and_sample_weight_multiply(labelled):
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
def test_invalid_class_weights_are_named(labelled, class_weight, message):
    model, ids = labelled
    with pytest.raises(ValueError, match=message):
        model.fit(ids, class_weight=class_weight)


# === Metrics and compile ===


class Largest(keras.metrics.Metric):
    def __init__(self, name="largest", **options):
        super().__init__(name=name, **options)
        self.largest = self.add_variable((), "zeros", name="largest")

    def update_state(self, inputs, nll, sample_weight=None):
        self.largest.assign(tf.maximum(self.largest, tf.reduce_max(nll)))

    def result(self):
        return self.largest.value


def test_a_users_metrics_are_shown():
    model = make_model(
        metrics={"reconstruction": [is_large, Largest()]},
        weighted_metrics={"reconstruction": is_large},
    )
    nll = nll_of(model)
    # Empty rows do not reach the metrics.
    padded = np.pad(PAIRS, [(0, 2), (0, 0), (0, 0)])
    weights = np.pad(WEIGHTS, (0, 2), constant_values=9.0)
    logs = model.evaluate(
        padded, sample_weight=weights, batch_size=4, verbose=0, return_dict=True
    )

    assert logs["reconstruction_is_large"] == pytest.approx(np.mean(nll > 5))
    assert logs["reconstruction_largest"] == pytest.approx(nll.max(), rel=1e-5)
    shares = WEIGHTS / WEIGHTS.sum()
    expected = np.sum(shares * (nll > 5))
    assert logs["reconstruction_weighted_is_large"] == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("argument", ["metrics", "weighted_metrics"])
@pytest.mark.parametrize(
    ("metrics", "message"),
    [
        (["mse"], "name the output of each metric"),
        (is_large, "name the output of each metric"),
        ({"nll": is_large}, "'nll' is not an output; choose kl or reconstruction"),
        ({"kl": "mse"}, "mse is a Keras metric, which needs targets"),
        ({"kl": [is_large, "accuracy"]}, "accuracy is a Keras metric"),
        (
            {"kl": keras.metrics.MeanSquaredError()},
            "mean_squared_error is a Keras metric",
        ),
        ({"kl": keras.losses.huber}, "huber is a Keras metric"),
    ],
)
def test_metrics_that_need_targets_are_refused(argument, metrics, message):
    with pytest.raises(ValueError, match=f"^{argument}: {message}") as caught:
        make_model(**{argument: metrics})
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "options",
    [{"loss": "mse"}, {"loss_weights": {"kl": 0.5}}, {"loss": {"kl": is_large}}],
)
def test_a_loss_is_refused(options):
    (argument,) = options
    with pytest.raises(ValueError, match=f"^{argument}: NVDM has its own loss"):
        make_model(**options)


def test_the_arguments_of_compile_come_back_from_the_file(tmp_path):
    keras.saving.register_keras_serializable("test_fit")(is_large)
    model = make_model(metrics={"reconstruction": is_large}, steps_per_execution=2)
    model.fit(PAIRS, verbose=0)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")

    logs = model.evaluate(PAIRS, verbose=0, return_dict=True)
    assert loaded.evaluate(PAIRS, verbose=0, return_dict=True) == logs
    assert "reconstruction_is_large" in logs
    assert loaded.steps_per_execution == 2
