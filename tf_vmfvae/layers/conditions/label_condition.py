"""A condition on the label of the sentence."""

import keras
import numpy as np
import tensorflow as tf

from tf_vmfvae.layers.conditions.condition import Condition
from tf_vmfvae.layers.words.embedding_table import embedding_table


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class LabelCondition(Condition):
    """Conditions encoder and decoder on a label of the sentence, such as its topic.

    It is an embedding of the label (Xu and Durrett 2018). The encoder reads it with
    every word, the decoder at every step.

    Args:
        num_labels: int, at least 1. Number of labels, which are numbered from 0.
        units: int, at least 1. Width of the embedding.
        seed: int or `None`. Seed of the initial weights. With `None` a model seeds
            them from its own `seed`.
        **kwargs: other arguments of `keras.layers.Layer`.

    Call arguments:
        ids: int32 tensor of shape `(batch, time)`; the label plus 1 comes first.
        embedded: not needed.

    Returns:
        A float tensor of shape `(batch, units)`.

    Raises:
        ValueError: if `num_labels` or `units` is not 1 or more.

    Example:
    >>> import numpy as np
    >>> import tf_vmfvae
    >>> condition = tf_vmfvae.layers.LabelCondition(num_labels=5, units=4)
    >>> ids = np.array([[1, 3, 2], [5, 3, 2]])
    >>> condition.labels(ids).tolist(), condition.words(ids).tolist()
    ([0, 4], [[3, 2], [3, 2]])
    >>> condition(ids).shape
    TensorShape([2, 4])

    In a model:

    >>> latent = tf_vmfvae.layers.VonMisesFisherLatent(4, kappa=9.0)
    >>> model = tf_vmfvae.models.NVRNN(["profit", "rose"], latent, condition=condition)
    >>> model.to_ids(["profit rose"], labels=[4]).to_list()
    [[5, 3, 4, 2]]
    """

    is_read_by_encoder = True

    def __init__(
        self, num_labels: int, units: int = 50, seed: int | None = None, **kwargs
    ):
        if num_labels is None or num_labels < 1:
            raise ValueError(f"num_labels is {num_labels}: give at least 1")
        super().__init__(units, seed, **kwargs)
        self.num_labels = num_labels

    def make_layer(self, seed):
        return embedding_table(
            self.num_labels + 1,
            self.units,
            seed,
            dtype=self.variable_dtype,
            trainable=self.trainable,
            name="label_embedding",
        )

    def build(self, ids_shape, embedded_shape=None):
        super().build(ids_shape)
        if not self.layer.built:
            self.layer.build()

    def call(self, ids, embedded=None):
        return self.layer(ids[:, 0])

    @property
    def description(self):
        return f"{type(self).__name__}({self.num_labels}, units={self.units})"

    def words(self, ids):
        return ids[:, 1:]

    def labels(self, ids):
        return ids[:, 0] - 1

    def join(self, ids, labels=None):
        if not tf.is_symbolic_tensor(labels):
            labels = self._checked(labels, int(ids.nrows()))
        return tf.concat([labels[:, None] + 1, ids], axis=1)

    def _checked(self, labels, count):
        if labels is None:
            raise ValueError(
                "labels are not given: the model has a LabelCondition, which needs one "
                "for each text"
            )
        labels = np.asarray(listed(labels))
        if labels.shape != (count,):
            raise ValueError(
                f"labels have the shape {labels.shape}: give one for each of {count} "
                "texts"
            )
        for place, label in enumerate(labels.tolist()):
            # This also refuses NaN, None, strings and fractions.
            if label not in range(self.num_labels):
                raise ValueError(
                    f"label {label!r} of text {place + 1} is out of range: labels are "
                    f"0 to {self.num_labels - 1}"
                )
        return tf.constant(labels.astype(np.int32))

    def get_config(self):
        config = super().get_config()
        config.update({"num_labels": self.num_labels})
        return config


def listed(labels) -> list:
    """Returns the labels as a list, whatever kind of sequence they are.

    Raises:
        ValueError: if `labels` is a single value.

    >>> listed((1, 0))
    [1, 0]
    """
    try:
        return list(labels)
    except TypeError:
        raise ValueError(f"labels is {labels}: give a list of whole numbers") from None
