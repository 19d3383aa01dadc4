"""The evidence lower bound of each text under a model."""

from collections.abc import Mapping, Sequence

import keras
import numpy as np
import tensorflow as tf

from tf_vmfvae.evaluation.forward_pass import ForwardPass
from tf_vmfvae.ops.arguments import whole_number
from tf_vmfvae.ops.batch_inputs import (
    count_rows,
    padded,
    rows_of,
    split_text,
    unpadded_specs,
)
from tf_vmfvae.ops.compiled_functions import CompiledFunctions
from tf_vmfvae.ops.seeds import fresh_seed, stateless_seed, whole_seed

# How many texts are scored at once.
BATCH = 64

_compiled = CompiledFunctions(kept=1)


def score(
    model,
    texts: Sequence[str] | tf.data.Dataset,
    samples: int = 100,
    seed: int | None = 0,
    labels: Sequence[int] | None = None,
) -> dict[str, np.ndarray]:
    """Returns minus the evidence lower bound of each text, and its parts.

    Args:
        model: a `tf_vmfvae.models.NVRNN` or a `tf_vmfvae.models.NVDM`.
        texts: raw texts, or a `tf.data.Dataset` of these or of batches of them. With
            labels they may be dictionaries of `"text"` and `"label"`, as for `fit`.
        samples: int, at least 1. How many codes the bound is averaged over. Each is
            decoded by itself.
        seed: int or `None`. Seed of the codes: the same seed and texts always give the
            same figures. With `None` they follow `keras.utils.set_random_seed`.
        labels: one label for each text, which a model with a `LabelCondition` needs.

    Returns:
        Float32 arrays of shape `(texts,)`: `"nll"` in nats, the sum of
        `"reconstruction"` and `"kl"`; and `"words"`, the number of words it covers,
        `<eos>` included.

    Raises:
        ValueError: if `samples` or `seed` is out of range, an element of `texts` is not
            text, labels are missing or out of range, or a document has no word that the
            model knows.

    Example:
    >>> import tf_vmfvae
    >>> latent = tf_vmfvae.layers.VonMisesFisherLatent(8, kappa=20.0, seed=1)
    >>> model = tf_vmfvae.models.NVRNN(["profit", "rose"], latent, hidden_dim=8)
    >>> scores = score(model, ["profit rose", "rose"], samples=3)
    >>> scores["words"].tolist(), scores["nll"].shape
    ([3.0, 2.0], (2,))
    """
    samples = whole_number("samples", samples, 1)
    seed = fresh_seed() if seed is None else whole_seed(seed)
    if isinstance(texts, tf.data.Dataset):
        texts = _collected(texts)
    if isinstance(texts, Mapping):
        texts, labels, _ = split_text(texts, model.num_labels is not None, "texts")
    inputs = model.read_texts(texts, labels)
    run = _compiled.get(model, "score", _build)
    scores = run(inputs, tf.constant(samples), stateless_seed(seed))
    return {name: value.numpy() for name, value in scores.items()}


def score_inputs(model, inputs, samples, seed) -> dict[str, tf.Tensor]:
    """Returns what `score` returns, for texts that the model has already read.

    It may be part of a graph.

    Args:
        model: as for `score`.
        inputs: what the model reads of each text, not padded, from `model.read_texts`.
        samples: int32 scalar tensor, at least 1.
        seed: int32 tensor of shape `(2,)`.
    """
    names = ("reconstruction", "kl", "words")
    parts = (count_rows(inputs) + BATCH - 1) // BATCH

    def next_part(part, *arrays):
        rows = padded(rows_of(inputs, part * BATCH, (part + 1) * BATCH))
        # The numbers of a part's samples continue those of the part before.
        scores = _score_rows(model, rows, samples, seed, part * samples)
        return part + 1, *(
            array.write(part, value)
            for array, value in zip(arrays, scores, strict=True)
        )

    arrays = [
        tf.TensorArray(tf.float32, parts, infer_shape=False, element_shape=[None])
        for _ in names
    ]
    _, *arrays = tf.while_loop(
        lambda part, *_: part < parts, next_part, (tf.constant(0), *arrays)
    )
    scores = {name: array.concat() for name, array in zip(names, arrays, strict=True)}
    return {"nll": scores["reconstruction"] + scores["kl"], **scores}


def _score_rows(model, inputs, samples, seed, first):
    """Returns reconstruction NLL, KL and words of padded inputs, all `(rows,)`."""
    forward = ForwardPass(model, inputs)
    kl = forward.kl()

    # One sample after the other, so that memory does not grow with their number.
    def add(number, total):
        z = forward.posterior.sample(seed=seed + tf.stack([0, first + number]))
        return number + 1, total + tf.cast(forward.reconstruction(z), tf.float64)

    _, total = tf.while_loop(
        lambda number, _: number < samples,
        add,
        (tf.constant(0), tf.zeros([count_rows(inputs)], tf.float64)),
        shape_invariants=(tf.TensorShape([]), tf.TensorShape([None])),
    )
    reconstruction = total / tf.cast(samples, tf.float64)
    values = reconstruction, kl, model.count_words(inputs)
    return [tf.cast(value, tf.float32) for value in values]


def _collected(dataset):
    """Returns the elements of a data set, or the rows of its batches, as arrays."""
    elements = [
        keras.tree.map_structure(np.atleast_1d, element)
        for element in dataset.as_numpy_iterator()
    ]
    if not elements:
        return []
    return keras.tree.map_structure(lambda *parts: np.concatenate(parts), *elements)


def _build(model):
    numbers = [tf.TensorSpec(shape, tf.int32) for shape in ([], [2])]

    @tf.function(
        input_signature=[unpadded_specs(model.input), *numbers], autograph=False
    )
    def run(inputs, samples, seed):
        return score_inputs(model, inputs, samples, seed)

    return run
