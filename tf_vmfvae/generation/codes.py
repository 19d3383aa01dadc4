"""What sentences are decoded from: codes and conditions.

Except for `encode_texts`, these functions may be part of a graph.
"""

import tensorflow as tf

from tf_vmfvae.ops.arguments import whole_number
from tf_vmfvae.ops.batch_inputs import count_rows, padded, rows_of
from tf_vmfvae.ops.geometry import straight_line
from tf_vmfvae.ops.seeds import stateless_seed


def encode_inputs(model, inputs) -> tuple:
    """Encodes sentences that are already tokenized.

    Args:
        model: a language model.
        inputs: the model's inputs, with at least one row.

    Returns:
        The locations of the posteriors, `(batch, latent_dim)`, and what the decoder
        reads in addition to a code, `(batch, condition_width)`.
    """
    hidden = model.encoder(inputs, training=False)
    return model.latent.location(hidden), model.conditions_of(inputs)


def encode_texts(model, texts, labels=None, batch_size: int = 64) -> tuple:
    """Encodes any number of texts in batches; tokenizes each of them once.

    Args:
        model: a language model.
        texts: raw sentences.
        labels: one label for each text, which a model with a `LabelCondition` needs.
        batch_size: int. How many texts to encode at once.

    Returns:
        As `encode_inputs`, in float32.

    Raises:
        ValueError: as `model.to_ids`, or if `batch_size` is below 1.
    """
    batch_size = whole_number("batch_size", batch_size, 1)
    inputs = model.to_ids(texts, labels)
    batches = [
        encode_inputs(model, padded(rows_of(inputs, start, start + batch_size)))
        for start in range(0, int(count_rows(inputs)), batch_size)
    ]
    if not batches:
        widths = model.latent.latent_dim, model.condition_width
        return tuple(tf.zeros([0, width]) for width in widths)
    return tuple(
        tf.cast(tf.concat(parts, axis=0), tf.float32)
        for parts in zip(*batches, strict=True)
    )


def prior_codes(model, count, seed):
    """Draws codes from the prior, `(count, latent_dim)`.

    Args:
        model: a language model.
        count: int or int32 scalar tensor.
        seed: int or integer scalar tensor.
    """
    return model.latent.prior().sample(count, seed=stateless_seed(seed))


def codes_between(model, z, conditions, steps) -> tuple:
    """Returns codes and conditions on the way from one sentence to another.

    Args:
        model: a language model.
        z: the two codes, `(2, latent_dim)`.
        conditions: the two conditions, `(2, width)`.
        steps: int or int32 scalar tensor, at least 2.

    Returns:
        Codes along the latent's own path, `(steps, latent_dim)`, and conditions along a
        straight line, `(steps, width)`.
    """
    path = model.latent.interpolate(z[0], z[1], steps)
    return path, straight_line(conditions[0], conditions[1], steps)
