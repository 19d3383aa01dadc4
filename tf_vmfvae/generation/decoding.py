"""From codes to words: the one loop over decoding steps, by keras_hub's samplers."""

import weakref
from collections.abc import Callable, Iterable

import keras
import tensorflow as tf

from tf_vmfvae.generation.decoding_stream import split_stream, stream_ids
from tf_vmfvae.layers.word_tokenizer import END_ID, PADDING_ID

NEVER = -1e9
# Steps that a row takes with one sentence after the other; then words become text.
STREAM_STEPS = 2000
# Compiled decoders that a model keeps; the oldest makes room.
KEPT = 8

# model -> (sampler, max_words) -> (sampler, compiled decoder). Compiling takes far
# longer than decoding a few sentences, and it is wanted again every epoch.
_compiled = weakref.WeakKeyDictionary()


def decode(
    model,
    z,
    sampler=None,
    max_words: int = 60,
    seed: int | None = None,
    conditions=None,
    batch_size: int = 256,
    progress: Callable[[Iterable], Iterable] | None = None,
) -> list[str]:
    """Decodes codes into sentences, one step of the decoder a word.

    Args:
        model: a language model (`tf_vmfvae.models.NVRNN`).
        z: codes of shape `(count, latent_dim)`.
        sampler: a `keras_hub.samplers.Sampler`, or its name (`"greedy"`,
            `"random"`, `"top_p"`, `"beam"`, ...); greedy by default.
        max_words: int. A sentence is cut after so many words.
        seed: int or `None`. Seed of a sampler that draws, set anew by every call.
        conditions: what the decoder is told beside the code, `(count, width)`, from
            `model.conditions`; or `None`.
        batch_size: int. How many sentences are decoded at once. A sentence that has
            ended makes room for the next one, except with beams.
        progress: what the loop over parts of the codes goes through, `tqdm.tqdm` say,
            to show where it stands.

    Returns:
        A list of `count` texts.

    Raises:
        ValueError: if `max_words` is below 1.
    """
    if max_words < 1:
        raise ValueError(f"max_words must be 1 or more, not {max_words}")
    sampler, run, in_turn = _decoder(model, sampler or "greedy", max_words)
    if seed is not None and hasattr(sampler, "seed_generator"):
        state = keras.random.SeedGenerator(seed).state
        sampler.seed_generator.state.assign(state)
    z = tf.convert_to_tensor(z, tf.float32)
    context = model.context(z, conditions)
    part = batch_size * max(1, STREAM_STEPS // max_words if in_turn else 1)
    texts = []
    starts = range(0, z.shape[0], part)
    for start in progress(starts) if progress else starts:
        codes, told = z[start : start + part], context[start : start + part]
        ids = run(codes, told, tf.constant(min(batch_size, len(codes))))
        if in_turn:
            ids = split_stream(ids, len(codes), max_words)
        texts += model.tokenizer.detokenize(ids)
    return texts


def decode_ids(model, sampler, z, context, max_words: int):
    """Returns the ids of the words, `(batch, max_words)`; may stand in a graph."""
    prompt = tf.zeros([tf.shape(z)[0], max_words], tf.int32)
    return sampler(
        lambda prompt, cache, index: _next(model, prompt, cache, index),
        prompt,
        cache=(context, *model.initial_state(z)),
        stop_token_ids=[END_ID],
    )


def _decoder(model, sampler, max_words):
    """The sampler and a compiled function from codes to ids."""
    # keras_hub takes seconds to import and only decoding needs it.
    import keras_hub

    known = _compiled.setdefault(model, {})
    key = sampler, max_words
    if key not in known:
        if isinstance(sampler, str):
            sampler = keras_hub.samplers.get(sampler)
        # Not the model itself: what a weak dictionary holds must not hold its key.
        proxy = weakref.proxy(model)
        in_turn = not isinstance(sampler, keras_hub.samplers.BeamSampler)

        @tf.function(reduce_retracing=True)
        def run(z, context, rows):
            if not in_turn:
                return decode_ids(proxy, sampler, z, context, max_words)
            return stream_ids(
                lambda *read: _logits(proxy, *read),
                proxy.initial_state,
                sampler,
                z,
                context,
                rows,
                max_words,
            )

        known[key] = sampler, run, in_turn
        if len(known) > KEPT:
            del known[next(iter(known))]
    return known[key]


def _next(model, prompt, cache, index):
    """The sampler's step: logits over ids, padding once a sentence has ended."""
    context, *state = cache
    last = prompt[:, tf.maximum(index - 1, 0)]
    previous = tf.where(index == 0, END_ID, last)
    ended = (index > 0) & ((last == END_ID) | (last == PADDING_ID))
    logits, state = _logits(model, previous, context, state, ended)
    return logits, None, (context, *state)


def _logits(model, previous, context, state, over):
    """Logits over ids, of rows that are over padding's alone, and the new state."""
    logits, state = model.step(previous, context, state)
    logits = tf.pad(logits, [[0, 0], [1, 0]], constant_values=NEVER)
    only_padding = tf.one_hot(PADDING_ID, tf.shape(logits)[-1], 0.0, NEVER)
    return tf.where(over[:, None], only_padding, logits), state
