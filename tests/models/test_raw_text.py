"""`fit`, `evaluate` and `predict` read raw text as they read ids made by hand."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_vmfvae import layers, models
from tf_vmfvae.ops.batch_inputs import rows_of

WORDS = ["ball", "goal", "caf\u00e9", "rain", "snow"]
TEXTS = ["Ball goal", "cafe\u0301 goal ball", "rain", "snow rain snow", "goal xyzzy"]
LABELS = [0, 2, 1, 1, 0]
LABELLED = {"text": TEXTS, "label": LABELS}
WEIGHTS = np.array([2.0, 0.0, 1.0, 0.5, 1.5], "float32")
# Without tracing, which takes longer than the tests themselves.
OPTIONS = {"run_eagerly": True}


def make_sentences(condition=None, learning_rate=0.0, **options):
    model = models.NVRNN(
        WORDS,
        layers.NoLatent(),
        embedding_dim=3,
        hidden_dim=4,
        dropout=0.0,
        condition=condition,
        seed=1,
    )
    model.compile(keras.optimizers.SGD(learning_rate), **{**OPTIONS, **options})
    return model


def make_labelled(**options):
    return make_sentences(layers.LabelCondition(num_labels=3, units=2), **options)


def make_documents(learning_rate=0.0, **options):
    model = models.NVDM(WORDS, layers.NoLatent(), hidden_dim=4, seed=2)
    model.logits.bias.assign(np.arange(5.0))
    model.compile(keras.optimizers.SGD(learning_rate), **{**OPTIONS, **options})
    return model


MAKERS = {
    "sentences": make_sentences,
    "labelled": make_labelled,
    "documents": make_documents,
}
# The same by hand: ids and pairs, padded.
IDS = [[3, 4, 2, 0], [5, 4, 3, 2], [6, 2, 0, 0], [7, 6, 7, 2], [4, 1, 2, 0]]
PAIRS = [
    [[1, 1], [2, 1], [0, 0]],
    [[1, 1], [2, 1], [3, 1]],
    [[4, 1], [0, 0], [0, 0]],
    [[4, 1], [5, 2], [0, 0]],
    [[2, 1], [0, 0], [0, 0]],
]
BY_HAND = {
    "sentences": np.array(IDS, "int32"),
    "labelled": {"ids": np.array(IDS, "int32"), "label": np.array(LABELS, "int32")},
    "documents": np.array(PAIRS, "int32"),
}


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


def data_of(name, kind=list, texts=TEXTS, labels=LABELS):
    """Returns texts of a kind, with labels for the model that needs them."""
    if name == "labelled":
        return {"text": kind(texts), "label": labels}
    return kind(texts)


def batches_of(data, size=2):
    return tf.data.Dataset.from_tensor_slices(data).batch(size)


# Good data, for a model without and with three labels.
BATCH = {None: TEXTS, 3: LABELLED}

# === What is text ===


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
@pytest.mark.parametrize("labelled", [True, False], ids=["labelled", "sentences"])
def test_validation_data_may_be_texts(labelled, validation):
    name, model = (
        ("labelled", make_labelled()) if labelled else ("sentences", make_sentences())
    )
    nll = model(BY_HAND[name])["reconstruction"].numpy()
    rest = data_of(name, texts=TEXTS[3:], labels=LABELS[3:])
    logs = model.fit(data_of(name), **validation(rest), verbose=0).history
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


# === The preprocessor ===


def test_the_preprocessor_returns_what_the_model_reads(name, model):
    keras.tree.map_structure(
        np.testing.assert_array_equal, model.preprocessor(data_of(name)), BY_HAND[name]
    )
    [batch] = batches_of(data_of(name), 5).map(model.preprocessor)
    keras.tree.map_structure(np.testing.assert_array_equal, batch, BY_HAND[name])


def test_the_preprocessor_has_the_models_tokenizer():
    model = make_sentences()
    assert model.preprocessor.tokenizer is model.tokenizer
    assert make_documents().preprocessor.tokenizer("Ball, ball!") == ["ball", "ball"]


def test_without_a_preprocessor_text_is_refused_and_ids_are_read(name, nll):
    model = MAKERS[name]()
    model.preprocessor = None
    for data in (data_of(name), batches_of(data_of(name))):
        with pytest.raises(
            ValueError, match=r"^x is text, but model.preprocessor is None"
        ):
            model.evaluate(data, verbose=0)
    loss, *_ = model.evaluate(BY_HAND[name], verbose=0)
    assert loss == pytest.approx(nll.mean(), rel=1e-5)


def test_the_preprocessor_may_be_the_users_own_function():
    model = make_sentences()
    model.preprocessor = lambda texts: tf.fill([tf.size(texts), 3], 2)
    expected = model(np.full([5, 3], 2))["reconstruction"][0]
    for data in (TEXTS, batches_of(TEXTS)):
        loss, *_ = model.evaluate(data, verbose=0)
        assert loss == pytest.approx(float(expected), rel=1e-5)


def test_a_loaded_model_reads_text(name, nll, tmp_path):
    MAKERS[name]().save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    predicted = loaded.predict_on_batch(data_of(name))["reconstruction"]
    np.testing.assert_allclose(predicted, nll, rtol=1e-5)


def test_a_data_set_splits_documents_into_words_as_transform_does():
    texts = ["Caf\u00e9-Ball (snow)!", "GOAL cafe\u0301 _rain_", "xyzzy", ""]
    preprocessor = make_documents().preprocessor
    [batch] = tf.data.Dataset.from_tensors(texts).map(preprocessor)
    rows = [[(1, 1), (3, 1), (5, 1)], [(2, 1), (3, 1)], [], []]
    found = [[tuple(pair) for pair in row if pair[0]] for row in batch.numpy().tolist()]
    assert found == rows


def test_a_streamed_document_without_a_known_word_counts_in_no_mean():
    model = make_documents()
    expected = model.evaluate(TEXTS, verbose=0)
    texts = ["xyzzy", *TEXTS, ""]
    assert model.evaluate(batches_of(texts), verbose=0) == pytest.approx(expected)


# === Refusals ===


@pytest.fixture(scope="module")
def sentences():
    return make_sentences()


def refusals(model, data):
    """Yields the messages of every method that reads data."""
    for read in (model.fit, model.evaluate, model.predict):
        with pytest.raises(ValueError, match=r"\w") as caught:
            read(data, verbose=0)
        yield str(caught.value)
    validation = data if isinstance(data, str) else (data,)
    with pytest.raises(ValueError, match=r"\w") as caught:
        model.fit(BATCH[model.num_labels], validation_data=validation, verbose=0)
    yield str(caught.value)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ("ball goal", "x is one string: put it into a list, ['ball goal']"),
        (["ball", None], "x[1] is None: give a string, or leave it out"),
        (["ball", float("nan")], "x[1] is nan: give a string, or leave it out"),
        (np.array(["ball", 3], object), "x[1] is 3: give a string, or leave it out"),
        (np.array([["ball"]]), "x is of shape (1, 1): give a flat list of strings"),
        ([["ball", "goal"]], "x[0] is ['ball', 'goal']: give a string"),
        ({"text": ["ball", None]}, 'x["text"][1] is None: give a string'),
        ({"text": "ball"}, 'x["text"] is one string: put it into a list'),
        ({"texts": TEXTS}, "x has entries called texts: give the texts"),
        (LABELLED, "x has labels, which the model does not read: give the texts"),
        ([], "x is empty: give at least one example"),
        (np.array([], str), "x is empty: give at least one example"),
        ({"text": []}, "x is empty: give at least one example"),
        (
            tf.data.Dataset.from_tensor_slices(TEXTS),
            "x has texts of the shape (): give batches of the shape (None,), as",
        ),
        (
            tf.data.Dataset.from_tensors([TEXTS]),
            "x has texts of the shape (1, 5): give batches of the shape (None,), as",
        ),
        (
            batches_of([[1.5, 2.0]]),
            "x: the data set has float32 elements: give texts, or ids and counts",
        ),
    ],
)
def test_what_is_no_list_of_texts_is_refused_in_one_line(sentences, data, message):
    for found in refusals(sentences, data):
        assert found.startswith(message)
        assert "\n" not in found


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (TEXTS, 'x has no labels: give {"text": texts, "label": labels}'),
        ({"text": TEXTS}, 'x has no labels: give {"text": texts, "label": labels}'),
        (batches_of(TEXTS), "x has no labels: give"),
        (np.ones([2, 3], "int32"), "x is one array: the model reads labels, so give"),
        ({"ids": np.ones([2, 3], "int32")}, "x has entries called ids: the model read"),
        (batches_of(IDS), "x is one array: the model reads labels, so give"),
        ({**LABELLED, "label": [0, 1]}, "labels have the shape (2,): give one for ea"),
        ({**LABELLED, "label": [0, 1, 3, 0, 0]}, "label 3 of text 3 is out of range"),
        ({**LABELLED, "label": [0, None, 0, 0, 0]}, "label None of text 2 is out of"),
        (
            {**BY_HAND["labelled"], "label": [0, 1, -1, 0, 0]},
            "label -1 of text 3 is out of range: labels are 0 to 2",
        ),
        (
            batches_of({"text": TEXTS, "label": [0.0] * 5}),
            'x["label"] are float32 values: give whole numbers from 0 to 2',
        ),
        (
            batches_of({"text": TEXTS, "label": [[0]] * 5}),
            'x["label"] has the shape (None, 1): give one label for each text',
        ),
    ],
)
def test_missing_and_wrong_labels_are_refused_in_one_line(labelled, data, message):
    for found in refusals(labelled, data):
        assert found.startswith(message)
        assert "\n" not in found


@pytest.mark.parametrize("entries", [LABELLED, BY_HAND["labelled"]], ids=["text", "id"])
def test_a_label_out_of_range_in_a_data_set_stops_training(labelled, entries):
    batches = batches_of({**entries, "label": [0, 1, 3, 0, 0]})
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"labels are 0 to 2.*\[3"):
        labelled.evaluate(batches, verbose=0)


def test_documents_without_a_known_word_are_named_before_training(make_series):
    model = make_documents()
    for data, name in (
        (["ball", "xyzzy"], "'xyzzy'"),
        (make_series(["ball", "xyzzy"], [3, 17]), "index 17, 'xyzzy'"),
    ):
        with pytest.raises(ValueError, match=rf"^document 2 of 2 \({name}\) has no wo"):
            model.fit(data)


# === Labels ===


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
