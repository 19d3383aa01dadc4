"""From codes to words: the one loop over decoding steps, by keras_hub's samplers."""

import weakref

import keras
import numpy as np
import tensorflow as tf

from tf_vmfvae.layers.word_tokenizer import END_ID, PADDING_ID

NEVER = -1e9

# model -> (name of the sampler, max_words) -> (sampler, compiled decoder). Compiling
# takes far longer than decoding a few sentences, and it is wanted again every epoch.
_compiled = weakref.WeakKeyDictionary()


def decode(
    model, z, sampler=None, max_words: int = 60, seed: int | None = None
) -> list[str]:
    """Decodes codes into sentences, one step of the decoder a word.

    Args:
        model: a language model (`tf_vmfvae.models.NVRNN`).
        z: codes of shape `(batch, latent_dim)`.
        sampler: a `keras_hub.samplers.Sampler`, or its name (`"greedy"`,
            `"random"`, `"top_p"`, `"beam"`, ...); greedy by default. By name it is
            compiled once a model, an object anew at every call.
        max_words: int. A sentence is cut after so many words.
        seed: int or `None`. Seed of a sampler given by its name.

    Returns:
        A list of `batch` texts.
    """
    sampler, run = _decoder(model, sampler or "greedy", max_words)
    if seed is not None and hasattr(sampler, "seed_generator"):
        state = keras.random.SeedGenerator(seed).state
        sampler.seed_generator.state.assign(state)
    ids = run(tf.convert_to_tensor(z, tf.float32))
    return model.tokenizer.detokenize(np.asarray(ids))


def _decoder(model, sampler, max_words):
    """The sampler and a compiled function from codes to ids."""
    # keras_hub takes seconds to import and only decoding needs it.
    import keras_hub

    if not isinstance(sampler, str):
        return sampler, _compile(model, sampler, max_words)
    known = _compiled.setdefault(model, {})
    key = sampler, max_words
    if key not in known:
        sampler = keras_hub.samplers.get(sampler)
        known[key] = sampler, _compile(model, sampler, max_words)
    return known[key]


def _compile(model, sampler, max_words):
    # Not the model itself: what a weak dictionary holds must not hold its key.
    model = weakref.proxy(model)

    @tf.function(reduce_retracing=True)
    def run(z):
        h, c = model.initial_state(z)
        prompt = tf.zeros([tf.shape(z)[0], max_words], tf.int32)
        return sampler(
            lambda prompt, cache, index: _next(model, prompt, cache, index),
            prompt,
            cache=(z, h, c),
            stop_token_ids=[END_ID],
        )

    return run


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
