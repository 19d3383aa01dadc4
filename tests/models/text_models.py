"""Small models, raw text and the same data by hand, for the tests of raw text."""

import keras
import numpy as np
import tensorflow as tf

from tf_vmfvae import layers, models

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


def data_of(name, kind=list, texts=TEXTS, labels=LABELS):
    """Returns texts of a kind, with labels for the model that needs them."""
    if name == "labelled":
        return {"text": kind(texts), "label": labels}
    return kind(texts)


def batches_of(data, size=2):
    return tf.data.Dataset.from_tensor_slices(data).batch(size)
