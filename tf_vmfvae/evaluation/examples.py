"""The examples of a whole data set."""

from collections.abc import Iterable

import tensorflow as tf

from tf_vmfvae.evaluation.forward_pass import ForwardPass
from tf_vmfvae.ops.any_length import AnyLength


def encode_examples(model, batches: Iterable) -> tf.Tensor:
    """Returns the encoder's output for every example, `(examples, features)`.

    Args:
        model: a `tf_vmfvae.models.VAE`.
        batches: batches as the model takes them; their empty rows are left out.

    Raises:
        ValueError: if there is no example.
    """
    encode = AnyLength(lambda inputs: ForwardPass(model, inputs).hidden)
    hidden = [
        tf.boolean_mask(encode(inputs), model.is_example(inputs)) for inputs in batches
    ]
    hidden = tf.concat(hidden, axis=0) if hidden else tf.zeros([0, 0])
    require_examples(hidden.shape[0])
    return hidden


def require_examples(count: float) -> None:
    """Raises `ValueError` if the number of examples is 0."""
    if not count:
        raise ValueError("batches holds no example: there is nothing to evaluate")
