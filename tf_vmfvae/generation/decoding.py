"""From codes to words: the one loop over decoding steps, by keras_hub's samplers."""

from collections.abc import Callable, Iterable

import tensorflow as tf

from tf_vmfvae.generation.arguments import whole_number, whole_seed
from tf_vmfvae.generation.compiled_functions import CompiledFunctions
from tf_vmfvae.generation.decoding_stream import split_stream, stream_ids
from tf_vmfvae.generation.noise import (
    Noise,
    fresh_seed,
    make_global_generator,
    sentence_uniforms,
)
from tf_vmfvae.layers.words.word_tokenizer import END_ID, PADDING_ID

NEVER = float("-inf")
# Steps that a row takes with one sentence after the other; then words become text.
STREAM_STEPS = 2000

_compiled = CompiledFunctions(kept=8)


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
        sampler: how words are chosen: `"greedy"`, `"random"`, `"top_k"` (of the 5
            likeliest), `"top_p"` (of the likeliest that make up 0.1), `"beam"` (5
            beams), or a `keras_hub.samplers.Sampler`, also of a class of your own;
            greedy by default. A sampler stays as it is, except that without `seed` its
            own seed generator, if it was given a seed, moves on.
        max_words: int. A sentence is cut after so many words.
        seed: int or `None`. Seed of a sampler that draws. One seed always gives the
            same words for the same codes, whatever was drawn before, with any
            `batch_size` and in any thread; only a sampler of your own class may draw
            others with another `batch_size`. With `None` the sampler's own seed
            counts, if it was given one, and otherwise words follow
            `keras.utils.set_random_seed`.
        conditions: what the decoder is told beside the code, `(count, width)`, from
            `model.conditions`; or `None`.
        batch_size: int. How many sentences are decoded at once. A sentence that has
            ended makes room for the next one, except with beams.
        progress: what the loop over parts of the codes goes through, `tqdm.tqdm` say,
            to show where it stands.

    Returns:
        A list of `count` texts.

    Raises:
        ValueError: if an option is out of range, there is no such sampler, or it
            cannot be given a seed.
    """
    decoder = Decoder(model, sampler, max_words, seed)
    return decoder(z, conditions, batch_size, progress)


class Decoder:
    """Checks how to decode before there is anything to decode.

    Args:
        model, sampler, max_words, seed: as for `decode`.

    Call arguments:
        z, conditions, batch_size, progress: as for `decode`.

    Raises:
        ValueError: as for `decode`.
    """

    def __init__(self, model, sampler=None, max_words=60, seed=None):
        # KerasHub takes seconds to import, and only decoding needs it.
        from tf_vmfvae.generation.stateless_sampler import StatelessSampler

        self._model = model
        self._max_words = whole_number("max_words", max_words, 1)
        self._sampler = StatelessSampler(
            "greedy" if sampler is None else sampler, model.tokenizer.vocabulary_size
        )
        self._seed = None if seed is None else whole_seed(seed)

    def __call__(self, z, conditions=None, batch_size=256, progress=None) -> list[str]:
        batch_size = whole_number("batch_size", batch_size, 1)
        z, context = self._read(z, conditions)
        count = len(z)
        in_turn = self._sampler.in_turn and count > batch_size
        part = batch_size
        if in_turn:
            part *= max(1, STREAM_STEPS // self._max_words)
        run = self._function(in_turn, z, context)
        if not self._sampler.is_known:
            self._prepare_unknown(run)
        seed = tf.constant(self._call_seed(), tf.int64)
        texts = []
        starts = range(0, count, part)
        for start in progress(starts) if progress else starts:
            codes, reads = z[start : start + part], context[start : start + part]
            rows = tf.constant(min(batch_size, len(codes)))
            ids = run(codes, reads, seed, tf.constant(start), rows)
            if in_turn:
                ids = split_stream(ids, len(codes), self._max_words)
            texts += self._model.tokenizer.detokenize(ids)
        return texts

    def _read(self, z, conditions):
        """The codes and what the decoder reads at every step, checked."""
        z = tf.convert_to_tensor(z, tf.float32)
        dim, conditioner = self._model.latent.latent_dim, self._model.conditioner
        if z.shape.rank != 2 or z.shape[-1] != dim:
            raise ValueError(f"z must have the shape (count, {dim}), not {z.shape}")
        shape = len(z), 0 if conditioner is None else conditioner.output.shape[-1]
        if conditions is None:
            conditions = tf.zeros([len(z), 0])
        if tuple(conditions.shape) != shape:
            raise ValueError(
                f"conditions must have the shape {shape}, as model.conditions gives "
                f"them, not {tuple(conditions.shape)}"
            )
        return z, self._model.context(z, conditions)

    def _function(self, in_turn, z, context):
        """A compiled function from codes to ids, of any number of codes."""
        sampler, max_words = self._sampler, self._max_words
        signature = [
            *(tf.TensorSpec([None, x.shape[-1]], x.dtype) for x in (z, context)),
            *(tf.TensorSpec([], dtype) for dtype in (tf.int64, tf.int32, tf.int32)),
        ]

        def build(model):
            @tf.function(input_signature=signature)
            def run(z, context, seed, first, rows):
                if not in_turn:
                    return decode_ids(
                        model, sampler, z, context, max_words, seed, first
                    )
                return stream_ids(
                    lambda *read: _logits(model, *read),
                    model.initial_state,
                    sampler,
                    z,
                    context,
                    rows,
                    max_words,
                    seed,
                    first,
                )

            return run

        key = sampler.key and (*sampler.key, max_words, in_turn)
        return _compiled.get(self._model, key, build)

    def _call_seed(self):
        if self._seed is not None:
            return self._seed
        # What draws nothing takes nothing from anybody's randomness.
        if self._sampler.is_known and not self._sampler.draws:
            return 0
        own = self._sampler.own_seed()
        return fresh_seed() if own is None else own

    def _prepare_unknown(self, run):
        """Sees to what a sampler of the user's own class may draw with."""
        from tf_vmfvae.generation.stateless_sampler import draws_with_state

        make_global_generator()
        graph = run.get_concrete_function().graph
        if self._seed is not None and draws_with_state(graph):
            raise ValueError(
                "seed: the sampler draws from a state of TensorFlow's, which no seed "
                "reaches; let it draw by keras.random, or leave the seed out"
            )


def decode_ids(model, sampler, z, context, max_words: int, seed=0, first=0):
    """Returns the ids of the words, side by side; may stand in a graph.

    Args:
        model: a language model.
        sampler: a `StatelessSampler`.
        z: codes of shape `(count, latent_dim)`.
        context: what the decoder reads at every step, `(count, width)`.
        max_words: int. A sentence is cut after so many words.
        seed: int64 scalar tensor, if the sampler draws.
        first: int32 scalar tensor. The number of the first sentence: a sentence's
            noise goes by its own.

    Returns:
        int32 `(count, max_words)`.
    """
    noise, count = Noise(seed, first), tf.shape(z)[0]

    def step(prompt, cache, index):
        noise.begin(index, lambda: sentence_uniforms(seed, index, first, count))
        context, *state = cache
        last = prompt[:, tf.maximum(index - 1, 0)]
        previous = tf.where(index == 0, END_ID, last)
        ended = (index > 0) & ((last == END_ID) | (last == PADDING_ID))
        logits, state = _logits(model, previous, context, state, ended)
        return logits, None, (context, *state)

    prompt = tf.zeros([count, max_words], tf.int32)
    cache = context, *model.initial_state(z)
    return sampler(step, prompt, cache, noise, END_ID)


def _logits(model, previous, context, state, over):
    """Logits over ids, of rows that are over padding's alone, and the new state."""
    logits, state = model.step(previous, context, state)
    logits = tf.pad(logits, [[0, 0], [1, 0]], constant_values=NEVER)
    only_padding = tf.one_hot(PADDING_ID, tf.shape(logits)[-1], 0.0, NEVER)
    return tf.where(over[:, None], only_padding, logits), state
