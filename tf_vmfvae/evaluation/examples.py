"""What a model's encoder says of a whole data set."""

from collections.abc import Iterable

import tensorflow as tf


def encode_examples(model, batches: Iterable) -> tf.Tensor:
    """Returns what the encoder says of every example, `(examples, features)`.

    Raises:
        ValueError: if there is no example.
    """
    encode = tf.function(
        lambda inputs: model.encoder(inputs, training=False), reduce_retracing=True
    )
    hidden = [
        tf.boolean_mask(encode(inputs), model.is_example(inputs)) for inputs in batches
    ]
    hidden = tf.concat(hidden, axis=0) if hidden else tf.zeros([0, 0])
    if not hidden.shape[0]:
        raise ValueError("batches holds no example: there is nothing to evaluate")
    return hidden
