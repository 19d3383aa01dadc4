"""`fit`, `evaluate` and `predict` read raw text as they read ids made by hand."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.models.text_models import (
    BY_HAND,
    LABELLED,
    LABELS,
    MAKERS,
    TEXTS,
    WEIGHTS,
    batches_of,
    data_of,
    make_documents,
    make_labelled,
    make_sentences,
)
from tf_vmfvae import layers, models
from tf_vmfvae.ops.batch_inputs import rows_of


@pytest.fixture(scope="module", params=MAKERS)
def name(request):
    return request.param


@pytest.fixture(scope="module")
def model(name):
    return MAKERS[name]()


@pytest.fixture(scope="module")
def nll(name, model):
    return model(BY_HAND[name])["reconstruction"].numpy()


@pytest.fixture(scope="module")
def labelled():
    return make_labelled()


@pytest.mark.parametrize(
    "kind",
    [
        list,
        tuple,
        np.array,
        tf.constant,
        lambda texts: np.array(texts, object),
        lambda texts: [text.encode() for text in texts],
    ],
)
def test_texts_of_every_kind_have_the_losses_of_ids(name, model, nll, kind):
    predicted = model.predict_on_batch(data_of(name, kind))["reconstruction"]
    np.testing.assert_allclose(predicted, nll, rtol=1e-5)


def test_a_series_has_the_losses_of_ids(name, model, nll, make_series):
    data = data_of(name, lambda texts: make_series(texts, [7, 2, 0, 9, 1]))
    predicted = model.predict_on_batch(data)["reconstruction"]
    np.testing.assert_allclose(predicted, nll, rtol=1e-5)


class Batches(keras.utils.PyDataset):
    num_batches = 3

    def __init__(self, name):
        super().__init__()
        self.name = name

    def __getitem__(self, index):
        here = slice(2 * index, 2 * index + 2)
        return data_of(self.name, texts=TEXTS[here], labels=LABELS[here])


@pytest.mark.parametrize(
    "batches",
    [
        lambda name: batches_of(data_of(name)),
        lambda name: batches_of(data_of(name)).map(lambda x: (x, None, None)),
        lambda name: (Batches(name)[index] for index in range(3)),
        lambda name: ((Batches(name)[index], None, None) for index in range(3)),
        Batches,
    ],
    ids=["data set", "tuples", "generator", "generator of tuples", "PyDataset"],
)
def test_batches_of_texts_have_the_losses_of_ids(name, model, nll, batches):
    loss, *_ = model.evaluate(batches(name), verbose=0, steps=3)
    assert loss == pytest.approx(nll.mean(), rel=1e-5)


@pytest.mark.parametrize(
    "batches",
    [
        lambda: batches_of(LABELLED),
        lambda: (Batches("labelled")[index] for index in range(3)),
        lambda: Batches("labelled"),
    ],
    ids=["data set", "generator", "PyDataset"],
)
def test_batches_of_texts_have_the_predictions_of_ids(labelled, batches):
    expected = labelled(BY_HAND["labelled"])["reconstruction"]
    predicted = labelled.predict(batches(), verbose=0, steps=3)["reconstruction"]
    np.testing.assert_allclose(predicted, expected, rtol=1e-5)


def test_texts_may_be_the_only_entry_of_a_dictionary():
    predict = make_sentences().predict_on_batch
    expected = predict(TEXTS)["reconstruction"]
    found = predict({"text": TEXTS})["reconstruction"]
    np.testing.assert_array_equal(found, expected)


def test_training_on_texts_takes_the_steps_of_training_on_ids(name):
    """In the same order, over several epochs, and in batches of the same size."""
    losses = []
    for data in (data_of(name), BY_HAND[name]):
        keras.utils.set_random_seed(3)
        model = MAKERS[name](learning_rate=0.1)
        options = {"epochs": 2, "batch_size": 2, "verbose": 0}
        losses.append(model.fit(data, **options).history["loss"])
    assert losses[0] == pytest.approx(losses[1], rel=1e-5)
    assert losses[0][1] < losses[0][0]


def test_a_compiled_step_reads_texts_too():
    model = make_documents(run_eagerly=False, jit_compile=True)
    nll = model(BY_HAND["documents"])["reconstruction"].numpy()
    logs = model.fit(TEXTS, batch_size=2, verbose=0).history
    assert logs["loss"] == pytest.approx([nll.mean()], rel=1e-5)


def test_two_replicas_read_texts_as_one_device_does(two_replicas):
    with two_replicas.scope():
        model = make_labelled(run_eagerly=False)
    nll = model(BY_HAND["labelled"])["reconstruction"].numpy()
    logs = model.fit(LABELLED, batch_size=2, verbose=0, shuffle=False).history
    assert logs["loss"] == pytest.approx([nll.mean()], rel=1e-5)


def test_weights_go_with_their_texts(name, model, nll):
    expected = pytest.approx(np.mean(WEIGHTS * nll), rel=1e-5)
    data = data_of(name)
    batches = tf.data.Dataset.from_tensor_slices((data, WEIGHTS)).batch(2)
    batches = batches.map(lambda x, weights: (x, None, weights))
    assert model.evaluate(batches, verbose=0)[0] == expected
    model.reset_metrics()
    assert model.train_on_batch(data, sample_weight=WEIGHTS)[0] == expected


def test_single_batches_may_be_texts(name, model, nll):
    data = data_of(name)
    for on_batch in (model.train_on_batch, model.test_on_batch):
        model.reset_metrics()
        assert on_batch(data)[0] == pytest.approx(nll.mean(), rel=1e-5)
    predicted = model.predict(data, batch_size=2, verbose=0)["reconstruction"]
    np.testing.assert_allclose(predicted, nll, rtol=1e-5)


@pytest.mark.parametrize(
    "validation",
    [
        lambda rest: {"validation_data": rest},
        lambda rest: {"validation_data": (rest,)},
        lambda rest: {"validation_data": (rest, None, [1.0, 1.0])},
        lambda rest: {"validation_data": batches_of(rest, 1)},
        lambda rest: {"validation_split": 0.4},
    ],
    ids=["texts", "tuple", "weights", "data set", "split"],
)
def test_validation_data_may_be_texts(validation):
    model = make_sentences()
    nll = model(BY_HAND["sentences"])["reconstruction"].numpy()
    logs = model.fit(TEXTS, **validation(TEXTS[3:]), verbose=0).history
    assert logs["val_loss"] == pytest.approx([nll[3:].mean()], rel=1e-5)


def test_validation_data_may_be_texts_with_labels(labelled):
    nll = labelled(BY_HAND["labelled"])["reconstruction"].numpy()
    logs = labelled.fit(LABELLED, validation_split=0.4, verbose=0).history
    assert logs["val_loss"] == pytest.approx([nll[3:].mean()], rel=1e-5)


def test_steps_per_epoch_counts_batches_of_texts():
    model = make_sentences()
    seen = []
    callback = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: seen.append(batch)
    )
    batches = batches_of(TEXTS, 2).repeat()
    options = {"callbacks": [callback], "verbose": 0}
    model.fit(batches, epochs=2, steps_per_epoch=4, **options)
    assert seen == [0, 1, 2, 3] * 2
    del seen[:]
    model.fit(TEXTS, batch_size=2, steps_per_epoch=2, **options)
    assert seen == [0, 1]


def test_a_labelled_model_has_the_losses_of_earlier_versions():
    """There the label plus 1 was the first column of the ids."""
    model = models.NVRNN(
        ["ball", "goal", "rain", "snow", "wind"],
        layers.NoLatent(),
        embedding_dim=3,
        hidden_dim=4,
        condition=layers.LabelCondition(num_labels=3),
        seed=1,
    )
    texts = ["ball goal", "rain", "snow wind rain", "wind"]
    inputs = model.preprocessor({"text": texts, "label": [0, 1, 2, 1]})
    np.testing.assert_allclose(
        model(inputs)["reconstruction"],
        [5.8370008, 3.8917937, 7.7817550, 3.8945718],
        rtol=1e-5,
    )


def test_rows_of_a_batch_keep_their_labels(labelled):
    inputs = labelled.preprocessor(LABELLED)
    whole = labelled(inputs)["reconstruction"]
    part = labelled(rows_of(inputs, 1, 3))["reconstruction"]
    np.testing.assert_allclose(part, whole[1:3], rtol=1e-5)


def test_classes_are_weighed_by_the_labels_of_texts(labelled):
    nll = labelled(BY_HAND["labelled"])["reconstruction"].numpy()
    labelled.reset_metrics()
    loss, *_ = labelled.train_on_batch(LABELLED, class_weight={1: 3.0})
    assert loss == pytest.approx(np.mean(nll * [1, 1, 3, 3, 1]), rel=1e-5)
