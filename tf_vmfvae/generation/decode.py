"""Sentences from codes."""

from collections.abc import Callable, Iterable

from tf_vmfvae.generation.decoder import Decoder


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
    """Decodes codes into sentences, with one step of the decoder for each word.

    Args:
        model: a language model (`tf_vmfvae.models.NVRNN`).
        z: codes of shape `(count, latent_dim)`.
        sampler: how to choose words: `"greedy"`, `"random"`, `"top_k"` (among the 5
            likeliest), `"top_p"` (among the likeliest that make up 0.1), `"beam"` (5
            beams), or a `keras_hub.samplers.Sampler`, whose class may be your own;
            by default that of `model.compile`, or else greedy. The sampler is not
            changed, with one exception: without `seed`, a sampler that was given a seed
            of its own advances its generator.
        max_words: int. A sentence is cut off after this many words.
        seed: int or `None`. Seed for a sampler that draws. The same seed and codes give
            the same words, whatever was drawn before, with any `batch_size` and in any
            thread; only a sampler whose class is your own may draw other words with
            another `batch_size`. With `None` the sampler's own seed is used, if it has
            one; otherwise words follow `keras.utils.set_random_seed`.
        conditions: what the decoder reads in addition to the codes, `(count, width)`,
            from `model.conditions`; `None` for a model without a condition.
        batch_size: int. How many sentences are decoded at once. When one ends, the next
            takes its place, except with beams.
        progress: wraps the loop over batches, to show its progress; for example
            `tqdm.tqdm`.

    Returns:
        A list of `count` texts.

    Raises:
        ValueError: if an option is out of range, there is no such sampler, or it
            cannot be given a seed.
    """
    decoder = Decoder(model, sampler, max_words, seed)
    return decoder(z, conditions, batch_size, progress)
