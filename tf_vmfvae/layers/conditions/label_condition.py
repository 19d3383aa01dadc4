"""A condition on the label of the sentence."""

from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf

from tf_vmfvae.layers.conditions.condition import Condition
from tf_vmfvae.layers.words.embedding_table import embedding_table
from tf_vmfvae.ops.batch_inputs import IDS, LABEL, count_rows
from tf_vmfvae.ops.graph_checks import checked
from tf_vmfvae.text.some_of import some_of


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class LabelCondition(Condition):
    """Conditions encoder and decoder on a label of the sentence, such as its topic.

    It is an embedding of the label (Xu and Durrett 2018). The encoder reads it with
    every word, the decoder at every step. A model with this condition reads a
    dictionary, `{"ids": ids, "label": labels}`.

    Args:
        num_labels: int, at least 1. Number of labels, which are numbered from 0.
        label_names: sequence of `num_labels` different strings, or `None`. A label may
            then also be given by its name wherever labels are a list or an array.
        units: int, at least 1. Width of the embedding.
        seed: int or `None`. Seed of the initial weights. With `None` a model seeds
            them from its own `seed`.
        **kwargs: other arguments of `keras.layers.Layer`.

    Call arguments:
        labels: int32 tensor of shape `(batch,)`, from 0 to `num_labels - 1`.
        embedded: not needed.

    Returns:
        A float tensor of shape `(batch, units)`.

    Raises:
        ValueError: if `num_labels` or `units` is not 1 or more, or `label_names` are
            not that many different strings.

    Example:
    >>> import numpy as np
    >>> import tf_vmfvae
    >>> condition = tf_vmfvae.layers.LabelCondition(num_labels=5, units=4)
    >>> condition(np.array([0, 4])).shape
    TensorShape([2, 4])

    In a model:

    >>> latent = tf_vmfvae.layers.VonMisesFisherLatent(4, kappa=9.0)
    >>> model = tf_vmfvae.models.NVRNN(["profit", "rose"], latent, condition=condition)
    >>> batch = model.preprocessor({"text": ["profit rose"], "label": [4]})
    >>> batch["ids"].numpy().tolist(), batch["label"].numpy().tolist()
    ([[3, 4, 2]], [4])
    >>> model(batch)["reconstruction"].shape
    TensorShape([1])

    With names:

    >>> condition = tf_vmfvae.layers.LabelCondition(2, label_names=["bad", "good"])
    >>> model = tf_vmfvae.models.NVRNN(["profit", "rose"], latent, condition=condition)
    >>> model.to_ids(["profit rose"], labels=["good"])["label"].numpy().tolist()
    [1]
    """

    is_read_by_encoder = True

    def __init__(
        self,
        num_labels: int,
        units: int = 50,
        seed: int | None = None,
        *,
        label_names: Sequence[str] | None = None,
        **kwargs,
    ):
        if num_labels is None or num_labels < 1:
            raise ValueError(f"num_labels is {num_labels}: give at least 1")
        super().__init__(units, seed, **kwargs)
        self.num_labels = num_labels
        self.label_names = _checked_names(label_names, num_labels)

    def make_layer(self, seed):
        return embedding_table(
            self.num_labels + 1,
            self.units,
            seed,
            dtype=self.variable_dtype,
            trainable=self.trainable,
            name="label_embedding",
        )

    def build(self, labels_shape, embedded_shape=None):
        super().build(labels_shape)
        if not self.layer.built:
            self.layer.build()

    def call(self, labels, embedded=None):
        # Row 0 is never read. Files of all versions have it.
        return self.layer(labels + 1)

    @property
    def description(self):
        names = f", {', '.join(self.label_names)}" if self.label_names else ""
        return f"{type(self).__name__}({self.num_labels}, units={self.units}{names})"

    def model_inputs(self, ids):
        return {IDS: ids, LABEL: keras.Input((), dtype="int32", name=LABEL)}

    def words(self, inputs):
        return inputs[IDS]

    def labels(self, inputs):
        return inputs[LABEL]

    def join(self, ids, labels=None, name="labels"):
        if tf.is_symbolic_tensor(labels):
            labels = self._checked_in_graph(labels, count_rows(ids), name)
        else:
            labels = self._checked(labels, int(count_rows(ids)))
        return {IDS: ids, LABEL: labels}

    def _checked_in_graph(self, labels, count, name):
        if not labels.dtype.is_integer:
            raise ValueError(
                f"{name} are {labels.dtype.name} values: give whole numbers from 0 to "
                f"{self.num_labels - 1}"
            )
        if labels.shape.rank not in (1, None):
            raise ValueError(
                f"{name} has the shape {tuple(labels.shape)}: give one label for each "
                "text"
            )
        labels = tf.cast(tf.ensure_shape(labels, [None]), tf.int32)
        labels = checked(
            labels,
            tf.size(labels) == count,
            f"{name}: give one for each text; labels, texts:",
            tf.stack([tf.size(labels), count]),
        )
        last = self.num_labels - 1
        wrong = tf.boolean_mask(labels, (labels < 0) | (labels > last))
        return checked(
            labels, tf.size(wrong) == 0, f"{name}: labels are 0 to {last}, not", wrong
        )

    def _checked(self, labels, count):
        if labels is None:
            raise ValueError(
                "labels are not given: the model has a LabelCondition, which needs one "
                "for each text"
            )
        # Those of a text on disk are an array, perhaps of millions.
        is_array = isinstance(labels, np.ndarray) and labels.dtype.kind in "iu"
        labels = labels if is_array and labels.ndim else np.asarray(listed(labels))
        if self.label_names and labels.dtype.kind in "SUO":
            labels = self._numbered(labels)
        if labels.shape != (count,):
            raise ValueError(
                f"labels have the shape {labels.shape}: give one for each of {count} "
                "texts"
            )
        if labels.dtype.kind in "iu":
            wrong = np.flatnonzero((labels < 0) | (labels >= self.num_labels)).tolist()
        else:
            # This also refuses NaN, None, strings and fractions.
            known, given = range(self.num_labels), labels.tolist()
            wrong = [place for place, label in enumerate(given) if label not in known]
        if wrong:
            [label] = labels[wrong[:1]].tolist()
            raise ValueError(
                f"label {label!r} of text {wrong[0] + 1} is out of range: labels are "
                f"0 to {self.num_labels - 1}"
            )
        return tf.constant(labels.astype(np.int32))

    def _numbered(self, labels):
        """Returns labels with numbers in place of names."""
        number_of = {name: number for number, name in enumerate(self.label_names)}
        numbers = []
        for place, label in enumerate(labels.flat):
            name = (
                label.decode("utf-8", "replace") if isinstance(label, bytes) else label
            )
            if isinstance(name, str) and name not in number_of:
                raise ValueError(
                    f"label {name[:40]!r} of text {place + 1} is unknown: the model's "
                    f"labels are {_shown(self.label_names)}"
                )
            numbers.append(number_of.get(name, label))
        return np.asarray(numbers).reshape(labels.shape)

    def get_config(self):
        config = super().get_config()
        config["num_labels"] = self.num_labels
        if self.label_names is not None:
            config["label_names"] = self.label_names
        return config


def _checked_names(names, count):
    """Returns the names of `count` labels as a list, or `None` if they have none."""
    if names is None:
        return None
    names = listed(names)
    are_names = all(isinstance(name, str) and name for name in names)
    if len(names) != count or len({*names}) != count or not are_names:
        raise ValueError(f"label_names: give {count} different strings, one per label")
    return names


def _shown(names):
    return some_of([name[:40] for name in names])


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
