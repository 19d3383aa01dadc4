"""Sentences from their own codes."""

from collections.abc import Sequence

from tf_vmfvae.generation.codes import encode_texts
from tf_vmfvae.generation.decoder import Decoder


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
        sampler: as for `decode`.
        max_words: int. A sentence is cut off after this many words.
        seed: int or `None`. Seed for a sampler that draws, as for `decode`.
        labels: one label for each sentence, which a model with a `LabelCondition`
            needs.

    Returns:
        A list with the reconstruction of each text.

    Raises:
        ValueError: if an element of `texts` is not text, labels are missing or out of
            range, or as for `decode`.
    """
    decoder = Decoder(model, sampler, max_words, seed)
    return decoder(*encode_texts(model, texts, labels))
