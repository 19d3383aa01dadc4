"""Sentences from their own codes."""

from collections.abc import Sequence

from tf_vmfvae.generation.decoding import Decoder
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
        seed: int or `None`. Seed of a sampler that draws, as for `decode`.
        labels: a label a sentence, which a model with `condition="label"` needs.

    Returns:
        A list of as many texts.

    Raises:
        ValueError: if an element of `texts` is not text, labels are missing, one is out
            of range, or as for `decode`.
    """
    texts = as_texts(texts)
    decoder = Decoder(model, sampler, max_words, seed)
    z = model.encode(texts, labels)
    conditions = model.conditions(len(texts), texts, labels)
    return decoder(z, conditions)
