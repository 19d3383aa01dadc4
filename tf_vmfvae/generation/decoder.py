"""Decodes any number of codes in batches."""

import tensorflow as tf

from tf_vmfvae.generation.decode_ids import decode_ids
from tf_vmfvae.generation.decoder_steps import DecoderSteps
from tf_vmfvae.generation.noise import make_global_generator
from tf_vmfvae.generation.stateful_ops import draws_with_state
from tf_vmfvae.ops.arguments import whole_number
from tf_vmfvae.ops.compiled_functions import CompiledFunctions
from tf_vmfvae.ops.seeds import fresh_seed, whole_seed

# Words that each row writes, one sentence after the other, before they become text.
WORDS_PER_ROW = 2000

_compiled = CompiledFunctions(kept=8)


class Decoder:
    """Decodes codes into texts; checks its options before there is anything to decode.

    Args:
        model, sampler, max_words, seed: as for `decode`.
        default: str. The sampler if neither the caller nor `model.compile` names one.

    Call arguments:
        z, conditions, batch_size, progress: as for `decode`.

    Raises:
        ValueError: as for `decode`.
    """

    def __init__(self, model, sampler=None, max_words=60, seed=None, default="greedy"):
        # KerasHub takes seconds to import, and only decoding needs it.
        from tf_vmfvae.generation.stateless_sampler import StatelessSampler

        self._model = model
        self._max_words = whole_number("max_words", max_words, 1)
        for fallback in (model.sampler, default):
            sampler = fallback if sampler is None else sampler
        self._sampler = StatelessSampler(sampler, model.tokenizer.vocabulary_size)
        self._seed = None if seed is None else whole_seed(seed)

    def __call__(self, z, conditions=None, batch_size=256, progress=None) -> list[str]:
        batch_size = whole_number("batch_size", batch_size, 1)
        z, conditions = self._checked(z, conditions)
        run = self._function(z, conditions)
        if not self._sampler.is_known:
            self._prepare_unknown(run)
        seed = tf.constant(self._call_seed(), tf.int64)
        part = batch_size
        if self._sampler.in_turn:
            part *= max(1, WORDS_PER_ROW // self._max_words)
        starts, texts = range(0, len(z), part), []
        for start in progress(starts) if progress else starts:
            codes = z[start : start + part]
            rows = tf.constant(min(batch_size, len(codes)))
            ids = run(
                codes,
                conditions[start : start + part],
                seed,
                tf.constant(start),
                rows,
            )
            texts += self._model.tokenizer.detokenize(ids.numpy())
        return texts

    def _checked(self, z, conditions):
        """Returns codes and conditions as float32 tensors."""
        z = tf.convert_to_tensor(z, tf.float32)
        dim, width = self._model.latent.latent_dim, self._model.condition_width
        if z.shape.rank != 2 or z.shape[-1] != dim:
            raise ValueError(f"z must have the shape (count, {dim}), not {z.shape}")
        if conditions is None:
            conditions = tf.zeros([len(z), 0])
        if tuple(conditions.shape) != (len(z), width):
            raise ValueError(
                f"conditions must have the shape {(len(z), width)}, as "
                f"model.conditions returns them, not {tuple(conditions.shape)}"
            )
        return z, tf.cast(conditions, tf.float32)

    def _function(self, z, conditions):
        """Returns the compiled `decode_ids`, for any number of codes."""
        sampler, max_words = self._sampler, self._max_words
        signature = [
            *(tf.TensorSpec([None, x.shape[-1]], x.dtype) for x in (z, conditions)),
            *(tf.TensorSpec([], dtype) for dtype in (tf.int64, tf.int32, tf.int32)),
        ]

        def build(model):
            steps = DecoderSteps(model)

            # A user's own sampler may be written for AutoGraph.
            @tf.function(input_signature=signature, autograph=not sampler.is_known)
            def run(z, conditions, seed, first, rows):
                return decode_ids(
                    steps, sampler, z, conditions, max_words, seed, first, rows
                )

            return run

        key = sampler.key and (*sampler.key, max_words)
        return _compiled.get(self._model, key, build)

    def _call_seed(self):
        if self._seed is not None:
            return self._seed
        # A sampler that draws nothing must not advance any random generator.
        if self._sampler.is_known and not self._sampler.draws:
            return 0
        own = self._sampler.own_seed()
        return fresh_seed() if own is None else own

    def _prepare_unknown(self, run):
        """Prepares for whatever a sampler of the user's own class may draw with."""
        make_global_generator()
        graph = run.get_concrete_function().graph
        if self._seed is not None and draws_with_state(graph):
            raise ValueError(
                "seed: the sampler draws from TensorFlow's own random state, which no "
                "seed controls; let it draw with keras.random, or leave the seed out"
            )
