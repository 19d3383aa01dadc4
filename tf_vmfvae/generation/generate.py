"""Sentences from the prior."""

from collections.abc import Callable, Iterable, Sequence

from tf_vmfvae.generation.arguments import whole_number
from tf_vmfvae.generation.decoding import Decoder
from tf_vmfvae.generation.noise import codes_seed, fresh_seed


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
        count: int, at least 0. How many sentences.
        sampler: as for `decode`; by default every word is drawn from the model's
            own distribution, so that the sentences are samples of the model.
        seed: int or `None`. Seed of the codes and of the words: one seed always gives
            the same answer. With `None` answers differ, and follow
            `keras.utils.set_random_seed`; see `decode` for a sampler's own seed.
        max_words: int. A sentence is cut after so many words.
        texts: the sentences whose words the decoder is told, one for all or one
            each, which a model with `condition="bow"` needs.
        labels: likewise for a model with `condition="label"`.
        progress: as for `decode`.

    Returns:
        A list of `count` texts.

    Raises:
        ValueError: if what the decoder wants to be told is missing, or as for `decode`.
    """
    decoder = Decoder(model, sampler, max_words, seed)
    count = whole_number("count", count, 0)
    conditions = model.conditions(count, texts, labels)
    own = codes_seed(fresh_seed() if seed is None else seed)
    z = model.latent.prior().sample(count, seed=own)
    return decoder(z, conditions, progress=progress)
