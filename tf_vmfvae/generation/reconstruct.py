"""Sentences from their own codes."""

from collections.abc import Sequence

from tf_vmfvae.generation.decoding import decode


def reconstruct(
    model, texts: Sequence[str], sampler=None, max_words: int = 60
) -> list[str]:
    """Decodes each text from the location of its posterior.

    Args:
        model: a language model.
        texts: raw sentences.
        sampler: as for `decode`; greedy by default.
        max_words: int. A sentence is cut after so many words.

    Returns:
        A list of as many texts.
    """
    return decode(model, model.encode(texts), sampler, max_words)
