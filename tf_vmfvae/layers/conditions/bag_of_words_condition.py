"""A condition on the words of the sentence, regardless of their order."""

import keras
from keras import ops

from tf_vmfvae.layers.conditions.condition import Condition
from tf_vmfvae.layers.words.word_tokenizer import PADDING_ID
from tf_vmfvae.ops.masked_mean import masked_mean


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class BagOfWordsCondition(Condition):
    """Conditions the decoder on the words of the sentence, but not on their order.

    It is a linear map of the mean embedding of the words, `<eos>` included (Xu and
    Durrett 2018). What is left for the code is what the words alone do not say.

    Args:
        units: int, at least 1. Width of what the decoder reads.
        seed: int or `None`. Seed of the initial weights. With `None` a model seeds
            them from its own `seed`.
        **kwargs: other arguments of `keras.layers.Layer`.

    Call arguments:
        ids: int32 tensor of shape `(batch, time)`, padded with 0.
        embedded: float tensor of shape `(batch, time, width)`, the embeddings of `ids`.

    Returns:
        A float tensor of shape `(batch, units)`.

    Raises:
        ValueError: if `units` is below 1.

    Example:
    >>> import numpy as np
    >>> import tf_vmfvae
    >>> condition = tf_vmfvae.layers.BagOfWordsCondition(units=2, seed=1)
    >>> embedding = keras.layers.Embedding(6, 4)
    >>> ids = np.array([[3, 4, 2], [4, 3, 2], [3, 2, 0]])
    >>> outputs = condition(ids, embedding(ids)).numpy()
    >>> outputs.shape, np.allclose(outputs[0], outputs[1])  # the order is ignored
    ((3, 2), True)

    In a model:

    >>> condition = tf_vmfvae.layers.BagOfWordsCondition()
    >>> latent = tf_vmfvae.layers.VonMisesFisherLatent(4, kappa=9.0)
    >>> model = tf_vmfvae.models.NVRNN(["profit", "rose"], latent, condition=condition)
    >>> len(model.generate(3, texts=["profit rose"], max_words=2))
    3
    """

    def __init__(self, units: int = 200, seed: int | None = None, **kwargs):
        super().__init__(units, seed, **kwargs)

    def make_layer(self, seed):
        return keras.layers.Dense(
            self.units,
            kernel_initializer=keras.initializers.GlorotUniform(seed),
            dtype=self.dtype_policy,
            trainable=self.trainable,
            name="bow_map",
        )

    def build(self, ids_shape, embedded_shape):
        super().build(ids_shape)
        if not self.layer.built:
            self.layer.build((embedded_shape[0], embedded_shape[-1]))

    def call(self, ids, embedded):
        return self.layer(masked_mean(embedded, ops.not_equal(ids, PADDING_ID)))
