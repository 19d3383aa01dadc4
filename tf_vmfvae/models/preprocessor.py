"""The base class of what turns raw text into a model's inputs."""

import tensorflow as tf

from tf_vmfvae.ops.batch_inputs import padded, split_text


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
        texts, labels, name = split_text(x, self.needs_labels)
        is_batch = not tf.is_symbolic_tensor(texts) or texts.shape.rank in (1, None)
        if not is_batch:
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
            texts: texts of any kind, or a symbolic string tensor `(batch,)`.
            labels: the labels, or `None` if the model reads none.
            name: what the user calls the texts, for error messages.
        """
        raise NotImplementedError(f"{type(self).__name__} has no read")
