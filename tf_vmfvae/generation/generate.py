"""Sentences from the prior."""

from collections.abc import Callable, Iterable, Sequence

from tf_vmfvae.generation.decoding import decode


def generate(
    model,
    count: int,
    sampler="random",
    seed: int | None = None,
    max_words: int = 60,
    texts: Sequence[str] | None = None,
    labels: Sequence[int] | None = None,
    progress: Callable[[Iterable], Iterable] | None = None,
) -> list[str]:
    """Decodes codes drawn from the prior.

    Args:
        model: a language model.
        count: int. How many sentences.
        sampler: as for `decode`; by default every word is drawn from the model's
            own distribution, so that the sentences are samples of the model.
        seed: int or `None`. Seed of the codes and of the words.
        max_words: int. A sentence is cut after so many words.
        texts: the sentences whose words the decoder is told, one for all or one
            each, which a model with `condition="bow"` needs.
        labels: likewise for a model with `condition="label"`.
        progress: as for `decode`.

    Returns:
        A list of `count` texts.

    Raises:
        ValueError: if what the decoder wants to be told is missing.
    """
    conditions = model.conditions(count, texts, labels)
    stateless = None if seed is None else (seed, 0)
    z = model.latent.prior().sample(count, seed=stateless)
    return decode(model, z, sampler, max_words, seed, conditions, progress=progress)
