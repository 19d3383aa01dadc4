"""From codes to words: the one loop over decoding steps, by keras_hub's samplers."""

import numpy as np
import tensorflow as tf

from tf_vmfvae.layers.word_tokenizer import END_ID, PADDING_ID

NEVER = -1e9


def decode(model, z, sampler=None, max_words: int = 60) -> list[str]:
    """Decodes codes into sentences, one step of the decoder a word.

    Args:
        model: a language model (`tf_vmfvae.models.NVRNN`).
        z: codes of shape `(batch, latent_dim)`.
        sampler: a `keras_hub.samplers.Sampler`, or its name (`"greedy"`,
            `"random"`, `"top_p"`, `"beam"`, ...); greedy by default.
        max_words: int. A sentence is cut after so many words.

    Returns:
        A list of `batch` texts.
    """
    # keras_hub takes seconds to import and only decoding needs it.
    import keras_hub

    sampler = keras_hub.samplers.get("greedy" if sampler is None else sampler)
    z = tf.convert_to_tensor(z, tf.float32)

    @tf.function
    def run(z):
        h, c = model.initial_state(z)
        prompt = tf.zeros([tf.shape(z)[0], max_words + 1], tf.int32)
        return sampler(
            lambda prompt, cache, index: _next(model, prompt, cache, index),
            prompt,
            cache=(z, h, c),
            stop_token_ids=[END_ID],
        )

    return model.tokenizer.detokenize(np.asarray(run(z)))


def _next(model, prompt, cache, index):
    """The sampler's step: logits over ids, padding once a sentence has ended."""
    z, h, c = cache
    last = prompt[:, tf.maximum(index - 1, 0)]
    previous = tf.where(index == 0, END_ID, last)
    logits, (h, c) = model.step(previous, z, [h, c])
    logits = tf.pad(logits, [[0, 0], [1, 0]], constant_values=NEVER)
    ended = (index > 0) & ((last == END_ID) | (last == PADDING_ID))
    only_padding = tf.one_hot(PADDING_ID, tf.shape(logits)[-1], 0.0, NEVER)
    logits = tf.where(ended[:, None], only_padding, logits)
    return logits, None, (z, h, c)
