"""Sentences from the prior."""

from collections.abc import Callable, Iterable, Sequence

from tf_vmfvae.generation.codes import prior_codes
from tf_vmfvae.generation.decoder import Decoder
from tf_vmfvae.ops.arguments import whole_number
from tf_vmfvae.ops.seeds import fresh_seed


def generate(
    model,
    count: int,
    sampler=None,
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
        sampler: as for `decode`. If `model.compile` was given none either, every word
            is drawn from the model's own distribution (`"random"`), so that the
            sentences are samples of the model.
        seed: int or `None`. Seed for codes and words: the same seed always gives the
            same answer. With `None` answers differ, and follow
            `keras.utils.set_random_seed`; see `decode` for a sampler's own seed.
        max_words: int. A sentence is cut off after this many words.
        texts: sentences whose words the decoder reads, one for all or one for each,
            which a model with a `BagOfWordsCondition` needs.
        labels: labels that the decoder reads, one for all or one for each, which a
            model with a `LabelCondition` needs.
        progress: as for `decode`.

    Returns:
        A list of `count` texts.

    Raises:
        ValueError: if what the decoder has to read is missing, or as for `decode`.
    """
    decoder = Decoder(model, sampler, max_words, seed, default="random")
    count = whole_number("count", count, 0)
    conditions = model.conditions(count, texts, labels)
    z = prior_codes(model, count, fresh_seed() if seed is None else seed)
    return decoder(z, conditions, progress=progress)
