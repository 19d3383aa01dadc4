"""The contract that every condition of the library keeps."""

import keras
import tensorflow as tf


class Condition(keras.layers.Layer):
    """Base class of the conditions: what a decoder reads in addition to the code.

    A condition turns something that is known about a sentence, such as its words or
    its label, into a vector that the decoder reads at every step. Models, generation
    and evaluation use only what is defined here, so none of them asks which condition
    a model has.

    A subclass defines `call`, and in `make_layer` the layer that holds its weights. If
    it reads labels, it also sets `num_labels` and defines `model_inputs`, `words`,
    `labels` and `join`; see `LabelCondition`.

    Args:
        units: int, at least 1. Width of the vector.
        seed: int or `None`. Seed of the initial weights. With `None` a model seeds
            them from its own `seed`.
        **kwargs: other arguments of `keras.layers.Layer`. Without a `dtype` the
            condition takes that of the model it is given to.

    Call arguments:
        ids: int32 tensor of shape `(batch, time)`, the words of each sentence, padded
            with 0; or `(batch,)`, the labels, for a condition that reads them.
        embedded: float tensor of shape `(batch, time, width)`: the embeddings of the
            words.

    Returns:
        A float tensor of shape `(batch, units)`.

    Raises:
        ValueError: if `units` is below 1.

    Attributes:
        num_labels: number of labels, or `None` for a condition that reads texts.
        layer: the layer that holds the weights; `None` before the condition is built or
            given to a model.
        is_read_by_encoder: whether the encoder reads the condition too, with every
            word.
    """

    num_labels: int | None = None
    is_read_by_encoder = False

    def __init__(self, units: int, seed: int | None = None, **kwargs):
        if units < 1:
            raise ValueError(f"units is {units}: give at least 1")
        super().__init__(**kwargs)
        self.units = units
        self.seed = seed
        self.layer = None
        self._has_own_dtype = kwargs.get("dtype") is not None

    def make_layer(self, seed: int | None) -> keras.layers.Layer:
        """Returns the layer that holds the condition's weights.

        Args:
            seed: int or `None`. Seed of its initial weights.
        """
        raise NotImplementedError(f"{type(self).__name__} has no make_layer")

    def follow_model(self, seed: int | None) -> None:
        """Takes a model's seed and dtype policy, unless the condition has its own.

        The model calls this within its dtype policy. A layer that exists already stays.

        Args:
            seed: int or `None`. Seed of the initial weights.
        """
        if self.layer is not None:
            return
        if not self._has_own_dtype:
            self.dtype_policy = keras.config.dtype_policy()
        self.layer = self.make_layer(seed if self.seed is None else self.seed)

    def build(self, ids_shape, embedded_shape=None):
        if self.layer is None:
            self.layer = self.make_layer(self.seed)
        super().build(ids_shape)

    def read(self, inputs, embedded):
        """Returns what `call` does, with `layer` as a part of the model's own graph.

        That is where files of all versions have its weights.

        Args:
            inputs: the model's inputs.
            embedded: the embeddings of their words.
        """
        what = self.labels(inputs) if self.needs_labels else self.words(inputs)
        output = self.call(what, embedded)
        self.built = True
        return output

    @property
    def needs_labels(self) -> bool:
        """Whether every text needs a label; otherwise the text itself is enough."""
        return self.num_labels is not None

    @property
    def description(self) -> str:
        """The condition's kind and size, alike for conditions that can be exchanged."""
        return f"{type(self).__name__}(units={self.units})"

    def model_inputs(self, ids):
        """Returns the inputs of a model with this condition.

        Args:
            ids: the `keras.Input` for the ids of the words.
        """
        return ids

    def words(self, inputs):
        """Returns the ids of the words in a model's inputs, int32 `(batch, time)`."""
        return inputs

    def labels(self, inputs):
        """Returns the labels in a model's inputs, int32 `(batch,)`, from 0."""
        raise NotImplementedError(f"{type(self).__name__} reads no labels")

    def join(self, ids: tf.RaggedTensor, labels=None, name: str = "labels"):
        """Returns what a model reads: the ids of the words and, if needed, the labels.

        Args:
            ids: int32 `(texts, None)`, the ids of each text's words.
            labels: one label for each text, or `None`.
            name: name of the caller's argument, for error messages.

        Raises:
            ValueError: if labels are needed and missing, out of range, or not one for
                each text.
        """
        return ids

    def get_config(self):
        config = super().get_config()
        config.update({"units": self.units, "seed": self.seed})
        return config
