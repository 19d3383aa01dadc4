"""Perplexity as a Keras metric."""

import keras


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class Perplexity(keras.metrics.Metric):
    """`exp(total NLL / total words)`, where `<eos>` counts as a word.

    Both totals are over everything since the last reset, so a sentence counts in
    proportion to its length.

    Args:
        name: str. The metric's name.
        **kwargs: other arguments of `keras.metrics.Metric`.

    Example:
    >>> import numpy as np
    >>> from tf_vmfvae.models import Perplexity
    >>> metric = Perplexity()
    >>> metric.update_state(nll=np.log(8.0) * 3, words=3)
    >>> round(float(metric.result()), 4)
    8.0
    """

    def __init__(self, name: str = "ppl", **kwargs):
        super().__init__(name=name, **kwargs)
        self.nll = self.add_weight(name="nll", initializer="zeros")
        self.words = self.add_weight(name="words", initializer="zeros")

    def update_state(self, nll, words):
        """Adds a total NLL in nats and the number of words that it covers."""
        self.nll.assign_add(keras.ops.cast(nll, self.nll.dtype))
        self.words.assign_add(keras.ops.cast(words, self.words.dtype))

    def result(self):
        return keras.ops.exp(self.nll / keras.ops.maximum(self.words, 1.0))
