"""Sentences from the prior."""

from tf_vmfvae.generation.decoding import decode


def generate(
    model, count: int, sampler="random", seed: int | None = None, max_words: int = 60
) -> list[str]:
    """Decodes codes drawn from the prior.

    Args:
        model: a language model.
        count: int. How many sentences.
        sampler: as for `decode`; by default every word is drawn from the model's
            own distribution, so that the sentences are samples of the model.
        seed: int or `None`. Seed of the codes, and of the words where `sampler`
            is a name.
        max_words: int. A sentence is cut after so many words.

    Returns:
        A list of `count` texts.
    """
    stateless = None if seed is None else (seed, 0)
    z = model.latent.prior().sample(count, seed=stateless)
    return decode(model, z, sampler, max_words, seed)
