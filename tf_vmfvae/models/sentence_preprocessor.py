"""From raw sentences to what a language model reads."""

import tensorflow as tf

from tf_vmfvae.layers import Condition, WordTokenizer
from tf_vmfvae.models.preprocessor import Preprocessor
from tf_vmfvae.ops.batch_inputs import LABEL
from tf_vmfvae.text import as_texts


class SentencePreprocessor(Preprocessor):
    """Numbers the words of raw sentences, and adds labels if the model reads any.

    Args:
        tokenizer: `WordTokenizer`.
        condition: the model's condition, or `None`. A `LabelCondition` needs labels.

    Call arguments:
        x: as for `Preprocessor`.

    Returns:
        int32 `(batch, time)`, the ids of the words, `<eos>` last; with a
        `LabelCondition` a dictionary of these `"ids"` and of `"label"`, int32
        `(batch,)`.

    Raises:
        ValueError: as `Preprocessor`.

    Example:
    >>> import tf_vmfvae
    >>> tokenizer = tf_vmfvae.layers.WordTokenizer(["profit", "rose"])
    >>> preprocessor = SentencePreprocessor(tokenizer)
    >>> preprocessor(["Profit rose", "rose"]).numpy().tolist()
    [[3, 4, 2], [4, 2, 0]]
    """

    def __init__(self, tokenizer: WordTokenizer, condition: Condition | None = None):
        self.tokenizer = tokenizer
        self.condition = condition

    @property
    def needs_labels(self):
        return self.condition is not None and self.condition.needs_labels

    def read(self, texts, labels, name):
        if not tf.is_symbolic_tensor(texts):
            texts = as_texts(texts, name)
        ids = self.tokenizer(texts)
        if not self.needs_labels:
            return ids
        return self.condition.join(ids, labels, f'x["{LABEL}"]')
