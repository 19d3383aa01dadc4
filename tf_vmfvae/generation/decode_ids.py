"""The loops over words, from codes to ids."""

import tensorflow as tf

from tf_vmfvae.generation.noise import Noise, sentence_uniforms
from tf_vmfvae.layers.words.word_tokenizer import END_ID, PADDING_ID


def decode_ids(
    steps, sampler, z, conditions, max_words: int, seed=0, first=0, rows=None
):
    """Decodes codes into the ids of words; may be part of a graph.

    Args:
        steps: the model's `DecoderSteps`.
        sampler: a `StatelessSampler`.
        z: codes of shape `(count, latent_dim)`.
        conditions: what the decoder reads in addition to the codes, `(count, width)`.
        max_words: int. A sentence is cut off after this many words.
        seed: int64 scalar tensor, for samplers that draw.
        first: int32 scalar tensor, the number of the first sentence. A sentence's noise
            depends on its number.
        rows: int32 scalar tensor, how many sentences to decode at once; by default all.
            Samplers that keep beams always decode all at once.

    Returns:
        int32 `(count, max_words)`. Ids after the first `<eos>` or padding mean nothing.
    """
    noise = Noise(seed, first)
    if not sampler.in_turn:
        return _decode_together(steps, sampler, z, conditions, max_words, noise)
    count = tf.shape(z)[0]
    uniforms = sampler.draws and sentence_uniforms(seed, max_words, first, count)
    rows = count if rows is None else rows
    return _decode_in_turn(
        steps, sampler, z, conditions, max_words, noise, uniforms, rows
    )


def _decode_in_turn(steps, sampler, z, conditions, max_words, noise, uniforms, rows):
    """Decodes one sentence after the other in each row.

    If all sentences of a batch started together, all would wait for the longest. Here,
    a row whose sentence has ended starts on the next code.
    """
    count = tf.shape(z)[0]
    first_states = steps.start(z, conditions)
    chosen_by = sampler.with_noise(noise)

    def sentence_of(code):
        # A row for which no code is left repeats the last one; its words are dropped.
        return tf.minimum(code, count - 1)

    def start(code):
        return [tf.gather(state, sentence_of(code)) for state in first_states]

    def write_words(index, waiting, code, position, previous, ids, state):
        over = code >= count
        if sampler.draws:
            places = tf.stack([position, sentence_of(code)], axis=1)
            noise.begin(index, tf.gather_nd(uniforms, places))
        else:
            noise.begin(index)
        logits, state = steps.next(previous, state, over)
        words = chosen_by.get_next_token(chosen_by.compute_probabilities(logits))
        words = tf.reshape(tf.cast(words, tf.int32), tf.shape(code))
        # The last row of `ids` takes the words of rows that are over.
        places = tf.stack([tf.minimum(code, count), position], axis=1)
        ids = tf.tensor_scatter_nd_update(ids, places, words)

        position += 1
        ended = (words == END_ID) | (words == PADDING_ID) | (position == max_words)
        starts = ended & ~over
        numbers = tf.cast(starts, tf.int32)
        code = tf.where(starts, waiting + tf.cumsum(numbers) - 1, code)
        waiting += tf.reduce_sum(numbers)
        state = [
            tf.where(ended[:, None], new, old)
            for new, old in zip(start(code), state, strict=True)
        ]
        position = tf.where(ended, 0, position)
        previous = tf.where(ended, END_ID, words)
        return index + 1, waiting, code, position, previous, ids, state

    code = tf.range(rows)
    with noise:
        *_, ids, _ = tf.while_loop(
            lambda index, waiting, code, *_: tf.reduce_any(code < count),
            write_words,
            (
                tf.constant(0),
                rows,
                code,
                tf.zeros_like(code),
                tf.fill([rows], END_ID),
                tf.fill([count + 1, max_words], PADDING_ID),
                start(code),
            ),
        )
    return ids[:count]


def _decode_together(steps, sampler, z, conditions, max_words, noise):
    """Decodes all sentences side by side, in the sampler's own loop."""

    def next_logits(prompt, state, index):
        noise.begin(index)
        last = prompt[:, tf.maximum(index - 1, 0)]
        previous = tf.where(index == 0, END_ID, last)
        over = (index > 0) & ((last == END_ID) | (last == PADDING_ID))
        logits, state = steps.next(previous, state, over)
        return logits, None, tuple(state)

    prompt = tf.fill([tf.shape(z)[0], max_words], PADDING_ID)
    state = tuple(steps.start(z, conditions))
    with noise:
        return sampler.with_noise(noise)(
            next_logits, prompt, cache=state, stop_token_ids=[END_ID]
        )
