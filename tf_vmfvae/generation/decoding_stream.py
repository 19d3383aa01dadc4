"""Many codes to words: a sentence that has ended makes room for the next one."""

import numpy as np
import tensorflow as tf

from tf_vmfvae.generation.noise import Noise, sentence_uniforms
from tf_vmfvae.layers.words.word_tokenizer import END_ID, PADDING_ID

# Of a step that has not been taken yet.
NOT_YET = -1


def stream_ids(
    next_logits, initial_state, sampler, z, context, rows, max_words, seed, first
):
    """Decodes codes in so many rows, each row one sentence after the other.

    Decoded side by side, all sentences of a batch wait for the longest. Here a row
    whose sentence has ended goes on with the code that is next.

    Args:
        next_logits: function of previous ids, context, state and which rows have
            nothing left to write; it returns logits over ids, of those rows padding's
            alone, and the new state.
        initial_state: function of codes: the decoder's state before the first word.
        sampler: a `StatelessSampler` that keeps no beams.
        z: codes of shape `(count, latent_dim)`.
        context: what the decoder reads at every step, `(count, width)`.
        rows: int. How many sentences are decoded at once.
        max_words: int. A sentence is cut after so many words.
        seed: int64 scalar tensor, if the sampler draws.
        first: int32 scalar tensor. The number of the first sentence: a sentence's
            noise goes by its own.

    Returns:
        int32 ids `(rows, steps)`; may stand in a graph. `split_stream` tells which
        sentence is whose.
    """
    count, noise = tf.shape(z)[0], Noise(seed, first)
    # A row takes its numbers from where its sentence stands, each at a step of its own.
    numbers = sampler.draws and tf.map_fn(
        lambda step: sentence_uniforms(seed, step, first, count),
        tf.range(max_words),
        fn_output_signature=tf.TensorSpec([None], tf.float64),
    )

    def step(prompt, cache, index):
        code, begun, queue, *state = cache
        last = prompt[:, tf.maximum(index - 1, 0)]
        ended = (last == END_ID) | (index - begun == max_words)
        ended &= (code < count) & (index > 0)
        taken = tf.cast(ended, tf.int32)
        code = tf.where(ended, queue + tf.cumsum(taken) - 1, code)
        begun = tf.where(ended, index, begun)
        queue += tf.reduce_sum(taken)
        own = tf.minimum(code, count - 1)
        # What a row that is over draws does not matter, only that there is a number.
        taken_steps = tf.minimum(index - begun, max_words - 1)
        where = tf.stack([taken_steps, own], axis=1)
        noise.begin(index, lambda: tf.gather_nd(numbers, where))
        state = [
            tf.where(ended[:, None], new, old)
            for new, old in zip(initial_state(tf.gather(z, own)), state, strict=True)
        ]
        over = code >= count
        # Of a row that is over any word will do.
        previous = tf.where((begun == index) | over, END_ID, last)
        logits, state = next_logits(previous, tf.gather(context, own), state, over)
        return logits, None, (code, begun, queue, *state)

    code = tf.range(rows)
    own = tf.gather(z, tf.minimum(code, count - 1))
    # No row is free while a code waits: the last is begun after so many at the most.
    steps = (-(-count // rows) + 1) * max_words
    return sampler(
        step,
        tf.fill([rows, steps], NOT_YET),
        (code, tf.zeros_like(code), rows, *initial_state(own)),
        noise,
        PADDING_ID,
    )


def split_stream(ids, count: int, max_words: int) -> list[np.ndarray]:
    """Returns the sentences of what `stream_ids` returned, in the order of the codes.

    Args:
        ids: int array `(rows, steps)`.
        count: int. How many codes there were.
        max_words: int. As it was for `stream_ids`.

    Returns:
        The ids of each sentence's words, `<eos>` included unless it was cut.

    >>> ids = np.array([[4, 2, 8, 8, 2, 0], [5, 6, 2, 7, 2, 0]])
    >>> [sentence.tolist() for sentence in split_stream(ids, 4, max_words=9)]
    [[4, 2], [5, 6, 2], [8, 8, 2], [7, 2]]
    """
    ids = np.asarray(ids)
    code, begun, queue = np.arange(len(ids)), np.zeros(len(ids), int), len(ids)
    sentences = [np.array([], int)] * count
    for index in range(1, ids.shape[1] + 1):
        ended = (ids[:, index - 1] == END_ID) | (index - begun == max_words)
        for row in np.flatnonzero(ended & (code < count)):
            sentences[code[row]] = ids[row, begun[row] : index]
            code[row], begun[row], queue = queue, index, queue + 1
    return sentences
