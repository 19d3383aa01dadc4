"""Sentences from their own codes."""

from collections.abc import Sequence

from tf_vmfvae.generation.decoding import decode
from tf_vmfvae.text import as_texts


def reconstruct(
    model,
    texts: Sequence[str],
    sampler=None,
    max_words: int = 60,
    seed: int | None = None,
    labels: Sequence[int] | None = None,
) -> list[str]:
    """Decodes each text from the location of its posterior.

    Args:
        model: a language model.
        texts: raw sentences.
        sampler: as for `decode`; greedy by default.
        max_words: int. A sentence is cut after so many words.
        seed: int or `None`. Seed of a sampler that draws.
        labels: a label a sentence, which a model with `condition="label"` needs.

    Returns:
        A list of as many texts.

    Raises:
        ValueError: if an element of `texts` is not text, or labels are missing, or one
            is out of range.
    """
    texts = as_texts(texts)
    z = model.encode(texts, labels)
    conditions = model.conditions(len(texts), texts, labels)
    return decode(model, z, sampler, max_words, seed, conditions)
