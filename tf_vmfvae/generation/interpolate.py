"""Sentences between two sentences."""

from collections.abc import Sequence

from tf_vmfvae.generation.codes import codes_between, encode_texts
from tf_vmfvae.generation.decoder import Decoder
from tf_vmfvae.ops.arguments import whole_number
from tf_vmfvae.text import as_text


def interpolate(
    model,
    start: str,
    end: str,
    steps: int = 7,
    sampler=None,
    max_words: int = 60,
    seed: int | None = None,
    labels: Sequence[int] | None = None,
) -> list[str]:
    """Decodes codes on the path from one text to another.

    The path depends on the latent: a great circle for a spherical code, a straight line
    for a Gaussian one. A condition moves along a straight line.

    Args:
        model: a language model.
        start: raw sentence.
        end: raw sentence.
        steps: int, at least 2. How many sentences; the first is the reconstruction of
            `start`, the last that of `end`.
        sampler: as for `decode`.
        max_words: int. A sentence is cut off after this many words.
        seed: int or `None`. Seed for a sampler that draws, as for `decode`.
        labels: the labels of `start` and `end`, which a model with a `LabelCondition`
            needs.

    Returns:
        A list of `steps` texts.

    Raises:
        ValueError: if `start` or `end` is not text, `steps` is below 2, labels are
            missing, or as for `decode`.
    """
    texts = [as_text(start, "start"), as_text(end, "end")]
    decoder = Decoder(model, sampler, max_words, seed)
    steps = whole_number("steps", steps)
    if steps < 2:
        raise ValueError(f"steps must be at least 2, for both ends, not {steps}")
    ends, conditions = encode_texts(model, texts, labels)
    return decoder(*codes_between(model, ends, conditions, steps))
