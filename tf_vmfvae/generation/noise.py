"""The noise of decoding, by seed, sentence and step: nothing is kept between calls."""

import threading

import keras
import tensorflow as tf

# Keras's name for the state of every SeedGenerator.
SEED_STATE = "seed_generator_state"

# A seed generator reads its state and then moves it on.
_advancing = threading.Lock()


class Noise(keras.StatelessScope):
    """A scope in which everything drawn depends on a seed and a step alone.

    `uniforms` serves the library's own samplers. Any other sampler draws through
    Keras's seed generators, its own or the global one: within the scope each of them
    starts every step from a seed of that step, and their real states are neither read
    nor changed. So calls do not see each other, in one thread or in several.

    Args:
        seed: int64 scalar tensor.
        first: int32 scalar tensor, the number of the first sentence that is decoded.
    """

    def __init__(self, seed, first=0):
        super().__init__()
        self._seed = seed
        self._first = first
        self._step = None
        self._uniforms = None
        self._generators = 0

    def begin(self, step, uniforms) -> None:
        """Begins a step of the loop over words.

        Args:
            step: int32 scalar tensor.
            uniforms: function without arguments: a number for each row, float64
                `(rows,)`, uniform in [0, 1). Called only if a sampler asks for them.
        """
        self.state_mapping.clear()
        self._step = step
        self._uniforms = uniforms
        self._generators = 0

    def uniforms(self):
        """Returns this step's uniform numbers, one a row."""
        return self._uniforms()

    def get_current_value(self, variable):
        value = super().get_current_value(variable)
        if value is None and variable.name == SEED_STATE:
            value = tf.stack([self._seed, tf.cast(self._step, tf.int64)])
            # Neither two parts of the sentences nor two generators of one sampler may
            # draw the same numbers.
            for number in (self._first, self._generators):
                number = tf.cast(number, value.dtype)
                value = tf.random.experimental.stateless_fold_in(value, number)
            self._generators += 1
            self.state_mapping[id(variable)] = value
        return value


def sentence_uniforms(seed, step, first, count):
    """Returns the numbers that choose a word of each sentence at one step.

    A sentence's number depends on the seed, the step and the sentence's own number,
    and not on which others are decoded with it.

    Args:
        seed: int64 scalar tensor.
        step: int32 scalar tensor, counted from the sentence's first word.
        first: int32 scalar tensor, the number of the first sentence.
        count: int32 scalar tensor, how many sentences.

    Returns:
        Uniform numbers in [0, 1), float64 `(count,)`.

    >>> seed = tf.constant(3, tf.int64)
    >>> whole = sentence_uniforms(seed, 5, 0, 100)
    >>> part = sentence_uniforms(seed, 5, 40, 10)
    >>> bool(tf.reduce_all(part == whole[40:50]))
    True
    """
    pair = tf.stack([seed, tf.cast(step, tf.int64)])
    # Philox counts, so the numbers of the first sentences are the same however many
    # there are, on every device and with any number of threads.
    # tf.random.stateless_categorical is not: its rows go by how threads share them.
    numbers = tf.random.stateless_uniform(
        [first + count], pair, dtype=tf.float64, alg="philox"
    )
    return numbers[first:]


def codes_seed(seed):
    """Returns the seed of what TensorFlow Probability draws: two int32 for an int64.

    >>> codes_seed(tf.constant(3, tf.int64)).numpy().tolist()
    [3, 0]
    """
    return tf.bitcast(tf.cast(seed, tf.int64), tf.int32)


def make_global_generator() -> None:
    """Makes Keras's global seed generator, if there is none, and draws nothing from it.

    A sampler may use it, and in a graph it cannot be made.
    """
    with keras.StatelessScope():
        keras.random.uniform([])


def fresh_seed() -> int:
    """Returns a seed that follows `keras.utils.set_random_seed`.

    It is drawn from TensorFlow's own randomness, so `tf.random.set_seed` does too.
    """
    return int(tf.random.uniform([], maxval=tf.int32.max, dtype=tf.int32))


def next_seed(generator: keras.random.SeedGenerator) -> int:
    """Takes the next seed from a generator that calls in other threads may share."""
    with _advancing:
        pair = tf.cast(generator.next(), tf.int64)
    return int(
        tf.random.stateless_uniform(
            [], pair, minval=None, maxval=None, dtype=tf.int64, alg="philox"
        )
    )
