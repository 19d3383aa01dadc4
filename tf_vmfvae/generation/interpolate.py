"""Sentences between two sentences."""

from tf_vmfvae.generation.decoding import decode


def interpolate(
    model, start: str, end: str, steps: int = 7, sampler=None, max_words: int = 60
) -> list[str]:
    """Decodes codes on the way from one text to another.

    The way is the latent's own: a great circle for a spherical code, a straight
    line for a Gaussian one.

    Args:
        model: a language model.
        start: raw sentence.
        end: raw sentence.
        steps: int, at least 2. How many sentences; the first is the
            reconstruction of `start`, the last that of `end`.
        sampler: as for `decode`; greedy by default.
        max_words: int. A sentence is cut after so many words.

    Returns:
        A list of `steps` texts.

    Raises:
        ValueError: if `steps` is below 2.
    """
    if steps < 2:
        raise ValueError(f"steps must be at least 2, for both ends, not {steps}")
    first, last = model.encode([start, end])
    return decode(
        model, model.latent.interpolate(first, last, steps), sampler, max_words
    )
