"""The decoder of a language model, one word at a time."""

import tensorflow as tf

from tf_vmfvae.layers.words.word_tokenizer import PADDING_ID

IMPOSSIBLE = float("-inf")


class DecoderSteps:
    """Starts sentences and continues them word by word.

    Generation uses nothing else of a model's decoder. Both methods work eagerly and in
    a graph, for any number of sentences at once.

    Args:
        model: a `tf_vmfvae.models.LanguageModel`.

    Example:
    >>> import tf_vmfvae
    >>> latent = tf_vmfvae.layers.VonMisesFisherLatent(8, kappa=20.0, seed=1)
    >>> model = tf_vmfvae.models.NVRNN(["profit", "rose"], latent, hidden_dim=8)
    >>> steps = DecoderSteps(model)
    >>> state = steps.start(latent.prior().sample(3), tf.zeros([3, 0]))
    >>> logits, state = steps.next(tf.fill([3], 2), state, tf.fill([3], False))
    >>> logits.shape
    TensorShape([3, 5])
    """

    def __init__(self, model):
        self._model = model

    def start(self, z, conditions) -> list:
        """Returns the state before the first word.

        Args:
            z: codes of shape `(rows, latent_dim)`.
            conditions: what the decoder reads in addition to the codes, `(rows,
                width)`.

        Returns:
            A list of tensors with one row for each sentence.
        """
        return [self._model.context(z, conditions), *self._model.initial_state(z)]

    def next(self, previous, state, over) -> tuple:
        """Takes each sentence one word further.

        Args:
            previous: int32 ids of the previous words, `(rows,)`; `<eos>` before the
                first word.
            state: a state from `start` or from the step before.
            over: bool tensor `(rows,)`. Rows that have nothing left to write: they can
                only be padded.

        Returns:
            The logits of the next word over all ids, `(rows, 1 + words)`, where padding
            is impossible for rows that are not over; and the new state.
        """
        context, *state = state
        logits, state = self._model.step(previous, context, state)
        logits = tf.pad(logits, [[0, 0], [1, 0]], constant_values=IMPOSSIBLE)
        padding = tf.one_hot(PADDING_ID, tf.shape(logits)[-1], 0.0, IMPOSSIBLE)
        return tf.where(over[:, None], padding, logits), [context, *state]
