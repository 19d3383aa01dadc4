"""A small model of documents and its data, which several tests use."""

import keras
import numpy as np
import tensorflow as tf

from tf_vmfvae import layers, models

VOCABULARY = ["ball", "goal", "rain", "snow", "wind"]
PAIRS = np.array(
    [[[1, 2], [2, 1]], [[3, 3], [4, 1]], [[2, 1], [0, 0]], [[5, 4], [0, 0]]], "int32"
)
WEIGHTS = np.array([2.0, 0.0, 1.0, 0.5], "float32")


def make_model(latent=None, learning_rate=0.0, **options):
    """Returns a compiled `NVDM`; by default without a code, and it does not learn."""
    latent = latent or layers.NoLatent()
    model = models.NVDM(VOCABULARY, latent, hidden_dim=4, seed=2)
    # Otherwise all words would be equally likely.
    model.logits.bias.assign(np.arange(5.0))
    model.compile(keras.optimizers.SGD(learning_rate), **options)
    return model


def nll_of(model, pairs=PAIRS):
    return model(pairs)["reconstruction"].numpy()


def is_large(pairs, nll):
    """A metric of a user."""
    return tf.cast(nll > 5, nll.dtype)


def batches_of(*parts, batch_size=3):
    """Returns a data set of rows, or of rows and their weights."""
    batches = tf.data.Dataset.from_tensor_slices(parts).batch(batch_size)
    if len(parts) == 1:
        return batches.map(lambda rows: rows)
    return batches.map(lambda rows, weights: (rows, None, weights))
