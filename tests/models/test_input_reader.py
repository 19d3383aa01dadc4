"""What is neither text nor ids is refused in one line, before any step is taken."""

import numpy as np
import pytest
import tensorflow as tf

from tests.models.text_models import (
    BY_HAND,
    IDS,
    LABELLED,
    TEXTS,
    batches_of,
    make_documents,
    make_labelled,
    make_sentences,
)

# Good data, for a model without and with three labels.
BATCH = {None: TEXTS, 3: LABELLED}


@pytest.fixture(scope="module")
def labelled():
    return make_labelled()


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


def test_a_data_set_whose_shapes_are_unknown_is_read_and_a_wrong_array_refused():
    model = make_documents()
    pairs = np.array([[[1, 2], [2, 1]]], np.int32)
    unknown = tf.data.Dataset.from_generator(
        lambda: iter([pairs]), output_signature=tf.TensorSpec(None, tf.int32)
    )
    model.fit(unknown, verbose=0)

    # The graph of the step now takes inputs of any shape.
    for read in (model.fit, model.evaluate):
        with pytest.raises(ValueError, match=r"x has batches of the shape \(1, 2, 1\)"):
            read(pairs[..., :1], verbose=0)
