"""The base class of what turns raw text into a model's inputs."""

from collections.abc import Mapping

import tensorflow as tf

from tf_vmfvae.layers.conditions.label_condition import LABEL
from tf_vmfvae.ops.batch_inputs import padded
from tf_vmfvae.text import as_texts

# The name of raw text in a dictionary of inputs.
TEXT = "text"


class Preprocessor:
    """Base class: from raw text to what a model reads.

    `fit`, `evaluate` and `predict` read text through the model's `preprocessor`; it can
    also be called by itself or mapped over a `tf.data.Dataset`. A subclass defines
    `read`.

    Call arguments:
        x: raw texts: a list, array or Series of strings or a string tensor `(batch,)`;
            or a dictionary of these as `"text"`, and of `"label"`, one whole number for
            each text, for a model that reads labels.

    Returns:
        The model's inputs, padded with zeros.

    Raises:
        ValueError: if `x` is a single string or one of its elements is not text, or
            labels are missing, not needed, out of range, or not one for each text.
    """

    def __call__(self, x):
        return padded(self.unpadded(x))

    def unpadded(self, x):
        """Returns what a call does, with ragged tensors in place of padding."""
        labels, name = None, "x"
        if isinstance(x, Mapping):
            if TEXT not in x or not {*x} <= {TEXT, LABEL}:
                entries = "entry" if len(x) == 1 else "entries"
                raise ValueError(
                    f"x has the {entries} {', '.join(map(str, x))}: give {self._entries}"
                )
            texts, labels, name = x[TEXT], x.get(LABEL), f'x["{TEXT}"]'
        else:
            texts = x
        if (labels is not None) != self.needs_labels:
            has = (
                "no label"
                if self.needs_labels
                else "labels, which the model does not read"
            )
            raise ValueError(f"x has {has}: give {self._entries}")
        if not tf.is_symbolic_tensor(texts):
            texts = as_texts(texts, name)
        elif texts.shape.rank not in (1, None):
            raise ValueError(
                f"{name} has texts of the shape {tuple(texts.shape)}: give batches of "
                "the shape (None,), as dataset.batch(32) makes them from single texts"
            )
        return self.read(texts, labels, name)

    @property
    def needs_labels(self) -> bool:
        """Whether every text needs a label."""
        return False

    def read(self, texts, labels, name: str):
        """Returns the model's inputs, unpadded.

        Args:
            texts: a list of strings, or a symbolic string tensor `(batch,)`.
            labels: the labels, or `None` if the model reads none.
            name: what the user calls the texts, for error messages.
        """
        raise NotImplementedError(f"{type(self).__name__} has no read")

    @property
    def _entries(self):
        if self.needs_labels:
            return f'{{"{TEXT}": texts, "{LABEL}": labels}}'
        return f'the texts, or {{"{TEXT}": texts}}'
