"""The noise of decoding, which depends only on seed, sentence and step."""

import threading

import keras
import tensorflow as tf

from tf_vmfvae.ops.keras_internals import SEED_STATE

# A seed generator reads its state and then advances it, in two steps.
_advancing = threading.Lock()


class Noise(keras.StatelessScope):
    """A scope in which all noise depends only on a seed and a step.

    The library's own samplers choose words by `uniforms`. Other samplers use Keras's
    seed generators, their own or the global one: within the scope each generator starts
    every step from a seed of that step, and its real state is neither read nor changed.
    Calls therefore do not affect each other, in one thread or in several.

    Args:
        seed: int64 scalar tensor.
        first: int32 scalar tensor, the number of the first sentence that is decoded.

    Attributes:
        uniforms: as `begin` was given it, for the current step.
    """

    def __init__(self, seed, first=0):
        super().__init__()
        self.uniforms = None
        self._seed = seed
        self._first = first
        self._step = None
        self._generators = 0

    def begin(self, step, uniforms=None) -> None:
        """Begins a step of the loop over words.

        Args:
            step: int32 scalar tensor.
            uniforms: numbers in [0, 1), float64 `(rows,)`, that choose the word of each
                row; `None` if the sampler does not use them.
        """
        self.state_mapping.clear()
        self.uniforms = uniforms
        self._step = step
        self._generators = 0

    def get_current_value(self, variable):
        value = super().get_current_value(variable)
        if value is None and variable.name == SEED_STATE:
            value = tf.stack([self._seed, tf.cast(self._step, tf.int64)])
            # Different batches of sentences, and different generators of one sampler,
            # must not draw the same numbers.
            for number in (self._first, self._generators):
                number = tf.cast(number, value.dtype)
                value = tf.random.experimental.stateless_fold_in(value, number)
            self._generators += 1
            self.state_mapping[id(variable)] = value
        return value


def sentence_uniforms(seed, steps: int, first, count):
    """Returns the numbers that choose the words of each sentence.

    A sentence's numbers depend on the seed and on the sentence's own number, not on
    which other sentences are decoded with it.

    Args:
        seed: int64 scalar tensor.
        steps: int. Number of words.
        first: int32 scalar tensor, the number of the first sentence.
        count: int32 scalar tensor, how many sentences.

    Returns:
        Uniform numbers in [0, 1), float64 `(steps, count)`.

    >>> seed = tf.constant(3, tf.int64)
    >>> all_numbers = sentence_uniforms(seed, 5, 0, 100)
    >>> part = sentence_uniforms(seed, 5, 40, 10)
    >>> bool(tf.reduce_all(part == all_numbers[:, 40:50]))
    True
    """

    def at_step(step):
        pair = tf.stack([seed, tf.cast(step, tf.int64)])
        # Philox is a counter-based generator: the first sentences get the same numbers
        # no matter how many follow, on every device and with any number of threads.
        # With tf.random.stateless_categorical they would depend on the threads.
        numbers = tf.random.stateless_uniform(
            [first + count], pair, dtype=tf.float64, alg="philox"
        )
        return numbers[first:]

    numbers = tf.TensorSpec([None], tf.float64)
    return tf.map_fn(at_step, tf.range(steps), fn_output_signature=numbers)


def make_global_generator() -> None:
    """Makes Keras's global seed generator, if necessary, without drawing from it.

    A sampler may use it, and it cannot be made in a graph.
    """
    with keras.StatelessScope():
        keras.random.uniform([])


def next_seed(generator: keras.random.SeedGenerator) -> int:
    """Takes the next seed from a generator that other threads may use too."""
    with _advancing:
        pair = tf.cast(generator.next(), tf.int64)
    return int(
        tf.random.stateless_uniform(
            [], pair, minval=None, maxval=None, dtype=tf.int64, alg="philox"
        )
    )
